"""A metric as a value: what each row contributes to it. One definition serves the summary of a run and the comparison of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics import RESAMPLES, Percentile

#: Resamples drawn at a time, so that thousands of rows do not need hundreds of megabytes.
_CHUNK = 100
Statistic = Callable[[np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric. `values` gives what one row contributes: numbers, or tuples of numbers; nothing where the metric does not apply.

    `statistic` turns all values, shape (values,) or (values, columns), into the figure; None is their mean. `gate` says whether getting
    significantly worse fails a comparison; times never do, because machines differ. `higher_is_better` is None where neither way is.
    `undefined` is the reason told when no row contributes.
    """

    name: str
    values: Callable[[dict], Sequence]
    statistic: Statistic | None = None
    higher_is_better: bool | None = True
    gate: bool = True
    undefined: str = "no question of this sort"


class Sample:
    """The values of a measure over rows, ready to be drawn from by row: values of one row belong together."""

    def __init__(self, measure: Measure, rows: Iterable[dict]) -> None:
        self.statistic = measure.statistic
        found = [np.asarray(measure.values(row), float) for row in rows]
        self.counts = np.array([len(v) for v in found], int)
        self.starts = np.concatenate([[0], np.cumsum(self.counts)]).astype(int)
        self.flat = np.concatenate([v for v in found if len(v)]) if self.counts.any() else np.zeros(0)
        self.sums = np.array([v.sum() if v.ndim == 1 else 0.0 for v in found])

    @property
    def defined(self) -> bool:
        return bool(self.counts.any())

    def value(self) -> float | None:
        """The figure over all rows; None where no row has a value."""
        if not self.defined:
            return None
        return float(self.flat.mean() if self.statistic is None else self.statistic(self.flat))

    def at(self, drawn: np.ndarray) -> np.ndarray:
        """The figure for every line of `drawn`, row numbers of shape (resamples, n); NaN where none of a line's rows has a value."""
        if self.statistic is None:
            counts = self.counts[drawn].sum(1)
            return np.divide(self.sums[drawn].sum(1), counts, out=np.full(len(drawn), np.nan), where=counts > 0)
        if isinstance(self.statistic, Percentile) and self.counts.min() == self.counts.max() == 1:
            return self.statistic(self.flat[drawn])
        return np.array([self._of(line) for line in drawn])

    def _of(self, line: np.ndarray) -> float:
        assert self.statistic is not None
        if self.counts.max() == 1:
            chosen = self.flat[self.starts[line[self.counts[line] == 1]]]
        else:
            pieces = [self.flat[self.starts[i] : self.starts[i + 1]] for i in line if self.counts[i]]
            chosen = np.concatenate(pieces) if pieces else self.flat[:0]
        return float(self.statistic(chosen)) if len(chosen) else np.nan


def draws(n: int, seed: int = 0) -> Iterator[np.ndarray]:
    """The rows of all resamples, in pieces of shape (some, n). The same `n` and seed give the same draws."""
    generator = np.random.default_rng(seed)
    for _ in range(0, RESAMPLES, _CHUNK):
        yield generator.integers(0, n, (_CHUNK, n))


def bounds(values: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of the defined values."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def estimate(measure: Measure, rows: Sequence[dict]) -> dict[str, float] | None:
    """`value`, `low` and `high` of a measure, with questions drawn again (not sentences: those of one answer are alike)."""
    contributing = [row for row in rows if len(measure.values(row))]
    sample = Sample(measure, contributing)
    value = sample.value()
    if value is None:
        return None
    low, high = bounds(np.concatenate([sample.at(drawn) for drawn in draws(len(contributing))]))
    return {"value": value, "low": low, "high": high}


def measured(rows: Sequence[dict]) -> list[dict]:
    """The rows whose measurement did not fail."""
    return [row for row in rows if not row.get("failed")]


def score(rows: Sequence[dict], measures: Sequence[Measure]) -> dict:
    """`metrics`, with `reasons` for those that are undefined, and `counts` of what each rests on: values, the rows that gave them, and
    the rows for which it is undefined. Failed rows count nowhere; the summary says how many there are."""
    usable = measured(rows)
    metrics = {m.name: estimate(m, usable) for m in measures}
    counts = {}
    for m in measures:
        lengths = [len(m.values(row)) for row in usable]
        counts[m.name] = {"values": sum(lengths), "rows": sum(n > 0 for n in lengths), "undefined": sum(n == 0 for n in lengths)}
    reasons = {m.name: m.undefined for m in measures if metrics[m.name] is None}
    return {"metrics": metrics, "reasons": reasons, "counts": counts}
