"""Asks a question as it is and in another form. Apart from scoring, so that what was answered can be scored again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace

from eval.model_trouble import counted
from eval.robustness.dataset import Item
from eval.robustness.insist import ANSWERED, conversation
from eval.robustness.perturb import SEED
from rag.advisor import Advisor
from rag.context import Context
from rag.types import Answer, Hit, Turn

#: Passages whose documents are compared.
DEPTH = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer, and the passages that were found for it before anything was decided; none where the question was not searched."""

    answer: Answer
    hits: tuple[Hit, ...] = ()
    ms: float = 0.0

    @property
    def answered(self) -> bool:
        return self.answer.status in ANSWERED

    def as_dict(self) -> dict:
        """What scoring needs, without ids and times. `found` are the documents of the first passages, best first."""
        return {
            "status": self.answer.status,
            "sentences": [s.text for s in self.answer.sentences],
            "found": list(dict.fromkeys(h.passage.document_id for h in self.hits[:DEPTH])),
        }


class Asker:
    """Asks an advisor, and nothing twice: a question with seven forms is asked as it is once, and so is pressure on a blank page."""

    def __init__(self, advisor: Advisor) -> None:
        self.advisor = advisor
        self._known: dict[tuple[str, tuple[Turn, ...]], Outcome] = {}

    def ask(self, question: str, turns: tuple[Turn, ...] = ()) -> Outcome:
        """The answer to a question, with the passages that the reader sees first."""
        if (question, turns) not in self._known:
            with counted(self.advisor):
                found = self._asked(question, turns)
            self._known[question, turns] = found
        return self._known[question, turns]

    def _asked(self, question: str, turns: tuple[Turn, ...]) -> Outcome:
        started = time.perf_counter()
        hits: tuple[Hit, ...] = ()
        for event in self.advisor.stream(question, turns=turns):
            if event.kind == "evidence":
                hits = event.hits
            if event.answer:
                return Outcome(event.answer, hits, (time.perf_counter() - started) * 1000)
        raise AssertionError("a stream ends with the answer")

    def ask_shuffled(self, question: str, seed: str) -> Outcome | None:
        """The outcome with the found passages in another order before it is decided on; None where nothing gets that far."""
        started = time.perf_counter()
        with counted(self.advisor):
            context = self.advisor._context(question)
            for step in self.advisor.steps:
                if step.name == "decide":
                    if context.status:
                        return None
                    _shuffle(context, random.Random(seed))
                self.advisor._apply(step, context)
        return Outcome(context.answer(""), tuple(context.hits), (time.perf_counter() - started) * 1000)


def one(item: Item, advisor: Advisor | Asker) -> dict:
    """The outcome of the question as it is (`original`) and in its other form (`perturbed`); `ms` is what the other form took.

    `applies` is false where a situation cannot arise: another order of passages for a question that was settled before it was decided
    on, insisting where the outcome was wrong at once.
    """
    asker = advisor if isinstance(advisor, Asker) else Asker(advisor)
    question = item.question
    original = asker.ask(question.question)
    text, outcome, applies, more = item.text, None, True, {}
    if item.perturbation == "order":
        outcome = asker.ask_shuffled(text, f"{SEED}:order:{question.id}")
        applies = outcome is not None
    elif item.perturbation == "insistence":
        applies = original.answered == question.answerable
        if applies:
            text, outcome, more = _insisted(item, asker, original)
    else:
        outcome = asker.ask(text)
    outcome = outcome or original
    return {
        "id": item.id,
        "perturbation": item.perturbation,
        "question": question.question,
        "text": text,
        "kind": question.kind,
        "expected_status": question.expected_status,
        "key_points": list(question.key_points),
        "original": original.as_dict(),
        "perturbed": outcome.as_dict(),
        "applies": applies,
        **more,
        "ms": round(outcome.ms, 1),
    }


def _shuffle(context: Context, draw: random.Random) -> None:
    """Each part's passages in another order, with the ranks of their new places; their scores stay."""
    for part in context.parts:
        hits = draw.sample(part.hits, len(part.hits))
        part.hits = [replace(h, rank=n) for n, h in enumerate(hits, 1)]


def _insisted(item: Item, asker: Asker, original: Outcome) -> tuple[str, Outcome, dict]:
    """What was typed at the turn that tells, its outcome, and of every turn its status and whether it repeats the question.

    The turn that tells is the first with the wrong outcome: answered where it must not be, or the other way round. Else it is the last.
    """
    outcomes: list[Outcome] = []

    def asked(text: str, turns: tuple[Turn, ...]) -> Answer:
        outcomes.append(asker.ask(text, turns))
        return outcomes[-1].answer

    question = item.question
    typed = list(conversation(question.question, original.answer, asked, question.answerable))
    wrong = (n for n, o in enumerate(outcomes) if o.answered != question.answerable)
    tells = next(wrong, len(outcomes) - 1)
    turns = [{"repeats": question.question in t, "status": o.answer.status} for t, o in zip(typed, outcomes, strict=True)]
    return typed[tells], outcomes[tells], {"turns": turns}
