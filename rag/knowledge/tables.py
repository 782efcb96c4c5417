"""The rows of a passage as they stood in a table: heads and cells, found again in the text of the source file.

A row is indexed as one sentence ("eerste cel: kop 2: cel 2"), which reads well alone. Where a document is shown whole, it is a table again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.knowledge.markdown import clean_inline, is_rule, row_cells
from rag.types import Passage, PassageSentence


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell and the ids of its sources."""

    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row below its `heads`, and `text`, the sentence that it was indexed as. `spans` says where in it each cell stands."""

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]
    text: str
    spans: tuple[tuple[int, int], ...]

    def part(self, start: int, end: int, sentences: Sequence[tuple[int, int, tuple[str, ...]]]) -> tuple[Cell, ...]:
        """The cells as far as they stand in characters `start` to `end`; a cell without sources of its own has those of its sentences."""
        shown = []
        for cell, (a, z) in zip(self.cells, self.spans, strict=True):
            a, z = max(a, start), min(z, end)
            ids = cell.sources or tuple(dict.fromkeys(i for s, e, named in sentences if s < z and e > a for i in named))
            shown.append(Cell(self.text[a:z].strip(), ids) if a < z else Cell(""))
        return tuple(shown)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as many in each as there are heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rows_of(body: str) -> list[Row]:
    """Every row of every table in `body`, as the readers of rag.knowledge make a sentence of it. Of two tables with nothing between them
    only the first is known."""
    found = []
    for lines in _runs(body):
        marked = lines[0].startswith("|")
        table = [
            [clean_inline(c) for c in row_cells(line)] if marked else [(c.strip(), ()) for c in line.split(" | ")]
            for line in lines
            if not (marked and is_rule(line))
        ]
        heads = [text for text, _ in table[0]]
        found += [_row(heads, row, repeats=marked) for row in table[1:]]
    return found


def as_table(passage: Passage, sentences: Sequence[PassageSentence], rows: Iterable[Row]) -> Table | None:
    """`sentences`, which are rows of `passage`, as a table; None where they are not all found again below the same heads."""
    known, heads, out = list(rows), (), []
    for pieces in _pieces(passage, sentences):
        text = passage.text[pieces[0].start : pieces[-1].end]
        below = [r for r in known if not heads or r.heads == heads]
        row = next((r for r in below if r.text == text), None) or next((r for r in below if text in r.text), None)
        if row is None or len(row.heads) < 2:
            return None
        heads, at = row.heads, row.text.index(text)
        moved = [(s.start - pieces[0].start + at, s.end - pieces[0].start + at, s.sources) for s in pieces]
        out.append(row.part(at, at + len(text), moved))
    return Table(heads, tuple(out))


def _runs(body: str) -> Iterator[list[str]]:
    """Lines of cells that stand together; the readers of other formats than Markdown put an empty line between two."""
    lines = body.splitlines()
    kept = [
        line
        for i, line in enumerate(lines)
        if line or not (0 < i < len(lines) - 1 and _kind(lines[i - 1]) == _kind(lines[i + 1]) == "plain")
    ]
    for kind, run in groupby(kept, key=_kind):
        if kind:
            yield list(run)


def _kind(line: str) -> str:
    """Whether a line holds cells: "marked" as in Markdown, or "plain" with bars between them; else empty."""
    return "marked" if line.startswith("|") else "plain" if " | " in line else ""


def _row(heads: list[str], cells: list[tuple[str, tuple]], repeats: bool) -> Row:
    """As rag.knowledge.markdown and rag.knowledge.writer write it; the latter leaves a head out that says what the cell says."""
    text, spans, count = "", [], 0
    for n, (cell, _) in enumerate(cells):
        head = heads[n] if 0 < n < len(heads) else ""
        if cell:
            text += ": " if count == 1 else "; " if count else ""
            text += f"{head}: " if head and (repeats or head != cell) else ""
            count += 1
        spans.append((len(text), len(text) + len(cell)))
        text += cell
    width = max(len(heads), len(cells))
    filled = [*cells, *[("", ())] * (width - len(cells))]
    made = tuple(Cell(cell, tuple(i for _, ids in marks for i in ids)) for cell, marks in filled)
    places = [*spans, *[(len(text), len(text))] * (width - len(cells))]
    return Row((*heads, *[""] * (width - len(heads))), made, text, tuple(places))


def _pieces(passage: Passage, sentences: Sequence[PassageSentence]) -> Iterator[list[PassageSentence]]:
    """The sentences of each row: a long one is more than one, parted by a space where rows are parted by a new line."""
    held: list[PassageSentence] = []
    for sentence in sentences:
        if held and passage.text[held[-1].end : sentence.start] != " ":
            yield held
            held = []
        held.append(sentence)
    if held:
        yield held
