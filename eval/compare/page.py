"""A comparison as one HTML file: what moved and whether that beats noise, and the questions to read side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval import run_files
from eval.compare.folders import keyed_rows
from eval.compare.sides import Side, asked, sides
from eval.compare.significance import BETTER, SAME, WORSE
from eval.report.headlines import HEADLINES
from eval.report.intervals import IntervalChart, around_zero, intervals
from eval.report.passages import texts_of
from eval.report.templates import environment
from eval.show import digits_of

FILE = "compare.html"
#: How differences are marked in a plot.
_KINDS = ("no real difference", WORSE, BETTER)
Rows = dict[str, dict]
#: How a question changed → what stands above those questions; in this order.
DIRECTIONS = {
    "worse": "Got worse",
    "mixed": "Better in one way, worse in another",
    "better": "Got better",
    "other": "Otherwise, but scored the same",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """A line of a table: `d` is what eval.compare.significance says of the metric of a task, `says` what it is in words."""

    task: str
    name: str
    says: str
    d: dict

    @property
    def time(self) -> bool:
        return run_files.is_time(self.name)

    @property
    def better(self) -> str:
        return {True: "higher", False: "lower", None: "neither"}[self.d["higher_is_better"]]

    @property
    def difference(self) -> str:
        by = self.d["difference"]
        return f"{self.number(by['value'], '+')} [{self.number(by['low'], '+')} – {self.number(by['high'], '+')}]" if by else "–"

    def number(self, value: float | None, sign: str = "") -> str:
        return "undefined" if value is None else f"{value:{sign}.{digits_of(self.name)}f}"


@dataclass(frozen=True, slots=True)
class Case:
    """A question in two runs. Where `answers` says that the rows are answers these are read whole, else `sides` beside each other."""

    change: dict
    a: dict
    b: dict
    asked: list[tuple[str, list[str]]]
    sides: list[Side]

    @property
    def answers(self) -> bool:
        return any("sentences" in row and "expected_status" in row for row in (self.a, self.b))

    @property
    def scores(self) -> list[str]:
        """The scores that moved, and those that are only defined in one run."""
        moved = self.change.get("metrics", {}).items()
        return [f"{name} {_mean(x)} → {_mean(y)}" for name, (x, y) in moved if (x, y) != (None, None)]

    @property
    def told(self) -> list[str]:
        """What changed, in as few words as stand behind the question."""
        c = self.change
        if "failed" in c:
            return [f"failed: {c['failed'][0] or 'no'} → {c['failed'][1] or 'no'}"]
        found = [" → ".join(c["status"])] if "status" in c else []
        counted = {"key_points_gained": "key points gained", "key_points_lost": "key points lost", "newly_unsupported": "newly unsupported"}
        found += [f"{words}: {len(c[name])}" for name, words in counted.items() if name in c]
        found += ["other sentences"] if "other_sentences" in c else []
        return found or self.scores


def path_of(out: Path) -> Path:
    """The file that --out means: itself where it is named as a page, else one in that folder."""
    return out if out.suffix.lower() in (".html", ".htm") else out / FILE


def page(a: Path, b: Path, found: dict) -> str:
    """The page of what eval.compare.folders.compare `found` of these two folders. It needs nothing outside itself: no script, no request.

    Raises:
        PpsError: rows of a run can no longer be read.
    """
    folders = {task: (a, b) if found["task"] == task else (a / task, b / task) for task in found["tasks"]}
    rows = {task: _changed_rows(found["tasks"][task], pair) for task, pair in folders.items()}
    headlines = _headlines(found)
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            found=found,
            headlines=headlines,
            chart=_chart("Differences", headlines),
            tasks={task: _task(task, one, rows[task]) for task, one in found["tasks"].items()},
            made=_made(found),
            directions=DIRECTIONS,
            texts=[_texts([pair[n] for pair in folders.values()], [of[n] for of in rows.values()]) for n in (0, 1)],
        )
    )


def _changed_rows(one: dict, folders: tuple[Path, Path]) -> tuple[Rows, Rows]:
    """The rows of the questions that changed, in A and in B."""
    ids = {change["id"] for change in one["changes"]}
    a, b = ({key: row for key, row in keyed_rows(folder).items() if key in ids} if ids else {} for folder in folders)
    return a, b


def _headlines(found: dict) -> list[Metric]:
    """The figures that stand first; where there are none of them in these runs, what is gated."""
    lines = [
        Metric(h.task, h.name, h.says, found["tasks"][h.task]["metrics"][h.name])
        for h in HEADLINES
        if h.name in found["tasks"].get(h.task, {}).get("metrics", {})
    ]
    gated = ((task, name, d) for task, one in found["tasks"].items() for name, d in one["metrics"].items() if d["gate"])
    return lines or [Metric(task, name, name, d) for task, name, d in gated]


def _task(task: str, one: dict, rows: tuple[Rows, Rows]) -> dict:
    """What the page shows of a task: its metrics, those that moved first, their plot, and its changed questions by direction."""
    metrics = sorted((Metric(task, name, name, d) for name, d in one["metrics"].items()), key=lambda m: (m.d["verdict"] == SAME, m.time))
    cases: dict[str, list[Case]] = {}
    for change in one["changes"]:
        a, b = (of[change["id"]] for of in rows)
        case = Case(change, a, b, asked(task, b if a.get("failed") else a), sides(task, a, b))
        cases.setdefault(change["direction"], []).append(case)
    moved = [m for m in metrics if m.d["verdict"] != SAME]
    return one | {"lines": metrics, "moved": len(moved), "chart": _chart(f"Differences of {task}", moved), "cases": cases}


def _chart(title: str, metrics: list[Metric]) -> IntervalChart | None:
    """The differences of what is no time, with their intervals; None where there is none."""
    shown = [(m, _value(m.d["difference"])) for m in metrics if m.d["difference"] and not m.time]
    if not shown:
        return None
    across, ticks = around_zero([value for _, value in shown])
    rows = [(m.says, [value if _kind(m) == kind else None for kind in _KINDS]) for m, value in shown]
    told = "Difference B − A of each metric with its 95 % interval; the line in the middle is no difference."
    return intervals(title, told, "difference B − A", _KINDS, rows, across, ticks, 0.0, together=True)


def _kind(metric: Metric) -> str:
    return metric.d["verdict"] if metric.d["verdict"] in _KINDS else _KINDS[0]


def _value(found: dict) -> tuple[float, float, float]:
    return found["value"], found["low"], found["high"]


def _made(found: dict) -> list[dict]:
    """What the two runs were made with that is not the same, once with all the tasks that tell it."""
    merged: dict[str, dict] = {}
    for task, one in found["tasks"].items():
        for d in one["made_otherwise"]:
            key = f"{d['what']}\n{d['a']}\n{d['b']}"
            merged.setdefault(key, d | {"tasks": []})["tasks"].append(task)
    return list(merged.values())


def _texts(folders: list[Path], rows: list[Rows]) -> dict[str, str]:
    """The texts of the passages that changed answers of a run show, where the index is still of its corpus."""
    about = [run_files.read_summary(folder).get("parameters", {}) for folder in folders]
    corpus = next((p["corpus_version"] for p in about if p.get("corpus_version")), None)
    return texts_of([p["passage_id"] for of in rows for row in of.values() for p in row.get("passages", ())], corpus)


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
