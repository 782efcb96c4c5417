"""Word and PowerPoint → Document: headings, lists, tables, footnotes; slide numbers and notes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.archive import UNREADABLE
from rag.knowledge.documents import Document
from rag.knowledge.sidecar import sidecar_meta
from rag.knowledge.writer import BlockWriter

#: What is inside may not be larger than this, nor this many times the file: such a file is made to fill a memory.
MAX_UNPACKED, MAX_RATIO = 500_000_000, 200
#: Tables within tables are read this deep; deeper ones are left out.
MAX_DEPTH = 3
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVEL = re.compile(r"(?:heading|kop)\s*(\d)", re.I)


def read_docx(path: Path) -> Document:
    """A Word file as Document. Word knows no pages until it is printed, so a citation names the headings.

    Raises:
        DocumentError: damaged, too large inside, or without text.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    document = _opened(path, docx.Document, PackageNotFoundError, "Word")
    writer = BlockWriter()
    notes = _footnotes(document)
    for element in document.iter_inner_content():
        if hasattr(element, "rows"):
            writer.table(_rows(element, 1))
        else:
            _paragraph(writer, element, notes)
    if not writer.blocks:
        raise DocumentError(f"{path.name}: er staat geen tekst in dit Word-bestand; misschien bestaat het uit afbeeldingen.")
    return Document(sidecar_meta(path, (document.core_properties.title or "").strip()), tuple(writer.blocks), str(path), writer.text)


def _paragraph(writer: BlockWriter, paragraph, notes: dict[str, str]) -> None:  # noqa: ANN001 - python-docx type
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    level = _LEVEL.match(style)
    if level or style.lower() in ("title", "titel"):
        writer.heading(paragraph.text, int(level[1]) if level else 1)
        return
    listed = style.lower().startswith(("list", "lijst")) or paragraph._p.find(f"./{_W}pPr/{_W}numPr") is not None
    (writer.item if listed else writer.paragraph)(paragraph.text)
    for reference in paragraph._p.iter(f"{_W}footnoteReference"):
        number = reference.get(f"{_W}id")
        if notes.get(number):
            writer.paragraph(f"Voetnoot {number}. {notes[number]}")


def _footnotes(document) -> dict[str, str]:  # noqa: ANN001
    """Text of each footnote by its id; python-docx has no interface for them."""
    from lxml import etree

    for relation in document.part.rels.values():
        if relation.reltype.endswith("/footnotes"):
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.fromstring(relation.target_part.blob, parser)
            texts = {n.get(f"{_W}id"): "".join(t.text or "" for t in n.iter(f"{_W}t")).strip() for n in root.iter(f"{_W}footnote")}
            return {i: t for i, t in texts.items() if i and t}
    return {}


def _rows(table, depth: int) -> list[list[str]]:  # noqa: ANN001
    out = []
    for row in table.rows:
        cells, last = [], None
        for cell in row.cells:
            if cell._tc is not last:  # a merged cell comes back once per column
                cells.append(" ".join(_cell_texts(cell, depth)))
            last = cell._tc
        out.append(cells)
    return out


def _cell_texts(cell, depth: int) -> Iterator[str]:  # noqa: ANN001
    for element in cell.iter_inner_content():
        if not hasattr(element, "rows"):
            yield element.text
        elif depth < MAX_DEPTH:
            yield "; ".join(" ".join(row) for row in _rows(element, depth + 1))


def read_pptx(path: Path) -> Document:
    """A presentation as Document: each slide is a section "Dia 3: titel", its notes stand under it.

    Raises:
        DocumentError: damaged, too large inside, or without text.
    """
    import pptx
    from pptx.exc import PackageNotFoundError

    presentation = _opened(path, pptx.Presentation, PackageNotFoundError, "PowerPoint")
    writer = BlockWriter()
    for number, slide in enumerate(presentation.slides, 1):
        title = slide.shapes.title
        name = title.text_frame.text if title is not None and title.has_text_frame else ""
        writer.heading(f"Dia {number}: {name}" if name.strip() else f"Dia {number}", 2)
        for shape in _shapes(slide.shapes, 1):
            if title is None or shape.shape_id != title.shape_id:
                _shape(writer, shape)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame and slide.notes_slide.notes_text_frame.text.strip():
            writer.heading(f"Notities bij dia {number}", 3)
            for line in slide.notes_slide.notes_text_frame.text.splitlines():
                writer.paragraph(line)
    if not writer.blocks:
        raise DocumentError(f"{path.name}: er staat geen tekst in deze presentatie; misschien bestaat zij uit afbeeldingen.")
    title = (presentation.core_properties.title or "").strip()
    generic = title.lower() in ("", "powerpoint presentation", "powerpoint-presentatie")
    return Document(sidecar_meta(path, "" if generic else title), tuple(writer.blocks), str(path), writer.text)


def _shapes(shapes, depth: int) -> Iterator:  # noqa: ANN001
    for shape in sorted(shapes, key=lambda s: (s.top or 0, s.left or 0)):
        if hasattr(shape, "shapes"):
            if depth < MAX_DEPTH:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _shape(writer: BlockWriter, shape) -> None:  # noqa: ANN001
    if getattr(shape, "has_table", False) and shape.has_table:
        writer.table([[cell.text for cell in row.cells] for row in shape.table.rows])
        return
    if not shape.has_text_frame:
        return
    lines = [p.text for p in shape.text_frame.paragraphs if p.text.strip()]
    for line in lines:  # a text box of several lines is a list on a slide
        (writer.item if len(lines) > 1 else writer.paragraph)(line)


def _opened(path: Path, load: Callable, not_found: type[Exception], program: str):  # noqa: ANN202 - what `load` gives
    """The file as its library sees it.

    Raises:
        DocumentError: too large inside, or not a file of `program`.
    """
    _check_container(path)
    try:
        return load(str(path))
    except (not_found, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DocumentError(f"{path.name}: dit is geen leesbaar {program}-bestand.") from error


def _check_container(path: Path) -> None:
    """Refuse a file that is no zip container, or unpacks to far more than it is.

    Raises:
        DocumentError: as said.
    """
    try:
        with zipfile.ZipFile(path) as container:
            unpacked = sum(entry.file_size for entry in container.infolist())
    except UNREADABLE as error:
        raise DocumentError(f"{path.name}: het bestand is beschadigd, of geen {path.suffix}-bestand.") from error
    if unpacked > MAX_UNPACKED or unpacked > 10_000_000 and unpacked > MAX_RATIO * path.stat().st_size:
        raise DocumentError(
            f"{path.name}: het bestand is uitgepakt {unpacked / 1e6:.0f} MB, veel meer dan een gewoon document. Het is niet ingelezen."
        )
