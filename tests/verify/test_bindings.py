"""What stands in another one's place, and what is said more surely than the evidence does."""

import pytest

from rag.verify.bindings import bound_elsewhere
from rag.verify.contrasts import too_certain

EVIDENCE = [
    "Verband Lantaarn begon in 2019 met vier banken; in 2021 waren het er negen, en de schade was 26,7 miljoen euro.",
    "Het meldpunt begon na een proef in Groningen en zat in Veendam bij de RDW.",
    "Bij een treffer krijgt de politie bericht; de gemeente houdt het register bij.",
]


@pytest.mark.parametrize("claim", EVIDENCE)
def test_a_sentence_of_the_evidence_is_bound_as_it_is(claim):
    assert bound_elsewhere(claim, EVIDENCE) == []


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Verband Lantaarn begon in 2021 met vier banken; in 2019 waren het er negen.", {"2019", "2021"}),
        ("Het meldpunt begon na een proef in Veendam en zat in Groningen bij de RDW.", {"groningen", "veendam"}),
        ("Bij een treffer krijgt de gemeente bericht; de politie houdt het register bij.", {"gemeente", "politie"}),
    ],
)
def test_what_changed_places_is_found(claim, wrong):
    assert set(bound_elsewhere(claim, EVIDENCE)) & wrong


@pytest.mark.parametrize(
    "claim",
    [
        "In 2019 startte verband Lantaarn; er deden toen vier banken mee.",
        "De gemeente houdt een register bij, en de politie krijgt bericht bij een treffer.",
        "De schade was in 2021 26,7 miljoen euro.",
        "Iets heel anders in 2019.",
    ],
)
def test_another_order_of_the_same_facts_is_no_problem(claim):
    assert bound_elsewhere(claim, EVIDENCE) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "wrong"),
    [
        ("De banken zijn aangewezen.", "De Raad adviseerde om de banken aan te wijzen.", True),
        ("De Raad gaf het advies om banken aan te wijzen.", "De Raad adviseerde om de banken aan te wijzen.", False),
        ("De check gaf 40% minder fraude.", "De check zou 40% minder fraude geven.", True),
        ("De check geeft volgens een krant 40% minder fraude.", "De check zou 40% minder fraude geven.", False),
        ("Er is nooit een evaluatie geweest.", "Een evaluatie is niet gevonden.", True),
        ("Er is geen evaluatie gevonden.", "Een evaluatie is niet gevonden.", False),
        ("De politie bewaart adressen niet.", "De politie bewaart adressen niet.", False),
    ],
)
def test_more_certain_than_the_source(claim, evidence, wrong):
    assert too_certain(claim, evidence) is wrong
