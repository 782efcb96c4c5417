"""Only one process writes an index at a time: Chroma takes no lock of its own and two writers corrupt it silently."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import IndexBusyError


@contextmanager
def writer_lock(folder: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the write lock of the index in `folder`. The operating system frees it when the holder dies.

    Raises:
        IndexBusyError: another process holds it after `wait_s` seconds; the message says which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "writer.json"
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise IndexBusyError(
            f"Een ander proces werkt deze index nu bij ({_describe(holder)}). Wacht tot het klaar is en probeer het opnieuw."
        ) from None
    try:
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        holder.write_text(json.dumps(me), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        data = json.loads(holder.read_text(encoding="utf-8"))
        return f"proces {data['pid']} op {data['host']}, sinds {data['since']}"
    except (OSError, ValueError, KeyError):
        return "proces onbekend"
