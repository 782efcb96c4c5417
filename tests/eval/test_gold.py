"""Every gold row is checked against the corpus: documents exist, key points stand in them, kinds and statuses fit; and no question of
one half is nearly one of the other."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from eval.answers.dataset import load
from eval.followups.dataset import load as load_dialogues
from rag.errors import PpsError
from rag.knowledge.readers import corpus_files, read_document
from rag.language.detect import detect_language
from rag.language.words import content_words, term

ROOT = Path(__file__).resolve().parent.parent.parent
GOLD = ROOT / "eval" / "gold"
ROWS = [json.loads(line) for half in ("dev", "test") for line in (GOLD / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]
TRAIN = [json.loads(line) for path in sorted((GOLD / "train").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
HALVES = [[r for r in ROWS if r["id"].startswith(letter)] for letter in "dt"]
ANSWERED = {"factual", "definition", "procedure", "comparison", "multi_hop", "advice", "misspelled", "colloquial", "english"}
#: Named as holding the answer, in other words than the key points: a reader finds it there, so finding it there is right. No new ones:
#: a document that holds no key point is mostly named by mistake.
IN_OTHER_WORDS = {
    ("d004", "monitoring-en-evaluatie"),
    ("d007", "pps-vermogen-en-competenties"),
    ("d011", "vergelijking-cyber-slachtoffers-en-aanvallen"),
    ("d013", "convenant-maken"),
    ("d015", "vergelijking-banken-en-opsporing"),
    ("d030", "vertrouwen-en-belangen"),
    ("d108", "fintell-alliance"),
    ("d108", "vergelijking-banken-en-opsporing"),
    ("t068", "pps-vermogen-en-competenties"),
    ("t097", "vastgoed-transport-en-buitengebied"),
}
#: More alike than this are the same question: share of all their terms that they share, cosine of their vectors.
SAME_WORDS, SAME_MEANING = 0.8, 0.95
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


@pytest.fixture(scope="module")
def blocks():
    documents = (read_document(path) for path in corpus_files([ROOT / "corpus"]))
    return {d.meta.id: [folded(d.meta.titel), *(folded(b.text) for b in d.blocks)] for d in documents}


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


@pytest.mark.parametrize("row", [r for r in ROWS if r["documents"]], ids=lambda r: r["id"])
def test_a_key_point_stands_in_one_place_and_each_document_has_one(row, blocks):
    """Not across the border of two paragraphs or documents; and a document is named for something."""
    for point in row["key_points"]:
        assert any(folded(point) in b for i in row["documents"] for b in blocks[i]), point
    for document in row["documents"]:
        holds = any(folded(point) in b for point in row["key_points"] for b in blocks[document])
        assert holds or (row["id"], document) in IN_OTHER_WORDS, document


def test_a_question_does_not_give_its_answer_away():
    """A key point that the question holds is held by any answer that repeats the question."""
    given = {r["id"] for r in ROWS for k in r["key_points"] if folded(k) in folded(r["question"])}
    assert given <= {"d022"}  # "anoni": the answer is that it is possible


def test_key_points_are_phrases():
    points = [k for r in ROWS for k in r["key_points"]]
    assert all(len(k) >= 3 and len(k.split()) <= 12 for k in points)
    assert all(len(set(r["key_points"])) == len(r["key_points"]) for r in ROWS)
    assert all(k == k.strip() for k in points)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_kind_language_and_status_fit(row):
    assert row["kind"] in ANSWERED | set(STATUS_OF_KIND)
    assert detect_language(row["question"]) == row["language"]
    if row["kind"] in ANSWERED:
        assert (row["kind"] == "english") == (row["language"] == "en")
    if row["kind"] == "partial":  # asks for two things, of which the corpus holds one
        assert re.search(r"\b(?:en|and)\b|\?.*\w", row["question"], re.I) and row["documents"]


def test_no_question_is_nearly_one_of_the_other_half(encoder):
    near = list(_alike(*HALVES, encoder))
    assert not near, near


def test_no_test_question_is_nearly_a_training_question(encoder):
    near = {b for _, b, _, _ in _alike(TRAIN, HALVES[1], encoder)}
    # A question off the subject that was also written for training; the decision on it may be somewhat too good.
    assert near <= {"Hoe laat vertrekt de laatste rondvaart door de Rotterdamse haven op zondag?"}, near


def _alike(ours, theirs, encoder):
    """Pairs that are the same question in all but a word: (ours, theirs, share of terms, cosine)."""
    left, right = ([r["question"] for r in rows] for rows in (ours, theirs))
    cosines = np.asarray(encoder.encode(left)) @ np.asarray(encoder.encode(right)).T
    left_terms, right_terms = ([{term(w) for w in content_words(q)} for q in questions] for questions in (left, right))
    for i, a in enumerate(left_terms):
        for j, b in enumerate(right_terms):
            shared = len(a & b) / max(1, len(a | b))
            if shared > SAME_WORDS or cosines[i, j] > SAME_MEANING:
                yield left[i], right[j], round(shared, 2), round(float(cosines[i, j]), 3)


def test_no_question_is_in_both_halves_or_twice():
    assert len({r["id"] for r in ROWS}) == len(ROWS)
    asked = [folded(r["question"]) for r in ROWS]
    assert len(set(asked)) == len(asked)
    tested = {folded(r["question"]) for r in ROWS if r["id"].startswith("t")}
    assert not tested & {folded(r["question"]) for r in TRAIN}


def test_the_gold_set_is_large_enough_and_mixed():
    dutch = [r for r in ROWS if r["language"] == "nl"]
    assert len(dutch) >= 200 and len(ROWS) - len(dutch) >= 20
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
