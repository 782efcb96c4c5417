"""From an answer that a browser hands in to what may be published: only what the index confirms, and only answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from pydantic import BaseModel, Field, ValidationError, model_validator

from rag.context import EXTRACTIVE
from rag.embeds.embed import Cited, Content, fingerprint
from rag.embeds.freshness import usable
from rag.errors import PpsError
from rag.export.notices import confirmed
from rag.export.paper import clean, reference
from rag.export.said import Checker, Library, words_of
from rag.export.turns import AnswerIn
from rag.export.words import WORDS
from rag.guard.personal import find as personal_data
from rag.knowledge.store import PassageStore
from rag.statuses import statuses
from rag.types import Passage
from rag.web.labels import written_by

_MODEL = re.compile(r"[\w.:/+-]{1,60}")


class NotEmbeddableError(PpsError):
    """This answer cannot be shown on other pages; the message says why."""


class Given(BaseModel):
    """An answer as it is handed in: the public JSON of the API, or a turn of an export (`question` and `answer`).

    `also` is the question as it was asked first, where it was made to stand alone later: headings of the answer may hold its words.
    """

    question: str = Field(max_length=10_000)
    answer: AnswerIn
    also: str = Field("", max_length=10_000)

    @model_validator(mode="before")
    @classmethod
    def _shaped(cls, value: object) -> object:
        if not isinstance(value, dict) or isinstance(value.get("answer"), dict) and "also" in value:
            return value
        answer = value["answer"] if isinstance(value.get("answer"), dict) else value
        asked = value.get("question", "")
        return {"question": answer.get("standalone_question") or asked, "answer": answer, "also": asked}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What of an answer is found again, and how many of its sentences are not."""

    content: Content
    left_out: int


def read(text: str) -> Given:
    """The answer in a JSON text.

    Raises:
        NotEmbeddableError: it is none.
    """
    try:
        return Given.model_validate_json(text)
    except ValidationError:
        raise NotEmbeddableError("Dit is geen antwoord van de adviseur. Ga terug naar de chat en kies opnieuw ‘insluiten’.") from None


class Confirmer:
    """Holds answers against the index as it is now. `library` is made anew for each answer; the archive is not believed."""

    def __init__(self, library: Callable[[], Library], passages: PassageStore) -> None:
        self._library = library
        self._passages = passages

    def confirmed(self, given: Given, today: date | None = None) -> Confirmed:
        """What of `given` can be published.

        Raises:
            NotEmbeddableError: the status of the answer, its question or its sources do not allow it.
            TooMuchError: there is more than can be checked at once.
        """
        answer, question = given.answer, clean(given.question)
        status = statuses().get(answer.status)
        if status is None or not status.embeddable:
            raise NotEmbeddableError("Alleen een vraag die uit de bronnen is beantwoord, kan worden ingesloten. Stel een andere vraag.")
        if len(question.split()) < 2 or len(question) > 2000:
            raise NotEmbeddableError("Sluit een antwoord in op een hele vraag, van hooguit 2000 tekens.")
        if personal_data(question):
            raise NotEmbeddableError("In de vraag staan persoonsgegevens. Stel de vraag opnieuw zonder die gegevens.")
        now = _Now(self._passages, (today or date.today()).isoformat())
        library = replace(self._library(), find=now.find)
        asked = words_of(question) | words_of(given.also)
        said = Checker(library).said(answer, asked)
        if not said.lines:
            raise NotEmbeddableError(
                "Geen zin van dit antwoord staat nog zo in de bronnen. "
                "Stel de vraag opnieuw: dan antwoordt de adviseur uit de bronnen van nu."
            )
        language = "en" if answer.language == "en" else "nl"
        words = WORDS[language]
        model = EXTRACTIVE if not said.by_model else answer.model if _MODEL.fullmatch(answer.model) else words.nameless
        cited = tuple(Cited(reference(c), c.passage.id, fingerprint(c.passage)) for c in said.citations)
        content = Content(
            question,
            said.lines,
            cited,
            answer.status,
            tuple(confirmed(clean(answer.notice), language, asked, library)),
            written_by(model, language),
            language,
            language if said.by_model else "nl",
            library.version,
        )
        return Confirmed(content, said.left_out)


@dataclass
class _Now:
    """The passages that answers may lean on today: of the present index, in documents that are in use."""

    passages: PassageStore
    day: str

    def find(self, passage_id: str) -> Passage | None:
        found = self.passages.passages([passage_id]).get(passage_id)
        return found if found and usable(found, self.day) else None
