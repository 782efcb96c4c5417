"""Scores on cases small enough to work out by hand."""

import argparse
import json

import numpy as np
import pytest

from eval import measures
from eval.__main__ import main
from eval.answers.evaluate import judged
from eval.answers.measures import chosen
from eval.faithfulness.evaluate import outcomes
from eval.verifier.dataset import Item, dutch_set, load
from eval.verifier.evaluate import auroc, balanced_accuracy, macro_f1
from eval.verifier.evaluate import score as score_verdicts
from eval.verifier.perturb import other_modal, other_name, other_number, other_polarity
from rag.errors import PpsError
from rag.verify.verifier import Verdict

TRUTH = np.array([True, True, False, False])


class Judge:
    """Supports what stands literally in the evidence."""

    name = "letterlijk"

    def judge(self, claim, evidence, about=""):
        return Verdict(float(any(claim in e for e in evidence)))


def row(status="answered", expected="answered", sentences=("Een zin.",), quote="Een zin. En meer.", points=("zin",), documents=("a",)):
    cited = [{"text": s, "citations": [1], "support": 1.0} for s in sentences] if status in ("answered", "partial") else []
    return {
        "id": "x",
        "status": status,
        "expected_status": expected,
        "text": " ".join(sentences),
        "documents": list(documents),
        "key_points": list(points),
        "sentences": cited,
        "citations": [{"n": 1, "passage_id": "a.1", "document_id": "a", "section": "Kop", "quote": quote}] if cited else [],
        "verbatim": [True] if cited else [],
        "ms": {"evidence": 1.0, "sentence": 2.0, "answer": 3.0},
    }


def score(rows):
    found = measures.score(rows, chosen(rows))
    return found["metrics"], found["reasons"]


def scored(*rows):
    metrics, reasons = score([r | judged(r, Judge()) for r in rows])
    return {k: v["value"] for k, v in metrics.items() if v}, reasons


def test_metrics_of_verdicts():
    judged_as = np.array([True, False, False, False])
    assert balanced_accuracy(TRUTH, judged_as) == 0.75
    assert macro_f1(TRUTH, judged_as) == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)
    assert auroc(TRUTH, np.array([0.9, 0.4, 0.4, 0.1])) == pytest.approx(3.5 / 4)


def test_one_label_is_undefined_and_said_so():
    metrics, reasons = score_verdicts([{"supported": True, "judged": True, "support": 1.0}])
    assert set(metrics.values()) == {None} and "same label" in reasons["auroc"]


def test_a_sentence_without_its_quote_is_not_faithful():
    values, _ = scored(row(sentences=("Een zin.", "Verzonnen.")))
    assert values["faithfulness"] == 0.5 and values["citation_recall"] == 0.5 and values["citation_precision"] == 0.5
    assert values["key_point_recall"] == 1.0 and values["documents_matched"] == 1.0


class Denier(Judge):
    """Supports nothing, and finds what a point's last word names to speak against it."""

    def judge(self, claim, evidence, about=""):
        return Verdict(0.0, (claim.split()[-1],))


def test_a_point_that_the_answer_denies_is_told_from_one_that_it_lacks():
    points = ("Een zin.", "kort negation", "de partner mag dit negation", "de partner heet zo names", "dit is het omgekeerde opposite")
    found = judged(row(points=points), Denier())
    assert found["covered"] == [True, False, False, False, False]
    assert found["contradicted"] == [False, None, True, False, True], "too few words to weigh is None; a missing name is no denial"
    metrics, _ = score([row(points=points) | found])
    assert metrics["key_points_contradicted"]["value"] == 0.5
    assert judged(row(status="not_in_corpus", points=points), Denier())["contradicted"] == []
    before = {k: v for k, v in found.items() if k != "contradicted"}
    metrics, reasons = score([row(points=points) | before])
    assert metrics["key_points_contradicted"] is None and "weighed" in reasons["key_points_contradicted"]


def test_faithfulness_has_three_outcomes():
    two = row(sentences=("Een zin.", "Iets anders."))
    rows = [r | judged(r, Judge()) for r in (row(), two, row(status="not_in_corpus"))]
    assert outcomes([*rows, {"failed": "asking: no"}]) == {"supported": 2, "unsupported": 1, "abstained": 1, "questions": 3}


