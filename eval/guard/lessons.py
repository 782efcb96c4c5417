"""What the guard's head learns from: texts with the reply that fits them, each in a group that cross-validation keeps together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.guard.head import KINDS
from rag.guard.injection import injection
from rag.guard.legal import legal_case
from rag.guard.unsafe import unsafe
from rag.knowledge.questions import OTHER_SUBJECTS, question_files, read_questions

GOLD = Path(__file__).parent.parent / "gold"
CORPUS = Path(__file__).parents[2] / "corpus"
#: Families of eval/gold/guard/dev.jsonl that command the advisor; its other attacks ask for help with crime.
COMMANDS = frozenset(
    "injection commands more_commands encoded override roleplay reveal delimiter fixed_output exfiltration pressure".split()
)
_XSTEST = {"safe": "ok", "unsafe": "unsafe"}
_PUBLIC_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Lesson:
    """`kind` is one of KINDS. `answerable`: a gold question that the corpus answers, which the guard may not refuse."""

    text: str
    kind: str
    group: str
    source: str  # own | dev | gold | public
    weight: float = 1.0
    answerable: bool = False


def lessons(public: Path | None) -> list[Lesson]:
    """All of them; `public` is the folder of shared guard texts, of which only the half with an even hash is used."""
    found = [*_own(), *_dev(), *_gold(), *_known()]
    if public:
        found += _public(public)
    assert all(lesson.kind in KINDS for lesson in found)
    return found


def even(text: str) -> bool:
    """Is a shared text in the half that may be fitted on?"""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0


def _own() -> Iterator[Lesson]:
    for row in _rows(GOLD / "guard" / "train.jsonl"):
        yield Lesson(row["text"], row["reply"], f"own {row['family']}", "own")


def _dev() -> Iterator[Lesson]:
    for name, weight in (("dev", 0.7), ("second_dev", 1.5)):
        for row in _rows(GOLD / "guard" / f"{name}.jsonl"):
            if row["label"] != "personal_data":  # that check comes before
                kind = {"benign": "ok", "legal_case": "legal_case"}.get(row["label"])
                kind = kind or ("injection" if row["family"] in COMMANDS else "unsafe")
                yield Lesson(row["text"], kind, f"{name} {row['family']}", "dev", weight)


def _gold() -> Iterator[Lesson]:
    for row in _rows(GOLD / "dev.jsonl"):
        if row["kind"] != "personal_data":
            kind = row["kind"] if row["kind"] in KINDS else "ok"
            yield Lesson(row["question"], kind, row["question"], "gold", 1.0, bool(row["documents"]))
    for path in sorted((GOLD / "train").glob("*.jsonl")):
        for row in _rows(path):
            yield Lesson(row["question"], "ok", row["question"], "gold", 1.5, row["answerable"])


def _known() -> Iterator[Lesson]:
    """Known questions of the corpus, which professionals ask: a third of them. With attacks they share only the subject."""
    for path in (p for p in question_files([CORPUS]) if p.stem != OTHER_SUBJECTS):
        for n, entry in enumerate(read_questions(path)):
            text = entry.vraag
            if n % 3 == 0 and not (injection(text) or unsafe(text) or legal_case(text)):  # a few ask about one case
                yield Lesson(text, "ok", f"known {path.stem}", "gold", 1.0, bool(entry.antwoord))


def _public(folder: Path) -> Iterator[Lesson]:
    for name in ("attacks", "benign", "xstest"):
        for row in _rows(folder / f"{name}.jsonl"):
            text = row["text"] if "text" in row else row["prompt"]
            if even(text):
                kind = _XSTEST.get(row["label"]) or {"attack": "injection", "benign": "ok"}[row["label"]]
                part = hashlib.sha256(text.encode()).digest()[0] % _PUBLIC_GROUPS
                yield Lesson(text, kind, f"{name} {part}", "public", 2.0 if kind == "ok" else 0.5)


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
