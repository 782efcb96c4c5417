"""Typing errors in a question, put right by words that the corpus or its known questions use.

"kost meedoen aan nomore leeks iets voor een webwinkle": search finds its way by character n-grams, but what is learned of questions as
askers put them leans on whole words. Only a word that is in no dictionary and that nobody used is looked at, and only one that is a letter
or two away takes its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

import simplemma
from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.language.words import fold, words

#: A word of known questions counts as spelled right from this many times on: some of them hold typing errors on purpose.
_ENOUGH = 3
#: Letters from which a word is looked at, and from which two of them may be wrong.
_SHORTEST, _LONG = 5, 9
#: Candidates of which the most used one is taken.
_CANDIDATES = 8
_WORD = re.compile(r"(?<![\w@.-])[^\W\d_]+(?![\w@-]|\.\w)")


class Spelling:
    """Corrects by the words of `texts`; `knows` says whether the corpus itself uses a word."""

    def __init__(self, texts: Iterable[str], knows: Callable[[str], bool]) -> None:
        self._used = Counter(word for text in texts for word in words(text))
        self._knows = knows
        right = [w for w, n in self._used.items() if n >= _ENOUGH and len(w) >= _SHORTEST - 1 and w.isalpha()]
        self._by_letter: dict[str, list[str]] = {}
        for word in right:
            self._by_letter.setdefault(word[0], []).append(word)

    def corrected(self, question: str) -> str:
        """`question` with words that are a typing error away from a known one replaced by it. Names in the middle of it stay."""
        return _WORD.sub(lambda found: self._right(found[0], found.start() == 0), question)

    def _right(self, written: str, first: bool) -> str:
        word = fold(written)
        if len(word) < _SHORTEST or not (written[1:] if first else written).islower() or self._used[word] >= _ENOUGH or self._knows(word):
            return written
        if any(simplemma.is_known(w, lang="nl") for w in {word, written.lower()}):
            return written
        most = 2 if len(word) >= _LONG else 1
        near = process.extract(word, self._by_letter.get(word[0], []), scorer=OSA.distance, score_cutoff=most, limit=_CANDIDATES)
        if not near:
            return written
        best = min(near, key=lambda found: (found[1], -self._used[found[0]]))[0]
        return best if written.islower() else best.capitalize()
