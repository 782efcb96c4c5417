"""What is kept of one user: to hand over, and to erase. Questions go; acts stay, without who did them; a verdict never names anybody."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, update

from rag.store.audit import Act, Actor, write
from rag.store.database import Database
from rag.store.questions import kept
from rag.store.tables import ApiKeyRow, AuditRow, QuestionRow

#: Told with every export: why there are no verdicts in it.
NOT_LINKED = (
    "Oordelen, en vragen van wie niet was ingelogd, worden bewaard zonder wie ze stuurde. "
    "Zij zijn daarom niet bij een gebruiker te vinden; zij verdwijnen na hun bewaartermijn."
)


def export(database: Database, subject: str, by: Actor) -> dict:
    """Everything that names `subject`, as plain values for JSON: acts in the trail, keys that were made, questions that were kept."""
    with database.session() as session:
        acts = session.scalars(select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.moment, AuditRow.id)).all()
        keys = session.scalars(select(ApiKeyRow).where(ApiKeyRow.created_by == subject).order_by(ApiKeyRow.created)).all()
        asked = session.scalars(select(QuestionRow).where(QuestionRow.subject == subject).order_by(QuestionRow.moment)).all()
        found = {
            "subject": subject,
            "acts": [Act(Actor(r.subject, r.source), r.act, r.object, r.detail, r.moment).as_dict() for r in acts],
            "keys": [{"id": k.id, "name": k.name, "role": k.role, "created": k.created.isoformat(timespec="seconds")} for k in keys],
            "questions": [kept(row).as_dict() for row in asked],
            "note": NOT_LINKED,
        }
        write(session, Act(by, "gebruiker.opgevraagd"))  # not of whom: that would name the subject once more
        return found


def erase(database: Database, subject: str, by: Actor) -> tuple[str, int]:
    """Erase the kept questions of `subject`, and put a random pseudonym in its place elsewhere, the same in all rows; the pseudonym and how
    many rows that were.

    Nothing keeps which pseudonym stands for whom. Keys that were made keep working: they belong to an application.
    """
    pseudonym = f"gewist-{secrets.token_hex(6)}"
    with database.session() as session:
        count = session.execute(update(AuditRow).where(AuditRow.subject == subject).values(subject=pseudonym)).rowcount
        count += session.execute(update(ApiKeyRow).where(ApiKeyRow.created_by == subject).values(created_by=pseudonym)).rowcount
        count += session.execute(delete(QuestionRow).where(QuestionRow.subject == subject)).rowcount
        write(session, Act(by, "gebruiker.gewist", pseudonym if count else ""))
        return pseudonym, count
