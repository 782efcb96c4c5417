"""Fits sentence selection, then the two decisions that rest on it, on development questions:

    python -m eval.tune selection     weights for rag/compose/weights.yml
    python -m eval.tune decisions     weights and thresholds for rag/verify/answerable.yml (selection as the file has it)

Prints weights and what they give; writing them into the files is left to the maintainer, who reads them first. Data: eval/gold/dev.jsonl,
eval/gold/train/*.jsonl, texts on other subjects (`--other FILE`), and question files of the corpus whose questions were left out of the
index (`--left-out FOLDER`): known questions of an author who is in the index look nearer than a stranger's. Never point this at test
questions.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.tune_selection import Labelled, fit_selection, found_at
from eval.verifier.fit import fit
from rag.advisor import Advisor
from rag.compose.selection import FEATURES as SENTENCE
from rag.compose.selection import Candidate
from rag.knowledge.questions import OTHER_SUBJECTS, read_others, read_questions
from rag.language.detect import detect_language
from rag.language.words import fold
from rag.steps import Decide
from rag.verify.answerable import ANSWER, KNOWN, SCOPE

GOLD = Path(__file__).parent / "gold"
RISING = {"passage_cosine", "sentence_cosine", "rank", "nearest", "best", "definition", "heading", "vote", "lead", "usual", "subject"}
#: Kinds that the guard or the clarification step sees to: no matter of what the corpus holds.
ELSEWHERE = {"unsafe", "legal_case", "personal_data", "injection", "clarification", "partial"}
FOLDS = 8
#: What a development question weighs beside a training question: it is typed as people type, the other to be hard.
WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one of the sources. `kind` is answered, near_miss or out_of_scope; `answers` are sentences, `points` phrases that a
    right sentence of `documents` holds, `begins` how one begins."""

    question: str
    kind: str
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    dev: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found for a question: the features of the decision, and the scored sentences."""

    asked: Asked
    language: str
    features: dict[str, float]
    found: list[Candidate]


def questions(others: list[Path], left_out: Path | None = None) -> Iterator[Asked]:
    """The questions of all sources."""
    for row in _rows(GOLD / "dev.jsonl"):
        if row["kind"] not in ELSEWHERE:
            kind = "answered" if row["documents"] else row["kind"]
            yield Asked(row["question"], kind, tuple(row["documents"]), points=tuple(row["key_points"]), dev=True)
    for path in sorted((GOLD / "train").glob("*.jsonl")):
        for row in _rows(path):
            kind = "answered" if row["answerable"] else "near_miss" if row["document"] else "out_of_scope"
            yield Asked(row["question"], kind, (row["document"],), tuple(row["answers"]))
    for path in others:
        for row in _rows(path):
            if detect_language(row["text"]) == "en" and len(row["text"]) < 300:
                yield Asked(row["text"], "out_of_scope")
    if left_out:
        yield from _strangers(left_out)


def _strangers(folder: Path) -> Iterator[Asked]:
    """The questions of `folder`, laid out as corpus/vragen; one that several documents answer counts once."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.stem == OTHER_SUBJECTS:
            yield from (Asked(question, "out_of_scope") for question in read_others(path))
            continue
        for entry in read_questions(path):
            documents, begins = found.setdefault(entry.vraag, (set(), set()))
            begins |= set(entry.antwoord)
            documents |= {path.stem} if entry.antwoord else set()
    for question, (documents, begins) in found.items():
        kind = "answered" if begins else "near_miss"
        yield Asked(question, kind, tuple(sorted(documents)), begins=tuple(sorted(begins)))


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def observed(advisor: Advisor, others: list[Path], left_out: Path | None = None) -> Iterator[Seen]:
    """Every question on its way up to the decision; those with several parts are left out."""
    from tqdm import tqdm

    decision = next(step for step in advisor.steps if isinstance(step, Decide))
    for asked in tqdm(list(questions(others, left_out)), desc="questions", disable=None):
        context = advisor._context(asked.question)
        for step in advisor.steps[1:3]:  # without the guard: what it refuses is not this decision's business
            advisor._apply(step, context)
        if len(context.parts) != 1 or not context.hits:
            continue
        (part,) = context.parts
        found = decision.weighed(context, part)
        assert part.evidence is not None
        yield Seen(asked, context.language, part.evidence.features, found)


def select(seen: list[Seen]) -> None:
    """Fit and print the weights of sentence selection; documents are held out in turn for what it says of its quality."""
    labelled = [
        Labelled(
            np.array([[c.features[f] for f in SENTENCE] for c in s.found]),
            np.array([is_right(s.asked, c) for c in s.found]),
            s.asked.documents[0],
            WEIGHT if s.asked.dev else 1.0,
        )
        for s in seen
        if s.asked.kind == "answered"
    ]
    for name, dev in (("development", True), ("training", False)):
        chosen = [n for n, s in enumerate(s for s in seen if s.asked.kind == "answered") if s.asked.dev == dev]
        told = ", ".join(f"@{k} {v:.3f}" for k, v in found_at(labelled, chosen, SENTENCE).items())
        print(f"# a right sentence among the first k, {name} questions (n = {len(chosen)}, documents held out): {told}")
    weights, bias = fit_selection(labelled, SENTENCE)
    print("sentence:", f"  bias: {bias:.3f}", *(f"  {f}: {w:.3f}" for f, w in weights.items()), sep="\n")


