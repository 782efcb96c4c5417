"""What waiting for the language model is like, and what the advisor adds to it."""

from __future__ import annotations

import argparse

import numpy as np

from eval.metrics import interval, percentile
from eval.model.dataset import questions
from eval.model.generate import timed
from rag.advisor import Advisor


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Time `--limit` questions with the model of `--llm`."""
    advisor = Advisor.from_settings(llm=arguments.llm)
    try:
        advisor.warm()
        rows = timed(questions(arguments.limit), advisor)
        name = advisor.chat_model.name if advisor.chat_model else ""
    finally:
        advisor.close()
    # An answer that fell back on the sources asked the model too, so every row counts.
    times = ("evidence_ms", "sentence_ms", "answer_ms", "direct_ms")
    metrics = {m: interval([r[m] for r in rows if m in r], percentile(50)) for m in times}
    through, direct = (np.array([r[m] for r in rows]) for m in ("answer_ms", "direct_ms"))
    metrics["overhead"] = interval(np.arange(len(rows)), lambda n: through[n.astype(int)].sum() / direct[n.astype(int)].sum() - 1)
    metrics["written_by_model"] = interval([float(r["wrote"] == name) for r in rows])
    return {"task": "model", "dataset": "dev", "n": len(rows), "parameters": {"model": name}, "metrics": metrics, "reasons": {}}, rows
