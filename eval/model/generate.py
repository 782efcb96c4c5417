"""The same prompts to the same language model: through the advisor, and directly."""

from __future__ import annotations

import time

from eval.answers.dataset import GoldQuestion
from rag.advisor import Advisor
from rag.compose.chat_models import ChatModel, Reply


class Recording(ChatModel):
    """A chat model that remembers the last call, so that it can be made again."""

    last: tuple[list, dict] | None = None

    def stream(self, messages: list, **options) -> Reply:  # noqa: ANN003 - as ChatModel.stream
        self.last = messages, options
        return super().stream(messages, **options)


def timed(questions: list[GoldQuestion], advisor: Advisor) -> list[dict]:
    """One row a question: milliseconds to the evidence, to the first verified sentence and to the end; and of the bare call.

    Each prompt is first sent once without measuring, so that the model's prompt cache holds it for both.
    """
    from tqdm import tqdm

    assert advisor.chat_model is not None
    model = Recording(**{f: getattr(advisor.chat_model, f) for f in ("name", "model", "timeout_s", "first_s", "runner")})
    rows = []
    for n, q in enumerate(tqdm(questions, desc="questions", disable=None)):
        advisor.ask(q.question, chat_model=model)
        if model.last is None:  # the advisor refused it: no model was asked
            continue
        ways = [lambda q=q: _through(advisor, q.question, model), lambda: _direct(model)]
        found = [way() for way in (ways if n % 2 else ways[::-1])]
        through, direct = found if n % 2 else found[::-1]
        rows.append({"question": q.question, **through, "direct_ms": direct})
        model.last = None
    return rows


def _through(advisor: Advisor, question: str, model: ChatModel) -> dict:
    started = time.perf_counter()
    at: dict[str, float] = {}
    answer = None
    for event in advisor.stream(question, chat_model=model):
        at.setdefault(f"{event.kind}_ms", (time.perf_counter() - started) * 1000)
        answer = event.answer
    assert answer is not None
    return {**at, "verify_ms": answer.timings_ms.get("verify", 0.0), "wrote": answer.model, "sentences": len(answer.sentences)}


def _direct(model: Recording) -> float:
    assert model.last is not None
    messages, options = model.last
    started = time.perf_counter()
    for _ in ChatModel.stream(model, messages, **options):
        pass
    return (time.perf_counter() - started) * 1000
