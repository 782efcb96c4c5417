"""Model text, piece by piece → whole sentences with their citation marks. Nothing that was given is taken back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.language.sentences import sentence_spans

_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_LATE_MARKS = re.compile(r"([.!?]+)((?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+)[ \t]*\.?")
_ITEM = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")
_NOISE = re.compile(r"\*\*|__|`|^#+\s*", re.M)


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a model wrote it, and the passage numbers it named."""

    text: str
    marks: tuple[int, ...]
    kind: str = "sentence"


def sentences(pieces: Iterable[str]) -> Iterator[Written]:
    """Each sentence as soon as it is certain that it is whole."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        while (cut := _complete(buffer)) is not None:
            yield from _split(buffer[:cut])
            buffer = buffer[cut:]
    yield from _split(buffer)


def _complete(buffer: str) -> int | None:
    """Where the first sentence, with the marks that follow it, certainly ends; None if that is not sure yet."""
    newline = buffer.find("\n")
    if newline >= 0 and buffer[newline + 1 :].strip():
        following = buffer[newline + 1 :].lstrip()
        if not following.startswith("["):
            return len(buffer) - len(following)
        closed = _MARK.match(following)
        if closed and following[closed.end() :].strip():
            return len(buffer) - len(following) + closed.end()
        return None
    spans = sentence_spans(buffer)
    if len(spans) < 2:
        return None
    start = spans[1][0]
    rest = buffer[start:]
    if not rest.startswith("["):
        return start
    marks = re.match(r"(?:\s*\[\d{1,3}(?:\s*[,;]\s*\d{1,3})*\])+", rest)
    if not marks:  # a mark that is still coming in, or a bracket that is no mark
        return None if len(rest) < 12 else start
    after = rest[marks.end() :].lstrip()
    return start + marks.end() if after and not after.startswith("[") else None


def _split(text: str) -> Iterator[Written]:
    for line in text.splitlines():
        kind = "item" if _ITEM.match(line) else "sentence"
        clean = _NOISE.sub("", _ITEM.sub("", line, count=1) if kind == "item" else line)
        clean = _LATE_MARKS.sub(r"\2\1 ", clean).strip()
        for a, z in sentence_spans(clean):
            sentence = clean[a:z]
            marks = tuple(dict.fromkeys(int(n) for m in _MARK.finditer(sentence) for n in re.findall(r"\d+", m[1])))
            bare = re.sub(r"\s+([.,;!?])", r"\1", _MARK.sub("", sentence)).strip()
            if re.search(r"\w", bare):
                yield Written(bare, marks, kind)
