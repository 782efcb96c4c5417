"""The same question through each system: a row a system, in the form of eval/answers, so that the same scoring reads it.

Rows hold the ids of passages and chunks, not their text: the corpus gives that again when the rows are scored.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.answers.dataset import GoldQuestion
from eval.answers.generate import one as answered
from eval.recipe.chain import Recipe, status_of
from eval.runs import FATAL
from rag.advisor import Advisor
from rag.compose.stream import sentences

#: Asked once of every system before anything is measured, so that loading does not count.
WARM_UP = GoldQuestion("warm-up", "Wat is publiek-private samenwerking?", "", (), (), "answered")


class System(Protocol):
    """Something that answers questions. `name` is its name in the summary."""

    name: str

    def answer(self, question: GoldQuestion) -> dict:
        """The row of a question, without the system's name."""
        ...


@dataclass(frozen=True, slots=True)
class AdvisorSystem:
    """This product, with the language model that `advisor` holds or without one."""

    name: str
    advisor: Advisor

    def answer(self, question: GoldQuestion) -> dict:
        """As System.answer."""
        return answered(question, self.advisor)


@dataclass(frozen=True, slots=True)
class RecipeSystem:
    """The plain recipe. A mark is a citation of a whole chunk; a sentence without one cites nothing. `model` is the name to tell."""

    name: str
    recipe: Recipe
    model: str

    def answer(self, question: GoldQuestion) -> dict:
        """As System.answer. `written` is what the model wrote; `stray_marks` counts marks that number no chunk."""
        started = time.perf_counter()
        found = self.recipe.find(question.question)
        at = {"evidence": _ms(started)}
        pieces: list[str] = []

        def kept() -> Iterator[str]:
            for piece in self.recipe.write(question.question, found):
                pieces.append(piece)
                yield piece

        written = []
        for sentence in sentences(kept()):
            at.setdefault("sentence", _ms(started))
            written.append(sentence)
        at["answer"] = _ms(started)
        marks = [[n for n in w.marks if 1 <= n <= len(found)] for w in written]
        return {
            "id": question.id,
            "question": question.question,
            "kind": question.kind,
            "documents": list(question.documents),
            "key_points": list(question.key_points),
            "expected_status": question.expected_status,
            "status": status_of(written),
            "text": " ".join(w.text for w in written),
            "written": "".join(pieces),
            "model": self.model,
            "sentences": [{"text": w.text, "citations": own} for w, own in zip(written, marks, strict=True)],
            "citations": [
                {"n": n, "passage_id": c.id, "document_id": c.document_id, "section": c.title}
                for n, c in enumerate(found, 1)
                if any(n in own for own in marks)
            ],
            "verbatim": [],
            "stray_marks": sum(len(w.marks) for w in written) - sum(map(len, marks)),
            "passages": [{"passage_id": c.id, "title": c.title} for c in found],
            "ms": at,
        }


def one(question: GoldQuestion, systems: Sequence[System]) -> list[dict]:
    """A row of every system, one after the other, so that other work on the machine touches all of them alike.

    Where a system could not answer, `failed` in its row says why.
    """
    return [{"system": system.name} | _attempt(question, system) for system in systems]


def _attempt(question: GoldQuestion, system: System) -> dict:
    try:
        row = system.answer(question)
    except FATAL:
        raise
    except Exception as error:  # noqa: BLE001 - what goes wrong in one system must not cost the rows of the others; it is counted
        kept = {"id": question.id, "question": question.question, "kind": question.kind, "expected_status": question.expected_status}
        return kept | {"failed": f"asking: {type(error).__name__}: {error}"}
    return row | {"ms": {event: round(ms, 1) for event, ms in row["ms"].items()}}


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
