"""The words of an exported document that are neither the reader's nor the sources', in Dutch and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rag.language.dates import dutch_date
from rag.web.labels import texts

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Texts with braces are filled in with `str.format`."""

    language: Language
    notice: str
    sources: str
    rests_on: str
    page: str
    answer: str
    conversation: str
    question: str
    no_question: str
    nameless: str
    made: str
    answered: str
    version: str
    checked: str
    nothing_found: str
    one_left_out: str
    left_out: str

    @property
    def title(self) -> str:
        """The name of the advisor."""
        return texts(self.language)["title"]

    def day(self, day: date | str) -> str:
        """A day as people write it; what is not an ISO date stays as it is."""
        if self.language == "nl":
            return dutch_date(day)
        try:
            at = date.fromisoformat(day[:10]) if isinstance(day, str) else day
        except ValueError:
            return str(day)
        return f"{at.day} {at:%B} {at.year}"


WORDS: dict[str, Words] = {
    "nl": Words(
        "nl",
        notice="Dit document is gemaakt met de {title}, een programma dat alleen antwoord geeft uit een vaste verzameling bronnen. "
        "Achter elke zin staat het nummer van de bron; de bronnen staan onderaan. De antwoorden kunnen onvolledig of verouderd zijn. "
        "Ze zijn geen juridisch advies over een concrete zaak. Lees de bron na voordat u een zin gebruikt: u blijft zelf verantwoordelijk.",
        sources="Bronnen",
        rests_on="Waar dit op steunt:",
        page="bladzijde",
        answer="Antwoord van de {title}",
        conversation="Gesprek met de {title}",
        question="Vraag",
        no_question="(geen vraag)",
        nameless="(zonder naam)",
        made="Gemaakt op {day}",
        answered="Antwoorden van {days}",
        version="Versie van de bronnen: {versions}",
        checked="Elke zin is bij het maken van dit document opnieuw vergeleken met de bronnen, versie {version}",
        nothing_found="Het antwoord is niet overgenomen: er staat geen zin in die de adviseur in zijn bronnen terugvindt.",
        one_left_out="1 zin van dit antwoord is niet overgenomen, want de adviseur vindt die niet (meer) in de bron terug.",
        left_out="{count} zinnen van dit antwoord zijn niet overgenomen, want de adviseur vindt ze niet (meer) in de bron terug.",
    ),
    "en": Words(
        "en",
        notice="This document was made with the {title}, a program that only answers from a fixed collection of sources, in Dutch. "
        "After each sentence stands the number of its source; the sources are listed at the end. The answers may be incomplete or dated. "
        "They are no legal advice on an actual case. Read the source before you use a sentence: you remain responsible yourself.",
        sources="Sources",
        rests_on="What this rests on:",
        page="page",
        answer="Answer of the {title}",
        conversation="Conversation with the {title}",
        question="Question",
        no_question="(no question)",
        nameless="(without a name)",
        made="Made on {day}",
        answered="Answers of {days}",
        version="Version of the sources: {versions}",
        checked="Each sentence was compared with the sources again when this document was made, version {version}",
        nothing_found="The answer was left out: it holds no sentence that the advisor finds in its sources.",
        one_left_out="1 sentence of this answer was left out, for the advisor does not find it in its source (any more).",
        left_out="{count} sentences of this answer were left out, for the advisor does not find them in their sources (any more).",
    ),
}
DUTCH = WORDS["nl"]
