"""PDF → Document, with page numbers, through pypdfium2 (no AGPL, fastest of those measured)."""

from __future__ import annotations

import re
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import Block, Document
from rag.knowledge.sidecar import sidecar_meta

#: A page with fewer characters than this counts as an image of text.
MIN_CHARS_PER_PAGE = 20
MAX_PAGES = 5000
_HYPHEN = re.compile(r"(\w)[-\u00ad\u0002\ufffe]\r?\n(?=[a-zà-ÿ])")
_HEADING = re.compile(r"(?:\d+(?:\.\d+)*\.?\s+)?[A-ZÀ-Ý][^.!?;]{2,79}$")
_BULLET = re.compile(r"\s*[•▪◦‣·–-]\s+")


def read_pdf(path: Path) -> Document:
    """A PDF as Document: one block per paragraph, each with its page number.

    Raises:
        DocumentError: damaged, encrypted, or without a text layer.
    """
    import pypdfium2 as pdfium

    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        why = "het is met een wachtwoord beveiligd" if "assword" in str(error) else "het is beschadigd of geen PDF"
        raise DocumentError(f"{path.name}: dit PDF-bestand kan niet worden geopend; {why}.") from error
    try:
        count = len(pdf)
        if count > MAX_PAGES:
            raise DocumentError(f"{path.name}: dit PDF-bestand telt {count} bladzijden; het maximum is {MAX_PAGES}. Splits het.")
        pages = [_page_text(pdf, n) for n in range(count)]
        title = (pdf.get_metadata_value("Title") or "").strip()
    finally:
        pdf.close()
    if sum(len(p.strip()) for p in pages) < MIN_CHARS_PER_PAGE * max(1, count):
        raise DocumentError(f"{path.name}: dit PDF-bestand bevat geen tekst, waarschijnlijk een scan. Voeg een versie met tekst toe.")
    meta = sidecar_meta(path, title)
    return Document(meta, tuple(_blocks(pages)), str(path), "\f".join(pages))


def _page_text(pdf, number: int) -> str:  # noqa: ANN001 - pypdfium2 type, imported lazily
    page = pdf[number]
    try:
        text = page.get_textpage()
        try:
            return text.get_text_bounded().replace("\r\n", "\n")
        finally:
            text.close()
    finally:
        page.close()


def _blocks(pages: list[str]):  # noqa: ANN202 - generator of Block
    offset = 0
    headings: tuple[str, ...] = ()
    for number, page in enumerate(pages, 1):
        for start, end, paragraph in _paragraphs(page):
            text = re.sub(r"\s+", " ", _HYPHEN.sub(r"\1", paragraph)).strip()
            if _is_heading(text):
                headings = (text,)
            elif text:
                kind = "item" if _BULLET.match(paragraph) else "sentence"
                text = _BULLET.sub("", text, count=1) if kind == "item" else text
                yield Block(text, offset + start, offset + end, kind, headings, -1, number)
        offset += len(page) + 1


def _is_heading(text: str) -> bool:
    return bool(_HEADING.match(text)) and len(text.split()) <= 10


def _paragraphs(page: str):  # noqa: ANN202 - generator of (start, end, text)
    """Lines joined into paragraphs: a blank line, a bullet, a heading-like line or a short line with a stop ends one."""
    lines = [(m.start(), m.end(), m[0]) for m in re.finditer(r"[^\n]+", page)]
    widest = max((len(x[2].rstrip()) for x in lines), default=0)
    current: list[tuple[int, int, str]] = []
    for start, end, line in lines:
        gap = bool(current) and page[current[-1][1] : start].count("\n") > 1
        heading_before = len(current) == 1 and _is_heading(current[0][2].strip()) and line[:1].isupper()
        closed = bool(current) and current[-1][2].rstrip().endswith((".", "!", "?", ":")) and len(current[-1][2]) < 0.75 * widest
        if current and (gap or closed or heading_before or _BULLET.match(line)):
            yield current[0][0], current[-1][1], "\n".join(x[2] for x in current)
            current = []
        current.append((start, end, line))
    if current:
        yield current[0][0], current[-1][1], "\n".join(x[2] for x in current)
