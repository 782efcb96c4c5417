"""What follows from the rows of answers without asking again: how well the decision's probabilities hold, and how long answers took."""

from __future__ import annotations

from collections.abc import Callable

from eval import measures
from eval.answers.measures import ANSWERED
from eval.calibration import curve
from eval.measures import Measure
from eval.metrics import percentile

#: Steps of the advisor, as its answers time them.
STEPS = ("guard", "rephrase", "retrieve", "decide", "compose")
_NONE_ASKED = "no question got as far as the decision"


def _defined(row: dict) -> bool:
    return row["probability"] is not None


CALIBRATION = (
    Measure(
        "brier",
        lambda r: [(r["probability"] - r["right"]) ** 2] if _defined(r) else [],
        higher_is_better=False,
        gate=False,
        undefined=_NONE_ASKED,
    ),
    *(
        Measure(name, lambda r, of=of: [float(r[of])] if _defined(r) else [], higher_is_better=None, gate=False, undefined=_NONE_ASKED)
        for name, of in (("mean_probability", "probability"), ("should_be_answered", "right"))
    ),
)


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


def calibration_rows(answers: list[dict]) -> list[dict]:
    """Per answered question the probability with which the advisor held it answerable, and whether it is (`right`).

    The probability is that of both decisions together: the product of in scope and answerable. It is None where the question was
    settled before them.
    """
    rows = []
    for row in measures.measured(answers):
        found = row.get("decision")
        rows.append(
            {
                "id": row["id"],
                "kind": row["kind"],
                "probability": round(found["in_scope"] * found["answerable"], 4) if found else None,
                "right": row["expected_status"] in ANSWERED,
                "answered": row["status"] in ANSWERED,
            }
        )
    return rows


def latency_rows(answers: list[dict]) -> list[dict]:
    """Per question the milliseconds to each event and of each step."""
    return [{"id": r["id"], "kind": r["kind"], "ms": r["ms"], "step_ms": r["step_ms"]} for r in measures.measured(answers)]


def calibration(answers: list[dict]) -> tuple[dict, list[dict]]:
    """Metrics, reasons and counts of the decision's probabilities, and the rows behind them."""
    rows = calibration_rows(answers)
    found = measures.score(rows, CALIBRATION)
    whole = curve(rows)
    found["metrics"] |= {name: whole[name] for name in ("ece", "ece_if_calibrated")}
    found["reasons"] |= {name: why for name, why in whole["reasons"].items() if name in found["metrics"]}
    return found, rows


def latency(answers: list[dict]) -> tuple[dict, list[dict]]:
    """Metrics, reasons and counts of the times, and the rows behind them."""
    rows = latency_rows(answers)
    return measures.score(rows, LATENCY), rows


DERIVED = {"calibration": calibration, "latency": latency}
