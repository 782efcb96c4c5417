"""One HTML file with what a run of all tasks found: figures, plots with their tables, and the worst cases to read."""

from __future__ import annotations

import argparse
from pathlib import Path

FILE = "report.html"


def write(folder: Path) -> Path:
    """Write report.html of the run in `folder`. It needs nothing outside itself: no script, no request.

    Raises:
        PpsError: the folder holds no finished run of all.
    """
    from eval.report.build import page

    path = folder / FILE
    path.write_text(page(folder), encoding="utf-8")
    return path


def command(arguments: argparse.Namespace) -> int:
    """python -m eval report FOLDER"""
    print(write(arguments.folder))
    return 0
