"""Words that make a claim stronger than its evidence ("alle", "altijd", "alleen") or its opposite ("stijgt" over "daalt")."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from rag.language.words import fold

_DENIED_ONLY = re.compile(
    r"\b(?:niet|geen) (?:de |het |als de )*(?:enige|alleen|alle|altijd|elke|iedere|volledig|automatisch|vanzelf|bewezen)\b"
)


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, tuple[re.Pattern[str], re.Pattern[str]]], list[tuple[re.Pattern[str], re.Pattern[str]]]]:
    """Per row of strength what a claim says and what its evidence may say; per pair of opposites both sides."""
    data = yaml.safe_load(Path(__file__).with_name("contrasts.yml").read_text(encoding="utf-8"))
    strength = {name: (_any(said), _any([*said, *data["also"].get(name, [])])) for name, said in data["strength"].items()}
    return strength, [(_any(a), _any(b)) for a, b in data["opposites"]]


def _any(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(fold(p)) for p in phrases)})\b")


def overstated(claim: str, evidence: str) -> list[str]:
    """The rows of strength that `claim` needs and `evidence` has nothing of."""
    claim, evidence = _bare(claim), _bare(evidence)
    if _DENIED_ONLY.search(claim):  # "niet de enige": weaker, not stronger
        claim = _DENIED_ONLY.sub(" ", claim)
    return [name for name, (said, allowed) in _data()[0].items() if said.search(claim) and not allowed.search(evidence)]


def turned_round(claim: str, evidence: str) -> bool:
    """Does `claim` say one side of a pair of opposites where `evidence` says only the other?"""
    claim, evidence = _bare(claim), _bare(evidence)
    return any(_only(a, b, claim) and _only(b, a, evidence) or _only(b, a, claim) and _only(a, b, evidence) for a, b in _data()[1])


def _only(held: re.Pattern[str], absent: re.Pattern[str], text: str) -> bool:
    return bool(held.search(text)) and not absent.search(text)


def _bare(text: str) -> str:
    """Without the uses that say something else: "niet alleen", "meer dan", "niet meer", "onder meer"."""
    return re.sub(
        r"\b(?:niet alleen|niet enkel|onder meer|niet meer|niet langer|ten eerste|eerste lid|in het geheel|not only)\b", " ", fold(text)
    )
