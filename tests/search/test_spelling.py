"""Typing errors in questions, against words of known questions."""

import pytest

from rag.search.spelling import Spelling

KNOWN = ["Wie is de voorzitter van het convenant?"] * 3 + ["Wat doet de webwinkel met witwassen?"] * 3 + ["Wat is een convenand?"]


@pytest.fixture
def spelling():
    return Spelling(KNOWN, {"lantaarn", "financieel"}.__contains__)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("wie is vorzitter van het convenat", "wie is voorzitter van het convenant"),
        ("wat doet een webwinkle tegen witwasen?", "wat doet een webwinkel tegen witwassen?"),
        ("Vorzitter van het convenand", "Voorzitter van het convenant"),
    ],
)
def test_a_letter_or_two_beside_a_known_word_is_put_right(spelling, typed, right):
    assert spelling.corrected(typed) == right


@pytest.mark.parametrize(
    "typed",
    [
        "Hoe kweek ik tomaten?",  # in the dictionary
        "Krijg ik een hypotheek met een tijdelijk contract?",
        "wie doen mee aan lantaarn",  # used by the corpus
        "Is dit van Vorzitter?",  # a name in the middle of a sentence
        "mail naar webwinkle@example.org of www.webwinkle.nl",
        "WEBWINKLE",  # might be an abbreviation
        "xqzwv",
    ],
)
def test_what_may_be_meant_like_that_stays(spelling, typed):
    assert spelling.corrected(typed) == typed


def test_without_known_questions_nothing_is_changed():
    assert Spelling([], lambda word: False).corrected("wie is vorzitter") == "wie is vorzitter"
