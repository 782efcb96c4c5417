import pytest

from rag.verify.quantities import numbers, unsupported_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.214 feiten en 3,5 miljoen", {"1214", "3.5"}),
        ("artikel 39f Wjsg", {"39f"}),
        ("op 3 oktober 2023", {"3", "2023"}),
        ("geen getal", set()),
        ("25.900 kilo", {"25900"}),
        ("om 10:30 uur", {"10:30"}),
        ("2023.", {"2023"}),
    ],
)
def test_numbers_in_one_notation(text, expected):
    assert numbers(text) == expected


def test_spelled_numbers_and_months_may_support_digits():
    assert unsupported_numbers("Er zijn 4 alternatieven sinds maand 3.", "Vier alternatieven, maart") == set()


def test_a_swapped_number_is_found():
    assert unsupported_numbers("Er zijn 215 rekeningen geblokkeerd.", "Er zijn 214 rekeningen geblokkeerd in 2023.") == {"215"}
