"""A run of the side-by-side comparison as a table and a picture: python -m eval.recipe.show RUN_DIR [--svg FILE]

The picture is a static SVG without anything from outside, which follows the reader's light or dark scheme.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from pathlib import Path
from xml.etree import ElementTree as Xml

from eval.exchange.gold import write_text
from eval.recipe.evaluate import ADVISOR, RECIPE, WITH_MODEL
from eval.run_files import read_summary
from rag.errors import PpsError

Scale = Callable[[float], float]
SYSTEMS = {ADVISOR: "advisor, no language model", WITH_MODEL: "advisor, language model", RECIPE: "LangChain recipe, same model"}


@dataclass(frozen=True, slots=True)
class Line:
    """A metric to show. `better` is where better is."""

    metric: str
    label: str
    better: str = "higher"


SHARES = (
    Line("key_point_recall", "key points held"),
    Line("grounded_in_retrieved", "sentences that what was found supports"),
    Line("faithfulness", "sentences that their own citations support"),
    Line("citation_precision", "citations that support their sentence"),
    Line("documents_matched", "answers that cite a right document"),
    Line("wrongly_answered", "wrongly answered", "lower"),
    Line("wrongly_refused", "wrongly refused", "lower"),
    Line("fell_back_on_sources", "model's text replaced by sources' sentences", "lower"),
)
TIMES = (Line("p50_ms", "whole answer, median", "lower"), Line("p95_ms", "whole answer, 95th percentile", "lower"))
_STYLE = """
svg { --back: #ffffff; --text: #1f2328; --faint: #d0d7de; --a: #0b5cad; --b: #8a5a00; --c: #a3165f; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --faint: #3d444d; --a: #6cb6ff; --b: #e3b341; --c: #ff8ac4; }
}
text { font: 13px sans-serif; fill: var(--text); }
.small { font-size: 11px; } .right { text-anchor: end; } .middle { text-anchor: middle; }
.back { fill: var(--back); } .grid { stroke: var(--faint); }
.a { stroke: var(--a); fill: var(--a); } .b { stroke: var(--b); fill: var(--b); } .c { stroke: var(--c); fill: var(--c); }
.bar { stroke-width: 2; }
"""
_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 860, 330, 830, 46, 88


def table(summary: dict) -> str:
    """The figures as a Markdown table: value and interval of every system."""
    systems = [s for s in SYSTEMS if s in summary["systems"]]
    lines = [f"| | {' | '.join(SYSTEMS[s] for s in systems)} |", f"|---|{'---|' * len(systems)}"]
    for line in SHARES:
        lines.append(f"| {line.label} ({line.better} is better) | {' | '.join(share(summary, s, line.metric) for s in systems)} |")
    for line in TIMES:
        lines.append(f"| {line.label} | {' | '.join(seconds(summary, s, line.metric) for s in systems)} |")
    return "\n".join(lines)


def share(summary: dict, system: str, metric: str) -> str:
    """A share of a system with its interval and on how many values it rests, or a dash."""
    return _share(summary["systems"][system].get(metric), _count(summary, system, metric))


def seconds(summary: dict, system: str, metric: str) -> str:
    """A time of a system with its interval, or a dash."""
    return _seconds(summary["systems"][system].get(metric))


def _count(summary: dict, system: str, metric: str) -> int:
    return summary.get("counts", {}).get(system, {}).get(metric, {}).get("values", 0)


def _share(metric: dict | None, count: int) -> str:
    return f"{metric['value']:.2f} [{metric['low']:.2f}–{metric['high']:.2f}], n = {count}" if metric else "–"


def _seconds(metric: dict | None) -> str:
    if not metric:
        return "–"
    digits = 2 if metric["value"] < 1000 else 1
    return f"{metric['value'] / 1000:.{digits}f} s [{metric['low'] / 1000:.{digits}f}–{metric['high'] / 1000:.{digits}f}]"


def picture(summary: dict) -> str:
    """The figures as SVG: a mark for each value and a line for its interval; colour and shape tell the systems apart."""
    shares_end = _TOP + _ROW * len(SHARES)
    times_top = shares_end + 62
    height = times_top + _ROW * len(TIMES) + 44
    svg = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH} {height}", "role": "img"})
    svg.set("aria-labelledby", "title what")
    _add(svg, "title", "Three systems side by side", id="title")
    _add(svg, "desc", f"Value and 95 % interval per metric, on {summary['n']} questions. The same figures stand in the table.", id="what")
    _add(svg, "style", _STYLE)
    _add(svg, "rect", class_="back", width=_WIDTH, height=height)
    _legend(svg, summary)
    _panel(svg, summary, SHARES, _TOP, lambda v: v, {f"{n / 5:.1f}": n / 5 for n in range(6)})
    marks = {"10 ms": 10, "100 ms": 100, "1 s": 1000, "10 s": 10_000, "100 s": 100_000}
    _panel(svg, summary, TIMES, times_top, lambda v: min(1.0, max(0.0, log10(max(v, 1)) / 4 - 0.25)), marks)
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _legend(svg: Xml.Element, summary: dict) -> None:
    model = str(summary["parameters"]["model"]).partition(":")[0]
    _add(svg, "text", f"{summary['n']} questions, language model {model}; lines are 95 % bootstrap intervals", x=16, y=26)
    at = 16.0
    for number, label in enumerate(SYSTEMS.values()):
        _mark(svg, number, at + 6, 48)
        _add(svg, "text", label, x=at + 18, y=52)
        at += 60 + 6.6 * len(label)


def _panel(svg: Xml.Element, summary: dict, lines: tuple[Line, ...], top: int, scale: Scale, marks: dict[str, float]) -> None:
    """Rows of marks on one axis. `scale` gives where on the axis, 0..1, a value lies."""
    bottom = top + _ROW * len(lines)
    for label, value in marks.items():
        x = _x(scale(value))
        _add(svg, "line", class_="grid", x1=x, x2=x, y1=top, y2=bottom)
        _add(svg, "text", label, class_="small middle", x=x, y=bottom + 16)
    for row, line in enumerate(lines):
        y = top + _ROW * row + _ROW / 2
        _add(svg, "text", line.label, class_="right", x=_LEFT - 14, y=y)
        _add(svg, "text", f"{line.better} is better", class_="small right", x=_LEFT - 14, y=y + 14)
        for number, system in enumerate(SYSTEMS):
            metric = summary["systems"].get(system, {}).get(line.metric)
            if not metric:
                continue
            at = y + (number - 1) * 12
            ends = [_x(scale(metric[end])) for end in ("low", "high")]
            _add(svg, "line", class_=f"bar {'abc'[number]}", x1=ends[0], x2=ends[1], y1=at, y2=at)
            shape = _mark(svg, number, _x(scale(metric["value"])), at)
            _add(shape, "title", f"{SYSTEMS[system]}: {metric['value']:.3g} [{metric['low']:.3g}–{metric['high']:.3g}]")


def _mark(svg: Xml.Element, number: int, x: float, y: float) -> Xml.Element:
    """A circle, a square or a triangle."""
    colour = "abc"[number]
    if number == 0:
        return _add(svg, "circle", class_=colour, cx=x, cy=y, r=4.5)
    if number == 1:
        return _add(svg, "rect", class_=colour, x=x - 4, y=y - 4, width=8, height=8)
    return _add(svg, "path", class_=colour, d=f"M{x:.1f} {y - 5:.1f} l5 9 h-10 z")


def _x(share: float) -> float:
    return _LEFT + share * (_RIGHT - _LEFT)


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: object) -> Xml.Element:
    shown = {k.rstrip("_"): f"{v:.1f}" if isinstance(v, float) else str(v) for k, v in attributes.items()}
    child = Xml.SubElement(parent, name, shown)
    child.text = text or None
    return child


def main(argv: list[str] | None = None) -> int:
    """Print the table, and write the picture where asked."""
    parser = argparse.ArgumentParser(prog="python -m eval.recipe.show", description="Shows a run of the side-by-side comparison.")
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--svg", type=Path, help="file for the picture")
    arguments = parser.parse_args(argv)
    try:
        summary = read_summary(arguments.run)
        if "systems" not in summary or ADVISOR not in summary["systems"]:
            raise PpsError(f"{arguments.run} holds no side-by-side comparison")
        if arguments.svg:
            write_text(arguments.svg, picture(summary))
    except PpsError as error:
        print(error, file=sys.stderr)
        return 1
    print(table(summary))
    return 0


if __name__ == "__main__":
    sys.exit(main())
