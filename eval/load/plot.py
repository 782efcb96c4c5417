"""The share of answers that were whole within a time, a line for each crowd, as SVG."""

from __future__ import annotations

from collections.abc import Callable
from math import log10
from xml.etree import ElementTree as Xml

import numpy as np

from eval.load.users import ANSWERED, BUSY, Crowd

_STYLE = """
svg { --back: #ffffff; --text: #1f2328; --faint: #d0d7de; --a: #0b5cad; --b: #a3165f; --c: #8a5a00; --d: #4f5b66; }
@media (prefers-color-scheme: dark) {
  svg { --back: #0d1117; --text: #e6edf3; --faint: #3d444d; --a: #6cb6ff; --b: #ff8ac4; --c: #e3b341; --d: #adbac7; }
}
text { font: 13px sans-serif; fill: var(--text); }
.back { fill: var(--back); } .grid { stroke: var(--faint); } .middle { text-anchor: middle; } .right { text-anchor: end; }
.line { fill: none; stroke-width: 2; } .aim { stroke: var(--text); stroke-dasharray: 2 4; }
.a { stroke: var(--a); } .b { stroke: var(--b); stroke-dasharray: 9 4; } .c { stroke: var(--c); stroke-dasharray: 3 3; }
.d { stroke: var(--d); stroke-dasharray: 9 3 2 3; }
"""
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 860, 460, 64, 840, 126, 410
_MARKS = {"10 ms": 10.0, "100 ms": 100.0, "1 s": 1000.0, "10 s": 10_000.0, "100 s": 100_000.0}


def picture(rows: list[dict], crowds: list[Crowd], aim: float) -> str:
    """The SVG. The dotted line is `aim` times the p95 of the first crowd."""
    svg = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img"})
    svg.set("aria-labelledby", "title what")
    add = _adder(svg)
    add("title", "How long readers wait", id="title")
    add("desc", "Share of the answers that were whole within a time, for each crowd. summary.json holds the figures.", id="what")
    add("style", _STYLE)
    add("rect", class_="back", width=_WIDTH, height=_HEIGHT)
    for label, value in _MARKS.items():
        add("line", class_="grid", x1=_x(value), x2=_x(value), y1=_TOP, y2=_BOTTOM)
        add("text", label, class_="middle", x=_x(value), y=_BOTTOM + 20)
    for share in (0.0, 0.5, 0.95, 1.0):
        add("line", class_="grid", x1=_LEFT, x2=_RIGHT, y1=_y(share), y2=_y(share))
        add("text", f"{share:.0%}", class_="right", x=_LEFT - 8, y=_y(share) + 4)
    add("text", "from asking to the whole answer", class_="middle", x=(_LEFT + _RIGHT) / 2, y=_BOTTOM + 42)
    for number, crowd in enumerate(crowds):
        own = [r for r in rows if r["crowd"] == crowd.name]
        times = np.array([r["ms"] for r in own if r["outcome"] == ANSWERED])
        style, at = "abcd"[number % 4], 24 + 24 * number
        add("line", class_=f"line {style}", x1=16, x2=52, y1=at - 4, y2=at - 4)
        add("text", _told(crowd, own, times), x=60, y=at)
        if not len(times):
            continue
        shares = np.arange(0, 101) / 100
        points = " ".join(f"{_x(float(np.quantile(times, s))):.1f},{_y(float(s)):.1f}" for s in shares)
        add("polyline", class_=f"line {style}", points=points)
        if not number:
            limit = _x(aim * float(np.quantile(times, 0.95)))
            add("line", class_="aim", x1=limit, x2=limit, y1=_TOP, y2=_BOTTOM)
            add("text", f"aim for p95: {aim:g} times one", x=limit + 6, y=_y(0.3))
    return Xml.tostring(svg, encoding="unicode") + "\n"


def _told(crowd: Crowd, rows: list[dict], times: np.ndarray) -> str:
    who = "one reader" if crowd.users == 1 else f"{crowd.users} readers"
    how = f", reading {crowd.pause_s:g} s" if crowd.pause_s else ", no pause"
    busy = sum(r["outcome"] == BUSY for r in rows)
    wrong = len(rows) - len(times) - busy
    p95 = f"p95 {np.quantile(times, 0.95) / 1000:.2f} s" if len(times) else "no p95"
    return f"{who}{how}: {len(times)} answers, {p95}, {busy} asked to come back, {wrong} failed"


def _x(ms: float) -> float:
    share = (log10(min(max(ms, 10.0), 100_000.0)) - 1) / 4
    return _LEFT + share * (_RIGHT - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def _adder(parent: Xml.Element) -> Callable[..., None]:
    def add(name: str, text: str = "", **attributes: object) -> None:
        shown = {k.rstrip("_"): f"{v:.1f}" if isinstance(v, float) else str(v) for k, v in attributes.items()}
        Xml.SubElement(parent, name, shown).text = text or None

    return add
