"""RAGAS' single-turn samples, as its EvaluationDataset reads and writes them (JSONL or CSV; fields of ragas 0.4)."""

from __future__ import annotations

import ast
import csv
import json
from pathlib import Path

from eval.answers.dataset import GoldQuestion
from eval.exchange.gold import Imported, checked, open_store, shortened, supporting, write_lines
from eval.jsonl import rows as read_rows
from rag.errors import PpsError
from rag.knowledge.store import PassageStore
from rag.language.sentences import split_sentences
from rag.language.words import fold
from rag.statuses import statuses

ANSWERED = ("answered", "partial")
#: What RAGAS called its fields before version 0.2.
FORMER = {"question": "user_input", "answer": "response", "contexts": "retrieved_contexts", "ground_truth": "reference"}
LISTS = ("retrieved_contexts", "reference_contexts", "retrieved_context_ids", "reference_context_ids", "documents", "key_points")
#: Fields of a sample that gold questions have no place for.
NOT_CARRIED = ("response", "retrieved_contexts", "retrieved_context_ids", "multi_responses", "rubrics", "persona_name", "query_style")


def export(run: Path, out: Path, index: Path) -> Imported:
    """Write the answers of the run folder `run` as samples, with the texts of their passages from the index in `index`.

    The passages are those that were found where the rows tell them, else those that were cited. RAGAS asks for a reference answer; that is
    the key points, or what the advisor says when it must not answer. Fields of the gold format ride along; RAGAS passes over them.

    Raises:
        PpsError: no run of the answers task, or a passage is not in the index.
    """
    rows = read_rows(run / "rows.jsonl", _row, "answers")
    store = open_store(index)
    notes = []
    if failed := [r["id"] for r in rows if r.get("failed")]:
        notes.append(f"{len(failed)} questions could not be measured and are left out: {shortened(failed)}.")
    rows = [r for r in rows if not r.get("failed")]
    if any("contexts" not in r and "passages" not in r for r in rows):
        notes.append("The run does not tell which passages were found, so retrieved_contexts holds the cited ones.")
    asked = {i for r in rows for i in _contexts(r)}
    texts = {i: p.text for i, p in store.passages(asked).items()}
    for i in sorted(asked - set(texts)):
        gone = store.archived(i)
        if gone is None:
            raise PpsError(f"The index in {index} does not hold passage {i} of the run. Index the corpus of that time, or run it again.")
        texts[i] = gone[0].text
    write_lines(out, (_sample(r, texts, store) for r in rows))
    return Imported([_question(r) for r in rows], notes)


def _row(_: int, row: dict) -> dict:
    if "system" in row:
        raise ValueError("rows of several systems are no run of the answers task")
    if not row.get("failed"):
        _ = row["question"], row["text"], row["citations"], row["expected_status"]
    return row


def _contexts(row: dict) -> list[str]:
    told = row.get("contexts", row.get("passages"))
    if told is None:
        told = [c["passage_id"] for c in row["citations"]]
    return list(dict.fromkeys(p["passage_id"] if isinstance(p, dict) else p for p in told))


def _question(row: dict) -> GoldQuestion:
    lists = tuple(row.get("documents", ())), tuple(row.get("key_points", ()))
    return GoldQuestion(str(row["id"]), row["question"], row.get("kind", ""), *lists, row["expected_status"])


def _sample(row: dict, texts: dict[str, str], store: PassageStore) -> dict:
    question = _question(row)
    told = "\n".join(question.key_points) or statuses()[question.expected_status].message["nl"]
    resting = supporting(question, store)
    contexts = _contexts(row)
    return {
        "user_input": question.question,
        "response": row["text"],
        "retrieved_contexts": [texts[i] for i in contexts],
        "retrieved_context_ids": contexts,
        "reference": told,
        "reference_contexts": [p.text for p in resting],
        "reference_context_ids": [p.id for p in resting],
        "id": question.id,
        "kind": question.kind,
        "status": row["status"],
        "expected_status": question.expected_status,
        "documents": list(question.documents),
        "key_points": list(question.key_points),
    }


