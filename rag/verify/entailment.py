"""Does one sentence follow from another? A small network on what the encoder says of both, trained by eval/verifier/train.py.

What it sees of a pair: the two sentence vectors (product and difference), how well each word of one finds a counterpart in the
other, what is left over of each (the words without a counterpart, summed), and a few counts of negations and shared words. The
left-overs are what tells "a man eats" from "a woman eats".
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.language.words import STOP_WORDS, term, words
from rag.search.token_vectors import Encoded, TokenEncoder

LABELS = ("entailment", "neutral", "contradiction")
WEIGHTS = Path(__file__).with_name("entailment.npz")
_NEGATION = re.compile(r"\b(?:niet|geen|niemand|niets|nooit|zonder|nergens|noch|no|not|none|nobody|nothing|without|never)\b", re.I)
#: Brings the products and differences of unit vectors to about the size of the other features.
_SCALE = 8.0
#: From this likeness on, a word counts as found again.
_SAME = 0.95


@lru_cache(maxsize=4096)
def _terms(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """All terms of a text in order, and those of its content words."""
    found = words(text)
    return tuple(term(w) for w in found), frozenset(term(w) for w in found if w not in STOP_WORDS)


def pair_features(premise: str, hypothesis: str, a: Encoded, b: Encoded) -> np.ndarray:
    """Array (2589,) of one pair; `a` and `b` are the encoded sentences."""
    meaning = [a.vector * b.vector * _SCALE, np.abs(a.vector - b.vector) * _SCALE]
    return np.concatenate([*meaning, _counts(premise, hypothesis), _alignment(a, b), _leftovers(a, b)]).astype(np.float32)


def _counts(premise: str, hypothesis: str) -> np.ndarray:
    (all_a, content_a), (all_b, content_b) = _terms(premise), _terms(hypothesis)
    set_a, set_b = set(all_a), set(all_b)
    denied_a, denied_b = bool(_NEGATION.search(premise)), bool(_NEGATION.search(hypothesis))
    shared = len(content_a & content_b)
    return np.array(
        [
            denied_a,
            denied_b,
            denied_a != denied_b,
            shared / max(1, len(content_b)),
            shared / max(1, len(content_a)),
            len(content_b - content_a) / 5,
            len(content_a - content_b) / 5,
            len(set_a & set_b) / max(1, len(set_b)),
            (len(all_b) - len(all_a)) / 10,
            float(all_a == all_b),
        ],
        np.float32,
    )


def _alignment(a: Encoded, b: Encoded) -> np.ndarray:
    """Per kind of token vector and per direction: mean, lowest, two lowest and share of found words."""
    found: list[float] = []
    for left, right in ((a.words, b.words), (a.contexts, b.contexts)):
        likeness = left.astype(np.float32) @ right.astype(np.float32).T
        best_a, best_b = likeness.max(axis=1), likeness.max(axis=0)
        for best in (best_a, best_b):
            found += [best.mean(), best.min(), np.sort(best)[:2].mean()]
        found += [(best_a > _SAME).mean(), (best_b > _SAME).mean()]
    return np.array(found, np.float32)


def _leftovers(a: Encoded, b: Encoded) -> np.ndarray:
    """The words of each sentence that the other lacks, summed; and how those two sums compare: another word, or one more?"""
    likeness = a.words.astype(np.float32) @ b.words.astype(np.float32).T
    left = (1 - likeness.max(axis=1)) @ a.pieces.astype(np.float32) / 3
    right = (1 - likeness.max(axis=0)) @ b.pieces.astype(np.float32) / 3
    lengths = np.linalg.norm(left) + 1e-6, np.linalg.norm(right) + 1e-6
    product = left * right / (lengths[0] * lengths[1])
    return np.concatenate([left, right, product * 20, [product.sum(), *lengths]])


class EntailmentHead:
    """Several small networks whose outcomes are averaged. Pure numpy; weights are stored as 8-bit integers with a scale per unit."""

    def __init__(self, tokens: TokenEncoder, weights: Path = WEIGHTS) -> None:
        self.tokens = tokens
        with np.load(weights) as stored:
            self._mean, self._deviation = stored["mean"], stored["deviation"]
            self._nets = [
                [(_expanded(stored, f"{n}.{layer}"), stored[f"{n}.{layer}.bias"]) for layer in range(int(stored["layers"]))]
                for n in range(int(stored["nets"]))
            ]

    def probabilities(self, pairs: list[tuple[str, str]]) -> np.ndarray:
        """Array (len(pairs), 3): entailment, neutral, contradiction, for (premise, hypothesis) pairs of one sentence each."""
        if not pairs:
            return np.zeros((0, len(LABELS)), np.float32)
        features = np.stack([pair_features(p, h, self.tokens.encode(p), self.tokens.encode(h)) for p, h in pairs])
        x = np.clip((features - self._mean) / self._deviation, -4, 4)
        return np.mean([_outcome(net, x) for net in self._nets], axis=0)


def _expanded(stored, name: str) -> np.ndarray:  # noqa: ANN001 - numpy's NpzFile
    return stored[f"{name}.weight"].astype(np.float32) * stored[f"{name}.scale"]


def _outcome(net: list[tuple[np.ndarray, np.ndarray]], x: np.ndarray) -> np.ndarray:
    for weight, bias in net[:-1]:
        x = np.maximum(x @ weight + bias, 0)
    weight, bias = net[-1]
    scores = x @ weight + bias
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)
