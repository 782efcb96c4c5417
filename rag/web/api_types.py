"""What goes in and out of the API, as OpenAPI shows it. An answer is the public contract of rag.types.Answer.as_dict."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rag.knowledge.documents import Domein, Fase, Rol, Soort
from rag.statuses import statuses
from rag.types import Filters, Turn

StatusName = Enum("StatusName", {name: name for name in statuses()}, type=str)
_QUESTION = "Wat is PPS volgens TNO?"


class EarlierTurn(BaseModel):
    """A question asked before in the same conversation: from its answer, `standalone_question`, the cited documents and `status`."""

    question: str = Field(max_length=4000, examples=[_QUESTION])
    documents: list[Annotated[str, StringConstraints(max_length=300)]] = Field(
        [], max_length=50, description="`document_id` of the citations of that answer", examples=[["tno-pps-onderzoek"]]
    )
    status: StatusName = StatusName.answered


class Ask(BaseModel):
    """A question with what it is narrowed to. With `history` it may be a follow-up ("en voor de FIOD?")."""

    question: str = Field(max_length=200_000, description="In Dutch or English", examples=[_QUESTION])
    history: list[EarlierTurn] = Field([], max_length=20, description="Earlier questions, the last one most recent", examples=[[]])
    domein: list[Domein] = Field([], max_length=20, description="Only sources on these subjects; none is all", examples=[[]])
    rol: list[Rol] = Field([], max_length=20, description="Only sources for these readers", examples=[[]])
    fase: list[Fase] = Field([], max_length=20, description="Only sources on these phases of a partnership", examples=[[]])
    soort: list[Soort] = Field([], max_length=20, description="Only sources of these kinds", examples=[[]])

    def filters(self) -> Filters:
        return Filters(tuple(self.domein), tuple(self.rol), tuple(self.fase), tuple(self.soort))

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(t.question, tuple(t.documents), t.status.value) for t in self.history)


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SourceOut(_Out):
    """Where a fact comes from, outside the corpus."""

    title: str
    publisher: str
    date: str
    url: str


class CitationOut(_Out):
    """What `[n]` in the text refers to. `quote` stands word for word in the passage; `url` opens it, relative to this server."""

    n: int = Field(examples=[1])
    passage_id: str
    document_id: str
    title: str
    section: str
    page: int | None
    quote: str
    quotes: list[str] = Field(description="The sentences of the quote")
    url: str = Field(examples=["/bron/tno-pps-onderzoek?passage=1f0c2d#passage"])
    sources: list[SourceOut]


class SentenceOut(_Out):
    """A sentence of the answer, the numbers of the citations that support it, and how well (0..1)."""

    text: str
    citations: list[int]
    support: float


class PassageOut(_Out):
    """A found passage. `scores` holds the score of each ranker that found it."""

    rank: int
    passage_id: str
    document_id: str
    title: str
    section: str
    page: int | None
    text: str
    url: str
    score: float
    scores: dict[str, float]


class AnswerOut(_Out):
    """An answer. Only with the statuses `answered` and `partial` does `text` say something on the subject; with the others it tells why
    there is no answer. `notice` is what the advisor says of the answer, never a claim on the subject."""

    id: str = Field(description="32 hexadecimal digits; whoever has it can read the answer while it is kept")
    question: str
    standalone_question: str
    status: StatusName
    language: str = Field(examples=["nl"])
    text: str = Field(description="Markdown with marks as [1]")
    notice: str
    sentences: list[SentenceOut]
    citations: list[CitationOut]
    passages: list[PassageOut]
    model: str = Field(description="Name of the language model, or `extractief`: sentences of the sources themselves")
    corpus_version: str
    created_at: str
    timings_ms: dict[str, float]
    choices: list[str] = Field(description="With `clarification_needed`: questions that may have been meant")


class Found(BaseModel):
    """A page of passages, best first."""

    question: str = Field(description="As it was searched for")
    passages: list[PassageOut]
    next_offset: int | None = Field(description="`offset` of the next page; null on the last one")


#: An answer as OpenAPI shows it: short, of a document that exists in nobody's corpus.
EXAMPLE: dict[str, Any] = {
    "id": "0f8fad5bd9cb469fa16570867728950e",
    "question": "Wat is project Lantaarn?",
    "standalone_question": "Wat is project Lantaarn?",
    "status": "answered",
    "language": "nl",
    "text": "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude. [1]",
    "notice": "",
    "sentences": [
        {
            "text": "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude.",
            "citations": [1],
            "support": 1.0,
        }
    ],
    "citations": [
        {
            "n": 1,
            "passage_id": "project-lantaarn.1f0c2d",
            "document_id": "project-lantaarn",
            "title": "Project Lantaarn",
            "section": "Project Lantaarn",
            "page": None,
            "quote": "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude.",
            "quotes": ["Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude."],
            "url": "/bron/project-lantaarn?passage=1f0c2d#passage",
            "sources": [{"title": "Eerste bron", "publisher": "Uitgever A", "date": "2024-04-03", "url": "https://example.org/a"}],
        }
    ],
    "passages": [],
    "model": "extractief",
    "corpus_version": "5f1c0a7be2d94c11",
    "created_at": "2026-11-25T12:00:00+00:00",
    "timings_ms": {"guard": 1.2, "retrieve": 14.5, "total": 31.0},
    "choices": [],
}
