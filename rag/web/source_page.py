"""The page of one document, with the cited passage highlighted."""

from __future__ import annotations

from itertools import groupby

from rag.knowledge.store import PassageStore
from rag.types import Passage, PassageSentence
from rag.web.render import templates


def source_page(store: PassageStore, document_id: str, wanted: str | None) -> str | None:
    """HTML of the document; None when there is no such document. `wanted` is the last part of a passage id."""
    document = store.document(document_id)
    if not document:
        return None
    passages = store.passages_of(document_id)
    chosen = f"{document_id}.{wanted}" if wanted else ""
    numbers = {entry["id"]: n for n, entry in enumerate(document.meta["bronnen"], 1)}
    shown: tuple[str, ...] = ()
    sections = []
    for passage in passages:
        headings = _new_headings(shown, passage.headings, document.title)
        shown = passage.headings
        sections.append({"headings": headings, "blocks": _blocks(passage, numbers), "chosen": passage.id == chosen, "page": passage.page})
    return (
        templates()
        .get_template("source.html")
        .render(
            title=document.title,
            meta=document.meta,
            sections=sections,
            sources=document.meta["bronnen"],
            chosen=any(s["chosen"] for s in sections),
            missing=bool(wanted) and not any(s["chosen"] for s in sections),
        )
    )


def message_page(title: str, text: str) -> str:
    return templates().get_template("message.html").render(title=title, text=text)


def _new_headings(before: tuple[str, ...], now: tuple[str, ...], title: str) -> list[dict]:
    """Headings that were not yet shown, each with its level in the page; the document's title is the page's h1 already."""
    common = 0
    while common < min(len(before), len(now)) and before[common] == now[common]:
        common += 1
    return [{"level": min(2 + max(0, i - 1), 4), "text": h} for i, h in enumerate(now) if i >= common and h != title and i > 0]


def _blocks(passage: Passage, numbers: dict[str, int]) -> list[dict]:
    out: list[dict] = []
    heading = passage.headings[-1]
    for _, run in groupby(passage.sentences, key=lambda s: (s.heading, s.group, s.kind in ("item", "row"))):
        sentences = list(run)
        if sentences[0].heading != heading and sentences[0].heading != passage.title:
            heading = sentences[0].heading
            out.append({"kind": "heading", "text": heading})
        kind = "list" if sentences[0].kind in ("item", "row") else "paragraph"
        out.append({"kind": kind, "sentences": [_with_numbers(s, numbers) for s in sentences]})
    return out


def _with_numbers(sentence: PassageSentence, numbers: dict[str, int]) -> dict:
    return {"text": sentence.text, "sources": [numbers[i] for i in sentence.sources if i in numbers]}
