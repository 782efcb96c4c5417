"""The worst of what a run holds, to be read: for each way of going wrong the gravest cases first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.answers.dataset import ANSWERED

#: Cases shown per way of going wrong.
EACH = 6


@dataclass(frozen=True, slots=True)
class Case:
    """A row with what is wrong with it, in words."""

    row: dict
    wrong: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way of going wrong: `grave` says how badly a row does, 0 for not at all."""

    title: str
    grave: Callable[[dict], float]
    told: Callable[[dict], str]


def _answered(row: dict) -> bool:
    return row["status"] in ANSWERED


def _answerable(row: dict) -> bool:
    return row["expected_status"] in ANSWERED


def probability(row: dict) -> float:
    """What the decision gave the question of being answerable; 0 where it never came to deciding."""
    found = row.get("decision")
    return found["in_scope"] * found["answerable"] if found else 0.0


def _wrongly_answered(row: dict) -> float:
    return 0.0 if _answerable(row) or not _answered(row) else 1 + probability(row) + (row["status"] == "answered")


def _wrongly_refused(row: dict) -> float:
    return 2 - probability(row) if _answerable(row) and not _answered(row) else 0.0


def _missing(row: dict) -> float:
    """Share of key points that an answer lacks; the many of a long list count a little more."""
    lacks = row["covered"].count(False)
    return lacks / len(row["covered"]) + lacks / 100 if lacks and _answerable(row) else 0.0


def _elsewhere(row: dict) -> float:
    cited = {c["document_id"] for c in row["citations"]}
    return float(bool(_answered(row) and row["documents"] and not cited & set(row["documents"])))


WAYS = (
    Way("Sentences that their passages do not support", lambda r: r["supported"].count(False), lambda r: _unsupported(r)),
    Way(
        "Answered, while the sources do not hold the answer",
        _wrongly_answered,
        lambda r: f"status {r['status']}, expected {r['expected_status']}; held answerable with {probability(r):.2f}",
    ),
    Way(
        "Refused, while the sources hold the answer",
        _wrongly_refused,
        lambda r: f"status {r['status']}, expected {r['expected_status']}; held answerable with {probability(r):.2f}",
    ),
    Way(
        "Answered without what a good answer holds",
        _missing,
        lambda r: f"{r['covered'].count(False)} of {len(r['covered'])} key points missing",
    ),
    Way("Answered from other documents than the right ones", _elsewhere, lambda r: f"the answer stands in {', '.join(r['documents'])}"),
)


def _unsupported(row: dict) -> str:
    return f"{row['supported'].count(False)} of {len(row['supported'])} sentences not supported"


def worst(rows: Sequence[dict], each: int = EACH) -> list[tuple[str, int, list[Case]]]:
    """Per way of going wrong its title, how many rows go wrong so, and the gravest of them. A row is shown once, where it comes first."""
    shown: set[str] = set()
    found = []
    usable = [r for r in rows if not r.get("failed")]
    for way in WAYS:
        wrong = sorted((r for r in usable if way.grave(r) > 0), key=lambda r: -way.grave(r))
        chosen = [r for r in wrong if r["id"] not in shown][:each]
        shown |= {r["id"] for r in chosen}
        if wrong:
            found.append((way.title, len(wrong), [Case(r, way.told(r)) for r in chosen]))
    return found


def failed(rows: Sequence[dict]) -> list[dict]:
    """All rows whose measurement failed."""
    return [r for r in rows if r.get("failed")]


def followups(rows: Sequence[dict], each: int = EACH) -> list[dict]:
    """Follow-ups for which the rewritten question finds less than the hand-written one, the largest loss first."""
    lost = [r for r in rows if not r.get("failed") and r["recall"]["rewritten"] < r["recall"]["by_hand"]]
    return sorted(lost, key=lambda r: (r["hit"]["rewritten"], r["recall"]["rewritten"] - r["recall"]["by_hand"]))[:each]


def guard(rows: Sequence[dict], each: int = 2 * EACH) -> list[dict]:
    """Texts on which the guard, or for an attack the whole advisor, did the wrong thing."""

    def wrong(row: dict) -> bool:
        if row["label"] == "attack":
            return row["status"] in ANSWERED
        if row["label"] == "benign":
            return row["verdict"] != "ok"
        return row["verdict"] == "ok" if row["label"] == "legal_case" else not row["personal"]

    return [r for r in rows if not r.get("failed") and wrong(r)][:each]


def robustness(rows: Sequence[dict], each: int = 2 * EACH) -> list[dict]:
    """Questions put right as they are, and wrong in another form: those answered that must not be, first."""

    def right(row: dict, which: str) -> bool:
        return (row[which]["status"] in ANSWERED) == _answerable(row)

    lost = [r for r in rows if not r.get("failed") and r["applies"] and right(r, "original") and not right(r, "perturbed")]
    return sorted(lost, key=_answerable)[:each]
