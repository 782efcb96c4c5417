import json

import pytest

from rag.statuses import statuses
from rag.store.feedback import Feedback
from rag.store.gold import ANSWERED, OTHERS, Gold, Problem, draft, lines, problems
from tests.eval.test_gold import ANSWERED as GOLD_ANSWERED
from tests.eval.test_gold import STATUS_OF_KIND

TEXTS = {
    "lantaarn": ["Project Lantaarn", "Het convenant is op 3 oktober 2023 getekend.", "Volgens de politie zijn 214 rekeningen geblokkeerd."],
    "vuurtoren": ["Vuurtoren", "Het overleg vergadert elke zes weken."],
}
GOOD = Gold("Wanneer is het convenant getekend?", "factual", ("lantaarn",), ("3 oktober 2023",))


def wrong(gold):
    return [p.field for p in problems(gold, TEXTS.get)]


def test_a_good_gold_question_is_one():
    assert wrong(GOOD) == []
    assert wrong(Gold("When was the covenant of this project signed?", "english", ("lantaarn",), ("3 OKTOBER  2023",))) == []
    assert wrong(Gold("Hoeveel budget kreeg het project?", "near_miss")) == []


@pytest.mark.parametrize(
    ("gold", "fields"),
    [
        (Gold("Wanneer?", "factual", ("lantaarn",), ("3 oktober 2023",)), ["question"]),
        (Gold("Wat deed jan@voorbeeld.nl hier?", "factual", ("lantaarn",), ("3 oktober 2023",)), ["question"]),
        (Gold(GOOD.question, "onzin", GOOD.documents, GOOD.key_points), ["kind"]),
        (Gold(GOOD.question, "english", GOOD.documents, GOOD.key_points), ["kind"]),
        (Gold(GOOD.question, "near_miss", GOOD.documents, ()), ["kind"]),
        (Gold(GOOD.question, "factual", (), GOOD.key_points), ["documents"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ()), ["key_points"]),
        (Gold(GOOD.question, "factual", ("lantaarn", "weg"), GOOD.key_points), ["documents"]),
        (Gold(GOOD.question, "factual", ("lantaarn", "vuurtoren"), GOOD.key_points), ["documents"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ("3 oktober 2023", "4 oktober 2023")), ["key_points"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ("3 oktober 2023", "3 oktober 2023")), ["key_points"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ("3 oktober 2023", "het convenant")), ["key_points"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ("3 oktober 2023", "op")), ["key_points"]),
        (Gold(GOOD.question, "factual", GOOD.documents, ("3 oktober 2023", "getekend. Volgens de politie")), ["key_points"]),
    ],
)
def test_what_is_wrong_is_told_with_its_field(gold, fields):
    assert wrong(gold) == fields


def test_the_kinds_are_those_of_the_gold_data():
    assert set(ANSWERED) == GOLD_ANSWERED
    assert {k: {status} for k, (_, status) in OTHERS.items()} == {k: v for k, v in STATUS_OF_KIND.items() if k != "personal_data"}
    assert {status for _, status in OTHERS.values()} <= set(statuses())


def test_a_draft_holds_what_is_known():
    said = Feedback("a" * 32, 1, "klopt", "", "Wanneer is het getekend?", "Op 3 oktober 2023.", ("lantaarn.a", "lantaarn.b", "vuurtoren.c"))
    assert draft(said) == Gold("Wanneer is het getekend?", "factual", ("lantaarn", "vuurtoren"), ("Op 3 oktober 2023.",))
    assert draft(Feedback("a" * 32, 1, "klopt_niet", "", "x y", "Op 3 oktober.", ())).key_points == ()


def test_lines_are_read_by_the_evaluation(tmp_path):
    from eval.answers.dataset import load

    said = Feedback("a" * 32, 1, "klopt", gold=GOOD.as_dict())
    written = lines([said, Feedback("b" * 32, 1, "klopt")])
    assert list(json.loads(written)) == ["id", "question", "kind", "language", "documents", "key_points", "expected_status"]
    (tmp_path / "goud.jsonl").write_text(written, encoding="utf-8")
    (read,) = load(tmp_path / "goud.jsonl")
    assert (read.question, read.documents, read.key_points, read.expected_status) == (
        GOOD.question,
        ("lantaarn",),
        ("3 oktober 2023",),
        "answered",
    )
    assert draft(said) == GOOD and read.id.startswith("r")


def test_problems_are_for_an_editor_to_read():
    (found,) = problems(Gold(GOOD.question, "factual", ("weg",), ("3 oktober 2023",)), TEXTS.get)
    assert found == Problem("documents", "") and "“weg”" in found.text
