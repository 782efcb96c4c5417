"""The guard as the first step of a question."""

from __future__ import annotations

from collections.abc import Iterator

from rag.context import Context, Event
from rag.errors import IndexMissingError
from rag.guard.check import inspect
from rag.guard.personal import mask
from rag.guard.question import has_words, normalise
from rag.language.detect import detect_language
from rag.search.searcher import Searcher

#: From this likeness to a known question that the sources answer on, and up to so many words, a question is an ordinary one. Of 1,700
#: attacks to learn from (eval/gold/guard/train, dev, second_dev) one that rests on a suspicion came nearer, at 0.66; the next at 0.57.
ORDINARY, LONGEST_ORDINARY = 0.60, 40


class Guard:
    """Makes the question readable, and stops what may not go on: personal data, instructions to the advisor, help with crime."""

    name = "guard"

    def __init__(self, max_chars: int, searcher: Searcher | None = None) -> None:
        self.max_chars = max_chars
        self.searcher = searcher

    def run(self, context: Context) -> Iterator[Event]:
        length = len(context.question)
        asked = context.question[: 4 * self.max_chars]
        question = normalise(asked)
        context.question = question
        if length > self.max_chars:
            context.question = mask(question[: self.max_chars])
            context.status = "clarification_needed"
            context.message = f"Uw vraag telt {length} tekens; er passen er {self.max_chars}. Maak de vraag korter en stel hem opnieuw."
        elif not has_words(question):
            context.status = "clarification_needed"
            if not question:
                context.message = "U hebt geen vraag ingevuld. Schrijf uw vraag in het vak en stel hem opnieuw."
        else:
            self._check(context, asked)
        yield from ()

    def _check(self, context: Context, asked: str) -> None:
        verdict = inspect(asked)  # as typed: what was hidden in it is seen
        if verdict.kind == "ok" or (verdict.suspicion and self._is_ordinary(context.question)):
            return
        context.language = detect_language(context.question)
        context.status = verdict.status
        context.message = verdict.message[context.language]
        # What is refused for its data is not kept, shown or sent on with it; nor what a failing check could not look at.
        context.question = "" if verdict.kind == "failed" else mask(context.question)

    def _is_ordinary(self, question: str) -> bool:
        """Is it close to a known question that the sources answer? Then a suspicion, unlike a rule, does not stop it."""
        if self.searcher is None or len(question.split()) > LONGEST_ORDINARY:
            return False
        try:
            return self.searcher.near(question, self.searcher.embedder.encode_query(question)).answered_near >= ORDINARY
        except IndexMissingError:  # nothing to compare with; Retrieve tells what to do about it
            return False
