"""BEIR folders: corpus.jsonl, queries.jsonl and qrels/test.tsv, made of the index and the gold questions, and read back as questions.

The fields of a gold question ride along in the `metadata` that BEIR has in a query, so that nothing is lost on the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eval.answers.dataset import GoldQuestion
from eval.exchange.gold import Imported, as_row, checked, open_store, shortened, supporting, write_lines, write_text
from eval.jsonl import rows as read_rows
from eval.retrieval.dataset import load as load_beir
from rag.knowledge.store import PassageStore
from rag.statuses import statuses
from rag.types import Passage

ANSWERED = ("answered", "partial")
_CARRIED = ("kind", "documents", "key_points", "expected_status")


def export(questions: list[GoldQuestion], out: Path, index: Path, unit: str = "documents") -> Imported:
    """Write `questions` and the corpus of the index in `index` as a BEIR folder.

    With `unit` passages, a question's relevant ones are the passages of its documents that hold a key point. Questions without documents
    are written as queries without judgement.

    Raises:
        PpsError: there is no index, or no question has a document in it.
    """
    store = open_store(index)
    known = set(store.documents())
    corpus = _documents(store, sorted(known)) if unit == "documents" else _passages(store)
    write_lines(out / "corpus.jsonl", corpus)
    lines, missing, unjudged = ["query-id\tcorpus-id\tscore\n"], set(), []
    for q in questions:
        missing |= set(q.documents) - known
        relevant = [d for d in q.documents if d in known] if unit == "documents" else [p.id for p in supporting(q, store)]
        lines += [f"{q.id}\t{i}\t1\n" for i in relevant]
        if not relevant:
            unjudged.append(q.id)
    write_lines(out / "queries.jsonl", (_query(q) for q in questions))
    write_text(out / "qrels" / "test.tsv", "".join(lines))
    load_beir(out)  # what was written can be measured with, or says why not
    notes = []
    if unjudged:
        notes.append(f"{len(unjudged)} questions have no document that answers them: queries without judgement ({shortened(unjudged)}).")
    if missing:
        notes.append(f"{len(missing)} documents of the questions are not in the index: {shortened(sorted(missing))}.")
    return Imported(questions, notes)


def _query(question: GoldQuestion) -> dict:
    row = as_row(question)
    return {"_id": question.id, "text": question.question, "metadata": {k: row[k] for k in _CARRIED}}


def _queried(_: int, row: dict) -> tuple[str, str, dict]:
    """Id, text, and what of a gold question its metadata holds."""
    told = row.get("metadata") or {}
    own: dict = {}
    for field in ("kind", "expected_status"):
        if isinstance(told.get(field), str):
            own[field] = told[field]
    for field in ("documents", "key_points"):
        if isinstance(told.get(field), list) and all(isinstance(v, str) for v in told[field]):
            own[field] = tuple(told[field])
    if own.get("expected_status") not in statuses():  # another tool's metadata
        own.pop("expected_status", None)
    return str(row["_id"]), row["text"], own


def _documents(store: PassageStore, ids: list[str]) -> Iterator[dict]:
    for i in ids:
        passages = store.passages_of(i)
        if passages:
            yield {"_id": i, "title": passages[0].title, "text": _joined(passages), "metadata": {"soort": passages[0].soort}}


def _passages(store: PassageStore) -> Iterator[dict]:
    for _, p in store.iter_passages():
        yield {"_id": p.id, "title": f"{p.title} — {p.section}", "text": p.text, "metadata": {"document": p.document_id}}


def _joined(passages: list[Passage]) -> str:
    """A document's text, each heading once."""
    parts: list[str] = []
    above = ""
    for passage in passages:
        for s in passage.sentences:
            heading = s.heading or passage.headings[-1]
            if heading != above:
                parts.append(f"\n\n## {heading}\n\n")
                above = heading
            elif parts:
                parts.append(" " if s.kind == "sentence" else "\n")
            parts.append(f"- {s.text}" if s.kind == "item" else s.text)
    return "".join(parts).strip()


def load(folder: Path, index: Path) -> Imported:
    """Gold questions of a BEIR folder: a question for every query that has relevant documents, or whose metadata says what to expect.

    Ids of passages of the index in `index` become those of their documents.

    Raises:
        PpsError: a file is missing or a line is wrong (names it), or nothing can be carried over.
    """
    dataset = load_beir(folder)
    queries = read_rows(folder / "queries.jsonl", _queried, "queries")
    store = PassageStore(index)
    passages = {p.id: p.document_id for _, p in store.iter_passages()} if "generation" in store.meta() else {}
    known = {*passages.values(), *dataset.corpus}
    questions, left_out, without_points, graded = [], [], 0, False
    for name, text, own in queries:
        grades = {i: g for i, g in dataset.qrels.get(name, {}).items() if g > 0}
        graded |= any(g > 1 for g in grades.values())
        if not grades and not own.get("expected_status"):
            left_out.append(name)
            continue
        judged = tuple(dict.fromkeys(passages.get(i, i) for i in grades))
        told = own.get("documents", ())
        absent = tuple(d for d in told if d not in known)
        documents = told if set(told) - set(absent) == set(judged) else (*judged, *absent)  # somebody may have changed the judgements
        status = own.get("expected_status", "")
        if grades and status not in ANSWERED:
            status = "answered"
        points = own.get("key_points", ()) if status in ANSWERED else ()
        without_points += status in ANSWERED and not points
        questions.append(GoldQuestion(name, text, own.get("kind", ""), documents, points, status))
    notes = []
    if left_out:
        notes.append(f"{len(left_out)} queries without a relevant document were left out: {shortened(left_out)}.")
    if without_points:
        notes.append(f"BEIR holds no key points, so {without_points} questions have none: only documents and refusals can be scored.")
    if graded:
        notes.append("Grades of relevance became relevant or not.")
    return Imported(checked(questions, folder), notes)
