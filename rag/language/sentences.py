"""Sentence boundaries in Dutch and English running text, with character offsets.

pysbd's Dutch rules lose offsets when they rewrite text (its `char_span` searches for the rewritten sentence), and a citation
needs the exact words; so the boundaries are found here, without changing a character.
"""

from __future__ import annotations

import re

# Abbreviations that end in a full stop but seldom end a sentence. Compared in lower case, without the last stop.
ABBREVIATIONS = frozenset(
    """aanh afb al art artt bijl bijv blz bv ca cf dd dhr dr drs e.a e.d e.v enz etc evt excl fig hfdst i.c i.p.v i.v.m
    incl ing ir jl jo jr m.b.t m.b.v m.i.v m.n m.u.v max mevr mgr min mln mld mr mrs mw n.a.v n.v.t nl no nr nrs o.a o.b.v
    o.g.v o.l.v o.m p par pag prof resp sr st stb stcrt t.a.v t.b.v t.g.v t.o.v t/m tab tel vgl vs w.o z.d zgn zoals
    e.g i.e vol jan feb mrt apr jun jul aug sep sept okt nov dec""".split()
)
_BOUNDARY = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+")
_ENDS_IN_WORD = re.compile(r"([\w./-]+)\.$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of `text`, without surrounding white space, in order and without overlap.

    Every character outside the spans is white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.end() < len(text) and _is_boundary(text, start, match):
            _append(spans, text, start, match.end())
            start = match.end()
    _append(spans, text, start, len(text))
    return spans


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` as strings."""
    return [text[a:b] for a, b in sentence_spans(text)]


def _is_boundary(text: str, start: int, match: re.Match) -> bool:
    following = text[match.end()]
    if following.islower():
        return False
    before = text[start : match.start() + 1]
    if not before.endswith("."):
        return True
    word = _ENDS_IN_WORD.search(before)
    if not word:
        return True
    stem = word[1].lower()
    if stem in ABBREVIATIONS:
        return False
    if re.fullmatch(r"[a-z]|(?:[a-z]\.)+[a-z]", stem):  # initials and dotted abbreviations: J.M., o.b.v.
        return False
    return not (stem.isdigit() and len(stem) <= 2 and before.strip() == word[0])  # "1. Eerste stap": a list number


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        offset = start + piece.index(stripped)
        spans.append((offset, offset + len(stripped)))
