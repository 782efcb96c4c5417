"""The accessibility statement as data: static/toegankelijkheid.yml, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from rag.errors import DocumentError

STATEMENT = Path(__file__).parent / "static" / "toegankelijkheid.yml"
#: What may be said of a part of the website at one criterion, with the words for it.
VERDICTS = {"ja": "Voldoet", "nee": "Voldoet niet", "nvt": "Niet van toepassing", "?": "Nog niet beoordeeld"}
PARTS = {"paginas": "Pagina’s", "chat": "Chat", "advies": "Advieshulpen"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A success criterion of WCAG 2.2 and the verdict per part of the website (keys of PARTS and VERDICTS)."""

    number: str
    name: str
    level: str
    verdicts: dict[str, str]
    remark: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`checks` tells how each part was looked at; `principles` holds the criteria under the heading they belong to."""

    assessed: str
    checks: tuple[dict[str, str], ...]
    not_done: tuple[str, ...]
    principles: dict[str, tuple[Criterion, ...]]

    @property
    def criteria(self) -> list[Criterion]:
        return [c for group in self.principles.values() for c in group]

    def counts(self, part: str) -> dict[str, int]:
        """Criteria per verdict on a part, for every verdict."""
        found = [c.verdicts[part] for c in self.criteria]
        return {verdict: found.count(verdict) for verdict in VERDICTS}

    @property
    def failing(self) -> list[Criterion]:
        """What some part does not meet."""
        return [c for c in self.criteria if "nee" in c.verdicts.values()]


@lru_cache(maxsize=1)
def statement(path: Path = STATEMENT) -> Statement:
    """The statement in `path`.

    Raises:
        DocumentError: a criterion lacks something or has a verdict that does not exist; names it.
    """
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    principles = {heading: tuple(_criterion(entry, path) for entry in entries) for heading, entries in data["criteria"].items()}
    return Statement(str(data["beoordeeld"]), tuple(data["nagekeken"]), tuple(data["niet_gedaan"]), principles)


def _criterion(entry: dict[str, Any], path: Path) -> Criterion:
    number = str(entry.get("nr", "?"))
    missing = [key for key in ("nr", "naam", "niveau", *PARTS) if key not in entry]
    if missing:
        raise DocumentError(f"{path.name}, criterium {number}: {', '.join(missing)} ontbreekt")
    verdicts = {part: str(entry[part]) for part in PARTS}
    wrong = [v for v in verdicts.values() if v not in VERDICTS]
    if wrong:
        raise DocumentError(f"{path.name}, criterium {number}: “{wrong[0]}” bestaat niet; kies uit {', '.join(VERDICTS)}")
    if "nee" in verdicts.values() and not entry.get("opmerking"):
        raise DocumentError(f"{path.name}, criterium {number}: schrijf in een opmerking wat niet voldoet")
    return Criterion(number, entry["naam"], entry["niveau"], verdicts, entry.get("opmerking", ""))
