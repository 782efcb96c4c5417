"""What the steps share about one question, and the events they give while they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from rag.compose.draft import Draft, markdown
from rag.search.known_questions import NOTHING, Near
from rag.statuses import statuses
from rag.types import Answer, AnswerSentence, Citation, Filters, Hit, Turn

if TYPE_CHECKING:
    from rag.compose.chat_models import ChatModel
    from rag.compose.extractive import Run
    from rag.search.embedder import Embedder
    from rag.verify.answerable import Evidence
    from rag.verify.verifier import Verifier

#: Who wrote the answer, as `model` in the answer.
EXTRACTIVE = "extractief"


@dataclass(frozen=True, slots=True)
class Event:
    """Something the reader can already see. Only the field that belongs to `kind` is set."""

    kind: Literal["evidence", "sentence", "answer"]
    hits: tuple[Hit, ...] = ()
    sentence: AnswerSentence | None = None
    citations: tuple[Citation, ...] = ()
    answer: Answer | None = None


class Cancellation:
    """Lets whoever asked stop the answer from another thread: a reader who went away need not keep a language model busy."""

    def __init__(self) -> None:
        self.cancelled = False
        self._close: Callable[[], None] | None = None

    def attach(self, close: Callable[[], None]) -> None:
        """`close` stops what is running now; at once where the reader has already gone."""
        self._close = close
        if self.cancelled:
            close()

    def cancel(self) -> None:
        self.cancelled = True
        if self._close:
            self._close()


@dataclass
class Part:
    """One of the questions in the question: what was found for it and what of that will be shown."""

    text: str
    hits: list[Hit] = field(default_factory=list)
    vector: np.ndarray | None = None
    near: Near = NOTHING
    evidence: Evidence | None = None
    runs: list[Run] = field(default_factory=list)


@dataclass
class Context:
    """One question on its way through the steps. `status` set means: settled, later steps are passed over."""

    question: str
    filters: Filters = Filters()
    k: int = 8
    chat_model: ChatModel | None = None
    turns: tuple[Turn, ...] = ()  # earlier questions of this conversation, the last one most recent
    verifier: Verifier | None = None
    asker: str = ""  # subject of who asks, where known: for the record only, no step looks at it
    cancellation: Cancellation = field(default_factory=Cancellation)
    embedder: Embedder | None = None
    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    standalone: str = ""
    vague: bool = False  # it leans on something that was never said
    leans_on: tuple[str, ...] = ()  # documents that the last answer cited, where this question leans on it
    language: str = "nl"
    parts: list[Part] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    draft: Draft = field(default_factory=Draft)
    status: str = ""
    outcome: str = ""
    message: str = ""
    notices: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    model: str = EXTRACTIVE
    timings_ms: dict[str, float] = field(default_factory=dict)

    def answer(self, corpus_version: str) -> Answer:
        """The finished answer."""
        status = self.status or self.outcome or "answered"
        draft = self.draft.renumbered()
        text = markdown(draft.sentences)
        if not text:
            text = self.message or statuses()[status].message[self.language]
        return Answer(
            question=self.question,
            status=status,
            text=text,
            standalone_question=self.standalone or self.question,
            language=self.language,
            sentences=tuple(draft.sentences),
            citations=tuple(draft.citations),
            hits=tuple(self.hits),
            notice=" ".join(self.notices),
            choices=tuple(self.choices),
            model=self.model,
            corpus_version=corpus_version,
            timings_ms=dict(self.timings_ms),
        )
