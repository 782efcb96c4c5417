"""Which reader a file gets, and the checks that come before any of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import Document
from rag.knowledge.sidecar import sidecar_path

#: Suffix → reader. Each reader's module is imported when its first file comes.
READERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".html": "html",
    ".htm": "html",
    ".zip": "zip",
}
#: Longest line in characters; no text that people wrote comes near it.
MAX_LINE = 2_000_000
#: A file changed less than this long ago may change again without its time showing it.
YOUNG_S = 2.0
#: Older or other formats that people try: what to do with them.
NEARLY = {
    ".doc": "Open het in Word en sla het op als .docx.",
    ".ppt": "Open het in PowerPoint en sla het op als .pptx.",
    ".odt": "Sla het op als .docx of PDF.",
    ".rtf": "Sla het op als .docx of PDF.",
}


def corpus_files(folders: list[Path]) -> list[Path]:
    """Every file under `folders` that a reader takes, or that deserves an explanation, sorted; README.md and hidden files are left out.

    Raises:
        DocumentError: a folder does not exist.
    """
    files: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            raise DocumentError(f"De corpusmap {folder} bestaat niet. Geef een bestaande map op.")
        for root, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if not name.startswith(".")]
            for name in names:
                suffix = os.path.splitext(name)[1].lower()
                if (suffix in READERS or suffix in NEARLY) and name != "README.md" and not name.startswith((".", "~$")):
                    files.append(os.path.join(root, name))
    return [Path(name) for name in sorted(files) if os.path.isfile(name)]


def file_stamp(path: Path) -> str:
    """Size and time of the file and its sidecar: where they did not change, the contents did not.

    Empty while the file is so young that another change could leave the same time (as git does for its index).
    """
    parts = [os.stat(path)]
    with suppress(FileNotFoundError):
        parts.append(os.stat(f"{path}.yml"))
    if any(time.time() - part.st_mtime < YOUNG_S for part in parts):
        return ""
    return ":".join(f"{part.st_size}-{part.st_mtime_ns}" for part in parts)


def check_size(path: Path, max_mb: int) -> None:
    """Refuse a file that is too large to read.

    Raises:
        DocumentError: as said.
    """
    size = path.stat().st_size
    if size > max_mb * 1_000_000:
        raise DocumentError(f"{path.name}: het bestand is {size / 1e6:.0f} MB; het maximum is {max_mb} MB.")


def file_hash(path: Path, max_mb: int) -> str:
    """A hash of the file and its sidecar; changes exactly when either does.

    Raises:
        DocumentError: too large or unreadable.
    """
    check_size(path, max_mb)
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


def read_documents(path: Path, max_mb: int = 200) -> Iterator[tuple[str, Document | DocumentError]]:
    """(name, document or what is wrong with it) of `path`; only a zip gives more than one."""
    if path.suffix.lower() == ".zip":
        from rag.knowledge.archive import read_zip

        yield from read_zip(path, max_mb)
        return
    try:
        yield path.name, read_document(path)
    except DocumentError as error:
        yield path.name, error


def read_document(path: Path) -> Document:
    """`path` (no zip) as a Document.

    Raises:
        DocumentError: empty, not what its name says, or without usable text; the message names the file.
    """
    suffix = path.suffix.lower()
    if suffix in NEARLY:
        raise DocumentError(f"{path.name}: bestanden van dit type ({suffix}) worden niet gelezen. {NEARLY[suffix]}")
    kind = READERS[suffix]
    if path.stat().st_size == 0:
        raise DocumentError(f"{path.name}: het bestand is leeg.")
    if kind == "pdf":
        from rag.knowledge.pdf import read_pdf

        return read_pdf(path)
    if kind in ("docx", "pptx"):
        from rag.knowledge.office import read_docx, read_pptx

        return read_docx(path) if kind == "docx" else read_pptx(path)
    text = _text(path)
    if kind != "html" and max(map(len, text.splitlines()), default=0) > MAX_LINE:
        raise DocumentError(
            f"{path.name}: het bestand heeft een regel van meer dan {MAX_LINE / 1e6:.0f} miljoen tekens; dat is geen tekst."
        )
    if kind == "html":
        from rag.knowledge.html import read_html

        return read_html(path, text)
    if kind == "text":
        from rag.knowledge.plain import read_text

        return read_text(path, text)
    from rag.knowledge.markdown import read_markdown

    return read_markdown(path, text)


def damaged(name: str, error: Exception) -> DocumentError:
    """What to tell of a file on which a reader's library failed: they raise many kinds on damaged files."""
    return DocumentError(f"{name}: het bestand is beschadigd ({type(error).__name__}).")


def _text(path: Path) -> str:
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # Windows Notepad's "Unicode"
        return _decoded(path, raw, "utf-16")
    if b"\0" in raw[:8192]:
        raise DocumentError(f"{path.name}: dit is geen tekstbestand, ook al eindigt de naam op {path.suffix}.")
    return _decoded(path, raw, "utf-8-sig")


def _decoded(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name}: de tekst is niet in UTF-8 opgeslagen (teken {error.start}).") from error
