"""The paired difference of a metric between two runs, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.measures import Measure, Sample, bounds, draws

BETTER, WORSE, NOISE, SAME = "better", "worse", "within noise", "same"
#: Significantly different, of a metric of which neither way is better.
MOVED = "moved"
GONE, NEW = "no longer defined", "newly defined"
#: A smaller difference is noise whatever its interval: an approximate search alone moves far-down ranks by as much.
SMALLEST = 0.001


def difference(measure: Measure, a: Sequence[dict], b: Sequence[dict]) -> dict | None:
    """How a metric of rows `b` differs from that of `a`, where the rows at one place are of the same question.

    Gives {"a", "b", "difference": {"value", "low", "high"} or None, "verdict", "gate", "higher_is_better", "rows", "pairs", "undefined"}:
    `rows` is how many questions contribute differently, `pairs` how many contribute in both runs, and `undefined` for how many the metric
    is undefined in A and in B. Questions are drawn again in pairs, so that what is hard about a question counts in both. None where the
    metric is defined in neither.
    """
    one, two = Sample(measure, a), Sample(measure, b)
    if not one.defined and not two.defined:
        return None
    values = {"a": one.value(), "b": two.value(), "gate": measure.gate, "pairs": int(np.sum((one.counts > 0) & (two.counts > 0)))}
    values["higher_is_better"] = measure.higher_is_better
    values["undefined"] = [int(np.sum(sample.counts == 0)) for sample in (one, two)]
    changed = sum(not np.array_equal(measure.values(x), measure.values(y)) for x, y in zip(a, b, strict=True))
    if not (one.defined and two.defined):
        return values | {"difference": None, "verdict": NEW if two.defined else GONE, "rows": changed}
    value = values["b"] - values["a"]
    if not changed:
        return values | {"difference": {"value": 0.0, "low": 0.0, "high": 0.0}, "verdict": SAME, "rows": 0}
    low, high = bounds(np.concatenate([two.at(drawn) - one.at(drawn) for drawn in draws(len(a))]))
    verdict = NOISE
    if abs(value) >= SMALLEST and (low > 0 or high < 0):
        verdict = MOVED if measure.higher_is_better is None else BETTER if (low > 0) == measure.higher_is_better else WORSE
    return values | {"difference": {"value": value, "low": low, "high": high}, "verdict": verdict, "rows": changed}
