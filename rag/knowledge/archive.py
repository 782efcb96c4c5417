"""Zip folders of documents: unpacked to a folder of their own, within limits, one document per file."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from rag.errors import DocumentError
from rag.knowledge.documents import Document

#: Most files in a zip, most bytes in all, and how many times the zip's own size a larger one may unpack to.
MAX_FILES, MAX_BYTES, MAX_RATIO = 2000, 2_000_000_000, 100
_CHUNK = 1 << 20
#: What zipfile raises on a container it cannot read. NotImplementedError is its word for a zip version or a compression that
#: it does not know; to the reader that is a file to save anew, as a damaged one is.
UNREADABLE = (zipfile.BadZipFile, NotImplementedError)


def read_zip(path: Path, max_mb: int) -> Iterator[tuple[str, Document | DocumentError]]:
    """(name, document or what is wrong) per file. Nothing is written outside a temporary folder, which is removed after."""
    try:
        container = zipfile.ZipFile(path)
    except UNREADABLE:
        yield path.name, DocumentError(f"{path.name}: het bestand is beschadigd, of geen zip-bestand.")
        return
    with container, tempfile.TemporaryDirectory(prefix="pps-zip-") as temporary:
        folder = Path(temporary)
        try:
            members = _unpack(path, container, folder, max_mb)
        except DocumentError as error:
            yield path.name, error
            return
        yield from _documents(path, folder, members)


def _documents(path: Path, folder: Path, members: list[str]) -> Iterator[tuple[str, Document | DocumentError]]:
    from rag.knowledge.readers import NEARLY, READERS, damaged, read_document

    found = False
    for member in members:
        file = folder / member
        suffix = file.suffix.lower()
        if suffix not in READERS and suffix not in NEARLY or file.name == "README.md" or not file.is_file():
            continue
        found = True
        name = f"{path.name}!/{member}"
        if suffix == ".zip":
            yield name, DocumentError(f"{name}: een zip in een zip wordt niet gelezen. Pak hem eerst uit.")
            continue
        try:
            yield name, replace(read_document(file), path=f"{path}!/{member}")
        except DocumentError as error:
            yield name, DocumentError(f"{path.name}!/{error}")
        except Exception as error:  # noqa: BLE001 - one damaged file must not cost the others
            yield name, damaged(name, error)
    if not found:
        yield path.name, DocumentError(f"{path.name}: in deze zip staat geen bestand dat gelezen kan worden.")


def _unpack(path: Path, container: zipfile.ZipFile, folder: Path, max_mb: int) -> list[str]:
    """Names of the unpacked files. What the zip says about sizes is not believed: bytes are counted as they come.

    Raises:
        DocumentError: too many files, too many bytes, a password, or names that point outside the folder.
    """
    entries = [e for e in container.infolist() if not e.is_dir()]
    if len(entries) > MAX_FILES:
        raise DocumentError(f"{path.name}: deze zip telt {len(entries)} bestanden; het maximum is {MAX_FILES}. Splits hem.")
    limit = min(MAX_BYTES, max(50_000_000, MAX_RATIO * path.stat().st_size))
    total, names = 0, []
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0] or (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise DocumentError(f"{path.name}: deze zip verwijst naar een plek buiten zichzelf ({entry.filename}) en is niet ingelezen.")
        if any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        if entry.flag_bits & 1:
            raise DocumentError(f"{path.name}: deze zip is met een wachtwoord beveiligd.")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        try:
            with container.open(entry) as source, target.open("wb") as sink:
                while chunk := source.read(_CHUNK):
                    size, total = size + len(chunk), total + len(chunk)
                    if total > limit or size > max_mb * 1_000_000:
                        raise DocumentError(f"{path.name}: deze zip is uitgepakt groter dan is toegestaan ({entry.filename}).")
                    sink.write(chunk)
        except (*UNREADABLE, EOFError) as error:
            raise DocumentError(f"{path.name}: deze zip is beschadigd ({entry.filename}).") from error
        names.append(str(name))
    return sorted(names)
