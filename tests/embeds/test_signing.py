"""Ids that cannot be made up, and the secret behind them."""

import stat
import threading

import pytest
from pydantic import SecretStr

from rag.embeds.embed import new_id
from rag.embeds.signing import FILE, Signer
from rag.errors import ConfigurationError, PpsError


def test_an_id_opens_what_it_was_made_for(settings):
    signer = Signer(settings)
    one = new_id()
    public = signer.public(one)
    assert len(public) == 64 and Signer(settings).opened(public) == one


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p[:-1] + ("0" if p[-1] != "0" else "1"),
        lambda p: "0" * 32 + p[32:],
        lambda p: p[:32],
        lambda p: p + "0",
        str.upper,
        lambda _: "",
        lambda _: "é" * 64,
    ],
)
def test_an_id_that_was_not_made_here_opens_nothing(settings, change):
    signer = Signer(settings)
    assert signer.opened(change(signer.public("ab" * 16))) is None


def test_the_secret_is_made_once_and_only_this_account_reads_it(settings):
    path = settings.index_dir.parent / FILE
    assert Signer(settings).opened("a" * 64) is None and not path.exists()  # reading makes nothing
    made = []
    threads = [threading.Thread(target=lambda: made.append(Signer(settings).public("ab" * 16))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made) == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(path.read_bytes()) == 64
    assert [p.name for p in path.parent.iterdir() if p.name.startswith(FILE)] == [FILE]


def test_a_given_secret_needs_no_file_and_another_one_opens_nothing(settings):
    given = settings.model_copy(update={"embed_secret": SecretStr("x" * 32)})
    public = Signer(given).public("ab" * 16)
    assert Signer(given).opened(public) and not (settings.index_dir.parent / FILE).exists()
    assert Signer(settings.model_copy(update={"embed_secret": SecretStr("y" * 32)})).opened(public) is None


def test_replicas_on_one_database_must_share_a_secret(settings):
    shared = settings.model_copy(update={"database_url": SecretStr("postgresql+psycopg://db/adviseur")})
    for use in (lambda s: s.public("ab" * 16), lambda s: s.opened("a" * 64)):
        with pytest.raises(ConfigurationError, match="PPS_EMBED_SECRET is nodig|is PPS_EMBED_SECRET nodig"):
            use(Signer(shared))
    assert Signer(shared.model_copy(update={"embed_secret": SecretStr("x" * 32)})).public("ab" * 16)


def test_a_damaged_secret_is_told(settings):
    (settings.index_dir.parent / FILE).write_text("kort")
    with pytest.raises(PpsError, match="leeg of beschadigd"):
        Signer(settings).public("ab" * 16)


def test_a_folder_that_cannot_be_written_is_told(settings, tmp_path):
    (tmp_path / "bestand").write_text("")
    with pytest.raises(PpsError, match="geheim voor insluiten"):
        Signer(settings.model_copy(update={"index_dir": tmp_path / "bestand" / "index"})).public("ab" * 16)
