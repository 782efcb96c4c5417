"""Document → passages of 100 to 200 words that follow headings and sentences and keep lists whole.

A section longer than 200 words is cut into about equal parts at sentence borders; a short one joins its neighbours while
they share the same parent heading. A passage is shorter than 100 words only where its (joined) section is, and longer than
200 only where one sentence is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby
from math import ceil

from rag.knowledge.documents import Block, Document
from rag.language.sentences import sentence_spans
from rag.types import Passage, PassageSentence

#: Part of every document's fingerprint: a change in splitting re-indexes everything.
VERSION = "split-5"
MIN_WORDS, MAX_WORDS = 100, 200
#: A section shorter than this is joined with the next one under the same parent.
JOIN_BELOW = 100


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never cut: one sentence, or a list with its introduction where it fits in one passage."""

    blocks: tuple[tuple[Block, tuple[tuple[int, int], ...]], ...]  # each with the spans of its sentences used here
    words: int


def split_document(document: Document) -> list[Passage]:
    """The passages of `document` in reading order.

    Ids are `<document id>.<hash of headings and text>`: a passage keeps its id while other parts of its document change.
    """
    drafts = [_draft(document, blocks, units) for blocks, units in _packed(document.blocks)]
    seen: dict[str, int] = {}
    passages = []
    for ordinal, draft in enumerate(drafts):
        digest = blake2b("\n".join((*draft.headings, draft.text)).encode(), digest_size=6).hexdigest()
        seen[digest] = seen.get(digest, 0) + 1
        suffix = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        passages.append(replace(draft, id=f"{document.meta.id}.{suffix}", ordinal=ordinal))
    return passages


def _packed(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, ...], list[_Unit]]]:
    """Headings and units of each passage."""
    sections = [(path, list(_units(list(group)))) for path, group in groupby(blocks, key=lambda b: b.headings)]
    for path, units in _joined(sections):
        for part in _cut(units):
            yield path, part


def _joined(sections: list[tuple[tuple[str, ...], list[_Unit]]]) -> Iterator[tuple[tuple[str, ...], list[_Unit]]]:
    held_path: tuple[str, ...] = ()
    held: list[_Unit] = []
    for path, units in sections:
        size, held_size = _size(units), _size(held)
        near = held and (path[:-1] == held_path[:-1] or path[: len(held_path)] == held_path)
        if near and (held_size < JOIN_BELOW or size < JOIN_BELOW // 2) and held_size + size <= MAX_WORDS:
            held = held + units
            continue
        if held:
            yield held_path, held
        held_path, held = path, units
    if held:
        yield held_path, held


def _units(blocks: list[Block]) -> Iterator[_Unit]:
    for grouped, run in groupby(blocks, key=lambda b: b.group):
        members = list(run)
        size = sum(_count(b.text) for b in members)
        if grouped >= 0 and size <= MAX_WORDS:
            yield _Unit(tuple((b, tuple(_spans(b))) for b in members), size)
            continue
        for block in members:
            for a, z in _spans(block):
                yield _Unit(((block, ((a, z),)),), _count(block.text[a:z]))


def _spans(block: Block) -> list[tuple[int, int]]:
    """Sentences of a paragraph; a list item or row of up to 60 words is one piece, so that it is never shown in halves."""
    if block.kind in ("item", "row") and _count(block.text) <= 60:
        return [(0, len(block.text))]
    return sentence_spans(block.text)


def _cut(units: list[_Unit]) -> Iterator[list[_Unit]]:
    total = _size(units)
    if total <= MAX_WORDS:
        if units:
            yield units
        return
    target = total / ceil(total / (MAX_WORDS * 0.9))
    part: list[_Unit] = []
    for unit in units:
        size = _size(part)
        if part and (size + unit.words > MAX_WORDS or size + unit.words / 2 > target):
            yield part
            part = []
        part = [*part, unit]
    if part:
        yield part


def _draft(document: Document, headings: tuple[str, ...], units: list[_Unit]) -> Passage:
    meta = document.meta
    text = ""
    sentences: list[PassageSentence] = []
    previous: Block | None = None
    for block, spans in (pair for unit in units for pair in unit.blocks):
        for a, z in spans:
            text += _separator(previous, block, bool(text))
            start = len(text)
            piece = block.text[a:z]
            text += piece
            kind = "lead" if block.kind == "lead" and z == len(block.text) else block.kind
            kind = "sentence" if kind == "lead" and not piece.endswith(":") else kind
            page = block.page
            heading = block.headings[-1] if block.headings else meta.titel
            sentences.append(PassageSentence(piece, start, len(text), kind, block.group, heading, page, _sources(block, a, z)))
            previous = block
    used = {i for s in sentences for i in s.sources}
    sources = tuple(s for s in document.sources if not used or s.id in used)
    blocks = [block for unit in units for block, _ in unit.blocks]
    return Passage(
        id="",
        document_id=meta.id,
        title=meta.titel,
        headings=headings or (meta.titel,),
        text=text,
        start=blocks[0].start,
        end=blocks[-1].end,
        page=blocks[0].page,
        sentences=tuple(sentences),
        sources=sources,
        soort=meta.soort,
        domein=tuple(meta.domein),
        rol=tuple(meta.rol),
        fase=tuple(meta.fase),
        status=meta.status,
        valid_until=meta.geldig_tot.isoformat() if meta.geldig_tot else "",
        checked=meta.laatst_gecontroleerd.isoformat(),
        review_by=meta.review_by.isoformat(),
    )


def _separator(previous: Block | None, block: Block, started: bool) -> str:
    mark = "- " if block.kind == "item" and previous is not block else ""
    if not started:
        return mark
    if previous is block:
        return " "
    together = block.group >= 0 and previous is not None and previous.group == block.group
    return ("\n" if together else "\n\n") + mark


def _sources(block: Block, start: int, end: int) -> tuple[str, ...]:
    """The source ids of the stretches of `block` that characters `start` to `end` touch; the last stretch's after all of them."""
    found: dict[str, None] = {}
    before = 0
    for stop, ids in block.cites:
        if start < stop and end > before + 1:  # a full stop after the marker belongs to the sentence before it
            found.update(dict.fromkeys(ids))
        before = stop
    return tuple(found) or (block.cites[-1][1] if block.cites else ())


def _count(text: str) -> int:
    return len(text.split())


def _size(units: list[_Unit]) -> int:
    return sum(u.words for u in units)
