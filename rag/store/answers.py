"""Whole answers for a short while, so that any replica can give them again: by id, and to whoever repeats a request.

They hold what was asked, so they are kept only where the organisation keeps questions with their text.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rag.guard.personal import mask
from rag.settings import Settings
from rag.store.behind import Behind
from rag.store.database import Database
from rag.store.questions import NEVER_KEPT
from rag.store.tables import AnswerRow, RepeatRow
from rag.types import Answer

#: Seconds in which the same key gives the same answer.
REPEAT_S = 600
#: Seconds that a first request may take: a place in the row and a slow model together. After that its replica is taken for dead.
BUSY_S = 300


class OtherRequestError(Exception):
    """The key was used before, for something else."""


class StillBusyError(Exception):
    """The first request with this key is still being answered."""


class AnswerStore:
    """The answers of one database. Errors of `get` and `begin`: PpsError when the database cannot be reached."""

    def __init__(self, database: Database, behind: Behind, settings: Settings) -> None:
        self._database, self._behind = database, behind
        self.minutes = settings.answers_minutes
        self.on = settings.questions == "met_tekst" and self.minutes > 0

    def keep(self, answer: Answer) -> None:
        """Keep it as a question is kept: masked, and not what was refused."""
        if not self.on or answer.status in NEVER_KEPT:
            return
        content = answer.as_dict()
        content |= {name: mask(content[name]) for name in ("question", "standalone_question")}
        until = datetime.now(UTC) + timedelta(minutes=self.minutes)
        self._behind.put(lambda session: session.add(AnswerRow(id=answer.id, content=content, until=until)))

    def get(self, answer_id: str) -> dict[str, Any] | None:
        if not self.on or not self._database.exists:
            return None
        with self._database.session() as session:
            return _content(session, answer_id)

    def begin(self, name: str, digest: str) -> dict[str, Any] | None:
        """The answer that was given to request `name` before; None where this is the first time, which is then to be ended with `end`.

        Raises:
            OtherRequestError: the same name with another digest.
            StillBusyError: the first one is not finished.
        """
        now = datetime.now(UTC)
        busy = {"digest": digest, "answer_id": "", "until": now + timedelta(seconds=BUSY_S)}
        try:
            with self._database.session() as session:
                session.execute(delete(RepeatRow).where(RepeatRow.name == name, RepeatRow.until < now))
                row = session.get(RepeatRow, name)
                if row is None:
                    session.add(RepeatRow(name=name, **busy))
                    return None
                if row.digest != digest:
                    raise OtherRequestError
                if not row.answer_id:
                    raise StillBusyError
                found = _content(session, row.answer_id)
                if found is None:
                    row.answer_id, row.until = busy["answer_id"], busy["until"]
                return found
        except IntegrityError:  # another replica began it at this very moment
            raise StillBusyError from None

    def end(self, name: str, answer: dict[str, Any] | None) -> None:
        """Remember which answer it was; without one, or where it is not kept, a repetition is answered anew."""
        ours = (RepeatRow.name == name, RepeatRow.answer_id == "")
        if answer is None or answer["status"] in NEVER_KEPT:
            self._behind.put(lambda session: session.execute(delete(RepeatRow).where(*ours)))
            return
        until = datetime.now(UTC) + timedelta(seconds=min(REPEAT_S, self.minutes * 60))
        self._behind.put(lambda session: session.execute(update(RepeatRow).where(*ours).values(answer_id=answer["id"], until=until)))

    def erase_expired(self) -> int:
        """Erase what is past its term; all of it where the organisation has stopped to keep them."""
        if not self._database.exists:
            return 0
        now = datetime.now(UTC)
        with self._database.session() as session:
            count = 0
            for row in (AnswerRow, RepeatRow):
                query = delete(row).where(row.until < now) if self.on else delete(row)
                count += session.execute(query).rowcount
            return count


def _content(session: Session, answer_id: str) -> dict[str, Any] | None:
    row = session.get(AnswerRow, answer_id)
    return row.content if row and row.until >= datetime.now(UTC) else None
