"""Phrases matched on words instead of characters: time grows with the text, whatever the text is.

A phrase is words with spaces between; a word that ends in * stands for every word that begins so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+|[.!?;](?=[\s\"'”’)\]]|$)|\n")
_MAX_WORD = 40
_MIN_STEM = 2
Span = tuple[int, int]
Occurrences = dict[str, list[Span]]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and, for each, the number of its sentence."""

    tokens: list[str]
    sentences: list[int]

    @classmethod
    def of(cls, folded: str) -> Words:
        tokens, sentences, sentence = [], [], 0
        for m in _TOKEN.finditer(folded):
            token = m[0]
            if token in ".!?;\n":
                sentence += 1
            else:
                tokens.append(token[:_MAX_WORD])
                sentences.append(sentence)
        return cls(tokens, sentences)


class PhraseBook:
    """Named groups of phrases, found in a text in one pass over its words."""

    def __init__(self, groups: dict[str, str]) -> None:
        """`groups`: name → phrases separated by commas.

        Raises:
            ValueError: a stem is too short.
        """
        self._exact: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._stems: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self.phrases: dict[str, list[list[str]]] = {}
        for name, phrases in groups.items():
            self.add(name, [p.split() for p in phrases.split(",") if p.strip()])

    def add(self, group: str, phrases: list[list[str]]) -> None:
        """One more group."""
        self.phrases[group] = phrases
        for phrase in phrases:
            first, rest = phrase[0], tuple(phrase[1:])
            if first.endswith("*"):
                if len(first) - 1 < _MIN_STEM:
                    raise ValueError(f"stem {first!r} of {group} is too short")
                self._stems[first[:-1]].append((group, rest))
            else:
                self._exact[first].append((group, rest))
        self._lengths = sorted({len(s) for s in self._stems})

    def occurrences(self, words: Words) -> Occurrences:
        """Group → where its phrases stand, as (first word, word behind the last); groups that are absent have no entry."""
        found: Occurrences = defaultdict(list)
        for i, token in enumerate(words.tokens):
            candidates = list(self._exact.get(token, ()))
            for length in self._lengths:
                if length > len(token):
                    break
                candidates += self._stems.get(token[:length], ())
            for group, rest in candidates:
                if _follows(words, i, rest):
                    found[group].append((i, i + 1 + len(rest)))
        return found


def _follows(words: Words, i: int, rest: tuple[str, ...]) -> bool:
    if i + len(rest) >= len(words.tokens):
        return not rest
    for n, wanted in enumerate(rest, 1):
        token = words.tokens[i + n]
        if words.sentences[i + n] != words.sentences[i]:
            return False
        if not (token.startswith(wanted[:-1]) if wanted.endswith("*") else token == wanted):
            return False
    return True
