"""A full disk, told as such: SQLite, Chroma and the file system each say it in their own way."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import PpsError

_SIGNS = ("disk is full", "no space left", "os error 28", "disk quota", "file too large")


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Turn "the disk is full" of any kind into one clear error; every other error passes unchanged.

    Raises:
        PpsError: the disk that holds `folder` is full. What was indexed before is untouched.
    """
    try:
        yield
    except PpsError:
        raise
    except Exception as error:
        if not is_full(error):
            raise
        raise PpsError(
            f"De schijf met {folder} is vol. De index is niet gewijzigd en de adviseur antwoordt nog met de vorige. "
            "Maak ruimte vrij en start het indexeren opnieuw; wat al klaar was, wordt niet opnieuw gedaan."
        ) from error


def is_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    told = isinstance(error, OSError | sqlite3.Error) or type(error).__module__.startswith("chromadb")
    return told and any(sign in str(error).lower() for sign in _SIGNS)
