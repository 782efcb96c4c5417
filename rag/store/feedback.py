"""What a reader says of a sentence, as it travels, and what the organisation lets be kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from rag.errors import PpsError

Verdict = Literal["klopt", "klopt_niet", "bron_past_niet"]
State = Literal["nieuw", "in_behandeling", "aangenomen", "afgewezen"]
#: Longest remark, in characters.
MAX_REMARK = 2000


class FeedbackOffError(PpsError):
    """The organisation keeps no feedback."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation keeps: `question` tells whether the text of question and sentence is, `days` how long anything is."""

    on: bool = True
    question: bool = False
    days: int = 180

    def told(self, language: str) -> str:
        """What a reader is told of it beside the form, before anything is sent; `language` is "nl" or "en"."""
        if not self.on:
            return {"nl": "Deze organisatie bewaart geen oordelen.", "en": "This organisation keeps no verdicts."}[language]
        if language == "en":
            text = (
                "your question and the sentence it is about"
                if self.question
                else "which sentence and sources it is about, not your question"
            )
            term = "one day" if self.days == 1 else f"{self.days} days"
            return (
                f"For {term} we keep your verdict, your remark, and {text}. We do not keep who you are. "
                "What looks like personal data is removed."
            )
        text = "uw vraag en de zin waar het over gaat" if self.question else "om welke zin en bronnen het gaat, niet uw vraag"
        term = "1 dag" if self.days == 1 else f"{self.days} dagen"
        return (
            f"Wij bewaren {term} lang uw oordeel, uw opmerking en {text}. Wie u bent, bewaren wij niet. "
            "Wat op persoonsgegevens lijkt, halen wij weg."
        )


@dataclass(frozen=True, slots=True)
class Feedback:
    """One verdict on sentence number `sentence` (from 1; 0 is the whole answer). Moments are in UTC."""

    answer_id: str
    sentence: int
    verdict: str
    remark: str = ""
    question: str = ""
    text: str = ""  # of the sentence
    passage_ids: tuple[str, ...] = ()
    corpus_version: str = ""
    state: str = "nieuw"
    gold: dict | None = None  # the gold question that an editor made of it (rag.store.gold)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    changed: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, slots=True)
class Filter:
    """What an editor looks at. Empty means everything; `document` is the id of a document that the sentence cites."""

    state: str = ""
    verdict: str = ""
    document: str = ""
