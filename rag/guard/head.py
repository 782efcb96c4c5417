"""What a fitted model makes of a question, for attempts in words that no rule knows. Pure numpy; made by eval/guard/train.py.

Three views of the text: the sentence vector of the default encoder, hashed words and pieces of words, and which of the rules' groups of
words are there. Whether a whole rule matched is left out on purpose: what is known is for the rules to refuse, and a model that leans
on them learns nothing else. A multinomial logistic regression looks at all three; a support vector machine compares vector and groups
with texts that are known, which tells twins apart that no straight line parts. Their sum counts, the regression says which kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np

from rag.guard.characters import folded
from rag.guard.phrases import Words
from rag.guard.question import has_words, normalise
from rag.guard.rules import rule_book
from rag.guard.scores import score
from rag.language.detect import detect_language
from rag.search.embedder import Embedder, load_embedder

WEIGHTS = Path(__file__).with_name("head.npz")
#: The first is an honest question; the others are the kinds of check.Verdict.
KINDS = ("ok", "injection", "unsafe", "legal_case")
#: From this suspicion on a question is refused; chosen by cross-validation (docs/adr/0011). English needs more: people ask an English
#: chatbot about anything, and most lessons are Dutch.
THRESHOLD, THRESHOLD_EN = 0.75, 0.93
#: Hashed words and pieces share so many places.
PLACES = 1 << 15
#: What one group counts beside a sentence vector of length 1; what the machine's margin counts beside the regression's log odds; and how
#: fast likeness to a known text falls with distance.
GROUP, MARGIN, WIDTH = 0.25, 4.0, 0.7
_BOOKS, _SCORES = ("crime", "harm", "injection", "legal"), ("unsafe", "injection")
_PIECES = (3, 4, 5)
_TOKEN = re.compile(r"[^\W_]+|[?!]")
_LONGEST_WORD = 40
#: A long text is judged by its windows of so many words, each overlapping the next; the worst one counts.
_WINDOW, _STEP, _MOST_WINDOWS = 80, 60, 40


@dataclass(frozen=True, slots=True)
class Opinion:
    """The most probable kind of attempt, and how probable it is that the question is an attempt of any kind (0..1)."""

    kind: str
    suspicion: float
    language: str = "nl"

    @property
    def refuses(self) -> bool:
        return self.suspicion >= (THRESHOLD_EN if self.language == "en" else THRESHOLD)


@dataclass(frozen=True, slots=True)
class Features:
    """One text as the model sees it."""

    vector: np.ndarray  # (512,), length 1
    groups: frozenset[str]
    places: np.ndarray  # sorted, each once: where its words and pieces are hashed to, 0..PLACES-1


class Head:
    """The fitted weights. Safe for many threads."""

    def __init__(self, embedder: Embedder, weights: Path = WEIGHTS) -> None:
        self._embedder = embedder
        with np.load(weights) as stored:
            self._bias, self._weights = stored["bias"], stored["weights"]
            self._places = stored["places"].astype(np.float32) * stored["scale"]
            self._column = {name: n for n, name in enumerate(stored["names"].tolist())}
            known = stored["known"].astype(np.float32) * stored["known_scale"]
            groups = np.unpackbits(stored["known_groups"], axis=1, count=len(self._column)) * np.float32(GROUP)
            self._known = np.hstack([known, groups])
            self._known_squared = (self._known**2).sum(axis=1)
            self._pull, self._rest = stored["pull"], float(stored["rest"])

    def opinion(self, text: str) -> Opinion:
        """What the model makes of the most suspicious stretch of `text`; of a text without words it thinks no ill."""
        language = detect_language(text)
        found = [self._judge(features(window, self._embedder), language) for window in windows(text) if has_words(window)]
        return max(found, key=lambda o: o.suspicion, default=Opinion(KINDS[1], 0.0))

    def _judge(self, f: Features, language: str) -> Opinion:
        row = dense(f, self._column)
        scores = self._bias + row @ self._weights
        if len(f.places):
            scores = scores + self._places[f.places].sum(axis=0) / np.sqrt(len(f.places))
        distance = self._known_squared + row @ row - 2 * (self._known @ row)
        margin = float(np.exp(-WIDTH * distance) @ self._pull) + self._rest
        return Opinion(KINDS[1 + int(scores[1:].argmax())], suspicion(scores, margin), language)


def suspicion(scores: np.ndarray, margin: float) -> float:
    """0..1, of the regression's score per kind and the machine's margin."""
    attempt = np.logaddexp.reduce(scores[1:]) - scores[0]
    return float(1 / (1 + np.exp(-(attempt + MARGIN * margin) / 2)))


def dense(f: Features, column: dict[str, int]) -> np.ndarray:
    """Array (512 + groups,): the sentence vector and, at its column, each group that is there."""
    groups = np.zeros(len(column), np.float32)
    groups[[column[g] for g in f.groups if g in column]] = GROUP
    return np.concatenate([f.vector, groups])


def windows(text: str) -> Iterator[str]:
    """`text` in stretches of at most 80 words; beyond 40 of them (no question is that long) the rest is left to the rules."""
    words = [w[: 4 * _LONGEST_WORD] for w in text.split()]
    last = max(0, len(words) - (_WINDOW - _STEP))
    for start in range(0, min(max(1, last), _STEP * _MOST_WINDOWS), _STEP):
        yield " ".join(words[start : start + _WINDOW])


def features(text: str, embedder: Embedder) -> Features:
    """The three views of `text`."""
    plain = folded(text)
    words = Words.of(plain)
    groups = {g for name in _BOOKS for g in rule_book(name).groups(words)} | {f"+{g}" for name in _SCORES for g in score(name).signs(words)}
    return Features(embedder.encode_query(normalise(text)), frozenset(groups), _places(plain))


def _places(plain: str) -> np.ndarray:
    tokens = [t[:_LONGEST_WORD] for t in _TOKEN.findall(plain)]
    found = {f"w{t}" for t in tokens}
    found |= {f"b{a} {b}" for a, b in zip(["^", *tokens], [*tokens, "$"], strict=True)}
    found |= {f"s{a} {b}" for a, b in zip(tokens, tokens[2:], strict=False)}
    for token in set(tokens):
        framed = f"<{token}>"
        found |= {f"c{framed[i : i + n]}" for n in _PIECES for i in range(len(framed) - n + 1)}
    return np.unique(np.fromiter((crc32(f.encode()) % PLACES for f in found), np.int64, len(found)))


@lru_cache(maxsize=1)
def head() -> Head:
    """The head on the default encoder, whatever encoder the search uses: its weights fit no other. Loaded once."""
    return Head(load_embedder())
