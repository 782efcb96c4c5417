"""The trail of what editors and maintainers did: who, when, what, on which object. Written with the act itself, or neither is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from rag.store.database import Database
from rag.store.tables import AuditRow

#: Every act there is, in words for people.
ACTS = {
    "terugkoppeling.stand": "stand van een oordeel gewijzigd",
    "terugkoppeling.gewist": "oordeel gewist",
    "goudvraag.bewaard": "goudvraag bewaard",
    "goudvraag.verwijderd": "goudvraag verwijderd",
    "goudvragen.opgehaald": "goudvragen opgehaald als bestand",
    "insluiting.gepubliceerd": "antwoord ingesloten",
    "insluiting.vernieuwd": "ingesloten antwoord vernieuwd",
    "insluiting.ingetrokken": "ingesloten antwoord ingetrokken",
    "sleutel.gemaakt": "sleutel gemaakt",
    "sleutel.ingetrokken": "sleutel ingetrokken",
    "vragen.opgehaald": "bewaarde vragen opgehaald als bestand",
    "vragen.gewist": "bewaarde vragen gewist",
    "gebruiker.opgevraagd": "gegevens van een gebruiker opgevraagd",
    "gebruiker.gewist": "gebruiker gewist",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the subject of an identity and how it is known."""

    subject: str
    source: str


#: Whoever has the command line of the advisor's machine.
AT_THE_MACHINE = Actor("beheerder", "opdrachtregel")


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the trail. `object` is an id; `detail` a word of our own (a state, a role), never text that somebody wrote."""

    actor: Actor
    act: str
    object: str = ""
    detail: str = ""
    moment: datetime | None = None

    def as_dict(self) -> dict[str, str]:
        return {
            "moment": self.moment.isoformat(timespec="seconds") if self.moment else "",
            "subject": self.actor.subject,
            "source": self.actor.source,
            "act": self.act,
            "object": self.object,
            "detail": self.detail,
        }


def write(session: Session, act: Act) -> None:
    """Add `act` to what `session` commits, so that no act is without its line and no line without its act."""
    if act.act not in ACTS:
        raise ValueError(f"no act: {act.act}")
    session.add(
        AuditRow(
            moment=act.moment or datetime.now(UTC),
            subject=act.actor.subject,
            source=act.actor.source,
            act=act.act,
            object=act.object,
            detail=act.detail,
        )
    )


class AuditTrail:
    """The trail of one database. What is older than `days` is never shown, and erased at every write and by `erase_expired`."""

    def __init__(self, database: Database, days: int) -> None:
        self.database = database
        self.days = days

    def add(self, act: Act) -> None:
        """Write an act that changes nothing in the database, such as fetching a file."""
        with self.database.session() as session:
            self._erase(session)
            write(session, act)

    def listed(self, *, subject: str = "", limit: int = 1000) -> list[Act]:
        """The newest acts first, of everybody or of one subject."""
        if not self.database.exists:
            return []
        with self.database.session() as session:
            query = select(AuditRow).where(AuditRow.moment >= self._since()).order_by(AuditRow.moment.desc(), AuditRow.id.desc())
            if subject:
                query = query.where(AuditRow.subject == subject)
            rows = session.scalars(query.limit(limit))
            return [Act(Actor(r.subject, r.source), r.act, r.object, r.detail, r.moment) for r in rows]

    def erase_expired(self) -> int:
        """Erase what is past its term; how much that was."""
        if not self.database.exists:
            return 0
        with self.database.session() as session:
            return self._erase(session)

    def _erase(self, session: Session) -> int:
        return session.execute(delete(AuditRow).where(AuditRow.moment < self._since())).rowcount

    def _since(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=self.days)