def test_both_errors_of_abstention_stand_apart():
    values, reasons = scored(
        row(status="not_in_corpus"),
        row(),
        row(status="partial", expected="not_in_corpus", points=(), documents=()),
        row(status="out_of_scope", expected="out_of_scope", points=(), documents=()),
    )
    assert values["wrongly_refused"] == 0.5 and values["wrongly_answered"] == 0.5
    assert values["wrongly_answered_without_caution"] == 0.0 and values["key_point_recall"] == 0.5
    assert reasons == {}


def test_what_was_never_answered_is_undefined():
    metrics, reasons = score(
        [row(status="not_in_corpus", expected="not_in_corpus", points=()) | {"supported": [], "useful": [], "covered": []}]
    )
    assert metrics["faithfulness"] is None and "faithfulness" in reasons and metrics["wrongly_answered"]["value"] == 0.0


class First:
    def choice(self, options):
        return options[0]


@pytest.mark.parametrize(
    ("perturb", "text", "wrong"),
    [
        (other_modal, "De bank moet melden.", "De bank mag melden."),
        (other_polarity, "De bank deelt geen namen.", "De bank deelt een namen."),
        (other_polarity, "De bank is aangesloten.", "De bank is niet aangesloten."),
        (other_name, "Daarom helpt de ABC mee.", "Daarom helpt de Rabobank mee."),
        (other_modal, "Niets te doen.", None),
        (other_number, "Geen getal.", None),
    ],
)
def test_perturbations(perturb, text, wrong):
    assert perturb(text, text, First()) == ([wrong] if wrong else [])


def test_a_changed_number_is_not_in_the_evidence():
    (wrong,) = other_number("In 2019 deden 5 banken mee.", "In 2019 deden 5 banken mee.", First())
    assert wrong != "In 2019 deden 5 banken mee."


def test_the_dutch_halves_share_no_document():
    from rag.settings import ROOT

    halves = [{i.document for i in dutch_set(half, [ROOT / "corpus"])} for half in ("dev", "test")]
    assert not halves[0] & halves[1]


def test_a_dataset_of_claims_is_read_and_wrong_lines_are_told(tmp_path):
    path = tmp_path / "claims.jsonl"
    path.write_text(json.dumps({"evidence": "Een. Twee.", "claim": "Een.", "label": "supported"}), encoding="utf-8")
    assert load(path) == [Item("Een.", ("Een.", "Twee."), True)]
    path.write_text('{"evidence": "a", "claim": "b", "label": "misschien"}', encoding="utf-8")
    with pytest.raises(PpsError, match="line 1"):
        load(path)


def test_the_command_gives_one_json_object(tmp_path, capsys):
    path = tmp_path / "claims.jsonl"
    lines = [("De bank meldt.", "supported"), ("De haven is 9 km lang.", "not_supported")]
    path.write_text(
        "\n".join(json.dumps({"evidence": "De bank meldt.", "claim": c, "label": label}) for c, label in lines), encoding="utf-8"
    )
    assert main(["verifier", "--dataset", str(path), "--json", "--out", str(tmp_path / "run")]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["task"] == "verifier" and summary["n"] == 2 and summary["metrics"]["balanced_accuracy"]["value"] == 1.0
    assert len((tmp_path / "run" / "rows.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert main(["verifier", "--dataset", str(tmp_path / "weg.jsonl")]) == 1


def test_answers_are_asked_and_scored(advisor, settings, tmp_path, monkeypatch):
    from eval.answers import evaluate, part

    path = tmp_path / "gold.jsonl"
    rows = [
        {"id": "1", "question": "Wat is project Lantaarn?", "documents": ["project-lantaarn"], "key_points": ["factuurfraude"]},
        {"id": "2", "question": "Hoe bak ik een appeltaart?", "expected_status": "out_of_scope"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(part.Advisor, "from_settings", lambda **_: advisor)
    summary, found = evaluate.run(argparse.Namespace(dataset=path, half="test", limit=None, llm=None, verifier=None))
    metrics = {k: v["value"] for k, v in summary["metrics"].items() if v}
    assert metrics["faithfulness"] == 1.0 and metrics["key_point_recall"] == 1.0
    assert metrics["wrongly_answered"] == 0.0 and metrics["wrongly_refused"] == 0.0 and len(found) == 2
