"""The embeds of one database: published, published anew, withdrawn, erased; each act with its line in the trail of editors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rag.embeds.embed import Content, Embed
from rag.errors import PpsError
from rag.store.audit import Act, Actor, write
from rag.store.database import Database
from rag.store.tables import EmbedRow

#: Most embeds that one list holds.
MOST = 2000


class ChangedMeanwhileError(PpsError):
    """Somebody else published, withdrew or erased the embed after this page of it was made."""

    def __init__(self) -> None:
        super().__init__("Dit ingesloten antwoord is intussen door iemand anders gewijzigd of gewist. Open het opnieuw via de lijst.")


class EmbedStore:
    """Reading makes no database. Errors of every method: PpsError when the database cannot be reached."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def publish(self, embed: Embed, actor: Actor) -> None:
        """Keep a new embed."""
        with self.database.session() as session:
            session.add(
                EmbedRow(
                    id=embed.id,
                    content=embed.content.to_json(),
                    origins=list(embed.origins),
                    version=embed.version,
                    created=embed.created,
                    published=embed.published,
                    revoked=embed.revoked,
                )
            )
            write(session, Act(actor, "insluiting.gepubliceerd", embed.id))

    def get(self, embed_id: str) -> Embed | None:
        if not self.database.exists:
            return None
        with self.database.session() as session:
            row = session.get(EmbedRow, embed_id)
            return _value(row) if row else None

    def listed(self) -> list[Embed]:
        """All embeds, the one that was published last first."""
        if not self.database.exists:
            return []
        with self.database.session() as session:
            query = select(EmbedRow).order_by(EmbedRow.published.desc(), EmbedRow.id).limit(MOST)
            return [_value(row) for row in session.scalars(query)]

    def replace(self, embed_id: str, version: int, content: Content, actor: Actor) -> None:
        """Publish `content` in the place of version `version`; a withdrawn embed is shown again.

        Raises:
            ChangedMeanwhileError: that is not the present version.
        """
        with self.database.session() as session:
            # One statement: of two editors at the same moment, one finds the version of the other.
            query = update(EmbedRow).where(EmbedRow.id == embed_id, EmbedRow.version == version)
            values = {"content": content.to_json(), "version": version + 1, "published": datetime.now(UTC), "revoked": None}
            if not session.execute(query.values(**values)).rowcount:
                raise ChangedMeanwhileError
            write(session, Act(actor, "insluiting.vernieuwd", embed_id, "antwoord"))

    def allow(self, embed_id: str, origins: Sequence[str], actor: Actor) -> None:
        """Let only these websites show it, from now on. Raises ChangedMeanwhileError when it is gone."""
        with self.database.session() as session:
            self._row(session, embed_id).origins = list(origins)
            write(session, Act(actor, "insluiting.vernieuwd", embed_id, "websites"))

    def revoke(self, embed_id: str, actor: Actor) -> None:
        """Withdraw it. Raises ChangedMeanwhileError when it is gone."""
        with self.database.session() as session:
            row = self._row(session, embed_id)
            if not row.revoked:
                row.revoked = datetime.now(UTC)
                write(session, Act(actor, "insluiting.ingetrokken", embed_id))

    def erase(self, embed_id: str, actor: Actor) -> None:
        """Erase it with all it said. Raises ChangedMeanwhileError when it is gone."""
        with self.database.session() as session:
            session.delete(self._row(session, embed_id))
            write(session, Act(actor, "insluiting.ingetrokken", embed_id, "gewist"))

    @staticmethod
    def _row(session: Session, embed_id: str) -> EmbedRow:
        row = session.get(EmbedRow, embed_id)
        if row is None:
            raise ChangedMeanwhileError
        return row


def _value(row: EmbedRow) -> Embed:
    names = ("id", "version", "created", "published", "revoked")
    return Embed(Content.from_json(row.content), tuple(row.origins), **{name: getattr(row, name) for name in names})
