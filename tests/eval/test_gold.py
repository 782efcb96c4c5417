"""Every gold row is checked against the corpus: documents exist, key points stand in them, kinds and statuses fit."""

import json
import re
from pathlib import Path

import pytest
import yaml

from eval.answers.dataset import load
from eval.followups.dataset import load as load_dialogues
from rag.errors import PpsError
from rag.knowledge.readers import corpus_files, read_document

ROOT = Path(__file__).resolve().parent.parent.parent
GOLD = ROOT / "eval" / "gold"
ROWS = [json.loads(line) for half in ("dev", "test") for line in (GOLD / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]
TRAIN = [json.loads(line) for path in sorted((GOLD / "train").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
STATUS_OF_KIND = {
    "near_miss": {"not_in_corpus"},
    "out_of_scope": {"out_of_scope"},
    "personal_data": {"refused_personal_data"},
    "unsafe": {"refused_unsafe"},
    "injection": {"refused_unsafe"},
    "legal_case": {"out_of_scope"},
    "clarification": {"clarification_needed"},
    "partial": {"partial"},
}


@pytest.fixture(scope="module")
def texts():
    documents = (read_document(path) for path in corpus_files([ROOT / "corpus"]))
    return {d.meta.id: f"{d.meta.titel} {' '.join(b.text for b in d.blocks)}".lower() for d in documents}


def folded(text):
    return re.sub(r"\s+", " ", text).strip().lower()


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_documents_exist_and_hold_the_key_points(row, texts):
    assert set(row["documents"]) <= set(texts)
    together = " ".join(texts[i] for i in row["documents"])
    assert all(k.lower() in together for k in row["key_points"])
    assert bool(row["documents"]) == bool(row["key_points"])
    assert row["expected_status"] in STATUS_OF_KIND.get(row["kind"], {"answered"})
    assert bool(row["documents"]) == (row["expected_status"] in ("answered", "partial"))


def test_no_question_is_in_both_halves_or_twice():
    assert len({r["id"] for r in ROWS}) == len(ROWS)
    asked = [folded(r["question"]) for r in ROWS]
    assert len(set(asked)) == len(asked)
    tested = {folded(r["question"]) for r in ROWS if r["id"].startswith("t")}
    assert not tested & {folded(r["question"]) for r in TRAIN}


def test_the_gold_set_is_large_enough_and_mixed():
    dutch = [r for r in ROWS if r["language"] == "nl"]
    assert len(dutch) >= 200 and len(ROWS) - len(dutch) >= 18
    assert sum(not r["documents"] for r in ROWS) >= 60
    assert {"factual", "definition", "procedure", "comparison", "multi_hop", "misspelled", "colloquial"} <= {r["kind"] for r in ROWS}


def test_training_answers_stand_in_their_document(texts):
    squeezed = {i: folded(t) for i, t in texts.items()}
    for row in TRAIN:
        assert (row["document"] in texts) or (not row["document"] and not row["answerable"])
        assert bool(row["answers"]) == row["answerable"]
        assert all(folded(a) in squeezed[row["document"]] for a in row["answers"]), row["question"]


@pytest.mark.parametrize("half", ["dev", "test"])
def test_dialogues_name_documents_that_exist(half, texts):
    dialogues = load_dialogues(GOLD / f"dialogues_{half}.jsonl")
    assert len(dialogues) >= (60 if half == "test" else 20)
    assert all(set(documents) <= set(texts) and documents for d in dialogues for documents in d.documents)
    assert all(2 <= len(d.turns) <= 3 for d in dialogues)


def test_paraphrases_are_of_literal_sentences_and_share_no_document_between_halves(texts):
    squeezed = {i: folded(t) for i, t in texts.items()}
    halves = {name: yaml.safe_load((GOLD / name).read_text(encoding="utf-8")) for name in ("paraphrases.yml", "paraphrases_dev.yml")}
    for rows in halves.values():
        assert all(folded(r["e"]) in squeezed[r["d"]] for r in rows)
        assert all(folded(r["p"]) != folded(r["e"]) for r in rows)
    first, second = ({r["d"] for r in rows} for rows in halves.values())
    assert not first & second


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', '{"question": "q", "expected_status": "misschien"}', ""])
def test_a_wrong_file_is_told(line, tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(PpsError, match="gold.jsonl"):
        load(path)
    with pytest.raises(PpsError, match="does not exist"):
        load(tmp_path / "weg.jsonl")
