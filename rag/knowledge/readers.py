"""Which reader a file gets, and the checks that come before any of them."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import Document
from rag.knowledge.markdown import read_markdown
from rag.knowledge.pdf import read_pdf
from rag.knowledge.sidecar import sidecar_path

READERS = {".md": "markdown", ".markdown": "markdown", ".pdf": "pdf"}


def corpus_files(folders: list[Path]) -> list[Path]:
    """Every file under `folders` that a reader takes, sorted; README.md and hidden files are left out.

    Raises:
        DocumentError: a folder does not exist.
    """
    files: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise DocumentError(f"De corpusmap {folder} bestaat niet. Geef een bestaande map op.")
        for path in folder.rglob("*"):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and path.suffix.lower() in READERS and path.name != "README.md" and not hidden:
                files.append(path)
    return sorted(files)


def file_hash(path: Path, max_mb: int) -> str:
    """A hash of the file and its sidecar; changes exactly when either does.

    Raises:
        DocumentError: too large or unreadable.
    """
    size = path.stat().st_size
    if size > max_mb * 1_000_000:
        raise DocumentError(f"{path.name}: het bestand is {size / 1e6:.0f} MB; het maximum is {max_mb} MB.")
    digest = blake2b(digest_size=16)
    try:
        for part in (path, sidecar_path(path)):
            if part.exists():
                with part.open("rb") as stream:
                    while chunk := stream.read(1 << 20):
                        digest.update(chunk)
                digest.update(b"\0")
    except OSError as error:
        raise DocumentError(f"{path.name}: het bestand kan niet worden gelezen ({error.strerror}).") from error
    return digest.hexdigest()


def read_document(path: Path) -> Document:
    """`path` as a Document.

    Raises:
        DocumentError: empty, not what its name says, or without usable text; the message names the file.
    """
    kind = READERS[path.suffix.lower()]
    if path.stat().st_size == 0:
        raise DocumentError(f"{path.name}: het bestand is leeg.")
    if kind == "pdf":
        return read_pdf(path)
    raw = path.read_bytes()
    if b"\0" in raw[:8192]:
        raise DocumentError(f"{path.name}: dit is geen tekstbestand, ook al eindigt de naam op {path.suffix}.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name}: de tekst is niet in UTF-8 opgeslagen (teken {error.start}).") from error
    return read_markdown(path, text)
