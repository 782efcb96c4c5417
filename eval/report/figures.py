"""The plots of a report, each with the table that stands beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.answers.dataset import ANSWERED
from eval.calibration import curve, threshold_table
from eval.metrics import recall
from eval.report.charts import BarChart, LineChart, lines, stacked
from eval.report.intervals import IntervalChart, intervals
from eval.retrieval.evaluate import KEPT
from eval.show import figure

RANKERS = ("default", "bm25", "grams", "dense")
OUTCOMES = ("right", "right, other caution", "refused, other reason", "wrongly refused", "wrongly answered")
_TENTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
#: Letters in a row of a table that still fits beside its chart.
_BESIDE = 80
_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, its table (`head` names the columns; cells are text) and what to read in it."""

    id: str
    heading: str
    note: str
    chart: LineChart | BarChart | IntervalChart
    head: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]

    @property
    def kind(self) -> str:
        return "bars" if isinstance(self.chart, BarChart) else "intervals" if isinstance(self.chart, IntervalChart) else "lines"

    @property
    def wide(self) -> bool:
        """Does the table need the whole width?"""
        return sum(max(map(len, column)) for column in zip(self.head, *self.body, strict=True)) > _BESIDE


def of(rows: dict[str, list[dict]], summaries: dict[str, dict]) -> list[Figure]:
    """The figures that these runs have rows for; failed rows are left out before."""
    made: list[tuple[str, Callable[[list[dict]], Figure | None]]] = [
        ("answers", outcomes),
        ("answers", abstentions),
        ("calibration", calibration),
        ("calibration", coverage),
        ("retrieval", recall_by_k),
        ("latency", latency),
    ]
    found = [make(rows[task]) for task, make in made if rows.get(task)]
    if "robustness" in summaries:
        found.append(robustness(summaries["robustness"]))
    return [f for f in found if f]


def outcome(row: dict) -> str:
    """How a question ended, beside how it must end."""
    status, wanted = row["status"], row["expected_status"]
    if status == wanted:
        return "right"
    if (status in ANSWERED) == (wanted in ANSWERED):
        return "right, other caution" if status in ANSWERED else "refused, other reason"
    return "wrongly answered" if status in ANSWERED else "wrongly refused"


def outcomes(rows: list[dict]) -> Figure:
    """How questions ended, by kind; kinds that must be answered first."""
    kinds = sorted({r["kind"] for r in rows}, key=lambda k: (not any(r["expected_status"] in ANSWERED for r in rows if r["kind"] == k), k))
    counted = {kind: Counter(outcome(r) for r in rows if r["kind"] == kind) for kind in kinds}
    data = [(kind, [counted[kind][o] for o in OUTCOMES]) for kind in kinds]
    chart = stacked("Outcome by kind of question", "One bar a kind, divided by how its questions ended.", OUTCOMES, data)
    note = "“Other caution”: answered with a warning to check where a plain answer was right, or the other way round."
    body = tuple((kind, *map(str, counts), str(sum(counts))) for kind, counts in data)
    return Figure("outcomes", "Outcome by kind of question", note, chart, ("kind", *OUTCOMES, "n"), body)


def abstentions(rows: list[dict]) -> Figure:
    """Faithfulness in its three outcomes, of questions that must be answered and of those that must not."""
    names = ("every sentence supported", "some sentence not supported", "abstained")
    counted = {"answerable": Counter(), "not answerable": Counter()}
    for row in rows:
        which = 2 if row["status"] not in ANSWERED else 0 if all(row["supported"]) else 1
        counted["answerable" if row["expected_status"] in ANSWERED else "not answerable"][names[which]] += 1
    data = [(label, [counts[n] for n in names]) for label, counts in counted.items() if counts]
    told = [bool(s) for row in rows if row["status"] in ANSWERED for s in row["supported"]]
    chart = stacked("Supported, unsupported, abstained", "One bar a sort of question, divided by what came of it.", names, data)
    body = tuple((label, *map(str, counts), str(sum(counts))) for label, counts in data)
    note = f"{sum(told)} sentences supported, {len(told) - sum(told)} not. An abstention has no sentences, and no share of supported ones."
    return Figure("abstentions", "Supported, unsupported or abstained", note, chart, ("question", *names, "n"), body)


def recall_by_k(rows: list[dict]) -> Figure:
    """Share of the right documents among the first k, per ranker."""
    own = {name: [r for r in rows if r["system"] == name] for name in RANKERS}
    ks = range(1, KEPT + 1)
    curves = {
        name: [float(np.mean([recall(r["ranking"], r["relevant"], k) for r in found])) for k in ks] for name, found in own.items() if found
    }
    series = [(name, list(zip(ks, values, strict=True))) for name, values in curves.items()]
    chart = lines(
        "Recall by k",
        "Mean share of the right documents among the first k, for each ranker and their fusion (default).",
        ("documents looked at (k)", "recall"),
        series,
        (1, KEPT),
        (0, 1),
        ((1, 5, 10, 15, 20), _TENTHS),
        marks=False,
    )
    body = tuple((str(k), *(f"{values[k - 1]:.3f}" for values in curves.values())) for k in (1, 2, 3, 5, 10, 15, 20))
    note = f"n = {len(next(iter(own.values())))} questions that name documents. “default” is the advisor's own search."
    return Figure("recall", "Recall by number of documents", note, chart, ("k", *curves), body)


