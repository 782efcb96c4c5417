"""Gold questions put differently: by code (typing errors, careless typing, a polite opening), by hand (other words, English), and as
situations (the passages in another order, a reader who keeps asking)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.answers.dataset import GOLD, GoldQuestion
from eval.answers.dataset import load as load_questions
from eval.jsonl import rows
from eval.robustness.perturb import careless, polite, with_typos
from rag.errors import PpsError

#: Perturbations made by code, in the order of the report. `order` and `insistence` leave the words of the question alone.
BY_CODE = {"typos": with_typos, "careless": careless, "polite": polite}
BY_HAND = ("paraphrase", "english")
SITUATIONS = ("order", "insistence")
PERTURBATIONS = (*BY_CODE, *BY_HAND, *SITUATIONS)


@dataclass(frozen=True, slots=True)
class Item:
    """One question in one other form. `text` is that form; in the two situations it is the question itself."""

    question: GoldQuestion
    perturbation: str
    text: str

    @property
    def id(self) -> str:
        return f"{self.question.id}/{self.perturbation}"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written by hand for one question; empty where nothing was."""

    id: str
    question: str
    paraphrase: str = ""
    english: str = ""


def load(half: str, dataset: Path | None = None, limit: int | None = None) -> list[Item]:
    """Every form of the questions of a gold half, question by question; of `limit` of them, evenly spread, as a half is sorted by kind.

    `dataset` takes the place of the gold half: JSONL in the gold format, whose lines may hold `paraphrase` and `english` themselves.

    Raises:
        PpsError: a file is missing or a line is wrong; or what was written by hand belongs to a question that is no longer asked so.
    """
    questions = load_questions(dataset or GOLD / f"{half}.jsonl")
    written = by_hand(dataset or GOLD / f"robustness_{half}.jsonl")
    asked = {q.id: q.question for q in questions}
    for w in written:
        if asked.get(w.id) != w.question:
            raise PpsError(f"robustness of {half}: {w.id} was written for a question that is now worded otherwise or gone")
    forms = {w.id: w for w in written}
    if limit is not None and limit < len(questions):
        questions = [questions[n * len(questions) // limit] for n in range(limit)]
    return [item for q in questions for item in items(q, forms.get(q.id))]


def by_hand(path: Path) -> list[Written]:
    """The hand-written forms in a JSONL file.

    Raises:
        PpsError: the file is missing or empty, or a line is wrong; names the file and line.
    """
    return rows(path, _written, "questions")


def items(question: GoldQuestion, written: Written | None) -> Iterator[Item]:
    """The forms of one question; one that leaves its words as they were is not a form."""
    forms = {name: change(question.question, question.id) for name, change in BY_CODE.items()}
    forms |= {name: getattr(written, name) for name in BY_HAND if written}
    for name, text in forms.items():
        if text and text != question.question:
            yield Item(question, name, text)
    yield from (Item(question, name, question.question) for name in SITUATIONS)


def _written(number: int, row: dict) -> Written:
    return Written(str(row.get("id", number)), row["question"], row.get("paraphrase", ""), row.get("english", ""))
