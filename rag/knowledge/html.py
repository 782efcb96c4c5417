"""HTML → Document: the main text with its headings, lists and tables; scripts, menus and what is hidden stay out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
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
    cells: list[tuple[int, str]] = []  # row and text of each cell of the table that is being read
    table_id = -1

    def end_table() -> None:
        if cells:
            writer.table([[text for _, text in row] for _, row in groupby(cells, key=lambda cell: cell[0])])
            cells.clear()

    for block, text in _runs(main):
        kind = block.tag or ""
        row = _up(block, "tr") if kind in ("td", "th") or _up(block, "td") or _up(block, "th") else None
        table = _up(row, "table") if row is not None else None
        if row is None or table is not None and table.mem_id != table_id:
            end_table()
            table_id = table.mem_id if table is not None else -1
        if row is not None:
            cells.append((row.mem_id, text))
        elif kind in ("h1", "h2", "h3", "h4", "h5", "h6"):
            writer.heading(text, int(kind[1]))
        elif kind == "li" or _up(block, "li"):
            writer.item(text)
        else:
            writer.paragraph(text)
    end_table()


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
