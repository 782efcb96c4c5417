"""Charts as coordinates; charts.svg.j2 draws them. Nothing here draws text outside its axis, so a chart reads at any width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 52
BAR, GAP = 22, 12
LABELS = 150


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the chart, in pixels; `low` and `high` are the ends of its interval, where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Points with a name, marked or joined by a line or both. `style` chooses colour, dash and mark; 0 is the main one."""

    name: str
    points: tuple[Point, ...]
    style: int = 0
    marks: bool = True
    joined: bool = True

    @property
    def path(self) -> str:
        return " ".join(f"{'M' if n == 0 else 'L'}{p.x:.1f} {p.y:.1f}" for n, p in enumerate(self.points))


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class LineChart:
    title: str
    description: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    diagonal: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in pixels from the left of the bars."""

    x: float
    width: float
    style: int
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    y: float
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    title: str
    description: str
    height: int
    names: tuple[str, ...]
    bars: tuple[Bar, ...] = field(default=())


def lines(
    title: str,
    description: str,
    axes: tuple[str, str],
    series: Sequence[tuple[str, Sequence[Sequence[float]]]],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    ticks: tuple[Sequence[float], Sequence[float]],
    *,
    diagonal: bool = False,
    marks: bool = True,
    joined: bool = True,
) -> LineChart:
    """A chart of lines. Each series is a name with (x, y) or (x, y, low, high) in the units of the axes; `axes` names them."""
    x = scale(x_range, LEFT, WIDTH - RIGHT)
    y = scale(y_range, HEIGHT - BOTTOM, TOP)

    def point(values: Sequence[float]) -> Point:
        low, high = (y(values[2]), y(values[3])) if len(values) > 2 else (None, None)
        return Point(x(values[0]), y(values[1]), low, high)

    drawn = tuple(Series(name, tuple(point(v) for v in values), n, marks, joined) for n, (name, values) in enumerate(series))
    x_ticks, y_ticks = (tuple(Tick(to(v), f"{v:g}") for v in values) for to, values in zip((x, y), ticks, strict=True))
    return LineChart(title, description, *axes, drawn, x_ticks, y_ticks, diagonal)


def stacked(title: str, description: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> BarChart:
    """Bars from 0 to 100 %, one a row: its label, and a count per name."""
    room = WIDTH - LABELS - RIGHT - 56
    bars = []
    for n, (label, counts) in enumerate(rows):
        total, at, segments = sum(counts), 0.0, []
        for style, count in enumerate(counts):
            width = room * count / total if total else 0.0
            if count:
                segments.append(Segment(LABELS + at, width, style, count))
            at += width
        bars.append(Bar(label, TOP + n * (BAR + GAP), total, tuple(segments)))
    return BarChart(title, description, TOP + len(rows) * (BAR + GAP) + 8, tuple(names), tuple(bars))


def scale(values: tuple[float, float], start: float, end: float) -> Callable[[float], float]:
    """From the units of an axis to pixels, kept within the axis."""
    low, high = values
    return lambda v: start + (end - start) * min(1.0, max(0.0, (v - low) / (high - low)))
