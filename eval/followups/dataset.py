"""Dialogues: each turn as typed, as a question that stands alone, and the documents that hold its answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.jsonl import rows

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
        PpsError: the file is missing or empty, or a line is wrong; names the file and line.
    """
    return rows(path, _dialogue, "dialogues")


def _dialogue(_: int, row: dict) -> Dialogue:
    lists = row["turns"], row["standalone"], row["documents"]
    if len({len(x) for x in lists}) != 1:
        raise ValueError("turns, standalone and documents differ in length")
    return Dialogue(row["id"], row.get("kind", ""), tuple(lists[0]), tuple(lists[1]), tuple(map(tuple, lists[2])))