def is_right(asked: Asked, candidate: Candidate) -> bool:
    """A sentence is right when it stands in a named document and is one of the answers, or holds one of the key points."""
    passage, sentence = candidate.hit.passage, candidate.sentence
    if passage.document_id not in asked.documents:
        return False
    text = _plain(sentence.text)
    if asked.begins:
        return any(text.startswith(_plain(b)) for b in asked.begins)
    if asked.answers:
        return any(text == a or min(len(text), len(a)) > 25 and (a in text or text in a) for a in map(_plain, asked.answers))
    lead = " ".join(s.text for s in passage.sentences if s.kind == "lead" and s.group == sentence.group >= 0)
    text = f"{lead if sentence.kind == 'item' else ''} {sentence.text}".lower()
    return any(k.lower() in text for k in asked.points)


def _plain(text: str) -> str:
    return fold(" ".join(text.split()))


def decide(name: str, seen: list[Seen], right: set[str], wrong: str, features: tuple[str, ...]) -> None:
    """Fit one decision; print its weights and, held out in turn, what a threshold would give for the questions of the `right` kinds and
    for the `wrong` ones, of the development half and of all others."""
    chosen = [s for s in seen if s.asked.kind in {*right, wrong}]
    x = np.array([[s.features[f] for f in features] for s in chosen])
    y = np.array([float(s.asked.kind in right) for s in chosen])
    dev = np.array([s.asked.dev for s in chosen])
    weights = np.where(dev, WEIGHT, 1.0)
    fold_of = np.random.default_rng(0).integers(0, FOLDS, len(chosen))

    def fitted(rows: np.ndarray) -> tuple[np.ndarray, float]:
        balanced = weights[rows].copy()
        for label in (0.0, 1.0):
            balanced[y[rows] == label] /= balanced[y[rows] == label].sum()
        found, bias = fit(x[rows], y[rows], balanced, features, rising=RISING)
        return np.array([found[f] for f in features]), bias

    held_out = np.zeros(len(chosen))
    for n in range(FOLDS):
        coefficients, bias = fitted(fold_of != n)
        held_out[fold_of == n] = 1 / (1 + np.exp(-(x[fold_of == n] @ coefficients + bias)))
    coefficients, bias = fitted(np.ones(len(chosen), bool))
    print(f"{name}:  # n = {len(chosen)}, of which {int((y == 0).sum())} {wrong}\n  bias: {bias:.3f}")
    for feature, coefficient in zip(features, coefficients, strict=True):
        print(f"  {feature}: {coefficient:.3f}")
    for share in (0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3):
        enough = (dev & (y == 1)).sum() >= 30
        at = np.quantile(held_out[dev & (y == 1)] if enough else held_out[y == 1], share)
        told = [
            f"{label}: {(held_out[part & (y == 1)] < at).mean():.0%} refused, {(held_out[part & (y == 0)] >= at).mean():.0%} let through"
            for label, part in (("development", dev), ("others", ~dev))
            if (part & (y == 1)).any() and (part & (y == 0)).any()
        ]
        print(f"  # threshold {at:.3f}; {'; '.join(told)}")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.tune", description="Fits the weights of selection and of the decisions.")
    parser.add_argument("what", choices=("selection", "decisions"))
    parser.add_argument("--other", type=Path, nargs="*", default=[], help="JSONL with English texts on other subjects, in 'text'")
    parser.add_argument("--left-out", type=Path, help="folder of question files as corpus/vragen, of questions that are not in the index")
    arguments = parser.parse_args(argv)
    advisor = Advisor.from_settings(no_llm=True)
    seen = list(observed(advisor, arguments.other, arguments.left_out))
    if arguments.what == "selection":
        select(seen)
        return 0
    plain = not len(advisor.searcher.snapshot().questions)  # an index without known questions: for documents that have none
    suffix, left_out = ("_plain", KNOWN) if plain else ("", set())
    scope, answer = (tuple(f for f in features if f not in left_out) for features in (SCOPE, ANSWER))
    ours = {"answered", "near_miss"}
    decide(f"scope{suffix}", [s for s in seen if s.language != "en"], ours, "out_of_scope", scope)
    # which words of an English question are foreign to a Dutch corpus cannot be seen: meaning and rank alone decide
    english = tuple(f for f in scope if f not in ("unknown", "missing_word"))
    decide(f"scope_en{suffix}", [s for s in seen if s.language == "en"], ours, "out_of_scope", english)
    decide(f"answer{suffix}", seen, {"answered"}, "near_miss", answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
