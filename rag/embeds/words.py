"""The words around an embedded answer, in Dutch and English."""

from __future__ import annotations

from dataclasses import dataclass

from rag.export.words import WORDS as EXPORT_WORDS


@dataclass(frozen=True, slots=True)
class EmbedWords:
    """One language. Texts with braces are filled in with `str.format`; the days in them are written out."""

    language: str
    source: str
    published: str
    version: str
    changed: str
    look: str
    ask: str
    new_window: str
    quote: str
    gone: str
    gone_title: str
    unknown: str
    unknown_title: str
    caution: str

    @property
    def sources(self) -> str:
        return EXPORT_WORDS[self.language].sources

    @property
    def rests_on(self) -> str:
        return EXPORT_WORDS[self.language].rests_on

    @property
    def page(self) -> str:
        return EXPORT_WORDS[self.language].page

    @property
    def title(self) -> str:
        """The name of the advisor."""
        return EXPORT_WORDS[self.language].title

    def day(self, day: str) -> str:
        """An ISO day as people write it."""
        return EXPORT_WORDS[self.language].day(day)


WORDS: dict[str, EmbedWords] = {
    "nl": EmbedWords(
        "nl",
        source="bron",
        published="Nagekeken en geplaatst op {day}.",
        version="Versie van de bronnen: {version}.",
        changed="Bronnen gewijzigd sinds {day}. Dit antwoord kan verouderd zijn: kijk in de bron, of stel de vraag opnieuw.",
        look="Bekijk dit antwoord bij de adviseur",
        ask="Stel zelf een vraag",
        new_window="(opent in een nieuw venster)",
        quote="Dit staat in de bron",
        gone="De redactie heeft dit antwoord ingetrokken. Stel de vraag zelf aan de adviseur, of vraag het de beheerder van deze pagina.",
        gone_title="Dit antwoord is ingetrokken",
        unknown="Op dit adres staat geen antwoord. Misschien is het adres niet helemaal overgenomen, of is het antwoord gewist. "
        "Stel de vraag zelf aan de adviseur, of vraag het de beheerder van deze pagina.",
        unknown_title="Antwoord niet gevonden",
        caution="Antwoord van een computerprogramma, uit een vaste verzameling bronnen. Geen juridisch advies over een concrete zaak.",
    ),
    "en": EmbedWords(
        "en",
        source="source",
        published="Checked and published on {day}.",
        version="Version of the sources: {version}.",
        changed="Sources changed since {day}. This answer may be dated: look in the source, or ask the question again.",
        look="See this answer at the advisor",
        ask="Ask a question yourself",
        new_window="(opens in a new window)",
        quote="This is what the source says",
        gone="The editors have withdrawn this answer. Ask the advisor yourself, or ask whoever manages this page.",
        gone_title="This answer has been withdrawn",
        unknown="There is no answer at this address. It may not have been copied in full, or the answer was erased. "
        "Ask the advisor yourself, or ask whoever manages this page.",
        unknown_title="Answer not found",
        caution="Answer of a computer program, from a fixed collection of sources in Dutch. No legal advice on an actual case.",
    ),
}
