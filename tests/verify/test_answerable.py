import pytest

from rag.advisor import Advisor
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.verify.answerable import ANSWER, SCOPE, Evidence, threshold, unsure_of, weigh
from rag.verify.expectations import asks_for_now, expected


def test_nothing_found_is_neither_in_scope_nor_answerable(searcher):
    from rag.compose.matching import QuestionWords

    none = weigh("x", QuestionWords({}), [], [], searcher.text_vector("x"), lambda w: True, searcher.text_vector)
    assert isinstance(none, Evidence) and none.in_scope == none.answerable == 0.0 and set(none.features) == {*SCOPE, *ANSWER}


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("Hoeveel banken doen mee?", "Er doen vier banken mee.", "Er doen banken mee."),
        ("Wanneer is het getekend?", "Het is in 2023 getekend.", "Het is getekend."),
        ("Wat is het telefoonnummer van het RIEC?", "Bel 088-1234567.", "Bel het RIEC."),
        ("Hoeveel budget kreeg het?", "Het kreeg 10 miljoen euro.", "Het kreeg 10 mensen."),
        ("Hoe heet de directeur?", "De directeur is Jan Smit.", "De directeur is benoemd."),
    ],
)
def test_what_a_question_expects(question, right, wrong):
    test = expected(question)
    assert test(right, question) and not test(wrong, question)


def test_a_condition_is_no_date():
    assert expected("Wanneer moet ik een DPIA doen?") is None and expected("Hoe werkt een convenant?") is None


def test_now():
    assert asks_for_now("Wie is op dit moment directeur?") and not asks_for_now("Wie was directeur?")


def test_a_year_that_no_passage_holds_makes_the_answer_uncertain_and_is_named(advisor):
    plain = advisor.ask("Hoeveel rekeningen zijn door project Lantaarn geblokkeerd?")
    later = advisor.ask("Hoeveel rekeningen zijn door project Lantaarn geblokkeerd in 2031?")
    assert plain.status == "answered"
    assert later.status in ("partial", "not_in_corpus") and "2031" in later.notice


def test_thresholds_are_ordered():
    assert 0 < threshold("answer") < threshold("sure") < 1 and 0 < threshold("scope") < 1


def test_what_editors_found_missing_is_told(run_sync, corpus, index_dir, encoder, settings):
    folder = corpus / "vragen"
    folder.mkdir()
    lines = ['- vraag: "Wat heeft project Lantaarn in totaal gekost?"', '  ontbreekt: "kosten van het project"']
    (folder / "project-lantaarn.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_sync(encoder)
    advisor = Advisor(Searcher(index_dir, connect(index_dir / "chroma"), encoder), None, settings)
    answer = advisor.ask("Wat heeft project Lantaarn in totaal gekost?")
    assert answer.status == "not_in_corpus" and "kosten van het project" in answer.notice


def test_the_reader_is_told_to_check_what_is_asked_too_much_and_what_is_found_too_faintly():
    sure, faint = threshold("sure"), threshold("found")
    assert not unsure_of(Evidence({"best": faint + 0.1}, 0.9, sure + 0.1))
    assert unsure_of(Evidence({"best": faint - 0.1}, 0.9, sure + 0.1))
    assert unsure_of(Evidence({"best": faint + 0.1}, 0.9, sure - 0.1))
