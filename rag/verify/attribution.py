"""Which sentence of the passages supports a written sentence, and how well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.compose.matching import QuestionWords
from rag.types import Passage
from rag.verify.quantities import unsupported_numbers

#: A sentence supported less than this is not shown. From development answers; issue of its own to calibrate further.
MIN_SUPPORT = 0.5
#: The passage that the writer named is kept unless another supports the sentence this much better.
PREFER_NAMED = 0.1


@dataclass(frozen=True, slots=True)
class Attribution:
    """`first`..`last` are the supporting sentences of `passage`."""

    passage: Passage
    first: int
    last: int
    support: float


def attribute(
    text: str, vector: np.ndarray, passages: list[Passage], vectors: dict[str, np.ndarray], named: tuple[int, ...], language: str
) -> Attribution | None:
    """The best support for `text`, or None where no passage supports it or holds all its numbers.

    `named` are 1-based numbers into `passages`. `vectors` maps passage id → (sentences, dimension). Words count in the
    language of the passages only; for English text the meaning alone decides.
    """
    words = QuestionWords.of(text, lambda w: float(len(w) > 3) + 0.5)
    best: Attribution | None = None
    best_value = 0.0
    for number, passage in enumerate(passages, 1):
        similar = vectors.get(passage.id, np.zeros((0, len(vector)))) @ vector
        for first, last in _windows(passage):
            quote = passage.text[passage.sentences[first].start : passage.sentences[last].end]
            if unsupported_numbers(text, f"{passage.title} {passage.sentences[first].heading} {quote}"):
                continue
            cosine = float(similar[first : last + 1].max()) if len(similar) > last else 0.0
            covered = words.coverage((quote, 1.0), (f"{passage.title} {passage.sentences[first].heading}", 0.7))
            support = cosine if language == "en" else 0.6 * covered + 0.4 * max(0.0, cosine)
            value = support + (PREFER_NAMED if number in named else 0.0) - 0.02 * (last - first)
            if value > best_value:
                best, best_value = Attribution(passage, first, last, min(1.0, support)), value
    return best if best and best.support >= MIN_SUPPORT else None


def _windows(passage: Passage) -> list[tuple[int, int]]:
    """Single sentences, pairs of neighbours, and whole lists."""
    count = len(passage.sentences)
    singles = [(i, i) for i in range(count)]
    pairs = [(i, i + 1) for i in range(count - 1)]
    groups: dict[int, list[int]] = {}
    for i, s in enumerate(passage.sentences):
        if s.group >= 0:
            groups.setdefault(s.group, []).append(i)
    return singles + pairs + [(g[0], g[-1]) for g in groups.values() if len(g) > 2]
