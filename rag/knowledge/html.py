"""HTML → Document: the main text with its headings, lists and tables; scripts, menus and what is hidden stay out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.errors import DocumentError
from rag.knowledge.documents import Document
from rag.knowledge.sidecar import sidecar_meta
from rag.knowledge.writer import BlockWriter

_LEFT_OUT = (
    "script, style, template, noscript, iframe, object, embed, svg, canvas, nav, header, footer, aside, form, button, select, dialog, "
    "[hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], [role=search], [role=complementary]"
)
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 html li main ol p pre "
    "section summary table tbody td th thead tr ul".split()
)


def read_html(path: Path, text: str) -> Document:
    """A web page as Document.

    Raises:
        DocumentError: there is no text in it.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    name = " ".join(title.text().split()) if title else ""
    root = tree.body
    if root is None:
        raise DocumentError(f"{path.name}: er staat geen tekst in deze pagina.")
    for node in root.css(_LEFT_OUT):
        if not (node.tag == "header" and node.css_first("h1")):  # an article's own head holds its title
            node.decompose()
    for node in root.css("[style]"):
        style = (node.attributes.get("style") or "").replace(" ", "").lower()
        if "display:none" in style or "visibility:hidden" in style:
            node.decompose()
    main = tree.css_first("main") or tree.css_first("[role=main]") or tree.css_first("article") or root
    writer = BlockWriter()
    _write(writer, main)
    if not writer.blocks:
        raise DocumentError(f"{path.name}: er staat geen tekst in deze pagina, of alleen tekst die een script invult.")
    links = tuple(dict.fromkeys(a.attributes.get("href") or "" for a in main.css("a[href]")))
    heading = main.css_first("h1")
    meta = sidecar_meta(path, " ".join(heading.text().split()) if heading else name)
    return Document(meta, tuple(writer.blocks), str(path), writer.text, links)


def _write(writer: BlockWriter, main) -> None:  # noqa: ANN001 - LexborNode
    row: list[str] = []
    rows: list[list[str]] = []
    table_id = row_id = -1
    for block, text in _runs(main):
        kind = block.tag or ""
        cell_row = _up(block, "tr") if kind in ("td", "th") or _up(block, "td") or _up(block, "th") else None
        if cell_row is None:
            if row:
                rows.append(row)
            if rows:
                writer.table(rows)
            row, rows, table_id, row_id = [], [], -1, -1
            if kind in ("h1", "h2", "h3", "h4", "h5", "h6"):
                writer.heading(text, int(kind[1]))
            elif kind == "li" or _up(block, "li"):
                writer.item(text)
            else:
                writer.paragraph(text)
            continue
        table = _up(cell_row, "table")
        if table is not None and table.mem_id != table_id:
            if row:
                rows.append(row)
            if rows:
                writer.table(rows)
            row, rows, table_id, row_id = [], [], table.mem_id, cell_row.mem_id
        elif cell_row.mem_id != row_id:
            if row:
                rows.append(row)
            row, row_id = [], cell_row.mem_id
        row.append(text)
    if row:
        rows.append(row)
    if rows:
        writer.table(rows)


def _runs(main) -> Iterator[tuple]:  # noqa: ANN001 - yields (block element, its text)
    """Text in reading order, cut where the block-level element it stands in changes. Without recursion: nesting may be hostile."""
    current, parts = None, []
    for node in main.traverse(include_text=True):
        if node.tag == "br":
            parts.append(" ")
        if node.tag != "-text":
            continue
        block = node.parent
        while block is not None and block.tag not in _BLOCKS:
            block = block.parent
        if block is None:
            continue
        if current is not None and block.mem_id != current.mem_id:
            if "".join(parts).strip():
                yield current, "".join(parts)
            parts = []
        current = block
        parts.append(node.text_content or "")
    if current is not None and "".join(parts).strip():
        yield current, "".join(parts)


def _up(node, tag: str):  # noqa: ANN001, ANN202 - the nearest ancestor with this tag, at most a few levels up
    for _ in range(6):
        node = node.parent
        if node is None:
            return None
        if node.tag == tag:
            return node
    return None
