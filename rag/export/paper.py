"""What an exported document holds, whatever it is written as: sections of sentences with marks, and one list of sources."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from rag.export.words import DUTCH, Words
from rag.types import Citation, Passage, Source

#: Finds a passage of the index or of its archive by id; None where there is none.
Find = Callable[[str], Passage | None]

# What XML cannot hold, and what turns or hides text: a document must read as it was written.
_UNWRITABLE = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_WEB = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
#: What stays as it is in the address of a source, which is percent-encoded already where it must be.
_SAFE = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, or one item of a list, with the numbers of the sources behind it."""

    text: str
    marks: tuple[int, ...] = ()
    kind: str = "sentence"  # sentence | lead | item | row
    heading: str = ""  # the heading above it; the same for all lines below one heading


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document under a heading. `notes` and `about` are small print below its lines."""

    heading: str
    lines: tuple[Line, ...] = ()
    about: str = ""
    notes: tuple[str, ...] = ()
    language: str = "nl"


@dataclass(frozen=True, slots=True)
class Reference:
    """One numbered source: a place in a document of the corpus."""

    n: int
    title: str
    section: str
    page: int | None
    quote: tuple[str, ...]  # line by line: the items of a list each have one, beginning with "- "
    path: str  # address on the site, "/bron/…"
    sources: tuple[Source, ...] = ()

    def place(self, words: Words = DUTCH) -> str:
        """Title, heading and page, as a reader looks it up."""
        heading = f" — {self.section}" if self.section and self.section != self.title else ""
        return f"{self.title}{heading}" + (f", {words.page} {self.page}" if self.page else "")


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole document. `facts` are lines such as the day and the version of the sources; `words` are the rest of its language."""

    title: str
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    facts: tuple[str, ...]
    intro: str = ""
    words: Words = DUTCH

    @property
    def notice(self) -> str:
        """What every document says of itself."""
        return self.words.notice.format(title=self.words.title)


def clean(text: str) -> str:
    """`text` on one line, without what a document cannot hold or does not show."""
    return " ".join(_UNWRITABLE.sub("", text).split())


def clean_lines(text: str) -> tuple[str, ...]:
    """The lines of `text`, each clean; empty ones are left out."""
    return tuple(filter(None, map(clean, text.splitlines())))


def passage_path(document_id: str, passage_id: str) -> str:
    """The address of a passage on the site, from ids only."""
    return f"/bron/{quote(document_id, safe='')}?passage={quote(passage_id.rsplit('.', 1)[-1], safe='')}#passage"


def absolute(path: str, base_url: str) -> str:
    """`path` of the site as an address that works from anywhere."""
    return base_url.rstrip("/") + path


def web_address(url: str) -> str:
    """The address of a source as it can stand in a link; empty where it is not one of the web ("javascript:" is not)."""
    return quote(url, safe=_SAFE) if _WEB.fullmatch(url) else ""


def reference(citation: Citation) -> Reference:
    """The source of a citation as it stands in a document."""
    p = citation.passage
    path = passage_path(p.document_id, p.id)
    return Reference(
        citation.n, clean(p.title), clean(citation.section), citation.page, clean_lines(citation.quote), path, citation.sources
    )


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (one line without marks), a paragraph or a list."""

    kind: str  # heading | paragraph | list
    lines: tuple[Line, ...]


def blocks(lines: tuple[Line, ...]) -> tuple[Block, ...]:
    """Lines as they stand together: sentences flow into a paragraph, items form a list, a new heading stands above its lines."""
    out: list[tuple[str, list[Line]]] = []
    heading = ""
    for line in lines:
        if line.heading and line.heading != heading:
            heading = line.heading
            out.append(("heading", [Line(heading)]))
        kind = "list" if line.kind in ("item", "row") else "paragraph"
        if out and out[-1][0] == kind and line.kind != "lead":
            out[-1][1].append(line)
        else:
            out.append((kind, [line]))
    return tuple(Block(kind, tuple(held)) for kind, held in out)
