"""PDF → Document, with page numbers, through pypdfium2 (no AGPL, fastest of those measured)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rag.errors import DocumentError
from rag.knowledge.documents import Block, Document
from rag.knowledge.ocr import page_texts, recogniser
from rag.knowledge.pdf_layout import Line, reading_order, without_running_heads
from rag.knowledge.sidecar import sidecar_meta

#: A page with fewer characters than this counts as an image of text.
MIN_CHARS_PER_PAGE = 20
MAX_PAGES = 5000
_BREAK = re.compile(r"(\w+)([-\u00ad\u0002\ufffe])\n([a-zà-ÿ]\w*)")
_NUMBERED = re.compile(r"(?:\d+(?:\.\d+)*\.?|[A-Z]\.)\s+[A-ZÀ-Ý]")
_HEADING = re.compile(r"(?:\d+(?:\.\d+)*\.?\s+)?[A-ZÀ-Ý][^.!;]{2,99}$")
_BULLET = re.compile(r"\s*(?:[•▪◦‣·–\uf0b7-]|\d{1,2}[.)]|[a-z]\))\s+")


def read_pdf(path: Path) -> Document:
    """A PDF as Document: one block per paragraph, each with its page number. Pages that are images of text are recognised
    where the extra `ocr` is installed.

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
        pages = [_page_lines(pdf, n) for n in range(count)]
        title = (pdf.get_metadata_value("Title") or "").strip()
        scanned = [n for n, lines in enumerate(pages) if sum(len(x.text.strip()) for x in lines) < MIN_CHARS_PER_PAGE]
        recognised = _recognise(path, pdf, pages, scanned)
    finally:
        pdf.close()
    texts, blocks = _text_and_blocks(without_running_heads(pages), recognised)
    if not blocks:
        raise DocumentError(f"{path.name}: dit PDF-bestand bevat geen tekst, waarschijnlijk een scan. Voeg een versie met tekst toe.")
    return Document(sidecar_meta(path, title), tuple(blocks), str(path), "\f".join(texts))


def _recognise(path: Path, pdf, pages: list[list[Line]], scanned: list[int]) -> dict[int, str]:  # noqa: ANN001
    """Texts of pages that are images, by page number from 0; refuses a scan when nothing can recognise it."""
    if len(scanned) <= len(pages) / 2:  # a few empty pages or pictures do not make a scan
        return {}
    if not recogniser():
        raise DocumentError(
            f"{path.name}: dit PDF-bestand bevat geen tekst, waarschijnlijk een scan ({len(scanned)} van {len(pages)} bladzijden zijn een "
            "beeld). Voeg een versie met tekst toe, of laat tekstherkenning installeren (zie corpus/README.md)."
        )
    return page_texts(pdf, scanned)


def _page_lines(pdf, number: int) -> list[Line]:  # noqa: ANN001 - pypdfium2 type, imported lazily
    import pypdfium2.raw as raw

    page = pdf[number]
    try:
        text = page.get_textpage()
        try:
            fragments = []
            for n in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(n)
                content = text.get_text_bounded(left, bottom, right, top).replace("\r\n", "\n").strip("\n")
                if content.strip():
                    index = raw.FPDFText_GetCharIndexAtPos(text.raw, left + 1, (bottom + top) / 2, 4, 4)
                    size = raw.FPDFText_GetFontSize(text.raw, index) if index >= 0 else 0.0
                    bold = index >= 0 and raw.FPDFText_GetFontWeight(text.raw, index) >= 600
                    fragments.append(Line(content.replace("\n", " "), left, bottom, right, top, size, bold))
            return reading_order(fragments)
        finally:
            text.close()
    finally:
        page.close()


