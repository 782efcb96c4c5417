"""What is measured of answers, row by row: all that its four parts measure, and time (docs/evaluation.md says what each means)."""

from __future__ import annotations

from eval.abstention.evaluate import ERRORS
from eval.answers.rows import told
from eval.citations.evaluate import MEASURES as CITATIONS
from eval.correctness.evaluate import MEASURES as CORRECTNESS
from eval.faithfulness.evaluate import MEASURES as FAITHFULNESS
from eval.measures import Measure
from eval.metrics import percentile
from rag.context import EXTRACTIVE


def _fell_back(row: dict) -> tuple[float, ...]:
    return (float(row["model"] == EXTRACTIVE),) if row.get("model_asked") and told(row) else ()


def _time(name: str):  # noqa: ANN202
    return lambda row: [row["ms"][name]] if name in row["ms"] and (name == "answer" or told(row)) else []


PLAIN = (
    *FAITHFULNESS,
    *CITATIONS,
    *CORRECTNESS,
    *ERRORS,
    Measure("evidence_ms", _time("evidence"), percentile(50), higher_is_better=False, gate=False),
    Measure("first_sentence_ms", _time("sentence"), percentile(50), higher_is_better=False, gate=False),
    Measure("p50_ms", _time("answer"), percentile(50), higher_is_better=False, gate=False),
    Measure("p95_ms", _time("answer"), percentile(95), higher_is_better=False, gate=False),
)
#: Only of answers that a language model was asked for.
OF_MODEL = (Measure("fell_back_on_sources", _fell_back, higher_is_better=False, undefined="the language model was never needed"),)
MEASURES = (*PLAIN, *OF_MODEL)


def chosen(rows: list[dict]) -> tuple[Measure, ...]:
    """The measures that these rows can have."""
    return MEASURES if any(row.get("model_asked") for row in rows) else PLAIN
