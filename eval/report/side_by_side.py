"""The plot of the advisor beside the plain recipe: of this run where it asked both, else of the run that is kept."""

from __future__ import annotations

from pathlib import Path

from eval import run_files
from eval.judges import RESULTS
from eval.report.figures import Figure
from eval.report.intervals import intervals

KEPT = RESULTS / "side-by-side"
_TENTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)


def side_by_side(own: dict | None, kept: Path = KEPT) -> Figure | None:
    """The figure of a summary of `python -m eval recipe`: that of this run, or the one in `kept`; None where there is neither."""
    from eval.recipe.show import SHARES, SYSTEMS, TIMES, seconds, share  # late: it loads LangChain

    if own is None and not (kept / run_files.SUMMARY).is_file():
        return None
    summary = own or run_files.read_summary(kept)
    systems = {system: label for system, label in SYSTEMS.items() if system in summary["systems"]}

    def value(system: str, name: str) -> tuple[float, float, float] | None:
        m = summary["systems"][system].get(name)
        return (m["value"], m["low"], m["high"]) if m else None

    chart = intervals(
        "Side by side",
        "Each metric of the advisor without and with a language model, and of the plain LangChain recipe, with its 95 % interval.",
        "share",
        tuple(systems.values()),
        [(line.label, [value(system, line.metric) for system in systems]) for line in SHARES],
        (0, 1),
        _TENTHS,
    )
    body = [(f"{line.label} ({line.better} is better)", *(share(summary, s, line.metric) for s in systems)) for line in SHARES]
    body += [(line.label, *(seconds(summary, s, line.metric) for s in systems)) for line in TIMES]
    when = "Of this run" if own else "Of an earlier run, with other answers than this page (how to read it: eval/results/side-by-side)"
    asked = f"{summary['n']} questions, language model {summary['parameters']['model']}"
    note = f"{when}. {asked}; n is values: sentences, citations or questions."
    return Figure("side-by-side", "Beside the plain LangChain recipe", note, chart, ("metric", *systems.values()), tuple(body))
