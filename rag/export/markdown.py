"""An answer, a conversation or a memo as Markdown. Every text is escaped: only links of the advisor's own are links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rag.export.build import of_answer, of_memo, of_turns
from rag.export.paper import Line, Paper, Reference, absolute, blocks, clean, web_address
from rag.export.said import Library
from rag.export.turns import Conversation
from rag.export.words import DUTCH, Words
from rag.types import Answer, Source

if TYPE_CHECKING:
    from rag.guides.memo import Memo

# Beside what CommonMark gives a meaning: what some readers turn into a link by themselves (an address, "www.", an e-mail address).
_SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#|~$^&@]|(?<=:)//|(?<=www)\.", re.IGNORECASE)
_AT_START = re.compile(r"^(?:[-+=]|\d{1,9}(?=[.)]))")


def answer_markdown(answer: Answer, base_url: str, today: date | None = None, words: Words = DUTCH) -> str:
    """One answer; `base_url` is the address of the advisor, as "https://pps.example.nl"."""
    return write(of_answer(answer, today, words), base_url)


def turns_markdown(
    turns: Sequence[dict] | Conversation, base_url: str, library: Library, today: date | None = None, words: Words = DUTCH
) -> str:
    """A conversation of `{"question", "answer"}` with the answer's public JSON, held against `library`; `words` are those around it."""
    return write(of_turns(turns, library, today, words), base_url)


def memo_markdown(memo: Memo, base_url: str) -> str:
    """A memo of guided advice."""
    return write(of_memo(memo), base_url)


def escape(text: str) -> str:
    """`text` on one line so that it shows as itself in Markdown."""
    text = _SPECIAL.sub(lambda m: "".join(f"\\{c}" for c in m[0]), clean(text))
    return _AT_START.sub(lambda m: f"\\{m[0]}" if not m[0][0].isdigit() else f"{m[0]}\\", text)


def write(paper: Paper, base_url: str) -> str:
    """`paper` as Markdown that ends with a line break."""
    known = {r.n for r in paper.references}
    parts = [f"# {escape(paper.title)}", f"> {escape(paper.notice)}", "\n".join(f"- {escape(fact)}" for fact in paper.facts)]
    if paper.intro:
        parts.append(escape(paper.intro))
    for section in paper.sections:
        parts.append(f"## {escape(section.heading)}")
        for block in blocks(section.lines):
            if block.kind == "heading":
                parts.append(f"### {escape(block.lines[0].text)}")
            elif block.kind == "list":
                parts.append("\n".join(f"- {_line(line, known)}" for line in block.lines))
            else:
                parts.append(" ".join(_line(line, known) for line in block.lines))
        parts += [f"*{escape(text)}*" for text in (*section.notes, section.about) if text]
    if paper.references:
        parts.append(f"## {paper.words.sources}")
        parts += [_reference(r, paper.words) for r in paper.references]
        # Defined here and named in the text, so that the text stays readable as it is.
        parts.append("\n".join(f"[{r.n}]: <{absolute(r.path, base_url)}>" for r in paper.references))
    return "\n\n".join(parts) + "\n"


def _line(line: Line, known: set[int]) -> str:
    marks = "".join(f"[\\[{n}\\]][{n}]" for n in line.marks if n in known)
    return f"{escape(line.text)} {marks}".rstrip()


def _reference(r: Reference, words: Words) -> str:
    """A numbered item; what belongs to it is indented below it."""
    lead = f"{r.n}. "
    lines = [f"[{escape(r.place(words))}][{r.n}]"]
    if r.quote:
        lines.append("\n".join(_quoted(r.quote)))
    if r.sources:
        lines.append(words.rests_on)
        lines.append("\n".join(f"- {_source(s, words)}" for s in r.sources))
    indented = "\n\n".join(lines).replace("\n", "\n" + " " * len(lead)).replace(" " * len(lead) + "\n", "\n")
    return lead + indented


def _quoted(quote: tuple[str, ...]) -> list[str]:
    """The lines of a quote, those of a list as a list."""
    out: list[str] = []
    for before, line in zip(("", *quote), quote, strict=False):
        item = line.startswith("- ")
        if before and not (item and before.startswith("- ")):
            out.append(">")
        out.append(f"> - {escape(line[2:])}" if item else f"> {escape(line)}")
    return out


def _source(s: Source, words: Words) -> str:
    address = web_address(s.url)
    title = f"[{escape(s.title)}](<{address}>)" if address else escape(s.title)
    about = ", ".join(escape(t) for t in (s.publisher, words.day(s.date)) if t)
    return f"{title} ({about})" if about else title
