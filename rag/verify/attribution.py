"""Which sentence of the passages supports a written sentence, and how well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rag.types import Passage
from rag.verify.checks import claim_words
from rag.verify.verifier import Verdict, Verifier

#: The passage that the writer named is kept unless another supports the sentence this much better.
PREFER_NAMED = 0.1
#: Each further sentence of a quote must earn this much support.
PER_SENTENCE = 0.02
#: Windows that the verifier judges: those that share most with the sentence.
JUDGED = 8


@dataclass(frozen=True, slots=True)
class Attribution:
    """`first`..`last` are the supporting sentences of `passage`."""

    passage: Passage
    first: int
    last: int
    support: float


def attribute(
    text: str,
    vector: np.ndarray,
    passages: list[Passage],
    vectors: dict[str, np.ndarray],
    named: tuple[int, ...],
    verifier: Verifier,
    minimum: float,
) -> Attribution | None:
    """The quote that best supports `text`, whichever passage the writer named; None where none does with at least `minimum`.

    `named` are 1-based numbers into `passages`. `vectors` maps passage id → (sentences, dimension).
    """
    best: Attribution | None = None
    best_value = 0.0
    for number, passage, first, last in _likely(text, vector, passages, vectors):
        verdict = judged(text, passage, first, last, verifier)
        value = verdict.support + (PREFER_NAMED if number in named else 0.0) - PER_SENTENCE * (last - first)
        if verdict.support >= minimum and value > best_value:
            best, best_value = Attribution(passage, first, last, verdict.support), value
    return best


def judged(text: str, passage: Passage, first: int, last: int, verifier: Verifier) -> Verdict:
    """The verdict on `text` over sentences `first`..`last` of `passage`, read under their heading and, in a list, its introduction."""
    chosen = passage.sentences[first : last + 1]
    lead = next((s.text for s in passage.sentences if s.kind == "lead" and s.group == chosen[0].group >= 0 and s not in chosen), "")
    return verifier.judge(text, [s.text for s in chosen], " ".join(p for p in (passage.title, chosen[0].heading, lead) if p))


def _likely(
    text: str, vector: np.ndarray, passages: list[Passage], vectors: dict[str, np.ndarray]
) -> Iterator[tuple[int, Passage, int, int]]:
    """The windows that share most words and meaning with `text`, as (number of the passage, passage, first, last)."""
    words = claim_words(text)
    found = []
    for number, passage in enumerate(passages, 1):
        similar = vectors.get(passage.id, np.zeros((0, len(vector)))) @ vector
        for first, last in _windows(passage):
            quote = passage.text[passage.sentences[first].start : passage.sentences[last].end]
            cosine = float(similar[first : last + 1].max()) if len(similar) > last else 0.0
            covered = words.coverage((quote, 1.0), (f"{passage.title} {passage.sentences[first].heading}", 0.7))
            found.append((covered + cosine - PER_SENTENCE * (last - first), number, passage, first, last))
    found.sort(key=lambda row: -row[0])
    return (row[1:] for row in found[:JUDGED])


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
