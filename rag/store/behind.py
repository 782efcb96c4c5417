"""Writing behind the answer: jobs for the database go to a thread of their own, so that no reader waits for it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice

from sqlalchemy.orm import Session

from rag.errors import PpsError
from rag.store.database import Database

#: One thing to write. It may be run again where the database failed halfway: the first time left nothing then.
Job = Callable[[Session], object]
#: Jobs in one transaction: of many at once each would else wait for the disk by itself.
BATCH = 50
_log = logging.getLogger(__name__)


class Behind:
    """A row of at most `most` jobs, done in order. A database that is away is tried again every `retry_s`; what no longer fits in the row
    meanwhile is lost, and told in the log by its number. Safe for many threads; the thread begins at the first job."""

    def __init__(self, database: Database, *, most: int = 2000, retry_s: float = 5.0) -> None:
        self._database, self._most, self._retry_s = database, most, retry_s
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._away = False
        self._lost = 0

    def put(self, job: Job) -> bool:
        """Whether `job` stands in the row; it is done in a moment."""
        with self._changed:
            if len(self._jobs) >= self._most:
                self._lost += 1
                return False
            self._jobs.append(job)
            if self._thread is None:
                self._closing = False
                self._thread = threading.Thread(target=self._run, name="behind", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return True

    def flush(self, within_s: float = 10.0) -> bool:
        """Wait until all is done; False where it was not within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs, within_s)

    def close(self, within_s: float = 5.0) -> None:
        """Do what can be done within so many seconds, then stop."""
        with self._changed:
            self._closing, thread = True, self._thread
            self._changed.notify_all()
        if thread:
            thread.join(within_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                batch = list(islice(self._jobs, BATCH))
                if not batch:
                    self._thread = None
                    return
                last = self._closing
            done = self._do(batch)
            with self._changed:
                for _ in range(done):
                    self._jobs.popleft()
                self._changed.notify_all()
                if done == len(batch):
                    self._tell_lost()
                elif last:
                    self._lost += len(self._jobs)
                    self._jobs.clear()
                    self._tell_lost()
                    self._thread = None
                    return
                else:
                    until = time.monotonic() + self._retry_s
                    self._changed.wait_for(lambda: self._closing or time.monotonic() >= until, self._retry_s)  # noqa: B023 - done at once

    def _do(self, batch: list[Job]) -> int:
        """How many of the first are done; fewer than all where the database is away. A job that fails by itself is passed over, and does
        not take the others with it."""
        try:
            with self._database.session() as session:
                for job in batch:
                    job(session)
            return len(batch)
        except PpsError as error:
            if not self._away:
                _log.warning("%s Wat bewaard wordt, wacht zolang.", error)
            self._away = True
            return 0
        except Exception:  # noqa: BLE001 - whatever a job is, the row must go on
            if len(batch) == 1:
                _log.warning("something could not be written", exc_info=True)
                return 1
        done = 0
        while done < len(batch) and self._do(batch[done : done + 1]):
            done += 1
        return done

    def _tell_lost(self) -> None:
        self._away = False
        if self._lost:
            _log.warning("not written while the database was away: %d", self._lost)
            self._lost = 0
