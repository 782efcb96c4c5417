"""What a reader makes of a source file, before it is split into passages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rag.types import Source

Soort = Literal["publicatie", "kennis", "juridisch", "praktijk", "vergelijking", "begrippen"]
Domein = Literal[
    "algemeen", "cybercrime", "financieel-economisch", "ondermijning", "vermogenscriminaliteit", "lokaal", "internationaal", "ai"
]
Rol = Literal["om", "politie", "bod", "gemeente", "privaat"]
Fase = Literal["verkennen", "inrichten", "uitvoeren", "evalueren", "afronden"]
#: Whether a document is used for answers: a draft not yet, an expired one no longer; both stay open to read.
Status = Literal["concept", "actueel", "vervallen"]
#: A document without `controleren_voor` is to be checked again this long after `laatst_gecontroleerd`.
REVIEW_AFTER = timedelta(days=365)


class SourceEntry(BaseModel):
    """One entry under `bronnen` in a document's front matter."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    titel: str = Field(min_length=1)
    uitgever: str = Field(min_length=1)
    datum: str = Field(min_length=1)
    url: str = Field(pattern=r"^https?://\S+$")
    soort: str = ""

    @field_validator("datum", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, date | int) else value

    def as_source(self) -> Source:
        return Source(self.id, self.titel, self.uitgever, self.datum, self.url, self.soort)


class FrontMatter(BaseModel):
    """What stands between the two lines of --- at the top of a document (or in the .yml beside a PDF)."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,98}$")
    titel: str = Field(min_length=3, max_length=200)
    soort: Soort
    domein: list[Domein] = Field(min_length=1)
    rol: list[Rol] = Field(min_length=1)
    fase: list[Fase] = Field(min_length=1)
    taal: Literal["nl", "en"] = "nl"
    laatst_gecontroleerd: date
    status: Status = "actueel"
    geldig_tot: date | None = None  # the last day on which the document is used for answers
    controleren_voor: date | None = None
    feiten: list[str] = []
    bronnen: list[SourceEntry] = Field(min_length=1)

    @property
    def review_by(self) -> date:
        """The day from which the document counts as due for a check."""
        return review_by(self.laatst_gecontroleerd, self.controleren_voor)


def review_by(checked: date, explicit: date | None) -> date:
    """The day from which a document last checked on `checked` is due, unless its front matter names one."""
    return explicit or checked + REVIEW_AFTER


def status_on(day: str, status: str, valid_until: str) -> str:
    """The status that answers go by on `day` (ISO): a document past its last day is no longer valid whatever it says."""
    return "vervallen" if valid_until and valid_until < day else status


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row: clean text, the sources of its stretches, and where it stands.

    `cites` holds (end, source ids): the text up to character `end` of this block (from the previous end) rests on them.
    `start` and `end` count characters in the source text; for a PDF in the text of all pages joined by form feeds.
    """

    text: str
    start: int
    end: int
    kind: str = "sentence"  # sentence (a paragraph) | lead | item | row
    headings: tuple[str, ...] = ()
    group: int = -1
    page: int | None = None
    cites: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source file read whole: its front matter and its blocks in reading order."""

    meta: FrontMatter
    blocks: tuple[Block, ...]
    path: str
    text: str = ""
    links: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(entry.as_source() for entry in self.meta.bronnen)
