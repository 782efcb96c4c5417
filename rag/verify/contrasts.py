"""Words that make a claim stronger than its evidence ("alle", "altijd", a fact of what somebody wants) or its opposite ("stijgt" over
"daalt")."""

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
def _file() -> dict:
    return yaml.safe_load(Path(__file__).with_name("contrasts.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, tuple[re.Pattern[str], re.Pattern[str]]], list[tuple[re.Pattern[str], re.Pattern[str]]]]:
    """Per row of strength what a claim says and what its evidence may say; per pair of opposites both sides."""
    data = _file()
    strength = {name: (_any(said), _any([*said, *data["also"].get(name, [])])) for name, said in data["strength"].items()}
    return strength, [(_any(a), _any(b)) for a, b in data["opposites"]]


def _any(phrases: list[str]) -> re.Pattern[str]:
    """Any of `phrases`; an asterisk in one stands for any letters."""
    patterns = (re.escape(fold(p)).replace(r"\*", r"[^\W\d_]*") for p in phrases)
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


@lru_cache(maxsize=1)
def _stance() -> tuple[re.Pattern[str], ...]:
    """What evidence says of a stance and what a claim may say then; the same of what is not known; and denials."""
    data = _file()
    return (
        _any(data["stance"]),
        _any([*data["stance"], *data["guarded"]]),
        _any(data["unknown"]),
        _any(data["told_unknown"]),
        _any(["geen", "nooit", "niemand", "niets", "niet"]),
    )


def overstated(claim: str, evidence: str) -> list[str]:
    """The rows of strength that `claim` needs and `evidence` has nothing of."""
    claim, evidence = _bare(claim), _bare(evidence)
    if _DENIED_ONLY.search(claim):  # "niet de enige": weaker, not stronger
        claim = _DENIED_ONLY.sub(" ", claim)
    return [name for name, (said, allowed) in _data()[0].items() if said.search(claim) and not allowed.search(evidence)]


def too_certain(claim: str, evidence: str) -> bool:
    """Does `claim` state as a fact what `evidence`, the sentence nearest to it, calls a wish, a plan or an estimate, or deny what it calls
    not found?"""
    stance, guarded, unknown, told_unknown, denial = _stance()
    claim, evidence = fold(claim), fold(evidence)
    if stance.search(evidence) and not guarded.search(claim):
        return True
    return bool(unknown.search(evidence) and denial.search(claim) and not told_unknown.search(claim))


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
