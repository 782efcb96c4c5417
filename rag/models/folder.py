"""The folder with language models: where each file stands, whether it is whole, and one process at a time that changes it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from rag.errors import ModelError, PpsError
from rag.models.catalogue import Model

#: Told of work that takes long: what, bytes done, bytes in all.
Progress = Callable[[str, int, int], None]
State = Literal["absent", "partial", "ready", "damaged"]
CHECK = "controleren"
_CHUNK = 1 << 22


def silent(what: str, done: int, total: int) -> None:
    """A progress that nobody follows."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How far a model is. `done` in bytes; `note` says in Dutch what there is to know or do."""

    state: State
    done: int = 0
    note: str = ""


class ModelFolder:
    """Files of the models in `path`. `NAME.gguf` only ever exists whole; on the way there it is `NAME.gguf.part`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file(self, model: Model) -> Path:
        return self.path / model.filename

    def part(self, model: Model) -> Path:
        return self.path / f"{model.filename}.part"

    def ledger(self, model: Model) -> Path:
        """How much of the part file is certain; see rag.models.pull."""
        return self.path / f"{model.filename}.part.json"

    def scratch(self, model: Model) -> Path:
        return self.path / f"{model.filename}.tmp"

    def _mark(self, model: Model) -> Path:
        return self.path / f"{model.filename}.checked.json"

    def condition(self, model: Model) -> Condition:
        """How far `model` is, from names and sizes alone; `verify` reads the file."""
        with suppress(FileNotFoundError, NotADirectoryError):
            size = self.file(model).stat().st_size
            if model.size is not None and size != model.size:
                return Condition("damaged", size, f"het bestand is {size} bytes en hoort {model.size} te zijn")
            return Condition("ready", size, "" if model.sha256 else "eigen bestand: de inhoud wordt niet gecontroleerd")
        if model.parts and (done := recorded(self.ledger(model), model)[1]):
            return Condition("partial", done, f"{100 * done // (model.size or 1)} % is opgehaald")
        if model.parts:
            return Condition("absent", 0, f"haal het op met: python -m rag models pull {model.name}")
        return Condition("absent", 0, f"zet het bestand {model.filename} in {self.path}")

    def verify(self, model: Model, progress: Progress = silent, *, deep: bool = False) -> Path:
        """The path of the whole model.

        A file that was hashed before is not hashed again until its size or time changes, unless `deep`.

        Raises:
            ModelError: the model is not there, or its file is not the one of the catalogue.
        """
        found = self.condition(model)
        path = self.file(model)
        if found.state != "ready":
            raise ModelError(f"Het taalmodel {model.name} is hier niet te gebruiken: {found.note}.")
        if model.sha256 is None:
            return path
        with suppress(OSError, ValueError):
            if not deep and json.loads(self._mark(model).read_text(encoding="utf-8")) == self._stamp(model):
                return path
        if sha256(path, progress) != model.sha256:
            raise ModelError(
                f"Het bestand {path} is beschadigd of is een ander bestand. Verwijder het met: python -m rag models remove {model.name}"
            )
        self.mark_checked(model)
        return path

    def mark_checked(self, model: Model) -> None:
        """Note that the file as it stands has the SHA-256 of the catalogue."""
        with suppress(OSError):  # a folder that may only be read: the next start checks again
            self._mark(model).write_text(json.dumps(self._stamp(model)), encoding="utf-8")

    def _stamp(self, model: Model) -> list:
        found = self.file(model).stat()
        return [model.sha256, found.st_size, found.st_mtime_ns]

    def remove(self, model: Model) -> int:
        """Delete everything of `model`. The bytes that were freed.

        Raises:
            PpsError: another process is fetching it.
        """
        with self.locked(model):
            files = [self.file(model), self.part(model), self.ledger(model), self._mark(model)]
            freed = sum(p.stat().st_size for p in files if p.exists())
            for path in files:
                path.unlink(missing_ok=True)
            shutil.rmtree(self.scratch(model), ignore_errors=True)
        return freed

    @contextmanager
    def locked(self, model: Model) -> Iterator[None]:
        """Hold `model` while its files change. The operating system frees it when the holder dies.

        Raises:
            PpsError: somebody else holds it, or the folder cannot be written.
        """
        lock = FileLock(self.path / f"{model.filename}.lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise PpsError(f"Het taalmodel {model.name} wordt al door een ander proces opgehaald. Wacht tot dat klaar is.") from None
        except OSError as error:
            told = error.strerror or error
            raise PpsError(f"In de map {self.path} kan niet worden geschreven ({told}). Kies een andere met PPS_MODELS_DIR.") from error
        try:
            yield
        finally:
            lock.release()


def recorded(ledger: Path, model: Model) -> tuple[int, int]:
    """Parts and bytes that are certain according to `ledger`; nothing when it is unreadable or of another version of `model`."""
    try:
        data = json.loads(ledger.read_text(encoding="utf-8"))
        parts = int(data["parts"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
    if data.get("sha256") != model.sha256 or not 0 <= parts <= len(model.parts):
        return 0, 0
    done = sum(p.size for p in model.parts[:parts])
    part_file = ledger.with_suffix("")
    return (parts, done) if part_file.exists() and part_file.stat().st_size >= done else (0, 0)


def record(ledger: Path, model: Model, parts: int) -> None:
    """Note that the first `parts` parts are certainly on disk. A reader sees the old note or the new one, never half of one."""
    fresh = ledger.with_suffix(".new")
    data = {"sha256": model.sha256, "parts": parts, "bytes": sum(p.size for p in model.parts[:parts])}
    with fresh.open("w", encoding="utf-8") as f:
        json.dump(data, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(fresh, ledger)


def sha256(path: Path, progress: Progress = silent) -> str:
    """The SHA-256 of a file of any size, in hexadecimal."""
    total, done, digest = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as f:
        while chunk := f.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            progress(CHECK, done, total)
    return digest.hexdigest()


def readable_size(count: int) -> str:
    """Bytes as Dutch readers write them: 1,1 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.{1 if unit == 'GB' else 0}f} {unit}".replace(".", ",")
    return f"{count} bytes"
