"""Whether the sources of an embed are still what they were when it was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.embeds.embed import Cited, Embed, fingerprint
from rag.knowledge.documents import status_on
from rag.knowledge.store import PassageStore
from rag.types import Passage


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a source: its passage reads otherwise, its document is gone, or that is no longer in use. `since` is an ISO day;
    `stands` tells whether the quoted words can still be read in the document."""

    cited: Cited
    kind: Literal["gewijzigd", "verdwenen", "vervallen"]
    since: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Freshness:
    """Every change since an embed was published; none means that it is fresh."""

    changes: tuple[Change, ...] = ()

    @property
    def since(self) -> str:
        """The ISO day of the first change; empty where there is none."""
        return min((c.since for c in self.changes), default="")

    def __bool__(self) -> bool:
        return not self.changes


def usable(passage: Passage, day: str) -> bool:
    """Whether answers may lean on `passage` on `day` (ISO)."""
    return status_on(day, passage.status, passage.valid_until) == "actueel"


def freshness_of(embeds: Sequence[Embed], store: PassageStore, today: date | None = None) -> list[Freshness]:
    """The freshness of each embed. Passages are looked up all at once; what is unchanged costs nothing more."""
    day = (today or date.today()).isoformat()
    found = store.passages({c.passage_id for e in embeds for c in e.content.cited})
    return [Freshness(tuple(_changes(e, found, store, day))) for e in embeds]


def _changes(embed: Embed, found: dict[str, Passage], store: PassageStore, day: str) -> Iterable[Change]:
    for cited in embed.content.cited:
        passage = found.get(cited.passage_id)
        if passage and fingerprint(passage) == cited.fingerprint and usable(passage, day):
            continue
        document_id = cited.passage_id.rsplit(".", 1)[0]
        document = store.document(document_id)
        kind = "verdwenen" if document is None else "gewijzigd"
        since = _gone(cited.passage_id, store)
        if passage and not usable(passage, day):
            kind = "vervallen"
            since = passage.valid_until if passage.valid_until and passage.valid_until < day else since
        # An index that was made from nothing knows no earlier days: then it was some day after the embed was published.
        published = embed.published.date().isoformat()
        yield Change(cited, kind, since if since >= published else published, document is not None and _stands(cited, document_id, store))


def _gone(passage_id: str, store: PassageStore) -> str:
    """The day on which the passage last changed; empty where the index does not know."""
    old = store.archived(passage_id)
    return old[1] if old else ""


def _stands(cited: Cited, document_id: str, store: PassageStore) -> bool:
    """Whether every quoted sentence is still somewhere in the document."""
    text = " ".join(" ".join(p.text.split()) for p in store.passages_of(document_id))
    return all(line.removeprefix("- ") in text for line in cited.reference.quote)
