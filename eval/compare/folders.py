"""Pairs the rows of two run folders, of one task or of all, and puts together what their comparison says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from eval import derived, run_files
from eval.abstention.decision import CALIBRATION
from eval.compare.asked import questions
from eval.compare.changes import changes
from eval.compare.significance import GONE, WORSE, difference
from eval.measures import Measure
from eval.row_keys import differences, distinct, row_key
from rag.errors import PpsError

#: Of several systems in one run, those that are the product's own: only they are gated.
OWN_SYSTEMS = ("default", "advisor")
_DERIVED = {"calibration": CALIBRATION, "latency": derived.LATENCY}


def compare(a: Path, b: Path, *, anyway: bool = False) -> dict:
    """{"task", "a", "b", "tasks": {task: …}, "notes", "reasons"}; with `reasons` empty the later run may pass.

    Raises:
        PpsError: a folder holds no finished run, the runs are of different tasks, or (without `anyway`) of different data sets.
    """
    summaries = run_files.read_summary(a), run_files.read_summary(b)
    names = tuple(s["task"] for s in summaries)
    if names[0] != names[1]:
        raise PpsError(f"{a} is a run of {names[0]} and {b} of {names[1]}: only runs of the same task can be compared")
    pairs, notes, reasons = {names[0]: (a, b)}, [], []
    if names[0] == "all":
        tasks = [{p.parent.name for p in folder.glob(f"*/{run_files.SUMMARY}")} for folder in (a, b)]
        pairs = {task: (a / task, b / task) for task in sorted(tasks[0] & tasks[1])}
        reasons += [f"{task}: measured in {a}, missing in {b}" for task in sorted(tasks[0] - tasks[1])]
        notes += [f"{task}: only in {b}" for task in sorted(tasks[1] - tasks[0])]
        reasons += [
            f"{task} failed in {f}: {why}" for f, s in ((a, summaries[0]), (b, summaries[1])) for task, why in s["failed_tasks"].items()
        ]
    if not anyway:
        _same_data(pairs)
    found = {task: _task(task, *folders) for task, folders in pairs.items()}
    for task, one in found.items():
        reasons += [f"{task}: {reason}" for reason in one["reasons"]]
    return {"task": names[0], "a": a.name, "b": b.name, "tasks": found, "notes": notes, "reasons": reasons}


def _same_data(pairs: dict[str, tuple[Path, Path]]) -> None:
    other = []
    for task, folders in pairs.items():
        one, two = ((s["dataset"], s.get("dataset_sha256")) for s in map(run_files.read_summary, folders))
        if one[1] is None or two[1] is None:
            other.append(f"{task}: a run of before data sets were told apart")
        elif one[1] != two[1]:
            other.append(f"{task}: {one[0]} (SHA-256 {one[1][:12]}…) and {two[0]} ({two[1][:12]}…)")
    if other:
        raise PpsError(
            "The two runs asked different data, so a difference says nothing of the advisor. "
            f"{'; '.join(other)}. Measure anew (make eval-baseline for the baseline), or compare all the same with --anyway"
        )


def _task(task: str, a: Path, b: Path) -> dict:
    """The comparison of one task."""
    summaries = run_files.read_summary(a), run_files.read_summary(b)
    keyed = [keyed_rows(folder) for folder in (a, b)]
    keys = [k for k in keyed[0] if k in keyed[1]]
    missing, extra = ([k for k in keyed[n] if k not in keyed[1 - n]] for n in (0, 1))
    pairs = [(keyed[0][k], keyed[1][k]) for k in keys]
    usable = [(x, y) for x, y in pairs if not x.get("failed") and not y.get("failed")]
    failed = [sum(bool(row.get("failed")) for row in rows.values()) for rows in keyed]
    measures = measures_of(task, [x for x, _ in usable])
    try:
        metrics = {m.name: d for m in measures if (d := difference(m, [x for x, _ in usable], [y for _, y in usable]))}
    except KeyError as error:
        raise PpsError(f"{a} or {b}: a row has no {error}. Is a file of the run missing, or is it a run of an earlier version?") from error
    reasons = [
        f"{name} {'got significantly worse' if d['verdict'] == WORSE else 'is no longer defined'}"
        for name, d in metrics.items()
        if d["gate"] and d["verdict"] in (WORSE, GONE)
    ]
    if missing:
        reasons.append(f"{len(missing)} of {len(keyed[0])} rows are missing ({_few(missing)})")
    reasons += [f"{n} measurements failed in run {name}" for n, name in zip(failed, "AB", strict=True) if n]
    about = [run_files.read_about(folder) or {} for folder in (a, b)]
    made = differences(*({k: v for k, v in one.items() if k in ("parameters", "scoring", "versions", "code")} for one in about))
    # A metric that one run has nowhere, as of before it was measured, would call every question changed.
    both = [m for m in measures if metrics.get(m.name, {}).get("difference")]
    words = questions(summaries[0]["dataset"], summaries[0].get("dataset_sha256"))
    return {
        "dataset": [s["dataset"] for s in summaries],
        "n": len(usable),
        "missing": missing,
        "extra": extra,
        "failed": failed,
        "made_otherwise": [{"what": name, "a": x, "b": y} for name, x, y in made],
        "metrics": metrics,
        "changes": changes(keys, [x for x, _ in pairs], [y for _, y in pairs], both, words),
        "reasons": reasons,
    }


def measures_of(task: str, rows: Sequence[dict]) -> tuple[Measure, ...]:
    """The measures of a task; of a run of several systems, each measure per system, named system.metric.

    Raises:
        PpsError: runs of this task cannot be compared.
    """
    where = next((m for m in (f"eval.{task}.measures", f"eval.{task}.evaluate") if task not in _DERIVED and find_spec(m)), None)
    found = getattr(import_module(where), "MEASURES", None) if where else _DERIVED.get(task)
    if found is None:
        raise PpsError(f"runs of {task} measure the machine as much as the advisor, and are not compared")
    systems = list(dict.fromkeys(row["system"] for row in rows if "system" in row))
    return tuple(_of_system(m, s) for s in systems for m in found) if systems else found


def _of_system(measure: Measure, system: str) -> Measure:
    values = measure.values
    gate = measure.gate and system in OWN_SYSTEMS
    return replace(measure, name=f"{system}.{measure.name}", values=lambda row: values(row) if row["system"] == system else (), gate=gate)


def keyed_rows(folder: Path) -> dict[str, dict]:
    """The rows of a run by what they are known by in another run of the same data."""
    rows = run_files.read_rows(folder)
    return dict(zip(distinct([row_key(row) for row in rows]), rows, strict=True))


def _few(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")
