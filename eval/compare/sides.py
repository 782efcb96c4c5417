"""What a reader sees of a question in two runs: what was asked, and what came in each. Answers have a layout of their own in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eval.run_files import is_time

#: What a line says of a row: a value, or several.
Told = Callable[[dict], object]
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Side:
    """A line with what it says in A and in B, as lists of texts."""

    label: str
    a: list[str]
    b: list[str]

    @property
    def same(self) -> bool:
        return self.a == self.b


def _field(name: str) -> Told:
    return lambda row: row.get(name)


def _inside(*names: str) -> Told:
    def told(row: dict) -> object:
        found: object = row
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return told


def _marked(documents: Told, right: Told) -> Told:
    """Documents in their order, the right ones marked."""

    def told(row: dict) -> list[str]:
        wanted = set(right(row) or ())  # type: ignore[call-overload]
        return [f"{d} (right)" if d in wanted else d for d in documents(row) or ()]  # type: ignore[attr-defined]

    return told


def _supported(name: str) -> Told:
    return lambda row: "supported" if row.get(name) else "not supported"


def _points(row: dict) -> list[str]:
    held = row.get("covered") or [False] * len(row.get("key_points", ()))
    return [f"{point}: {'held' if yes else 'missing'}" for point, yes in zip(row.get("key_points", ()), held, strict=False)]


#: Task → what was asked, the same in both runs, and what came.
_ASKED: dict[str, dict[str, Told]] = {
    "followups": {"by hand": _field("by_hand"), "right documents": _field("documents")},
    "guard": {"label": _field("label"), "source": _field("source")},
    "verifier": {"label": _supported("supported"), "kind": _field("kind"), "document": _field("document")},
    "retrieval": {"ranker": _field("system"), "right documents": lambda r: list(r.get("relevant", ()))},
    "robustness": {"form": _field("perturbation"), "asked": _field("text"), "expected": _field("expected_status")},
    "calibration": {"must be answered": _field("right")},
}
_CAME: dict[str, dict[str, Told]] = {
    "followups": {
        "rewritten as": _field("standalone"),
        "found": _marked(_inside("found", "rewritten"), _field("documents")),
        "found as typed": _marked(_inside("found", "as_typed"), _field("documents")),
        "recall": _inside("recall", "rewritten"),
    },
    "guard": {"verdict": _field("verdict"), "status": _field("status"), "personal data": _field("found")},
    "verifier": {"says": _supported("judged"), "support": _field("support"), "problems": _field("problems")},
    "retrieval": {
        "found": _marked(lambda r: r.get("ranking", [])[:_DEPTH], lambda r: r.get("relevant", ())),
        "nDCG@10": _field("ndcg@10"),
        "recall@5": _field("recall@5"),
    },
    "robustness": {
        "as it is": _inside("original", "status"),
        "in this form": _inside("perturbed", "status"),
        "answer in this form": _inside("perturbed", "sentences"),
        "key points": _points,
        "documents": _inside("perturbed", "found"),
    },
    "calibration": {"probability": _field("probability"), "answered": _field("answered")},
}


def asked(task: str, row: dict) -> list[tuple[str, list[str]]]:
    """What a question was, beside its text: name and texts of each line that says something."""
    return [(label, texts) for label, told in _ASKED.get(task, {}).items() if (texts := _texts(told(row)))]


def sides(task: str, a: dict, b: dict) -> list[Side]:
    """What came of a question in either run. Of a task without lines of its own, every field that differs. A measurement that failed
    says why, and nothing else."""
    lines = _CAME.get(task) or {k: _field(k) for k in dict.fromkeys([*a, *b]) if a.get(k) != b.get(k) and not is_time(k)}
    found = [Side(label, *(_texts(told(row)) if not row.get("failed") else [] for row in (a, b))) for label, told in lines.items()]
    why = Side("failed", *(_texts(row.get("failed")) for row in (a, b)))
    return [side for side in (why, *found) if side.a or side.b]


def _texts(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [f"{value:.3f}" if isinstance(value, float) else str(value)]
