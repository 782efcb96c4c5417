"""Lines of a PDF page in reading order: columns, running heads and page numbers, from where the text stands on the page."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

#: Fragments on one line that are further apart than this (in line heights) belong to different columns or cells.
WIDE_GAP = 1.8
#: Lines on each side that make two columns rather than a table, and how many words those lines have on average.
COLUMN_LINES, COLUMN_WORDS = 5, 3.5
#: A line at the top or bottom that returns on this part of the pages is a running head or foot.
RUNNING_PART, RUNNING_PAGES = 0.4, 3
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:(?:p(?:agina|\.)?|blz\.?|bladzijde|page)\s*)?[-–|\s]*\d{1,4}[-–|\s]*(?:(?:van|of|/)\s*\d{1,4})?[-–|\s]*$", re.I
)


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text on one line of one column. Coordinates in points, y upwards as in PDF."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float = 0.0
    bold: bool = False

    @property
    def height(self) -> float:
        return max(1.0, self.top - self.bottom)


def reading_order(fragments: list[Line]) -> list[Line]:
    """The page's fragments joined into lines, top to bottom, a column at a time."""
    return _ordered(_lines(fragments))


def without_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """The pages without lines that return at the top or bottom, and without page numbers there."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(line) for line in _edges(lines)})
    enough = max(RUNNING_PAGES, RUNNING_PART * len(pages))
    out = []
    for lines in pages:
        edge = set(map(id, _edges(lines)))
        kept = [x for x in lines if id(x) not in edge or not (seen[_shape(x)] >= enough or _PAGE_NUMBER.match(x.text.strip()))]
        out.append(kept)
    return out


def _shape(line: Line) -> str:
    return _DIGITS.sub("#", line.text.strip().lower())


def _edges(lines: list[Line]) -> list[Line]:
    """The two highest and the two lowest lines."""
    by_height = sorted(lines, key=lambda x: -x.top)
    return by_height[:2] + by_height[2:][-2:]


def _lines(fragments: list[Line]) -> list[Line]:
    rows: list[list[Line]] = []
    for fragment in sorted(fragments, key=lambda f: (-(f.top + f.bottom) / 2, f.left)):
        middle = (fragment.top + fragment.bottom) / 2
        row = next((r for r in reversed(rows[-6:]) if r[0].bottom < middle < r[0].top), None)
        if row is None:
            rows.append([fragment])
        else:
            row.append(fragment)
    return [line for row in rows for line in _joined(sorted(row, key=lambda f: f.left))]


def _joined(row: list[Line]) -> list[Line]:
    """Fragments of one row that stand together, as one line each."""
    out = [row[0]]
    for fragment in row[1:]:
        last = out[-1]
        gap = fragment.left - last.right
        if gap > WIDE_GAP * max(last.height, fragment.height):
            out.append(fragment)
            continue
        space = " " if gap > 0.15 * last.height and not last.text.endswith(" ") and not fragment.text.startswith(" ") else ""
        out[-1] = replace(
            last,
            text=last.text + space + fragment.text,
            right=max(last.right, fragment.right),
            bottom=min(last.bottom, fragment.bottom),
            top=max(last.top, fragment.top),
            size=max(last.size, fragment.size),
            bold=last.bold and fragment.bold,
        )
    return out


def _ordered(lines: list[Line]) -> list[Line]:
    gutter = _gutter(lines)
    if gutter is None:
        return _whole_rows(lines)
    out: list[Line] = []
    band: list[Line] = []
    for line in sorted(lines, key=lambda x: -x.top):
        if line.left < gutter < line.right:  # a title or table over the full width ends the columns above it
            out += _columns(band, gutter) + [line]
            band = []
        else:
            band.append(line)
    return out + _columns(band, gutter)


def _whole_rows(lines: list[Line]) -> list[Line]:
    """Top to bottom; what stands beside each other, such as the cells of a table, as one line."""
    out: list[Line] = []
    for line in sorted(lines, key=lambda x: (-(x.top + x.bottom) / 2, x.left)):
        last = out[-1] if out else None
        if last and last.bottom < (line.top + line.bottom) / 2 < last.top and line.left >= last.right:
            out[-1] = replace(last, text=f"{last.text} {line.text}", right=line.right, bold=last.bold and line.bold)
        else:
            out.append(line)
    return out


def _columns(band: list[Line], gutter: float) -> list[Line]:
    left = [x for x in band if x.right <= gutter]
    right = [x for x in band if x.left >= gutter]
    return (_ordered(left) if left else []) + (_ordered(right) if right else [])


def _gutter(lines: list[Line]) -> float | None:
    """Where a vertical white strip parts two columns of running text, if it does."""
    if len(lines) < 2 * COLUMN_LINES:
        return None
    low, high = min(x.left for x in lines), max(x.right for x in lines)
    best: tuple[int, float, float] | None = None  # lines it crosses, distance to the middle, position
    step = max(1.0, (high - low) / 200)
    position = low + 0.2 * (high - low)
    while position < high - 0.2 * (high - low):
        crossing = sum(x.left < position < x.right for x in lines)
        candidate = (crossing, abs(position - (low + high) / 2), position)
        best = candidate if best is None else min(best, candidate)
        position += step
    if best is None or best[0] > 0.3 * len(lines):
        return None
    sides = [[x for x in lines if x.right <= best[2]], [x for x in lines if x.left >= best[2]]]
    running = all(len(s) >= COLUMN_LINES and sum(len(x.text.split()) for x in s) / len(s) >= COLUMN_WORDS for s in sides)
    return best[2] if running else None
