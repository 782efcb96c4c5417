"""The value objects that travel between the rooms. All are frozen; `as_dict` gives the public JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import orjson


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, as the reader can look it up."""

    id: str
    title: str
    publisher: str = ""
    date: str = ""
    url: str = ""
    kind: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"title": self.title, "publisher": self.publisher, "date": self.date, "url": self.url}


@dataclass(frozen=True, slots=True)
class PassageSentence:
    """One sentence, list item or table row of a passage.

    `start` and `end` count characters in the passage's text. `group` is the same for the items of one list and its
    introduction; -1 outside lists.
    """

    text: str
    start: int
    end: int
    kind: str = "sentence"  # sentence | lead | item | row
    group: int = -1
    heading: str = ""
    page: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of 100 to 200 words of one document. `start` and `end` count characters in the source file's text."""

    id: str
    document_id: str
    title: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    page: int | None = None
    ordinal: int = 0
    sentences: tuple[PassageSentence, ...] = ()
    sources: tuple[Source, ...] = ()
    soort: str = ""
    domein: tuple[str, ...] = ()
    rol: tuple[str, ...] = ()
    fase: tuple[str, ...] = ()
    status: str = "actueel"
    checked: str = ""  # ISO dates: last checked, to be checked again by, and the last day of use ("" is always)
    review_by: str = ""
    valid_until: str = ""

    @property
    def section(self) -> str:
        return " › ".join(self.headings)

    @property
    def url(self) -> str:
        return f"/bron/{self.document_id}?passage={self.id.rsplit('.', 1)[-1]}#passage"

    def sources_of(self, sentence: PassageSentence) -> tuple[Source, ...]:
        """The sources of one sentence; of the whole passage where the sentence names none."""
        named = tuple(s for s in self.sources if s.id in sentence.sources)
        return named or self.sources


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrowed the search to. Empty means everything; values of one field are alternatives."""

    domein: tuple[str, ...] = ()
    rol: tuple[str, ...] = ()
    fase: tuple[str, ...] = ()
    soort: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.domein or self.rol or self.fase or self.soort)

    def accept(self, soort: str, domein: tuple[str, ...], rol: tuple[str, ...], fase: tuple[str, ...]) -> bool:
        return (
            (not self.soort or soort in self.soort)
            and (not self.domein or bool(set(self.domein) & set(domein)))
            and (not self.rol or bool(set(self.rol) & set(rol)))
            and (not self.fase or bool(set(self.fase) & set(fase)))
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation, as it stands alone, and the documents that its answer cited."""

    standalone: str
    documents: tuple[str, ...] = ()
    status: str = "answered"


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage. `scores` holds each ranker's own score; a ranker that did not find it is absent."""

    passage: Passage
    score: float
    scores: dict[str, float] = field(default_factory=dict)
    rank: int = 0

    def as_dict(self) -> dict:
        p = self.passage
        return {
            "rank": self.rank,
            "passage_id": p.id,
            "document_id": p.document_id,
            "title": p.title,
            "section": p.section,
            "page": p.page,
            "text": p.text,
            "url": p.url,
            "score": round(self.score, 4),
            "scores": {k: round(v, 4) for k, v in self.scores.items()},
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered reference under an answer. `quote` stands verbatim in the passage."""

    n: int
    passage: Passage
    quote: str
    quotes: tuple[str, ...] = ()
    page: int | None = None
    sources: tuple[Source, ...] = ()
    heading: str = ""

    @property
    def section(self) -> str:
        """The heading above the quote; a passage of several short sections has more than one."""
        return self.heading or self.passage.headings[-1]

    def as_dict(self) -> dict:
        return {
            "n": self.n,
            "passage_id": self.passage.id,
            "document_id": self.passage.document_id,
            "title": self.passage.title,
            "section": self.section,
            "page": self.page,
            "quote": self.quote,
            "quotes": list(self.quotes),
            "url": self.passage.url,
            "sources": [s.as_dict() for s in self.sources],
        }


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer with the numbers of the citations that support it and how well (0..1)."""

    text: str
    citations: tuple[int, ...]
    support: float
    kind: str = "sentence"  # sentence | lead | item | row
    heading: str = ""

    def as_dict(self) -> dict:
        return {"text": self.text, "citations": list(self.citations), "support": round(self.support, 3)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets. `notice` holds product text (limits, what is nearby): never a claim about the subject."""

    question: str
    status: str
    text: str = ""
    standalone_question: str = ""
    language: str = "nl"
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    notice: str = ""
    choices: tuple[str, ...] = ()  # where the question was not clear: questions that the reader may have meant
    model: str = "extractief"
    corpus_version: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid4().hex)
    created_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def as_dict(self) -> dict:
        return {
            "id": self.id,
            "question": self.question,
            "standalone_question": self.standalone_question or self.question,
            "status": self.status,
            "language": self.language,
            "text": self.text,
            "notice": self.notice,
            "sentences": [s.as_dict() for s in self.sentences],
            "citations": [c.as_dict() for c in self.citations],
            "passages": [h.as_dict() for h in self.hits],
            "model": self.model,
            "corpus_version": self.corpus_version,
            "created_at": self.created_at,
            "timings_ms": {k: round(v, 2) for k, v in self.timings_ms.items()},
            "choices": list(self.choices),
        }


def sentence_from(data: dict) -> PassageSentence:
    return PassageSentence(**{**data, "sources": tuple(data["sources"])})


def passage_to_json(passage: Passage) -> bytes:
    """A passage as stored in the index (not the public form)."""
    return orjson.dumps(passage)


def passage_from_json(encoded: bytes | str) -> Passage:
    """The inverse of `passage_to_json`."""
    data = orjson.loads(encoded)
    tuples = {k: tuple(data[k]) for k in ("headings", "domein", "rol", "fase")}
    return Passage(
        **{
            **data,
            **tuples,
            "sentences": tuple(sentence_from(s) for s in data["sentences"]),
            "sources": tuple(Source(**s) for s in data["sources"]),
        }
    )
