import pytest

from rag.compose.followups import is_vague, stand_alone, subject, turns_away, without_pointers
from rag.types import Turn

FIRST = (Turn("Wat doet het RIEC tegen ondermijning?"),)


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ("ja", "RIEC"),
        ("ja graag, vertel meer", "RIEC"),
        ("waarom?", "RIEC"),
        ("Wie doen daaraan mee?", "RIEC"),
        ("en sinds wanneer?", "RIEC"),
        ("geef een voorbeeld", "RIEC"),
        ("kunt u dat korter zeggen", "RIEC"),
        ("En voor de FIOD?", "FIOD"),
        ("nee ik bedoel TMNL", "TMNL"),
        ("Welke organisaties doen mee?", "RIEC"),
    ],
)
def test_a_follow_up_takes_its_subject_along(asked, holds):
    found = stand_alone(asked, FIRST)
    assert found.follows and holds in found.text


@pytest.mark.parametrize(
    "asked", ["Wat is het convenant van project Melissa?", "Mag de politie van artikel 20 Wpg gegevens aan banken geven?"]
)
def test_a_question_about_something_else_stays_as_it_is(asked):
    found = stand_alone(asked, FIRST)
    assert not found.follows and found.text == asked


def test_one_part_is_replaced():
    assert (
        stand_alone("en in 2023?", (Turn("Hoeveel deelnemers had Burgernet in 2017?"),)).text == "Hoeveel deelnemers had Burgernet in 2023?"
    )
    assert "TMNL" in stand_alone("nee, ik bedoel TMNL", (Turn("Wie richtte de SCTF op?"),)).text
    assert "boeren" in stand_alone("nee, bij boeren", (Turn("Hoe groot is het probleem op vakantieparken?"),)).text


@pytest.mark.parametrize(
    ("first", "asked", "text"),
    [
        (
            "Mag de politie persoonsgegevens verstrekken aan een bedrijf?",
            "En het OM?",
            "Mag het OM persoonsgegevens verstrekken aan een bedrijf?",
        ),
        (
            "Mag de politie gegevens verstrekken aan een bedrijf?",
            "en aan een gemeente?",
            "Mag de politie gegevens verstrekken aan een gemeente?",
        ),
        ("Wat mogen banken en verzekeraars delen?", "en de gemeente?", "Wat mogen banken en verzekeraars delen de gemeente?"),
    ],
)
def test_a_party_stands_for_the_party_in_the_same_place(first, asked, text):
    assert stand_alone(asked, (Turn(first),)).text == text


def test_an_article_goes_with_its_name():
    found = stand_alone("en in Australië?", (Turn("Hoe werken banken in het Verenigd Koninkrijk samen?"),))
    assert found.text == "Hoe werken banken in Australië samen?"


@pytest.mark.parametrize("opening", ["Andere vraag: ", "even iets anders, ", "Nieuwe vraag. ", "Different question: "])
def test_who_says_that_it_is_another_question_is_believed(opening):
    assert stand_alone(f"{opening}wie doen mee aan Burgernet?", FIRST).text == "wie doen mee aan Burgernet?"


SAID = {"riec", "liec", "ondermijning", "gemeente", "politie", "casus", "kernpartners", "convenant", "informatie", "burgemeester"}


@pytest.mark.parametrize(
    "asked",
    [
        "Wat kan een winkelier doen tegen bendes die zijn winkel leegroven?",
        "Mag een bank vertellen dat een ondernemer verdacht is?",
        "Hoe lang moet een juwelier gestolen horloges vasthouden voor ze de winkel uit mogen?",
        "Wat is een barrièremodel?",
    ],
)
def test_a_question_with_words_that_nobody_said_turns_away(asked):
    found = stand_alone(asked, FIRST)
    assert found.perhaps and turns_away(asked, FIRST[0], SAID)


@pytest.mark.parametrize(
    "asked",
    ["Welke organisaties doen mee?", "Wie zijn de kernpartners?", "werkt het ook?", "wat mag de burgemeester daar dan doen", "Deelnemers?"],
)
def test_a_question_with_words_of_the_sources_goes_on(asked):
    assert stand_alone(asked, FIRST).follows and not turns_away(asked, FIRST[0], SAID)


@pytest.mark.parametrize("asked", ["Oh wacht, ik bedoelde het PVO", "sorry, verkeerd gezegd, ik bedoelde het PVO"])
def test_who_is_sorry_is_corrected_too(asked):
    assert "PVO" in stand_alone(asked, FIRST).text and "sorry" not in stand_alone(asked, FIRST).text


def test_the_subject_lasts_over_several_turns():
    turns = FIRST
    for asked in ("wie doen daaraan mee?", "en sinds wanneer?", "waarom?"):
        turns = (*turns, Turn(stand_alone(asked, turns).text))
    assert "RIEC" in turns[-1].standalone


def test_without_a_conversation_nothing_changes():
    assert stand_alone("waarom?", ()).text == "waarom?"
    assert stand_alone("", FIRST).text is not None


def test_a_subject_is_its_names_first():
    assert subject("Wat doet de Dutch Fintell Alliance precies?")[:3] == ["Dutch", "Fintell", "Alliance"]


@pytest.mark.parametrize(
    "asked",
    [
        "Mag dat eigenlijk wel?",
        "En het convenant?",
        "Hoe zit het met de regels?",
        "waarom?",
        "ja",
        "Kunnen we dat delen?",
        "help",
        "Wat is de volgende stap?",
        "En hoe zit het met de evaluatie daarvan?",
        "wat was ook alweer het verschil tussen die twee",
        "Can you help me?",
    ],
)
def test_vague_without_a_conversation(asked):
    assert is_vague(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "Wat is PPS?",
        "wat is pps",
        "Wat is een convenant?",
        "Hoe houd je vertrouwen in een PPS?",
        "Mag dat volgens de AVG?",
        "ferm wat is dat",
        "Is er een voorbeeld van een mandaatbesluit?",
        "Wat zijn de voordelen van samenwerken?",
        "What is a covenant?",
    ],
)
def test_not_vague(asked):
    assert not is_vague(asked)


def test_words_that_pointed_at_the_subject_are_left_out_of_what_is_asked():
    assert without_pointers("wie doen daaraan mee? (Lantaarn project)").split() == ["wie", "doen", "mee?", "Lantaarn", "project"]
    assert without_pointers("Wie doen daaraan mee?") == "Wie doen daaraan mee?"
