"""What the index holds, in numbers: for the command line and the report page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from rag.knowledge.documents import review_by, status_on
from rag.knowledge.store import PassageStore, StoredDocument

#: Age classes: up to so many days since the last check.
AGES = ((91, "tot 3 maanden"), (182, "3 tot 6 maanden"), (365, "6 tot 12 maanden"), (10**6, "langer dan een jaar"))


@dataclass(frozen=True, slots=True)
class DocumentRow:
    id: str
    title: str
    soort: str
    domein: tuple[str, ...]
    passages: int
    checked: str
    review_by: str
    status: str  # as an answer sees it: actueel, concept, vervallen (also past its last day)
    overdue: bool
    file: str

    def as_dict(self) -> dict:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Stats:
    rows: list[DocumentRow]
    archived: int
    failures: list[tuple[str, str]]
    corpus_version: str
    indexed_at: str

    @property
    def passages(self) -> int:
        return sum(r.passages for r in self.rows)

    def counts(self, field: str) -> dict[str, int]:
        """Documents per value of `soort`, `domein` or `status`, most first."""
        values = (v for r in self.rows for v in (getattr(r, field) if field == "domein" else (getattr(r, field),)))
        return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))

    def ages(self, today: date | None = None) -> dict[str, int]:
        """Documents per class of days since they were last checked, youngest first."""
        found = dict.fromkeys((label for _, label in AGES), 0)
        for row in self.rows:
            days = ((today or date.today()) - date.fromisoformat(row.checked)).days
            found[next(label for limit, label in AGES if days <= limit)] += 1
        return found

    def as_dict(self) -> dict:
        totals = {"documents": len(self.rows), "passages": self.passages, "archived_passages": self.archived}
        groups = {"soort": self.counts("soort"), "domein": self.counts("domein"), "status": self.counts("status"), "age": self.ages()}
        rest = {"corpus_version": self.corpus_version, "indexed_at": self.indexed_at}
        failures = [{"file": name, "message": message} for name, message in self.failures]
        return {**totals, **groups, **rest, "overdue": [r.id for r in self.rows if r.overdue], "failures": failures}


def stats(store: PassageStore, today: date | None = None) -> Stats:
    """Count what the index in `store` holds.

    Raises:
        IndexMissingError: the index is damaged.
    """
    today = today or date.today()
    meta = store.meta()
    if "generation" not in meta:
        return Stats([], 0, [], "", "")
    sizes = store.passages_per_document()
    rows = [_row(d, sizes.get(i, 0), today) for i, d in store.documents().items()]
    failures = [(name, message) for found in store.failures().values() for name, _, message in found]
    return Stats(rows, store.archive_size(), failures, meta.get("corpus_version", ""), meta.get("indexed_at", ""))


def _row(document: StoredDocument, passages: int, today: date) -> DocumentRow:
    meta = document.meta
    checked = meta["laatst_gecontroleerd"]
    explicit = meta.get("controleren_voor")
    due = review_by(date.fromisoformat(checked), date.fromisoformat(explicit) if explicit else None).isoformat()
    status = status_on(today.isoformat(), meta.get("status", "actueel"), meta.get("geldig_tot") or "")
    return DocumentRow(
        document.id,
        document.title,
        meta["soort"],
        tuple(meta["domein"]),
        passages,
        checked,
        due,
        status,
        status == "actueel" and due < today.isoformat(),
        document.path.replace("\\", "/").rsplit("/", 1)[-1],
    )
