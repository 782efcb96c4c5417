import pytest

from rag.language.words import fold
from rag.verify.quantities import numbers, spelled_number, unsupported_numbers


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


@pytest.mark.parametrize(
    ("word", "number"),
    [("negen", "9"), ("vijfentwintig", "25"), ("tweeëntwintig", "22"), ("driehonderd", "300"), ("dertienduizend", "13000"),
     ("tweehonderdvijftig", "250"), ("een", ""), ("genegen", ""), ("achter", ""), ("tachtiger", "")],
)  # fmt: skip
def test_spelled_numbers(word, number):
    assert spelled_number(fold(word)) == number


def test_a_spelled_number_that_counts_the_same_otherwise_is_found():
    assert unsupported_numbers("Negen banken doen mee.", "Drie banken doen mee.") == {"9"}
    assert unsupported_numbers("Drie banken doen mee.", "De 3 grote banken doen mee.") == set()
    assert unsupported_numbers("Het duurde twee keer zo lang.", "Het duurde 7 dagen, daarna 14.") == set()


def test_shares_in_words_support_a_percentage():
    assert {"75", "20"} <= numbers("drie van de vier slachtoffers, een op de vijf boeren", spelled=True)
