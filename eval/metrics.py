"""Retrieval metrics and bootstrap intervals, on plain lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np

RESAMPLES = 2000


def ndcg(ranking: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """nDCG@k with linear gain (as trec_eval and BEIR compute it); 0 where nothing is relevant."""
    gain = sum(relevant.get(i, 0) / log2(rank + 1) for rank, i in enumerate(ranking[:k], 1))
    best = sum(g / log2(rank + 1) for rank, g in enumerate(sorted(relevant.values(), reverse=True)[:k], 1))
    return gain / best if best else 0.0


def recall(ranking: Sequence[str], relevant: Mapping[str, int], k: int) -> float:
    """Share of the relevant documents among the first k."""
    wanted = {i for i, g in relevant.items() if g > 0}
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: Mapping[str, int], k: int = 10) -> float:
    """1 / rank of the first relevant document among the first k, else 0."""
    for rank, i in enumerate(ranking[:k], 1):
        if relevant.get(i, 0) > 0:
            return 1.0 / rank
    return 0.0


def interval(values: Sequence[float], statistic=np.mean, seed: int = 0) -> dict[str, float] | None:  # noqa: ANN001
    """`statistic` of `values` with its 95 % bootstrap interval; None of no values."""
    if not len(values):
        return None
    array = np.asarray(values, float)
    generator = np.random.default_rng(seed)
    drawn = [statistic(array[generator.integers(0, len(array), len(array))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": float(statistic(array)), "low": float(low), "high": float(high)}


@dataclass(frozen=True, slots=True)
class Percentile:
    """The q-th percentile over the last axis, as a statistic for `interval`."""

    q: float

    def __call__(self, values: np.ndarray) -> np.ndarray:
        return np.percentile(values, self.q, axis=-1)


def percentile(q: float) -> Percentile:
    """A statistic for `interval`: the q-th percentile."""
    return Percentile(q)
