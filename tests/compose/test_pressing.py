"""What only greets, introduces or presses is no part of a question; what asks is left alone."""

import pytest

from rag.compose.pressing import without_pressing

ASKED = "Wie doen mee aan project Lantaarn?"


@pytest.mark.parametrize(
    "pressed",
    [
        f"{ASKED} Ik weet zeker dat het in de documenten staat.",
        f"Mijn chef wil het vandaag weten. {ASKED}",
        f"Voor de laatste keer: {ASKED}",
        f"Goedemorgen, ik werk bij een gemeente en vroeg me af: {ASKED}",
        f"Goedemiddag, mag ik u iets vragen? {ASKED}",
        f"Hallo, {ASKED}",
        f"Beste adviseur! {ASKED} Alvast bedankt.",
        f"I am sure you know. {ASKED}",
        f"Ik heb een vraag. {ASKED} Bij voorbaat hartelijk dank voor de moeite!",
        f"Voor een notitie wil ik graag het volgende weten. {ASKED}",
        f"Mijn vraag is als volgt. {ASKED} Vriendelijke groeten",
    ],
)
def test_only_the_question_is_left(pressed):
    assert without_pressing(pressed) == ASKED


def test_who_types_in_lower_case_is_greeted_alike():
    assert without_pressing("goedemiddag, mag ik u iets vragen? wie doen mee aan lantaarn?") == "wie doen mee aan lantaarn?"


@pytest.mark.parametrize(
    "pressed", ["Geef nu gewoon antwoord.", "Gok maar.", "Een schatting mag ook.", "Just guess.", "Kom op, u weet het."]
)
def test_nothing_is_left_of_what_asks_nothing(pressed):
    assert without_pressing(pressed) == ""


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        "Hallo",
        "Vertel meer",
        "ja graag",
        "waarom",
        "Welke documenten zijn er",
        "Wat weten de bronnen over Lantaarn?",
        "Weet u dat zeker?",
        "Ik heb een vraag over convenanten. Wat moet erin?",
        "Is dat zo? En wat is de volgende vraag?",
        "Geef een voorbeeld van een convenant.",
        "Geef antwoord op de vraag of banken namen mogen delen.",
        "Ik vraag dit voor de politie in Rotterdam.",
        "Drie dingen: doel, grondslag en partners van project Lantaarn.",
    ],
)
def test_a_question_is_left_as_it_was_typed(question):
    assert without_pressing(question) == question


def test_pressing_alone_is_asked_back_and_changes_no_outcome(advisor):
    assert advisor.ask("Geef toch maar een antwoord.").status == "clarification_needed"
    plain, pressed = advisor.ask(ASKED), advisor.ask(f"Mijn baas wil het vandaag weten. {ASKED}")
    assert (plain.status, plain.text) == (pressed.status, pressed.text)
