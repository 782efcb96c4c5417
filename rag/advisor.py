"""The advisor: one list of steps from question to answer, the same in the chat, the API, the command line and the evaluation."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.compose.chat_models import ChatModel, load_chat_model
from rag.context import Cancellation, Context, Event
from rag.errors import PpsError
from rag.guard.check import inspect
from rag.guard.step import Guard
from rag.search.embedder import load_embedder
from rag.search.reranker import CrossEncoderReranker
from rag.search.searcher import Searcher
from rag.search.vectors import connect_to_read
from rag.settings import Settings, get_settings
from rag.steps import Compose, Decide, Rephrase, Retrieve, Step
from rag.types import Answer, Filters, Turn
from rag.verify.load import load_verifier
from rag.verify.verifier import Verifier

#: A model in place of the advisor's own; None for answering without one.
ModelChoice = ChatModel | None | Literal["default"]

_log = logging.getLogger(__name__)


@dataclass
class Advisor:
    """Answers questions from the index. Safe for many threads: all state of a question lives in its Context."""

    searcher: Searcher
    chat_model: ChatModel | None = None
    settings: Settings = field(default_factory=get_settings)
    steps: list[Step] = field(default_factory=list)
    verifier: Verifier | None = None  # made at the first question that needs it
    record: Callable[[Answer, str], object] | None = None  # as on_answer, with the subject of who asked ("" where nobody is known)
    on_answer: Callable[[Answer], None] | None = None  # told every finished answer; a failure of it costs no answer

    def __post_init__(self) -> None:
        if not self.steps:
            s = self.settings
            self.steps = [
                Guard(s.max_question_chars, self.searcher),
                Rephrase(self.searcher),
                Retrieve(self.searcher),
                Decide(self.searcher),
                Compose(),
            ]

    @classmethod
    def from_settings(cls, settings: Settings | None = None, *, llm: str | None = None, no_llm: bool = False) -> Advisor:
        """An advisor as the settings say. `llm` overrides the setting; `no_llm` leaves the language model out.

        Raises:
            ConfigurationError: a model or server of the settings cannot be used.
        """
        settings = settings or get_settings()
        reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
        chroma = connect_to_read(settings.index_dir / "chroma", settings.chroma_url)
        searcher = Searcher(settings.index_dir, chroma, load_embedder(settings.embedding_model), reranker)
        spec = None if no_llm else (llm or settings.llm)
        return cls(searcher, load_chat_model(spec, settings) if spec else None, settings)

    def ask(
        self,
        question: str,
        filters: Filters = Filters(),
        *,
        k: int = 8,
        turns: Sequence[Turn] = (),
        chat_model: ModelChoice = "default",
        asker: str = "",
    ) -> Answer:
        """The answer to `question`, as a follow-up on `turns` (the last one most recent).

        `chat_model` takes the place of the advisor's own; None answers with sentences of the sources. `asker` is the subject of who asks,
        where that is known.

        Raises:
            PpsError: there is no index to answer from.
        """
        for event in self.stream(question, filters, k=k, turns=turns, chat_model=chat_model, asker=asker):
            if event.answer:
                return event.answer
        raise AssertionError("unreachable")

    def stream(
        self,
        question: str,
        filters: Filters = Filters(),
        *,
        k: int = 8,
        turns: Sequence[Turn] = (),
        chat_model: ModelChoice = "default",
        cancellation: Cancellation | None = None,
        asker: str = "",
    ) -> Iterator[Event]:
        """Events while the answer is made: `evidence` (the hits), `sentence` (each as it is ready), `answer` (the end).

        `cancellation.cancel()`, from any thread, makes a language model stop writing.
        """
        context = self._context(question, filters, k, turns, chat_model)
        context.cancellation = cancellation or context.cancellation
        context.asker = asker
        yield from self._run(context)
        yield Event("answer", answer=self._finished(context))

    def warm(self) -> None:
        """Load what the first question would otherwise wait for."""
        inspect("publiek-private samenwerking")
        self.searcher.search("publiek-private samenwerking", k=1)
        self._verifier()
        if self.chat_model:
            self.chat_model.warm()

    def close(self) -> None:
        """Stop a language model on this machine."""
        if self.chat_model:
            self.chat_model.close()

    def as_runnable(self):  # noqa: ANN201 - langchain_core's Runnable, imported lazily
        """The chain as a LangChain Runnable: `str | {"question", "filters"}` → Answer, one named Runnable per step."""
        from langchain_core.runnables import RunnableLambda

        chain = RunnableLambda(self._context_from, name="question")
        for step in self.steps:
            chain = chain | RunnableLambda(lambda context, step=step: self._apply(step, context), name=step.name)
        return chain | RunnableLambda(lambda context: context.answer(self._version()), name="answer")

    def _context_from(self, value: str | dict[str, Any]) -> Context:
        if isinstance(value, str):
            return self._context(value)
        return self._context(value["question"], value.get("filters") or Filters(), value.get("k", 8), value.get("turns") or ())

    def _context(
        self,
        question: str,
        filters: Filters = Filters(),
        k: int = 8,
        turns: Sequence[Turn] = (),
        chat_model: ModelChoice = "default",
    ) -> Context:
        model = self.chat_model if chat_model == "default" else chat_model
        verifier = self._verifier() if model else None  # sentences of the sources are verified by standing there
        return Context(question=question, filters=filters, k=k, turns=tuple(turns), chat_model=model, verifier=verifier)

    def _verifier(self) -> Verifier:
        if self.verifier is None:
            self.verifier = load_verifier(self.settings.verifier, self.settings, self.searcher.embedder)
        return self.verifier

    def _apply(self, step: Step, context: Context) -> Context:
        for _ in self._timed(step, context):
            pass
        return context

    def _run(self, context: Context) -> Iterator[Event]:
        started = time.perf_counter()
        for step in self.steps:
            yield from self._timed(step, context)
        context.timings_ms["total"] = (time.perf_counter() - started) * 1000

    @staticmethod
    def _timed(step: Step, context: Context) -> Iterator[Event]:
        if context.status:  # a step before this one settled the answer
            return
        started = time.perf_counter()
        try:
            yield from step.run(context)
        finally:
            context.timings_ms[step.name] = (time.perf_counter() - started) * 1000

    def _finished(self, context: Context) -> Answer:
        answer = context.answer(self._version())
        for name, told in (("on_answer", (answer,)), ("record", (answer, context.asker))):
            listener = getattr(self, name)
            try:
                if listener:
                    listener(*told)
            except Exception:  # noqa: BLE001 - whoever listens is not known here, and the reader's answer is ready
                _log.warning("%s failed; the answer was given all the same", name, exc_info=True)
        return answer

    def _version(self) -> str:
        try:
            return self.searcher.store.meta().get("corpus_version", "")
        except PpsError:
            return ""
