"""Sessions that somebody ended: a copy of the cookie opens nothing any more, on any replica."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from rag.store.database import Database
from rag.store.tables import EndedSessionRow

#: Seconds that another replica may take to notice, and most sessions that are remembered so long.
NOTICED_S, _REMEMBERED = 30.0, 20_000


class EndedSessions:
    """Asks the database at most once in NOTICED_S for each session. Safe for many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[float, bool]] = {}

    def end(self, session_id: str, until: datetime) -> None:
        """End the session that would have lasted until `until`; forget those that have ended by themselves."""
        try:
            with self._database.session() as session:
                session.execute(delete(EndedSessionRow).where(EndedSessionRow.until < datetime.now(UTC)))
                if session.get(EndedSessionRow, session_id) is None:
                    session.add(EndedSessionRow(id=session_id, until=until))
        except IntegrityError:
            pass  # another request ended it at the same moment
        self._remember(session_id, True)

    def has(self, session_id: str) -> bool:
        """Whether this session was ended.

        Raises:
            PpsError: the database cannot be reached.
        """
        with self._lock:
            at, ended = self._seen.get(session_id, (0.0, False))
        if ended or (at and time.monotonic() - at < NOTICED_S):
            return ended
        if not self._database.exists:
            return False
        with self._database.session() as session:
            ended = session.get(EndedSessionRow, session_id) is not None
        self._remember(session_id, ended)
        return ended

    def _remember(self, session_id: str, ended: bool) -> None:
        with self._lock:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[session_id] = (time.monotonic(), ended)