def latency(rows: list[dict]) -> Figure:
    """The distribution of the time to the whole answer, and of the time to its evidence."""
    shares = np.linspace(0, 1, 101)
    events = {"whole answer": "answer", "evidence shown": "evidence"}
    found = {name: np.array([r["ms"][event] for r in rows if event in r["ms"]]) for name, event in events.items()}
    found = {name: values for name, values in found.items() if len(values)}
    longest = max(float(np.quantile(v, 0.99)) for v in found.values()) or 1.0
    series = [(name, [(float(np.quantile(v, s)), float(s)) for s in shares if np.quantile(v, s) <= longest]) for name, v in found.items()]
    chart = lines(
        "Latency",
        "Share of the questions that are ready within so many milliseconds.",
        ("milliseconds", "share of questions"),
        series,
        (0, longest),
        (0, 1),
        (_round_steps(longest), _TENTHS),
        marks=False,
    )
    body = tuple((f"p{q}", *(f"{np.percentile(v, q):.1f}" for v in found.values())) for q in (5, 25, 50, 75, 90, 95, 99))
    note = f"n = {len(rows)} questions, one after the other; up to p99. Times are of the machine that measured, and fail no comparison."
    return Figure("latency", "How long answers take", note, chart, ("percentile", *(f"{n} (ms)" for n in found)), body)


def robustness(summary: dict) -> Figure | None:
    """Per form of the question how many of the right outcomes stay right."""
    suffix = ".still_right"
    found = {n.removesuffix(suffix): m for n, m in summary["metrics"].items() if n.endswith(suffix) and m}
    if not found:
        return None
    chart = intervals(
        "Robustness",
        "Share of the questions put right that stay right in each other form, with its 95 % interval.",
        "share that stays right",
        ("stays right",),
        [(name.replace("_", " "), [(m["value"], m["low"], m["high"])]) for name, m in found.items()],
        (0, 1),
        _TENTHS,
    )
    counts = summary.get("counts", {})
    body = tuple(
        (name.replace("_", " "), f"{m['value']:.3f}", f"{m['low']:.3f}–{m['high']:.3f}", str(counts.get(name + suffix, {}).get("rows", "")))
        for name, m in found.items()
    )
    note = "Of the questions put right as they are. “order”: the passages found, in another order; “insistence”: the reader keeps asking."
    return Figure("robustness", "The same question put differently", note, chart, ("form", "stays right", "95 %", "n"), body)


def calibration(rows: list[dict]) -> Figure | None:
    """What share of the questions is answerable, beside the probability that the decision gave them."""
    found = curve(rows)
    if not found["bins"]:
        return None
    points = [(b["predicted"], b["observed"]["value"], b["observed"]["low"], b["observed"]["high"]) for b in found["bins"]]
    chart = lines(
        "Calibration",
        "Share of questions that should be answered against the mean probability given to them; dotted is a perfect match.",
        ("probability given", "share that should be answered"),
        [("observed", points)],
        (0, 1),
        (0, 1),
        (_TENTHS, _TENTHS),
        diagonal=True,
    )
    body = tuple((f"{p[0]:.2f}", f"{p[1]:.2f}", f"{p[2]:.2f}–{p[3]:.2f}", str(b["n"])) for p, b in zip(points, found["bins"], strict=True))
    note = (
        f"Calibration error {figure(found['ece'])}; by chance alone a perfect decision would show {figure(found['ece_if_calibrated'])}. "
        f"{found['without_probability']} questions were settled before the decision."
    )
    return Figure("calibration", "Are the decision's probabilities right?", note, chart, ("given", "observed", "95 % (Wilson)", "n"), body)


def coverage(rows: list[dict]) -> Figure | None:
    """What share of the answers is wrong, as more questions are answered."""
    found = curve(rows)["risk_coverage"]
    if not found:
        return None
    chart = lines(
        "Risk and coverage",
        "Share of the answered questions that should not have been, as the threshold falls and more are answered.",
        ("share of questions answered", "share of those wrong"),
        [("risk", [(p["coverage"], p["risk"]["value"]) for p in found])],
        (0, 1),
        (0, 1),
        (_TENTHS, _TENTHS),
        marks=False,
    )
    head = ("threshold", "answered", "wrongly answered", "wrongly refused", "wrong among the answered")
    table = threshold_table(rows, _THRESHOLDS)
    names = ("coverage", "wrongly_answered", "wrongly_refused", "risk")
    body = tuple((f"{line['threshold']:.2f}", *(f"{line[n]['value']:.2f}" if line[n] else "–" for n in names)) for line in table)
    note = "The advisor has thresholds for scope and for the answer apart; this one is on their product."
    return Figure("coverage", "What answering more would cost", note, chart, head, body)


def _round_steps(longest: float) -> Sequence[float]:
    """About five round numbers up to `longest`."""
    size = 10 ** np.floor(np.log10(longest / 5))
    step = next(s * size for s in (1, 2, 5, 10) if longest / (s * size) <= 6)
    return [float(v) for v in np.arange(0, longest + 1e-9, step)]
