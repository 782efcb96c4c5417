"""The probability with which the advisor decides to answer, beside whether it should (the curve itself is in eval/calibration.py)."""

from __future__ import annotations

from eval import measures
from eval.answers.rows import answerable, told
from eval.calibration import curve
from eval.measures import Measure

_NONE_ASKED = "no question got as far as the decision"


def _defined(row: dict) -> bool:
    return row["probability"] is not None


#: Of rows as `decision_of` gives them.
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


def decision_of(answer: dict) -> dict:
    """The probability with which the advisor held a question answerable, and whether it is (`right`).

    The probability is that of both decisions together: the product of in scope and answerable. It is None where the question was
    settled before them.
    """
    found = answer.get("decision")
    return {
        "id": answer["id"],
        "kind": answer["kind"],
        "probability": round(found["in_scope"] * found["answerable"], 4) if found else None,
        "right": answerable(answer),
        "answered": told(answer),
    }


def calibration_rows(answers: list[dict]) -> list[dict]:
    """`decision_of` every answer that did not fail."""
    return [decision_of(row) for row in measures.measured(answers)]


def calibration(answers: list[dict]) -> tuple[dict, list[dict]]:
    """Metrics, reasons and counts of the decision's probabilities, and the rows behind them."""
    rows = calibration_rows(answers)
    found = measures.score(rows, CALIBRATION)
    whole = curve(rows)
    found["metrics"] |= {name: whole[name] for name in ("ece", "ece_if_calibrated")}
    found["reasons"] |= {name: why for name, why in whole["reasons"].items() if name in found["metrics"]}
    return found, rows
