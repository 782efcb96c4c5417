"""How far the probability that a question can be answered may be believed, and what each threshold on it would cost.

Rows are mappings with `probability` (0..1: the decision's own; None where nothing was decided, as when the guard refused) and `right`
(should the question be answered?). Only numpy; nothing is asked here. What cannot be computed is None, with its reason under `reasons`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from eval.metrics import RESAMPLES, interval

#: Standard normal quantile of a two-sided 95 % interval.
Z = 1.959963984540054
THRESHOLDS = tuple(round(0.05 * n, 2) for n in range(1, 20))
_NO_ROWS = "no row has a probability"

Row = Mapping[str, object]


def wilson(successes: int, n: int) -> dict[str, float] | None:
    """A share with its 95 % Wilson interval, which is honest at 0 and 1 where a bootstrap gives no width; None of nothing."""
    if n == 0:
        return None
    share = successes / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return {"value": share, "low": min(low, share), "high": max(high, share)}  # rounding puts 0 and 1 just outside


def curve(rows: Sequence[Row], bins: int = 10) -> dict:
    """Calibration of the decision, and what it risks at each coverage.

    `bins`: mean `predicted` probability, `observed` share that should be answered (Wilson interval) and `n` per bin. The bins hold equally
    many rows, as far as equal probabilities, which stay together, allow. `ece` is the mean distance of both, weighted by n; of few rows it
    is above 0 even for a perfect decision, so `ece_if_calibrated` says what one would score on these probabilities. `brier`: mean squared
    error. `risk_coverage`: as the threshold falls, the share of questions answered and, of those, the share answered wrongly.
    """
    probability, right, skipped = _arrays(rows)
    found = {"n": len(probability), "without_probability": skipped, "reasons": {}}
    names = ("ece", "ece_if_calibrated", "brier", "area_under_risk")
    if not len(probability):
        return found | {"bins": [], "risk_coverage": []} | dict.fromkeys(names) | {"reasons": dict.fromkeys(names, _NO_ROWS)}
    of = _binned(probability, bins)
    pairs = np.column_stack([probability, right])
    risks = _risk_coverage(probability, right)
    return found | {
        "bins": [_bin(probability[of == b], right[of == b]) for b in range(int(of.max()) + 1)],
        "ece": interval(np.arange(len(pairs)), lambda drawn: ece(*pairs[drawn.astype(int)].T, bins)),
        "ece_if_calibrated": _expected_ece(probability, bins),
        "brier": interval((probability - right) ** 2),
        "risk_coverage": risks,
        "area_under_risk": _area(risks),
    }


def ece(probability: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal mass. Both arrays have shape (n,), n > 0."""
    of = _binned(probability, bins)
    counts = np.bincount(of)
    filled = counts > 0
    gaps = np.abs(np.bincount(of, probability)[filled] - np.bincount(of, right)[filled])
    return float(gaps.sum() / len(probability))


def threshold_table(rows: Sequence[Row], thresholds: Sequence[float] = THRESHOLDS) -> list[dict]:
    """Per threshold, answering where the probability reaches it: `coverage`, and the shares `wrongly_answered` (of those that should not
    be), `wrongly_refused` (of those that should) and `risk` (wrong among the answered), each with its Wilson interval.

    A share of no questions is None. Rows without a probability were settled before the decision and count nowhere.
    """
    probability, right, _ = _arrays(rows)
    should = right == 1
    table = []
    for threshold in thresholds:
        answered = probability >= threshold
        table.append(
            {
                "threshold": float(threshold),
                "answered": int(answered.sum()),
                "coverage": _share(answered),
                "wrongly_answered": _share(answered[~should]),
                "wrongly_refused": _share(~answered[should]),
                "risk": _share(~should[answered]),
            }
        )
    return table


def _arrays(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray, int]:
    """Probabilities and rightness of the rows that have a probability, each of shape (n,), and how many have none.

    Raises:
        ValueError: a probability is not between 0 and 1.
    """
    known = [r for r in rows if r["probability"] is not None]
    probability = np.array([r["probability"] for r in known], float)
    if not np.all((probability >= 0) & (probability <= 1)):  # false for NaN too
        raise ValueError("a probability is not between 0 and 1")
    return probability, np.array([bool(r["right"]) for r in known], float), len(rows) - len(known)


def _share(values: np.ndarray) -> dict[str, float] | None:
    return wilson(int(values.sum()), len(values))


def _binned(probability: np.ndarray, bins: int) -> np.ndarray:
    """The bin of each row, 0.. without gaps; equal probabilities share a bin, whatever the order of the rows."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.unique(np.searchsorted(edges, probability, side="left"), return_inverse=True)[1]


def _bin(probability: np.ndarray, right: np.ndarray) -> dict:
    return {
        "from": float(probability.min()),
        "to": float(probability.max()),
        "predicted": float(probability.mean()),
        "observed": _share(right),
        "n": len(right),
    }


def _expected_ece(probability: np.ndarray, bins: int, seed: int = 0) -> dict[str, float]:
    """The calibration error that a decision would show by chance alone, were each of its probabilities exactly true."""
    generator = np.random.default_rng(seed)
    drawn = [ece(probability, (generator.random(len(probability)) < probability).astype(float), bins) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": float(np.mean(drawn)), "low": float(low), "high": float(high)}


def _risk_coverage(probability: np.ndarray, right: np.ndarray) -> list[dict]:
    """A point per distinct probability, from the surest question to all of them; `risk` with its Wilson interval."""
    points = []
    for threshold in np.unique(probability)[::-1]:
        answered = probability >= threshold
        points.append(
            {
                "threshold": float(threshold),
                "coverage": float(answered.mean()),
                "risk": _share(1 - right[answered]),
                "n": int(answered.sum()),
            }
        )
    return points


def _area(points: list[dict]) -> float:
    """Mean risk over all coverages: each question adds the risk at the coverage that first includes it."""
    before, area = 0.0, 0.0
    for point in points:
        area += (point["coverage"] - before) * point["risk"]["value"]
        before = point["coverage"]
    return area
