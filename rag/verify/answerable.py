"""Do the found passages hold the answer? Decided from scores, never by asking a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml

from rag.compose.matching import QuestionWords, likeness, words_of
from rag.compose.selection import Candidate
from rag.types import Hit

FEATURES = ("best", "coverage", "missing", "unknown", "cosine", "passage_cosine", "margin")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the decision rests on; every value is 0..1."""

    features: dict[str, float]
    probability: float
    in_scope: float


@lru_cache(maxsize=1)
def _fitted() -> dict:
    return yaml.safe_load((Path(__file__).parent / "answerable.yml").read_text(encoding="utf-8"))


def weigh(words: QuestionWords, found: list[Candidate], hits: list[Hit], knows) -> Evidence:  # noqa: ANN001 - Callable[[str], bool]
    """How probable it is that `hits` answer the question, and how near the question is to the corpus at all."""
    top = found[:3]
    cosines = [h.scores.get("vectors", 0.0) for h in hits[:5]]
    passage_cosine = max(cosines, default=0.0)
    shown = " ".join({c.hit.passage.id: f"{c.hit.passage.title} {c.sentence.heading} {c.hit.passage.text}" for c in top}.values())
    present = words_of(shown)
    held = {w: max((likeness(w, p) for p in present), default=0.0) for w in words.weights}
    coverage = sum(words.weights[w] * v for w, v in held.items())
    features = {
        "best": top[0].score if top else 0.0,
        "coverage": coverage,
        # the most telling word of the question that the best passages do not hold
        "missing": max((words.weights[w] * (1 - v) for w, v in held.items()), default=1.0),
        "unknown": sum(words.weights[w] for w in words.weights if not knows(w)),
        "cosine": max((c.features["cosine"] for c in top), default=0.0),
        "passage_cosine": max(0.0, passage_cosine),
        "margin": (top[0].score - found[min(9, len(found) - 1)].score) if top else 0.0,
    }
    fitted = _fitted()
    total = fitted["answerable"]["bias"] + sum(fitted["answerable"][f] * features[f] for f in FEATURES)
    in_scope = max(coverage, features["passage_cosine"] * 1.2, 1 - features["unknown"] - 0.2 if coverage > 0.5 else 0.0)
    return Evidence(features, float(1 / (1 + np.exp(-total))), min(1.0, in_scope))


def threshold(name: str) -> float:
    """`answerable` or `in_scope`: the probability from which the answer is yes."""
    return float(_fitted()["thresholds"][name])
