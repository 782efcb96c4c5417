"""Weak signs added up: what an attempt shows that no single rule knows. The signs and their weights are data (scores.yml)."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import yaml

from rag.guard.phrases import PhraseBook, Words


class Score:
    """The signs of one kind of attempt."""

    def __init__(self, data: dict) -> None:
        """`data`: `threshold` and `groups` (name → `weight`, `phrases`)."""
        self.threshold: int = data["threshold"]
        self._weights: dict[str, int] = {name: group["weight"] for name, group in data["groups"].items()}
        self._book = PhraseBook({name: group["phrases"] for name, group in data["groups"].items()})

    def of(self, words: Words) -> int:
        """The highest sum of weights over two sentences in a row; a group counts once in them."""
        signs: dict[int, set[str]] = defaultdict(set)
        for name, spans in self._book.occurrences(words).items():
            for start, _ in spans:
                signs[words.sentences[start]].add(name)
        return max((sum(self._weights[n] for n in found | signs.get(s + 1, set())) for s, found in list(signs.items())), default=0)

    def reached(self, words: Words) -> bool:
        """Do the signs add up to an attempt?"""
        return self.of(words) >= self.threshold


@lru_cache(maxsize=4)
def score(name: str) -> Score:
    """The signs of `name` in scores.yml, read once."""
    return Score(yaml.safe_load(Path(__file__).with_name("scores.yml").read_text(encoding="utf-8"))[name])
