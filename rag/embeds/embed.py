"""One embedded answer: what was confirmed when it was published, where it may be shown, and its JSON for the database."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime

import orjson

from rag.export.paper import Line, Reference
from rag.types import Passage, Source


def new_id() -> str:
    """128 random bits, as 32 hexadecimal digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Cited:
    """A source of an embed: how it is shown, and which passage it was, with the `fingerprint` of that passage at the time."""

    reference: Reference
    passage_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an embed says: the confirmed lines with their sources, and small print. `language` is that of the words around them,
    `spoken` that of the lines."""

    question: str
    lines: tuple[Line, ...]
    cited: tuple[Cited, ...]
    status: str = "answered"
    notices: tuple[str, ...] = ()
    by: str = ""
    language: str = "nl"
    spoken: str = "nl"
    corpus_version: str = ""

    def to_json(self) -> dict:
        """As it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Content:
        """The inverse of `to_json`, also after a database made lists of tuples."""
        lines = tuple(Line(**{**line, "marks": tuple(line["marks"])}) for line in data["lines"])
        cited = tuple(Cited(_reference(c["reference"]), c["passage_id"], c["fingerprint"]) for c in data["cited"])
        known = {f.name for f in fields(cls)}
        return cls(**{**{k: v for k, v in data.items() if k in known}, "lines": lines, "cited": cited, "notices": tuple(data["notices"])})


@dataclass(frozen=True, slots=True)
class Embed:
    """A published answer. `version` counts how often it was published; `published` is the last time. Moments are in UTC."""

    content: Content
    origins: tuple[str, ...]
    id: str = field(default_factory=new_id)
    version: int = 1
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    published: datetime = field(default_factory=lambda: datetime.now(UTC))
    revoked: datetime | None = None


def fingerprint(passage: Passage) -> str:
    """Of all that an embed shows of a passage: words, headings and sources. That an editor looked at it again changes nothing."""
    sources = [(s.title, s.publisher, s.date, s.url) for s in passage.sources]
    seen = (passage.title, passage.headings, passage.page, passage.text, sources)
    return hashlib.sha256(orjson.dumps(seen)).hexdigest()


def _reference(data: dict) -> Reference:
    return Reference(**{**data, "quote": tuple(data["quote"]), "sources": tuple(Source(**s) for s in data["sources"])})
