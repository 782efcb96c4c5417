"""Texts for the guard, as JSONL in any of four forms: labelled texts, XSTest prompts, texts with personal data marked, BSN numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.jsonl import rows

LABELS = ("attack", "benign", "personal_data", "legal_case")
_XSTEST = {"safe": "benign", "unsafe": "attack"}


@dataclass(frozen=True)
class Marked:
    """Personal data in a text: `start` and `end` count its characters. A text without marks is one piece as a whole."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class GuardText:
    text: str
    label: str  # one of LABELS
    source: str = ""
    marked: tuple[Marked, ...] = ()


@dataclass(frozen=True)
class GuardDataset:
    name: str
    texts: list[GuardText]


def load(path: Path) -> GuardDataset:
    """The texts in `path`.

    Raises:
        PpsError: the file is missing or empty, or a line is wrong; names the file and line.
    """
    return GuardDataset(path.stem, rows(path, lambda _, row: _text(row), "texts"))


def _text(row: dict) -> GuardText:
    text = row["text"] if "text" in row else row["prompt"]
    source = str(row.get("source") or row.get("family") or row.get("type") or "")
    if "valid" in row:
        marked = (Marked("BSN", 0, len(text)),) if row["valid"] else ()
        return GuardText(text, "personal_data" if row["valid"] else "benign", "bsn", marked)
    if "spans" in row:
        marked = tuple(Marked(s["label"], s["start"], s["end"]) for s in row["spans"])
        return GuardText(text, "personal_data" if marked else "benign", source or "spans", marked)
    label = _XSTEST.get(row["label"], row["label"])
    if label not in LABELS:
        raise ValueError(f"label {label!r} is none of {', '.join(LABELS)}, safe and unsafe")
    marked = (Marked(row["family"], 0, len(text)),) if label == "personal_data" and row.get("family") else ()
    return GuardText(text, label, source, marked)
