"""An answer, a conversation or a memo as a Word document with headings, numbered sources and working links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from docx import Document
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from rag.export import word
from rag.export.build import of_answer, of_memo, of_turns
from rag.export.paper import Line, Paper, Reference, Section, absolute, blocks, clean, web_address
from rag.export.said import Library
from rag.export.turns import Conversation
from rag.export.words import DUTCH, Words
from rag.types import Answer, Source

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from rag.guides.memo import Memo


def answer_docx(answer: Answer, base_url: str, today: date | None = None, words: Words = DUTCH) -> bytes:
    """One answer; `base_url` is the address of the advisor, as "https://pps.example.nl"."""
    return write(of_answer(answer, today, words), base_url)


def turns_docx(
    turns: Sequence[dict] | Conversation, base_url: str, library: Library, today: date | None = None, words: Words = DUTCH
) -> bytes:
    """A conversation of `{"question", "answer"}` with the answer's public JSON, held against `library`; `words` are those around it."""
    return write(of_turns(turns, library, today, words), base_url)


def memo_docx(memo: Memo, base_url: str) -> bytes:
    """A memo of guided advice."""
    return write(of_memo(memo), base_url)


def write(paper: Paper, base_url: str) -> bytes:
    """`paper` as the bytes of a .docx file."""
    document, words = Document(), paper.words
    word.prepare(document, paper.title, words.title, words.language)
    document.add_heading(paper.title, 0)
    word.boxed(document.add_paragraph(paper.notice))
    for fact in paper.facts:
        document.add_paragraph(fact, style="List Bullet")
    if paper.intro:
        document.add_paragraph(paper.intro)
    known = {r.n for r in paper.references}
    for section in paper.sections:
        _section(document, section, known)
    if paper.references:
        document.add_heading(words.sources, 1)
        for r in paper.references:
            _reference(document, r, absolute(r.path, base_url), words)
    word.page_numbers(document, f"{words.title} · {words.page} ")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _section(document: WordDocument, section: Section, known: set[int]) -> None:
    document.add_heading(section.heading, 1)
    for block in blocks(section.lines):
        if block.kind == "heading":
            document.add_heading(block.lines[0].text, 2)
        elif block.kind == "list":
            for line in block.lines:
                _write(document.add_paragraph(style="List Bullet"), (line,), known, section.language)
        else:
            _write(document.add_paragraph(), block.lines, known, section.language)
    for text in (*section.notes, section.about):
        if text:
            run = document.add_paragraph().add_run(text)
            run.italic, run.font.size = True, Pt(10)


def _write(paragraph: Paragraph, lines: tuple[Line, ...], known: set[int], language: str) -> None:
    """Sentences one after the other, each with its marks, which lead to the list of sources."""
    for i, line in enumerate(lines):
        word.run(paragraph, (" " if i else "") + line.text, language)
        for n in line.marks:
            if n in known:
                paragraph.add_run(" ")
                word.link_within(paragraph, f"[{n}]", _bookmark(n))


def _reference(document: WordDocument, r: Reference, address: str, words: Words) -> None:
    paragraph = document.add_paragraph()
    word.bookmark(paragraph, _bookmark(r.n), r.n)
    paragraph.add_run(f"[{r.n}] ")
    word.link(paragraph, r.place(words), address)
    paragraph.paragraph_format.keep_with_next = bool(r.quote)
    for line in r.quote:
        word.run(document.add_paragraph(style="Quote"), f"• {line[2:]}" if line.startswith("- ") else line)
    if r.sources:
        document.add_paragraph(words.rests_on).paragraph_format.keep_with_next = True
    for source in r.sources:
        _source(document.add_paragraph(style="List Bullet"), source, words)


def _source(paragraph: Paragraph, source: Source, words: Words) -> None:
    title = clean(source.title)
    word.title(paragraph, title, web_address(source.url))
    about = ", ".join(clean(t) for t in (source.publisher, words.day(source.date)) if t)
    if about:
        paragraph.add_run(f" ({about})")


def _bookmark(n: int) -> str:
    return f"bron_{n}"
