"""Reads a run of all tasks and puts together what its page shows."""

from __future__ import annotations

from pathlib import Path

from eval import run_files
from eval.report import figures, worst
from eval.report.headlines import HEADLINES
from eval.report.passages import texts_of
from eval.report.side_by_side import side_by_side
from eval.report.templates import environment
from rag.errors import PpsError


def page(folder: Path) -> str:
    """The page of the run in `folder`.

    Raises:
        PpsError: the folder holds no finished run of all.
    """
    summary = run_files.read_summary(folder)
    if summary["task"] != "all":
        raise PpsError(f"{folder} holds a run of {summary['task']}; a report is made of a run of all")
    summaries = {p.parent.name: run_files.read_summary(p.parent) for p in sorted(folder.glob(f"*/{run_files.SUMMARY}"))}
    rows = {name: run_files.read_rows(folder / name) for name in summaries if (folder / name / run_files.ROWS).is_file()}
    usable = {name: [r for r in found if not r.get("failed")] for name, found in rows.items()}
    cases = worst.worst(rows.get("answers", []))
    ids = [p["passage_id"] for _, _, found in cases for case in found for p in case.row["passages"]]
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            summary=summary,
            about=run_files.read_about(folder) or {},
            summaries=summaries,
            headlines=_headlines(summaries),
            judge=_judge(summaries),
            figures=[*figures.of(usable, summaries), *filter(None, [side_by_side(summaries.get("recipe"))])],
            cases=cases,
            failed={name: worst.failed(found) for name, found in rows.items() if worst.failed(found)},
            followups=worst.followups(rows.get("followups", [])),
            guard=worst.guard(rows.get("guard", [])),
            robustness=worst.robustness(rows.get("robustness", [])),
            texts=texts_of(ids, summaries.get("answers", {}).get("parameters", {}).get("corpus_version")),
        )
    )


def _headlines(summaries: dict[str, dict]) -> list[dict]:
    """A line per figure that this run has, undefined ones with their reason."""
    found = []
    for line in HEADLINES:
        summary = summaries.get(line.task, {})
        known, metric = line.metric(summary)
        if known:
            counts, why = line.counts(summary), summary.get("reasons", {}).get(line.name, "")
            found.append({"line": line, "metric": metric, "counts": counts, "why": why})
    return found


def _judge(summaries: dict[str, dict]) -> dict | None:
    """The judge of the answers, with its error on labelled sets as measured before and on the Dutch set as measured in this run."""
    answers = summaries.get("answers", {})
    parameters = answers.get("parameters", {})
    if "judge" not in parameters:
        return None
    known = parameters["judge_error"]
    sets = [s | {"when": "before" if known["same_version"] else "before, another version of the judge"} for s in known["sets"]]
    dutch = summaries.get("verifier")
    if dutch and dutch["parameters"].get("fingerprint") == parameters["judge_fingerprint"]:
        names = ("balanced_accuracy", "false_accept", "false_reject")
        own = {"dataset": dutch["dataset"], "n": dutch["n"], "when": "in this run", **{n: dutch["metrics"].get(n) for n in names}}
        sets = [own, *(s for s in sets if s["dataset"] != dutch["dataset"])]
    told = {
        "name": parameters["judge"],
        "fingerprint": parameters["judge_fingerprint"],
        "sets": sets,
        "unknown": known["reasons"].get("sets", ""),
    }
    return told | {"corrected": answers["corrected"]}
