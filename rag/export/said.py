"""Which sentences of a conversation that comes from outside the advisor can have said: they stand in the source, or follow from it.

Nothing is kept of an answer, so whoever exports one hands it in; and anybody can hand in anything. A document in the advisor's name
therefore holds only what can be found again in the index or its archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rag.compose.draft import Draft
from rag.errors import PpsError
from rag.export.paper import Find, Line, clean
from rag.export.turns import AnswerIn, CitationIn, lines_of
from rag.types import Citation, Passage
from rag.verify.attribution import judged
from rag.verify.verifier import Verifier, shown_from

#: Most sentences of a language model that one document may hold: each takes some ten milliseconds to hold against its source.
MAX_JUDGED = 300


class TooMuchError(PpsError):
    """The conversation holds more than can be checked at once."""


@dataclass(frozen=True, slots=True)
class Library:
    """What an export is held against. `find` gives a passage by id, also from the archive; `verifier` is made at the first need.
    `titles` are those of the documents, `missing` is what editors wrote that the sources do not say (with a known question)."""

    find: Find
    verifier: Callable[[], Verifier]
    titles: Callable[[], frozenset[str]] = frozenset
    missing: Callable[[], frozenset[str]] = frozenset
    version: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A quote that stands in `passage` as its whole sentences `first`..`last`."""

    n: int
    passage: Passage
    quote: str
    first: int
    last: int

    def citation(self) -> Citation:
        """As the advisor itself would cite it."""
        draft = Draft()
        draft.cite(self.passage, self.first, self.last)
        return replace(draft.citations[0], n=self.n)


@dataclass(frozen=True, slots=True)
class Said:
    """What is left of an answer: its lines, the citations that they name, and how many sentences were left out. `by_model` tells
    whether one of the lines is not the source's own."""

    lines: tuple[Line, ...]
    citations: tuple[Citation, ...]
    left_out: int
    by_model: bool


class Checker:
    """Holds the answers of one conversation against the index."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._judged = 0

    def said(self, answer: AnswerIn, asked: frozenset[str]) -> Said:
        """What of `answer` is found again. `asked` are the words of the questions: a heading above a part of the answer holds no others.

        Raises:
            TooMuchError: there are too many sentences that are not the source's own.
        """
        places = {p.n: p for p in map(self._place, answer.citations) if p}
        lines: list[Line] = []
        by_model = False
        for line in lines_of(answer):
            named = [places[n] for n in line.marks if n in places]
            kind = _own_kind(line.text, named)
            if not kind:
                if not named or not self._follows(line.text, named):
                    continue
                kind, by_model = line.kind, True
            heading = clean(line.heading)
            lines.append(Line(clean(line.text), tuple(p.n for p in named), kind, heading if words_of(heading) <= asked else ""))
        used = {n for line in lines for n in line.marks}
        citations = tuple(places[n].citation() for n in sorted(used))
        return Said(tuple(lines), citations, len(answer.sentences) - len(lines), by_model)

    def _place(self, cited: CitationIn) -> Place | None:
        """Where the quote stands, as whole sentences: half a sentence can say the opposite."""
        passage = self.library.find(cited.passage_id)
        if not passage or not cited.quote:
            return None
        ends = {s.end: i for i, s in enumerate(passage.sentences)}
        for first, sentence in enumerate(passage.sentences):
            last = ends.get(sentence.start + len(cited.quote))
            if last is not None and passage.text.startswith(cited.quote, sentence.start):
                return Place(cited.n, passage, cited.quote, first, last)
        return None

    def _follows(self, text: str, named: list[Place]) -> bool:
        """Whether a sentence in other words is supported by a quote that it names."""
        self._judged += 1
        if self._judged > MAX_JUDGED:
            raise TooMuchError(f"Dit zijn meer dan {MAX_JUDGED} zinnen van een taalmodel. Kies minder vragen en probeer het opnieuw.")
        verifier = self.library.verifier()
        return any(judged(text, p.passage, p.first, p.last, verifier).support >= shown_from(small=False) for p in named)


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def _own_kind(text: str, named: list[Place]) -> str:
    """The kind (sentence, lead, item, row) of the source's own sentence that `text` is; empty where it is none."""
    shown = clean(text)
    return next((s.kind for p in named for s in p.passage.sentences[p.first : p.last + 1] if clean(s.text) == shown), "")
