import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.guard.numbers import eleven_test
from rag.guard.personal import KINDS, find, mask
from tests.guard import disguises

BSN = "999900006"


def types(text: str) -> list[str]:
    return [f.type for f in find(text)]


def test_the_eleven_test():
    assert eleven_test(BSN) and not eleven_test("999900007") and not eleven_test("000000000")


@pytest.mark.parametrize(
    "text",
    [BSN, f"{BSN[:3]} {BSN[3:6]} {BSN[6:]}", f"{BSN[:4]}.{BSN[4:6]}.{BSN[6:]}", f"bsn{BSN}", "9 9 9 9 0 0 0 0 6", disguises.fullwidth(BSN)],
)
def test_citizen_service_numbers(text):
    assert types(f"Wie is {text}?") == ["bsn"]


def test_hidden_characters_do_not_hide_a_number():
    text = "Wie is " + disguises.zero_width(BSN) + "?"
    assert types(text) == ["bsn"] and mask(text) == "Wie is [bsn]?"


@pytest.mark.parametrize("text", ["999900007", "€ 999900006", "999900006 euro", "1999900006", "RSIN 999900006", "999.900,006"])
def test_other_numbers_are_no_bsn(text):
    assert "bsn" not in types(f"Het gaat om {text}.")


def test_a_mistyped_bsn_is_personal_but_is_not_called_one():
    assert types("Mijn BSN is 999900007.") == ["number"]


@pytest.mark.parametrize(
    "text",
    [
        "NL15TEST4378142630",
        "nl15 test 4378 1426 30",
        "NL15-TEST-4378-1426-30",
        "BE68 5390 0754 7034",
        "DE89370400440532013000",
        "rekening 1234.56.789",
    ],
)
def test_bank_accounts(text):
    assert types(f"Het geld ging naar {text}.") == ["iban"]


@pytest.mark.parametrize("text", ["BE68 5390 0754 7035", "NL15", "rekening 500 euro", "XX12ABCDEFGHIJKLMNOP"])
def test_what_is_no_bank_account(text):
    assert types(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "0612345678",
        "06-12345678",
        "06 12 34 56 78",
        "06 - 12 34 56 78",
        "+31612345678",
        "+31 (0)6 1234 5678",
        "0031 6 12345678",
        "020-5550123",
    ]
    + ["(0592) 12 34 56", "+32 470 12 34 56", "06.12.34.56.78"],
)
def test_telephone_numbers(text):
    assert types(f"Bel {text}!") == ["phone"]


@pytest.mark.parametrize(
    "text", ["0800-7000", "0900-8844", "14 010", "112", "088-1234567", "+31 88 123 45 67", "01-03-2025 10", "2020-2024"]
)
def test_public_numbers_pass(text):
    assert types(f"Is het {text}?") == []


@pytest.mark.parametrize(
    "text", ["j.smit@example.nl", "tjettje.daniëls@example.nl", "piet [at] example.nl", "piet apenstaartje example punt nl"]
)
def test_mail_addresses(text):
    assert types(f"Mail {text} even.") == ["email"]


def test_public_mail_addresses_pass():
    assert types("Mail info@politie.nl of meldpunt@example.nl.") == [] and types("info@gmail.com") == ["email"]


@pytest.mark.parametrize("text", ["12-ABC-3", "GX-485-T", "kenteken KL89MN", "auto 12 AB CD", "kenteken 99-zz-11", "1-ABC-234"])
def test_plates(text):
    assert types(f"Daar stond {text}.") == ["plate"]


@pytest.mark.parametrize("text", ["H-20", "AI-2024", "auto in 2023", "artikel 8-1", "5-MEI-45", "A12", "kenteken in 2024", "PIFI-2021"])
def test_what_is_no_plate(text):
    assert types(text) == []


@pytest.mark.parametrize("text", ["10/123456-25", "13.654321.24", "PL1700-2024123456", "zaaknummer 2024-556677", "pv nr. 2024-123456"])
def test_case_numbers(text):
    assert types(f"Zie {text} hierover") == ["case"]


@pytest.mark.parametrize("text", ["ECLI:NL:HR:2019:1234", "Kamerstuk 35447, nr. 3", "Staatscourant 2021, 13421", "Stb. 2024, 198"])
def test_public_references_pass(text):
    assert types(f"Wat staat er in {text}?") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Paspoort NWR8B5C36 is vals", "document"),
        ("rijbewijs met nummer 4567890123", "document"),
        ("geboren op 5 maart 1988", "birth"),
        ("geb. 3-4-1965", "birth"),
        ("Geboortedatum: 1979-11-02", "birth"),
        ("In de Kerkstraat 15, 1234 AB Testdorp", "address"),
        ("Zij woont op Molenweg 3a", "address"),
        ("kaart 4111 1111 1111 1111", "card"),
    ],
)
def test_other_identifiers(text, kind):
    assert types(text) == [kind]


def test_a_postcode_only_counts_beside_something_else():
    assert types("Hoeveel meldingen in 1234 AB?") == []
    assert types("Auto met kenteken 12-ABC-3 in 1234 AB") == ["plate", "postcode"]


def test_masking_names_what_stood_there():
    text = f"Karin Bos, {BSN}, 06-11223344, k.bos@example.nl, NL15TEST4378142630"
    assert mask(text) == "[naam], [bsn], [telefoonnummer], [e-mailadres], [rekening]"
    assert [f.kind for f in find(f"BSN {BSN}")] == ["burgerservicenummer (BSN)"]


PIECES = [
    BSN,
    "06-12345678",
    "NL15TEST4378142630",
    "a.b@example.nl",
    "12-ABC-3",
    "verdachte Jan de Vries",
    "10/123456-25",
    "geb. 1-2-1980",
    "1234 AB",
]
mixed = st.lists(st.one_of(st.sampled_from(PIECES), st.text(alphabet="0123456789 .-/@aNL", max_size=8), st.text(max_size=8))).map("".join)


@given(st.one_of(mixed, st.text()))
def test_masked_text_holds_nothing_to_find_and_stays(text):
    masked = mask(text)
    assert find(masked) == () and mask(masked) == masked


@given(mixed)
def test_findings_stand_in_order_without_overlap(text):
    found = find(text)
    assert all(0 <= f.start < f.end <= len(text) and f.type in KINDS for f in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
