"""Charts of values with their intervals, lying: a row a metric, so that its name reads. charts.svg.j2 draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.report.charts import RIGHT, TOP, Tick, scale

#: Pixels of the whole, of the names of the rows, of a row, and of every further mark in it. A name of LETTERS fits.
WIDTH, LABELS, ROW, MORE = 740, 330, 26, 12
LETTERS = 42

Value = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value in the chart and the ends of its interval, in pixels. `style` chooses colour and mark."""

    x: float
    low: float
    high: float
    y: float
    style: int


@dataclass(frozen=True, slots=True)
class IntervalRow:
    label: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """`zero` is where a line stands that an interval is read against, in pixels; None for no such line."""

    title: str
    description: str
    axis: str
    names: tuple[str, ...]
    rows: tuple[IntervalRow, ...]
    ticks: tuple[Tick, ...]
    bottom: float
    zero: float | None = None

    @property
    def height(self) -> float:
        return self.bottom + 48


def intervals(
    title: str,
    description: str,
    axis: str,
    names: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Value | None]]],
    across: tuple[float, float],
    ticks: Sequence[float],
    zero: float | None = None,
    together: bool = False,
) -> IntervalChart:
    """Rows of (value, low, high) in the units of the axis, one for each of `names`; None where there is none.

    `across` is what the axis holds from left to right. `together` puts the marks of a row on one line, for names of which a row has one.
    """
    x = scale(across, LABELS, WIDTH - RIGHT)
    lines = 1 if together else len(names)
    step = ROW + MORE * (lines - 1)
    drawn = []
    for n, (label, values) in enumerate(rows):
        middle = TOP + n * step + step / 2
        first = middle - MORE * (lines - 1) / 2
        at = [middle if together else first + MORE * style for style in range(len(names))]
        marks = [Mark(*(x(v) for v in value), at[style], style) for style, value in enumerate(values) if value]
        drawn.append(IntervalRow(label if len(label) <= LETTERS else f"{label[: LETTERS - 1]}…", middle, tuple(marks)))
    marked = tuple(Tick(x(v), f"{v:g}") for v in ticks)
    return IntervalChart(
        title, description, axis, tuple(names), tuple(drawn), marked, TOP + step * len(rows), None if zero is None else x(zero)
    )


def around_zero(values: Sequence[Value]) -> tuple[tuple[float, float], list[float]]:
    """What an axis of differences must hold, the same to both sides so that 0 is in the middle, and five round places on it."""
    furthest = max((abs(v) for value in values for v in value), default=0.0)
    reach = next((r for r in (0.02, 0.05, 0.1, 0.2, 0.4, 0.6) if furthest <= r), 1.0)
    return (-reach, reach), [-reach, -reach / 2, 0.0, reach / 2, reach]
