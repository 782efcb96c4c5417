"""The answer to a gold question, as a row that can be scored again without asking again."""

from __future__ import annotations

import time

from eval.answers.dataset import GoldQuestion
from eval.model_trouble import counted
from rag.advisor import Advisor
from rag.context import Context


def one(q: GoldQuestion, advisor: Advisor) -> dict:
    """The question, the whole answer, what the decision to answer rested on, and milliseconds to the evidence, the first sentence and
    the end.

    The steps are the advisor's own, on a context that is kept: an Answer does not tell the probabilities of the decision.

    Raises:
        ModelError: the language model could not be asked.
    """
    started = time.perf_counter()
    at: dict[str, float] = {}
    with counted(advisor):
        context = advisor._context(q.question)
        for event in advisor._run(context):
            at.setdefault(event.kind, (time.perf_counter() - started) * 1000)
    answer = context.answer(advisor._version())
    at["answer"] = (time.perf_counter() - started) * 1000
    data = answer.as_dict()
    return {
        "id": q.id,
        "question": q.question,
        "kind": q.kind,
        "documents": list(q.documents),
        "key_points": list(q.key_points),
        "expected_status": q.expected_status,
        "status": answer.status,
        "text": answer.text,
        "notice": answer.notice,
        "model": answer.model,
        "model_asked": advisor.chat_model.name if advisor.chat_model else None,
        "decision": decision(context),
        "sentences": data["sentences"],
        "citations": [{k: c[k] for k in ("n", "passage_id", "document_id", "section", "quote")} for c in data["citations"]],
        "verbatim": [c.quote in c.passage.text for c in answer.citations],
        "passages": [{k: p[k] for k in ("passage_id", "title", "section", "score")} for p in data["passages"]],
        "ms": {k: round(v, 1) for k, v in at.items()},
        "step_ms": {k: round(v, 1) for k, v in answer.timings_ms.items()},
    }


def decision(context: Context) -> dict[str, float] | None:
    """The probabilities that the question is about the corpus' subject and that the passages answer it; of the part most likely to be
    answered where the question has several. None where the question was settled before: by the guard, or because it was vague."""
    found = [p.evidence for p in context.parts if p.evidence]
    if not found:
        return None
    best = max(found, key=lambda e: e.in_scope * e.answerable)
    return {"in_scope": round(best.in_scope, 4), "answerable": round(best.answerable, 4)}
