"""Two versions of an answer beside each other, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rag.embeds.embed import Content
from rag.export.paper import Line, Reference

Kind = Literal["gelijk", "bron_anders", "gewijzigd", "vervallen", "nieuw"]
#: How much two sentences have in common, of 1, to be shown as one that changed.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `own` when the other version does not have it."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence before and after. A side that is not there is empty."""

    kind: Kind
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()


def compare(old: Content, new: Content) -> list[Row]:
    """The sentences of both in order, each with what became of it. Numbers of sources do not count; what they stand for does."""
    before, after = old.lines, new.lines
    rows: list[Row] = []
    matcher = SequenceMatcher(None, [line.text for line in before], [line.text for line in after], autojunk=False)
    for action, i, j, k, m in matcher.get_opcodes():
        if action == "equal":
            pairs = zip(before[i:j], after[k:m], strict=True)
            rows += [Row(_same(a, b, old, new), _whole(a), _whole(b)) for a, b in pairs]
        else:
            rows += _replaced(before[i:j], after[k:m])
    return rows


def _same(a: Line, b: Line, old: Content, new: Content) -> Kind:
    return "gelijk" if _sources(a, old) == _sources(b, new) else "bron_anders"


def _sources(line: Line, content: Content) -> frozenset[tuple]:
    """What a sentence rests on, as a reader sees it. That its passage was cut otherwise is no other source; a sentence in words of a
    language model rests on the quote as well."""
    return frozenset(_source(c.reference, line.text) for c in content.cited if c.reference.n in line.marks)


def _source(r: Reference, text: str) -> tuple:
    quote = " ".join(line.removeprefix("- ") for line in r.quote)
    return r.path.partition("?")[0], r.section, r.sources, "" if text in quote else quote


def _replaced(old: Sequence[Line], new: Sequence[Line]) -> Iterator[Row]:
    """Sentences that took the place of others: those that look alike as one row, the rest as gone or new, in order."""
    at = 0
    for line in old:
        found = next((k for k in range(at, len(new)) if _ratio(line.text, new[k].text) >= ALIKE), None)
        if found is None:
            yield Row("vervallen", _whole(line))
            continue
        for added in new[at:found]:
            yield Row("nieuw", new=_whole(added))
        yield Row("gewijzigd", *_marked(line.text, new[found].text))
        at = found + 1
    for added in new[at:]:
        yield Row("nieuw", new=_whole(added))


def _whole(line: Line) -> tuple[Piece, ...]:
    return (Piece(line.text, False),)


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a.casefold().split(), b.casefold().split(), autojunk=False).ratio()


def _marked(a: str, b: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both sentences as runs of words that the other has too, or not."""
    x, y = a.split(), b.split()
    old: list[Piece] = []
    new: list[Piece] = []
    for action, i, j, k, m in SequenceMatcher(None, x, y, autojunk=False).get_opcodes():
        for side, words in ((old, x[i:j]), (new, y[k:m])):
            if words:
                side.append(Piece(" ".join(words), action != "equal"))
    return tuple(old), tuple(new)
