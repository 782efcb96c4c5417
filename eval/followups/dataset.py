"""Dialogues: each turn as typed, as a question that stands alone, and the documents that hold its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from rag.errors import PpsError

GOLD = Path(__file__).resolve().parent.parent / "gold"


@dataclass(frozen=True, slots=True)
class Dialogue:
    id: str
    kind: str
    turns: tuple[str, ...]
    standalone: tuple[str, ...]
    documents: tuple[tuple[str, ...], ...]


def load(path: Path) -> list[Dialogue]:
    """The dialogues of a JSONL file.

    Raises:
        PpsError: the file is missing or a line is wrong; names the line.
    """
    if not path.is_file():
        raise PpsError(f"{path} does not exist")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            lists = row["turns"], row["standalone"], row["documents"]
            if len({len(x) for x in lists}) != 1:
                raise ValueError("turns, standalone and documents differ in length")
            found.append(Dialogue(row["id"], row.get("kind", ""), tuple(lists[0]), tuple(lists[1]), tuple(map(tuple, lists[2]))))
        except (ValueError, KeyError, TypeError) as error:
            raise PpsError(f"{path}, line {number}: {type(error).__name__} {error}") from error
    return found
