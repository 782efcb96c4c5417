"""Several rankings of the same question into one.

Score fusion (each ranker's scores scaled to 0..1 over the candidates, then a weighted sum) measured better than rank fusion on
Dutch government text, because a lexical ranker that is sure should outweigh one that hesitates (docs/adr/0003).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def scale(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores moved to 0..1 by their lowest and highest; all 1.0 where they are equal."""
    if not scores:
        return {}
    values = np.array(list(scores.values()), float)
    low, high = values.min(), values.max()
    if high - low < 1e-12:
        return dict.fromkeys(scores, 1.0)
    return {i: float((s - low) / (high - low)) for i, s in scores.items()}


def fuse_scores(rankers: Mapping[str, Mapping[str, float]], weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """Weighted mean of the scaled scores, best first; equal scores in order of id.

    An id that a ranker does not have counts as that ranker's lowest (0). Weights of rankers without any score are left out
    of the mean, so that the result stays within 0..1.
    """
    total = sum(weights[name] for name, scores in rankers.items() if scores) or 1.0
    fused: dict[str, float] = {}
    for name, scores in rankers.items():
        for i, s in scale(scores).items():
            fused[i] = fused.get(i, 0.0) + weights[name] * s / total
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))


def fuse_ranks(rankers: Mapping[str, Mapping[str, float]], k: int = 60) -> list[tuple[str, float]]:
    """Reciprocal rank fusion: the sum of 1 / (k + rank) over the rankers, best first (Cormack et al., 2009)."""
    fused: dict[str, float] = {}
    for scores in rankers.values():
        ordered = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        for rank, (i, _) in enumerate(ordered, 1):
            fused[i] = fused.get(i, 0.0) + 1.0 / (k + rank)
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))