def _text_and_blocks(pages: list[list[Line]], recognised: dict[int, str]) -> tuple[list[str], list[Block]]:
    """The text of each page, and the blocks of all; positions count in the pages' texts joined by form feeds."""
    body = _body_size(pages)
    words = Counter(re.findall(r"[\w-]+", " ".join(x.text for lines in pages for x in lines).lower()))
    texts: list[str] = []
    blocks: list[Block] = []
    offset = group = 0
    headings: tuple[str, ...] = ()
    for number, lines in enumerate(pages, 1):
        paragraphs = list(_paragraphs(lines, body)) if number - 1 not in recognised else _recognised_paragraphs(recognised[number - 1])
        page_text = ""
        for raw, set_apart in paragraphs:
            start = len(page_text)
            page_text += raw + "\n\n"
            text = re.sub(r"\s+", " ", _whole_words(raw, words)).strip()
            if set_apart or _is_heading(text):
                headings = (text,)
                continue
            kind = "item" if _BULLET.match(raw) else "lead" if text.endswith(":") and blocks else "sentence"
            if kind != "item" and (not blocks or blocks[-1].kind != "item" or kind == "lead"):
                group += 1
            text = _BULLET.sub("", text, count=1) if kind == "item" else text
            grouped = group if kind in ("item", "lead") else -1
            if text:
                blocks.append(Block(text, offset + start, offset + start + len(raw), kind, headings, grouped, number))
        texts.append(page_text)
        offset += len(page_text) + 1
    return texts, blocks


def _body_size(pages: list[list[Line]]) -> float:
    sizes = [x.size for lines in pages for x in lines for _ in range(len(x.text.split())) if x.size]
    return median(sizes) if sizes else 0.0


def _whole_words(raw: str, words: Counter[str]) -> str:
    """Words broken at a line's end as one word; the hyphen stays where the document writes that word with one elsewhere."""

    def join(match: re.Match[str]) -> str:
        first, mark, second = match.groups()
        with_hyphen, without = f"{first}-{second}".lower(), f"{first}{second}".lower()
        keep = mark != "\u00ad" and words[with_hyphen] > words[without]
        return f"{first}-{second}" if keep else first + second

    return _BREAK.sub(join, raw)


def _is_heading(text: str) -> bool:
    """A short numbered line without a full stop; other headings are known by their letter."""
    return bool(_HEADING.match(text)) and bool(_NUMBERED.match(text)) and len(text.split()) <= 12


def _recognised_paragraphs(text: str) -> list[tuple[str, bool]]:
    return [(p.strip("\n"), False) for p in re.split(r"\n\s*\n", text) if p.strip()]


def _paragraphs(lines: list[Line], body: float) -> Iterator[tuple[str, bool]]:
    """(text, whether it is set larger than the running text): lines joined until something ends the paragraph."""
    widest = max((x.right - x.left for x in lines), default=0.0)
    current: list[Line] = []
    for line in lines:
        if current and _ends(current, line, widest, body):
            yield "\n".join(x.text for x in current), _set_apart(current, body)
            current = []
        current.append(line)
    if current:
        yield "\n".join(x.text for x in current), _set_apart(current, body)


def _set_apart(lines: list[Line], body: float) -> bool:
    """Whether a short paragraph is larger or bolder than the running text: a heading."""
    words = sum(len(x.text.split()) for x in lines)
    larger = body > 0 and min(x.size for x in lines) >= 1.12 * body
    bold = all(x.bold for x in lines) and not lines[-1].text.rstrip().endswith((".", ";", ","))
    return words <= 20 and any(c.isalpha() for x in lines for c in x.text) and (larger or (bold and words <= 14))


def _ends(current: list[Line], line: Line, widest: float, body: float) -> bool:
    last = current[-1]
    distance = last.bottom - line.top
    gap = distance > 0.75 * last.height
    elsewhere = line.bottom > last.top  # the next column
    other_size = bool(body) and abs(line.size - last.size) > 0.12 * body
    short = last.right - last.left < 0.75 * widest
    closed = last.text.rstrip().endswith((".", "!", "?", ":")) and short
    heading_before = len(current) == 1 and _is_heading(last.text.strip()) and line.text[:1].isupper() and short
    other_weight = last.bold != line.bold and (len(current) == 1 or all(x.bold for x in current))
    if elsewhere:
        return closed or bool(_BULLET.match(line.text))
    return gap or other_size or other_weight or closed or heading_before or bool(_BULLET.match(line.text))
