"""What two questions alike in meaning and words may still differ in: their numbers, and the kind of thing that they ask for.

"Hoeveel meldingen kreeg M. in 2021?" and "… in 2024?" have nearly one vector, and so have "Wat doet het platform?" and "Wie zit het
platform voor?".
"""

from __future__ import annotations

import re

import numpy as np

#: What likeness is worth where the numbers, or the kinds, of two questions differ (docs/adr/0017).
_OTHER_NUMBERS, _OTHER_KIND = 0.8, 0.9
_NUMBER = re.compile(r"\d+")
_KINDS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"\b(?:wie|who|hoe heet|naam)\b",
        r"\b(?:wanneer|welk jaar|when|which year|datum)\b",
        r"\b(?:hoeveel|how many|how much|aantal|percentage|bedrag|kosten|kost)\b",
        r"\b(?:waarom|waardoor|why|reden)\b",
    )
)
_Asks = tuple[frozenset[str], tuple[bool, ...]]


def _asks(question: str) -> _Asks:
    return frozenset(_NUMBER.findall(question)), tuple(bool(kind.search(question)) for kind in _KINDS)


class QuestionAsks:
    """The numbers and kinds of a fixed list of questions."""

    def __init__(self, questions: list[str]) -> None:
        found = [_asks(q) for q in questions]
        place = {asks: n for n, asks in enumerate(dict.fromkeys(found))}
        self._different = list(place)
        self._which = np.array([place[asks] for asks in found], int)

    def likeness(self, question: str) -> np.ndarray:
        """What likeness to each question is worth, (n,): 1 where it asks for the same kind of thing among the same numbers."""
        own = _asks(question)
        worth = np.array([_worth(own, other) for other in self._different], np.float32)
        return worth[self._which]


def _worth(own: _Asks, other: _Asks) -> float:
    return (_OTHER_NUMBERS if own[0] != other[0] else 1.0) * (_OTHER_KIND if own[1] != other[1] else 1.0)
