"""How well a sentence's words answer a question's words: exact terms, or words that share most of their n-grams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rag.language.abbreviations import with_both_forms
from rag.language.words import content_words, grams, term

#: A word that shares this much of its n-grams (Dice) with a question word counts in part.
MIN_DICE = 0.45


@lru_cache(maxsize=50_000)
def _prepared(word: str) -> tuple[str, frozenset[str]]:
    return term(word), frozenset(grams(word))


@lru_cache(maxsize=100_000)
def likeness(a: str, b: str) -> float:
    """1.0 for the same term, else the Dice coefficient of n-grams where it is high enough, else 0."""
    term_a, grams_a = _prepared(a)
    term_b, grams_b = _prepared(b)
    if term_a == term_b:
        return 1.0
    if min(len(a), len(b)) < 4:
        return 0.0
    shared = len(grams_a & grams_b)
    if not shared:
        return 0.0
    dice = 2 * shared / (len(grams_a) + len(grams_b))
    contained = shared / min(len(grams_a), len(grams_b))  # "deling" in "informatiedeling"
    value = max(dice, 0.8 * contained if min(len(a), len(b)) >= 6 else 0.0)
    return value if value >= MIN_DICE else 0.0


@lru_cache(maxsize=50_000)
def words_of(text: str) -> frozenset[str]:
    """The content words of `text`, long forms of abbreviations counted as the abbreviation too."""
    return frozenset(content_words(with_both_forms(text)))


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The content words of a question with their weights (idf), which add up to 1."""

    weights: dict[str, float]

    @classmethod
    def of(cls, question: str, idf, keep=None) -> QuestionWords:  # noqa: ANN001 - Callables of a word
        """`idf` weighs a word. `keep`, for a question in another language than the passages, says which words to count."""
        asked = [w for w in dict.fromkeys(content_words(question)) if keep is None or keep(w)]
        raw = {w: max(0.1, idf(w)) for w in asked}
        total = sum(raw.values()) or 1.0
        return cls({w: v / total for w, v in raw.items()})

    def matches(self, text: str) -> dict[str, float]:
        """Per question word, how well `text` holds it (0..1)."""
        present = words_of(text)
        return {w: max((likeness(w, p) for p in present), default=0.0) for w in self.weights}

    def coverage(self, *texts: tuple[str, float]) -> float:
        """Weighted share of the question's words found in `texts`, each text with the credit its words get (0..1)."""
        best = dict.fromkeys(self.weights, 0.0)
        for text, credit in texts:
            for w, value in self.matches(text).items():
                best[w] = max(best[w], credit * value)
        return sum(self.weights[w] * v for w, v in best.items())
