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
        """`data`: `threshold`, `needs` (groups of which one must be there) and `groups` (name → `weight`, `phrases`)."""
        self.threshold: int = data["threshold"]
        self._needs = {name.strip() for name in data["needs"].split(",")}
        self._weights: dict[str, int] = {name: group["weight"] for name, group in data["groups"].items()}
        self._book = PhraseBook({name: group["phrases"] for name, group in data["groups"].items()})

    def of(self, words: Words) -> int:
        """The highest sum of weights over two sentences in a row; a group counts once in them. 0 where none of the needed is there."""
        signs: dict[int, set[str]] = defaultdict(set)
        for name, spans in self._book.occurrences(words).items():
            for start, _ in spans:
                signs[words.sentences[start]].add(name)
        windows = [found | signs.get(sentence + 1, set()) for sentence, found in list(signs.items())]
        return max((sum(self._weights[name] for name in w) for w in windows if self._needs & w), default=0)

    def signs(self, words: Words) -> set[str]:
        """The signs that are there, anywhere in the text."""
        return set(self._book.occurrences(words))

    def reached(self, words: Words) -> bool:
        """Do the signs add up to an attempt?"""
        return self.of(words) >= self.threshold


@lru_cache(maxsize=4)
def score(name: str) -> Score:
    """The signs of `name` in scores.yml, read once."""
    return Score(yaml.safe_load(Path(__file__).with_name("scores.yml").read_text(encoding="utf-8"))[name])
