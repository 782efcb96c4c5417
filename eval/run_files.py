"""The files of a run. What takes time stands apart from what is found, so that two runs of the same thing are the same files.

run.json       what was measured, with what: parameters, versions, fingerprints, the data set and its SHA-256
rows.jsonl     one row a question (or claim, text, ranking)
summary.json   the metrics; written last, so where it stands the run is whole
times.jsonl    milliseconds of the rows, and times.json those of the summary: all that may differ between two equal runs
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from rag.errors import PpsError

ABOUT, ROWS, SUMMARY, ROW_TIMES, TIMES = "run.json", "rows.jsonl", "summary.json", "times.jsonl", "times.json"
#: What is on disk while a run goes on: measured items, and scored rows.
GENERATED, SCORED, LOCK = "generated.jsonl", "scored.jsonl", ".lock"
ALL = (ABOUT, ROWS, SUMMARY, ROW_TIMES, TIMES, GENERATED, SCORED)


def is_time(key: str) -> bool:
    return key == "ms" or key.endswith("_ms")


def without_times(data: dict) -> tuple[dict, dict]:
    """What of `data` is not a time, and what is, at any depth."""
    kept: dict = {}
    times: dict = {}
    for key, value in data.items():
        if is_time(key):
            times[key] = value
        elif isinstance(value, dict):
            kept[key], inner = without_times(value)
            if inner:
                times[key] = inner
        else:
            kept[key] = value
    return kept, times


def with_times(data: dict, times: dict) -> dict:
    """The inverse of `without_times`."""
    merged = dict(data)
    for key, value in times.items():
        within = merged.get(key)
        merged[key] = with_times(within, value) if isinstance(within, dict) and isinstance(value, dict) else value
    return merged


def write(folder: Path, about: dict, summary: dict, rows: list[dict]) -> None:
    """All files of a finished run; none for rows where there are no rows."""
    folder.mkdir(parents=True, exist_ok=True)
    kept, times = zip(*map(without_times, rows), strict=True) if rows else ((), ())
    found, summary_times = without_times(summary)
    replace(folder / ABOUT, _json(about))
    timed = "".join(_line({"row": n, **t}) for n, t in enumerate(times, 1) if t)
    lines_of = "".join(_line(row) for row in kept)
    for name, text in ((ROWS, lines_of), (ROW_TIMES, timed), (TIMES, _json(summary_times) if summary_times else "")):
        if text:
            replace(folder / name, text)
        else:
            (folder / name).unlink(missing_ok=True)
    replace(folder / SUMMARY, _json(found))


def read_about(folder: Path) -> dict | None:
    """What run.json says; None where there is none (runs of before there was one)."""
    return _read(folder / ABOUT) if (folder / ABOUT).is_file() else None


def read_summary(folder: Path) -> dict:
    """The summary of a run, its times included.

    Raises:
        PpsError: the folder holds no finished run, or the file is damaged.
    """
    if not (folder / SUMMARY).is_file():
        hint = "it was broken off; call it again to go on" if (folder / ABOUT).is_file() else "is this the folder of a run?"
        raise PpsError(f"{folder} holds no {SUMMARY}: {hint}")
    times = _read(folder / TIMES) if (folder / TIMES).is_file() else {}
    return with_times(_read(folder / SUMMARY), times)


def read_rows(folder: Path) -> list[dict]:
    """The rows of a run, their times included.

    Raises:
        PpsError: there are none, or a line is damaged.
    """
    rows = [row for _, row in lines(folder / ROWS)]
    if (folder / ROW_TIMES).is_file():
        for number, times in lines(folder / ROW_TIMES):
            at = times.pop("row", 0)
            if not 1 <= at <= len(rows):
                raise PpsError(f"{folder / ROW_TIMES}, line {number}: there is no row {at}")
            rows[at - 1] = with_times(rows[at - 1], times)
    return rows


def lines(path: Path) -> list[tuple[int, dict]]:
    """Line number and object of every line of a JSONL file.

    Raises:
        PpsError: the file is missing, or a line is no JSON object; names it.
    """
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise PpsError(f"{path}, line {number} is damaged: {error}") from error
        if not isinstance(row, dict):
            raise PpsError(f"{path}, line {number} is no JSON object")
        found.append((number, row))
    return found


def cut_torn_line(path: Path) -> None:
    """Take off a last line that a killed process did not finish."""
    if not path.is_file():
        return
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        with path.open("r+b") as stream:
            stream.truncate(whole)


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    scratch = path.with_name(f"{path.name}.tmp")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)


def _read(path: Path) -> dict:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PpsError(f"{path} is damaged: {error}") from error
    if not isinstance(data, dict):
        raise PpsError(f"{path} is no JSON object")
    return data


def _line(row: dict) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"


def _json(data: Any) -> str:  # noqa: ANN401 - anything that JSON holds
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
