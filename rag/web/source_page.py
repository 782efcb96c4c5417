"""The page of one document, with the cited passage highlighted; also of texts that are no longer in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from rag.knowledge.store import PassageStore, StoredDocument
from rag.knowledge.tables import Cell, Row, as_table, rows_of
from rag.language.dates import dutch_date
from rag.language.detect import detect_language
from rag.types import Passage, PassageSentence
from rag.web.render import templates


def source_page(store: PassageStore, document_id: str, wanted: str | None) -> str | None:
    """HTML of the document; None when there is no such document, nor an archived passage of it.

    `wanted` is the last part of a passage id. A passage that has changed or gone is shown as it was, with a notice.
    """
    document = store.document(document_id)
    chosen = f"{document_id}.{wanted}" if wanted else ""
    passages = store.passages_of(document_id) if document else []
    archived = store.archived(chosen) if chosen and all(p.id != chosen for p in passages) else None
    if not document:
        return _archived_only(*archived) if archived else None
    numbers = {entry["id"]: n for n, entry in enumerate(document.meta["bronnen"], 1)}
    sections = _sections(passages, document, numbers, chosen)
    return (
        templates()
        .get_template("source.html")
        .render(
            title=document.title,
            meta=document.meta,
            notice=_status_notice(document),
            checked=dutch_date(document.meta["laatst_gecontroleerd"]),
            sections=sections,
            sources=document.meta["bronnen"],
            chosen=any(s["chosen"] for s in sections) or bool(archived),
            missing=bool(wanted) and not archived and not any(s["chosen"] for s in sections),
            archived=_old(*archived) if archived else None,
        )
    )


def _archived_only(passage: Passage, gone: str) -> str:
    """The page of a passage whose document is no longer among the sources."""
    return templates().get_template("archived.html").render(title=passage.title, archived=_old(passage, gone), sources=passage.sources)


def _old(passage: Passage, gone: str) -> dict:
    numbers = {s.id: n for n, s in enumerate(passage.sources, 1)}
    return {
        "blocks": _blocks(passage, numbers, under=3),
        "language": detect_language(passage.text),
        "gone": dutch_date(gone),
        "heading": passage.section,
        "page": passage.page,
    }


def _status_notice(document: StoredDocument, today: date | None = None) -> str:
    today_text = (today or date.today()).isoformat()
    until = document.meta.get("geldig_tot") or ""
    if document.meta.get("status") == "concept":
        return "Dit document is een concept. De adviseur gebruikt het nog niet voor antwoorden."
    if document.meta.get("status") == "vervallen":
        return "Dit document is vervallen. De adviseur gebruikt het niet meer voor antwoorden."
    if until and until < today_text:
        return f"Dit document was geldig tot en met {dutch_date(until)}. De adviseur gebruikt het niet meer voor antwoorden."
    return ""


def _sections(passages: list[Passage], document: StoredDocument, numbers: dict[str, int], chosen: str) -> list[dict]:
    shown: tuple[str, ...] = ()
    rows = rows_of(document.body)
    count = 0
    sections = []
    for passage in passages:
        headings = _new_headings(shown, passage.headings, document.title)
        shown = passage.headings
        told = {"chosen": passage.id == chosen, "page": passage.page, "language": detect_language(passage.text)}
        blocks = _blocks(passage, numbers, rows=rows)
        for table in (b for b in blocks if b["kind"] == "table"):
            count += 1
            table["name"] = f"Tabel {count}: {table['heading']}"
        sections.append({"headings": headings, "blocks": blocks, **told})
    return sections


def message_page(title: str, text: str) -> str:
    return templates().get_template("message.html").render(title=title, text=text)


def _new_headings(before: tuple[str, ...], now: tuple[str, ...], title: str) -> list[dict]:
    """Headings that were not yet shown, each with its level in the page; the document's title is the page's h1 already."""
    common = 0
    while common < min(len(before), len(now)) and before[common] == now[common]:
        common += 1
    return [{"level": _level(i), "text": h} for i, h in enumerate(now) if i >= common and h != title and i > 0]


def _level(depth: int) -> int:
    """The level in the page of a heading with `depth` headings above it."""
    return min(2 + max(0, depth - 1), 4)


def _blocks(passage: Passage, numbers: dict[str, int], under: int = 2, rows: Sequence[Row] = ()) -> list[dict]:
    """Paragraphs, lists, tables and headings of a passage. A table whose cells are not among `rows` is a list.

    A heading inside it stands beside its own one (no level skipped), not above `under`.
    """
    level = max(under, _level(len(passage.headings) - 1))
    out: list[dict] = []
    heading = passage.headings[-1]
    for _, run in groupby(passage.sentences, key=lambda s: (s.heading, s.group, s.kind in ("item", "row"))):
        sentences = list(run)
        if sentences[0].heading != heading and sentences[0].heading != passage.title:
            heading = sentences[0].heading
            out.append({"kind": "heading", "text": heading, "level": level})
        table = as_table(passage, sentences, rows) if sentences[0].kind == "row" else None
        if table:
            out.append({"kind": "table", "heading": heading, "heads": table.heads, "rows": [_cells(row, numbers) for row in table.rows]})
            continue
        kind = "list" if sentences[0].kind in ("item", "row") else "paragraph"
        out.append({"kind": kind, "sentences": [_with_numbers(s, numbers) for s in sentences]})
    return out


def _cells(row: Iterable[Cell], numbers: dict[str, int]) -> list[dict]:
    return [{"text": cell.text, "sources": [numbers[i] for i in cell.sources if i in numbers]} for cell in row]


def _with_numbers(sentence: PassageSentence, numbers: dict[str, int]) -> dict:
    return {"text": sentence.text, "sources": [numbers[i] for i in sentence.sources if i in numbers]}
