"""What a flow file may hold, checked while it is read. The keys are Dutch: editors write these files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rag.guides.references import check

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=600)]
#: Question → options.
Conditions = dict[Name, Annotated[tuple[Name, ...], Field(min_length=1)]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Conditional(_Part):
    """Shown when the reader chose one of the options of every question in `als`, and of at least one question in `als_een`."""

    als: Conditions = {}
    als_een: Conditions = {}


class Option(_Part):
    """One answer. `waarde` is its place on a scale (0 to 4), for questions that stand in the profile."""

    id: Name
    tekst: Text
    waarde: int | None = Field(None, ge=0, le=4)


class Question(_Part):
    """A question with one answer (`een`) or more (`meer`), of which at least `minstens`."""

    id: Name
    vraag: Text
    hulp: str = ""
    soort: Literal["een", "meer"] = "een"
    minstens: int = Field(1, ge=0, le=20)
    opties: tuple[Option, ...] = Field(min_length=2)

    def label(self, option_id: str) -> str:
        return next(o.tekst for o in self.opties if o.id == option_id)

    def value(self, option_id: str) -> int:
        return next(o.waarde or 0 for o in self.opties if o.id == option_id)


class Page(_Part):
    """Questions that stand together on one page."""

    kop: Text
    uitleg: str = ""
    vragen: tuple[Question, ...] = Field(min_length=1)


class Quoted(Conditional):
    """Sentences of one document, each by its beginning.

    The lead of a list brings the whole list with it, an item of a list its lead. Entries with the same `kop` stand under one small heading.
    """

    document: Text
    zinnen: tuple[Text, ...] = Field(min_length=1)
    kop: str = ""


class Remark(Conditional):
    """Words of the flow itself, shown as such: a question to think about, or what the sources do not decide."""

    tekst: Text


class Axis(_Part):
    """A line of the profile: where the reader stands (`nu`) and wants to stand (`gewenst`), each a question with values."""

    id: Name
    kop: Text
    nu: Name
    gewenst: Name


class Section(Conditional):
    """A part of the memo; with `kloof` only where that line of the profile shows a gap.

    With `per`, the section has a cell for each option that the reader chose of that question (`cellen`); an option without one is silent.
    """

    kop: Text
    kloof: Name | None = None
    antwoorden: tuple[Name, ...] = ()
    opmerkingen: tuple[Remark, ...] = ()
    bronnen: tuple[Quoted, ...] = ()
    per: Name | None = None
    cellen: dict[Name, tuple[Quoted, ...]] = {}

    def quoted(self) -> tuple[tuple[tuple[str | int, ...], Quoted], ...]:
        """Everything the section may quote, with its place below the section (counted from 0)."""
        own = [(("bronnen", n), q) for n, q in enumerate(self.bronnen)]
        return (*own, *((("cellen", option, n), q) for option, cell in self.cellen.items() for n, q in enumerate(cell)))


class Flow(_Part):
    """A whole flow. `tabel` shows the sections with cells as one table, a column per option."""

    naam: Name
    titel: Text
    uitleg: Text
    volgorde: int = 100
    paginas: tuple[Page, ...] = Field(min_length=1)
    memo_titel: Text
    memo_inleiding: Text
    tabel: bool = False
    profiel: tuple[Axis, ...] = ()
    delen: tuple[Section, ...] = Field(min_length=1)

    @property
    def questions(self) -> dict[str, Question]:
        return {q.id: q for page in self.paginas for q in page.vragen}

    @model_validator(mode="after")
    def _names_exist(self) -> Flow:
        check(self)
        return self
