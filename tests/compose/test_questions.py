import pytest

from rag.compose.questions import display_part, question_kinds, question_parts
from rag.language.abbreviations import shortened, with_both_forms


def test_one_question_stays_whole():
    assert question_parts("Wat is PPS volgens TNO?") == ["Wat is PPS volgens TNO?"]


def test_parts_without_a_subject_get_the_subject_of_the_first():
    first, second = question_parts("Wat is project Melissa en wie doen mee?")
    assert first == "Wat is project Melissa" and second.startswith("wie doen mee?") and "melissa" in second


def test_a_part_may_begin_with_a_preposition():
    assert len(question_parts("Sinds wanneer geldt de Wgs en voor welke samenwerkingsverbanden?")) == 2


def test_a_part_is_shown_without_the_added_subject():
    assert display_part("wie doen mee? (melissa)") == "Wie doen mee?"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wat is PPS?", "definition"),
        ("Wat verstaat TNO onder PPS?", "definition"),
        ("Sinds wanneer geldt de Wgs?", "when"),
        ("Hoeveel banken doen mee?", "how_many"),
        ("Welke banken doen mee?", "who"),
        ("Waarom stopte TMNL?", "why"),
        ("Mag de politie dat?", "may"),
    ],
)
def test_kinds(question, kind):
    assert kind in question_kinds(question)


def test_long_forms_and_abbreviations_are_one_word():
    assert shortened("Wat is publiek-private samenwerking (PPS)?") == "Wat is PPS?"
    assert with_both_forms("de Wet politiegegevens") == "de Wet politiegegevens Wpg"
    assert with_both_forms("de Wpg") == "de Wpg"


def test_a_subject_in_brackets_stays_with_its_question():
    assert question_parts("en wie doen mee? (Melissa project)") == ["en wie doen mee? (Melissa project)"]
