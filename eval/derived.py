"""What follows from the rows of answers without asking again: how well the decision's probabilities hold, and how long answers took."""

from __future__ import annotations

from collections.abc import Callable

from eval import measures
from eval.abstention.decision import calibration
from eval.measures import Measure
from eval.metrics import percentile

#: Steps of the advisor, as its answers time them.
STEPS = ("guard", "rephrase", "retrieve", "decide", "compose")


def _time(group: str, name: str) -> Callable[[dict], list[float]]:
    return lambda row: [row[group][name]] if name in row[group] else []


LATENCY = tuple(
    Measure(f"{label}_p{q}_ms", _time(group, name), percentile(q), higher_is_better=False, gate=False)
    for group, name, label in (
        ("ms", "answer", "answer"),
        ("ms", "evidence", "evidence"),
        ("ms", "sentence", "first_sentence"),
        *(("step_ms", step, step) for step in STEPS),
    )
    for q in (50, 95)
)


def latency_rows(answers: list[dict]) -> list[dict]:
    """Per question the milliseconds to each event and of each step."""
    return [{"id": r["id"], "kind": r["kind"], "ms": r["ms"], "step_ms": r["step_ms"]} for r in measures.measured(answers)]


def latency(answers: list[dict]) -> tuple[dict, list[dict]]:
    """Metrics, reasons and counts of the times, and the rows behind them."""
    rows = latency_rows(answers)
    return measures.score(rows, LATENCY), rows


DERIVED = {"calibration": calibration, "latency": latency}
