"""JSONL files, read line by line with an error that names the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rag.errors import PpsError

T = TypeVar("T")


def rows(path: Path, made: Callable[[int, dict], T], what: str) -> list[T]:
    """What `made` makes of each line's number and object; blank lines are passed over. `what` names the rows.

    Raises:
        PpsError: the file is missing or holds nothing, or a line is wrong; names the file and line.
    """
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(made(number, json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PpsError(f"{path}, line {number}: {type(error).__name__} {error}") from error
    if not found:
        raise PpsError(f"{path} holds no {what}")
    return found
