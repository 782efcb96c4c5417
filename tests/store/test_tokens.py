import pytest

from rag.store.tokens import VALID_S, FormTokens

NOW = 1_800_000_000.0


@pytest.fixture
def tokens(database):
    return FormTokens(database)


def test_a_token_fits_its_visitor_for_a_while(tokens):
    token = tokens.make("bezoeker", NOW)
    assert tokens.fits(token, "bezoeker", NOW) and tokens.fits(token, "bezoeker", NOW + VALID_S - 1)
    assert not tokens.fits(token, "bezoeker", NOW + VALID_S + 1)
    assert not tokens.fits(token, "ander", NOW) and not tokens.fits(token, "", NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: "x" + t,
        lambda t: t[:-1],
        lambda t: "9" * 40 + t,
        lambda t: t.replace(".", "é."),
        lambda t: f"{int(NOW) + 99}.{t.partition('.')[2]}",
        lambda t: t + "é",
        lambda t: "²" + t,
    ],
)
def test_a_changed_token_does_not_fit(tokens, change):
    assert not tokens.fits(change(tokens.make("bezoeker", NOW)), "bezoeker", NOW)


def test_a_token_from_the_future_does_not_fit(tokens):
    assert not tokens.fits(tokens.make("bezoeker", NOW + 3600), "bezoeker", NOW)


def test_every_installation_has_a_secret_of_its_own(tokens, tmp_path):
    from rag.store.database import Database

    other = FormTokens(Database(f"sqlite:///{tmp_path}/ander.sqlite"))
    assert not other.fits(tokens.make("bezoeker", NOW), "bezoeker", NOW)
    assert FormTokens(tokens._database).fits(tokens.make("bezoeker", NOW), "bezoeker", NOW)
