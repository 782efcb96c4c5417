"""One task, from the command line's arguments to the folder of its run."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from eval.runs import Run

#: Fields of rows that hold text of a data set.
TEXTS = {"claim", "text", "premise", "hypothesis", "question", "evidence"}
HERE = Path(__file__).resolve().parent


def measure(task: str, arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Run a task; write its folder where `arguments.out` names one, and go on with what is in it.

    Raises:
        PpsError: it cannot be measured, or the folder holds a run of another make.
    """
    if task == "guard" and arguments.dataset is None:
        arguments.dataset = HERE / "gold" / "guard" / f"{arguments.half}.jsonl"
    out = getattr(arguments, "out", None)
    record = Run(out, restart=getattr(arguments, "restart", False), score_only=getattr(arguments, "score_only", False))
    arguments.record = record
    try:
        summary, rows = import_module(f"eval.{task}.evaluate").run(arguments)
        record.write(summary, [_without_text(n, r) for n, r in enumerate(rows, 1)] if _foreign(arguments, out) else rows)
    finally:
        record.close()
    return summary, rows


def _foreign(arguments: argparse.Namespace, out: Path | None) -> bool:
    """Would texts of somebody else's data set be kept among this project's files?"""
    dataset = getattr(arguments, "dataset", None)
    return bool(dataset and out and HERE not in dataset.resolve().parents and HERE in out.resolve().parents)


def _without_text(number: int, row: dict) -> dict:
    """A row of somebody else's data set: the number of the item in place of its text, which is not ours to keep here."""
    return {"item": number, **{k: v for k, v in row.items() if k not in TEXTS}}