def load(path: Path, index: Path) -> Imported:
    """Gold questions of a file of samples (.jsonl or .csv). Documents are found by the reference contexts, in the index in `index`.

    A reference answer becomes key points, a sentence each. Samples of several turns, and samples without a question, are left out.

    Raises:
        PpsError: the file cannot be read, a line is wrong (names it), or nothing can be carried over.
    """
    samples = _csv(path) if path.suffix.lower() == ".csv" else read_rows(path, lambda n, row: (n, _named(row)), "samples")
    finder = _Finder(index)
    questions: list[GoldQuestion] = []
    left_out: dict[str, list[str]] = {}
    for count, (number, sample) in enumerate(samples, 1):
        line = f"line {number}"
        if not isinstance(sample.get("user_input"), str) or not sample["user_input"].strip():
            why = "of several turns" if isinstance(sample.get("user_input"), list) else "without a question"
            left_out.setdefault(f"Samples {why} were left out", []).append(line)
            continue
        try:
            question = _gold(count, sample, finder)
        except (ValueError, TypeError) as error:
            raise PpsError(f"{path}, {line}: {error}") from error
        if question is None:
            left_out.setdefault("Samples with neither a reference nor an expected status were left out", []).append(line)
            continue
        if sample.get("reference") and not sample.get("key_points") and question.key_points:
            left_out.setdefault("The reference answer was cut into sentences as key points", []).append(line)
        if question.expected_status in ANSWERED and not question.documents:
            left_out.setdefault("No document of the index holds the reference contexts", []).append(line)
        questions.append(question)
    notes = [f"{what}: {shortened(lines)}." for what, lines in left_out.items()]
    unused = sorted({f for _, s in samples for f in NOT_CARRIED if s.get(f)})
    if unused:
        notes.append(f"Gold questions have no place for: {', '.join(unused)}.")
    return Imported(checked(questions, path), notes)


def _gold(count: int, sample: dict, finder: _Finder) -> GoldQuestion | None:
    """The question of a sample; None where nothing says what to expect."""
    reference = (sample.get("reference") or "").strip()
    documents = tuple(sample.get("documents") or finder.documents(sample))
    refusals = {message: s.name for s in statuses().values() for message in s.message.values() if message}
    status = sample.get("expected_status") or refusals.get(reference) or ("answered" if reference or documents else "")
    if not status:
        return None
    if status not in statuses():
        raise ValueError(f"unknown expected_status {status}; known are {', '.join(statuses())}")
    points: list[str] = sample.get("key_points") or []
    if not points and status in ANSWERED:
        points = [s for line in reference.splitlines() for s in split_sentences(line)]
    kind = sample.get("kind") or sample.get("synthesizer_name") or ""
    name = str(sample.get("id") or f"r{count:03}")
    return GoldQuestion(name, sample["user_input"].strip(), kind, documents, tuple(points), status)


class _Finder:
    """Finds documents of the index by the id or the text of a passage."""

    def __init__(self, index: Path) -> None:
        store = PassageStore(index)
        self._texts: list[tuple[str, str]] = []
        self._known: set[str] = set()
        if "generation" in store.meta():
            self._texts = [(p.document_id, _squeezed(p.text)) for _, p in store.iter_passages()]
            self._known = {d for d, _ in self._texts}

    def documents(self, sample: dict) -> list[str]:
        """The documents of a sample's reference contexts, in their order."""
        found = [d for i in sample.get("reference_context_ids") or [] if (d := self._of_id(str(i)))]
        for context in sample.get("reference_contexts") or []:
            wanted = _squeezed(str(context))
            found += [d for d, text in self._texts if len(wanted) >= 20 and (wanted in text or text in wanted)][:1]
        return list(dict.fromkeys(found))

    def _of_id(self, name: str) -> str:
        return next((d for d in (name, name.rsplit(".", 1)[0]) if d in self._known), "")


def _squeezed(text: str) -> str:
    return " ".join(fold(text).split())


def _named(row: dict) -> dict:
    """A sample with today's names for its fields, and lists checked."""
    named = {FORMER.get(k, k) if FORMER.get(k, k) not in row else k: v for k, v in row.items()}
    if "ground_truths" in named and "reference" not in named:
        named["reference"] = " ".join(named.pop("ground_truths"))
    for name in LISTS:
        if named.get(name) is not None and not (isinstance(named[name], list) and all(isinstance(v, (str, int)) for v in named[name])):
            raise ValueError(f"{name} must be a list of texts")
    for name in ("reference", "response", "expected_status", "kind"):
        if named.get(name) is not None and not isinstance(named[name], str):
            raise ValueError(f"{name} must be text")
    return named


def _csv(path: Path) -> list[tuple[int, dict]]:
    """The samples of a CSV file as RAGAS writes it, with the number of their first line: lists stand in their cells as Python or JSON."""
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    samples = []
    csv.field_size_limit(10_000_000)  # a cell holds all contexts of a question
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        number = 1
        try:
            if not set(reader.fieldnames or ()) & {"user_input", "question"}:
                raise PpsError(f"{path}: no column user_input or question, so these are no samples of RAGAS.")
            number = reader.line_num + 1
            for row in reader:
                if None in row:
                    raise ValueError(f"more cells than the {len(row) - 1} columns")
                cells = {name: cell for name, cell in row.items() if cell}
                samples.append((number, _named({k: _listed(v) if k in (*LISTS, *FORMER) else v for k, v in cells.items()})))
                number = reader.line_num + 1
        except (csv.Error, ValueError, SyntaxError, TypeError, RecursionError) as error:
            raise PpsError(f"{path}, line {number}: {error}") from error
    return samples


def _listed(cell: str) -> str | list:
    if not cell.startswith("["):
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        return ast.literal_eval(cell)
