"""The embeds of one advisor: kept in the database, found by their signed ids, held against its index."""

from __future__ import annotations

from dataclasses import dataclass

from rag.advisor import Advisor
from rag.embeds.embed import Embed
from rag.embeds.freshness import Freshness, freshness_of
from rag.embeds.signing import Signer
from rag.errors import IndexMissingError
from rag.knowledge.store import PassageStore
from rag.settings import Settings
from rag.store.database import Database
from rag.store.embeds import EmbedStore


@dataclass(frozen=True, slots=True)
class Shelf:
    """What pages for readers and pages for editors share."""

    settings: Settings
    store: EmbedStore
    signer: Signer
    passages: PassageStore

    @classmethod
    def of(cls, advisor: Advisor, database: Database) -> Shelf:
        settings = advisor.settings
        return cls(settings, EmbedStore(database), Signer(settings), advisor.searcher.store)

    def find(self, public: str) -> Embed | None:
        """The embed with this public id, withdrawn or not. An id that was not signed here asks nothing of the database."""
        embed_id = self.signer.opened(public)
        return self.store.get(embed_id) if embed_id else None

    def fresh(self, embed: Embed) -> Freshness:
        """Whether its sources are as they were. Raises IndexMissingError when that cannot be told."""
        return self.all_fresh([embed])[0]

    def all_fresh(self, embeds: list[Embed]) -> list[Freshness]:
        if not self.passages.meta():
            raise IndexMissingError("De bronnen zijn nu niet te bereiken. Probeer het later opnieuw of vraag uw beheerder.")
        return freshness_of(embeds, self.passages)
