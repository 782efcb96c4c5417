"""Answers to gold questions, as rows that can be scored again without asking again."""

from __future__ import annotations

import time

from eval.answers.dataset import GoldQuestion
from rag.advisor import Advisor


def answers(questions: list[GoldQuestion], advisor: Advisor) -> list[dict]:
    """One row a question: the question, the whole answer, and milliseconds to the evidence, the first sentence and the end."""
    from tqdm import tqdm

    advisor.ask(questions[0].question)  # so that loading is not measured
    rows = []
    for q in tqdm(questions, desc="questions", disable=None):
        started = time.perf_counter()
        at: dict[str, float] = {}
        answer = None
        for event in advisor.stream(q.question):
            at.setdefault(event.kind, (time.perf_counter() - started) * 1000)
            answer = event.answer or answer
        assert answer is not None
        data = answer.as_dict()
        rows.append(
            {
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
                "sentences": data["sentences"],
                "citations": [{k: c[k] for k in ("n", "passage_id", "document_id", "section", "quote")} for c in data["citations"]],
                "verbatim": [c.quote in c.passage.text for c in answer.citations],
                "ms": {k: round(v, 1) for k, v in at.items()},
            }
        )
    return rows
