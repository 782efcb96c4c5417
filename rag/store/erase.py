"""What is kept of one user: to hand over, and to erase. Acts stay, without who did them; what readers sent never names anybody."""

from __future__ import annotations

import secrets

from sqlalchemy import select, update

from rag.store.audit import Act, Actor, write
from rag.store.database import Database
from rag.store.tables import ApiKeyRow, AuditRow

#: Told with every export: why there are no questions or verdicts in it.
NOT_LINKED = (
    "Vragen en oordelen worden bewaard zonder wie ze stuurde. Zij zijn daarom niet bij een gebruiker te vinden; "
    "zij verdwijnen na hun bewaartermijn."
)


def export(database: Database, subject: str, by: Actor) -> dict:
    """Everything that names `subject`: the acts in the trail and the keys that were made, as plain values for JSON."""
    with database.session() as session:
        acts = session.scalars(select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.moment, AuditRow.id)).all()
        keys = session.scalars(select(ApiKeyRow).where(ApiKeyRow.created_by == subject).order_by(ApiKeyRow.created)).all()
        found = {
            "subject": subject,
            "acts": [Act(Actor(r.subject, r.source), r.act, r.object, r.detail, r.moment).as_dict() for r in acts],
            "keys": [{"id": k.id, "name": k.name, "role": k.role, "created": k.created.isoformat(timespec="seconds")} for k in keys],
            "note": NOT_LINKED,
        }
        write(session, Act(by, "gebruiker.opgevraagd"))  # not of whom: that would name the subject once more
        return found


def erase(database: Database, subject: str, by: Actor) -> tuple[str, int]:
    """Put a random pseudonym in the place of `subject`, the same in all its rows; the pseudonym and how many rows that were.

    Nothing keeps which pseudonym stands for whom. Keys that were made keep working: they belong to an application.
    """
    pseudonym = f"gewist-{secrets.token_hex(6)}"
    with database.session() as session:
        count = session.execute(update(AuditRow).where(AuditRow.subject == subject).values(subject=pseudonym)).rowcount
        count += session.execute(update(ApiKeyRow).where(ApiKeyRow.created_by == subject).values(created_by=pseudonym)).rowcount
        write(session, Act(by, "gebruiker.gewist", pseudonym if count else ""))
        return pseudonym, count
