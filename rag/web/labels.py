"""Words of the interface, in one place."""

from __future__ import annotations

from rag.context import EXTRACTIVE

TITLE = "Adviseur publiek-private samenwerking"
INTRO = (
    "Stel uw vraag over publiek-private samenwerking (PPS) tegen criminaliteit. Elke zin van het antwoord verwijst naar een "
    "passage die u kunt openen. De adviseur geeft geen juridisch advies over een concrete zaak. **Zet geen persoonsgegevens in "
    "uw vraag.**"
)
CORPUS = "Wat de adviseur weet"
EXAMPLES = [
    "Wat is PPS volgens TNO?",
    "Wat zijn alternatieven voor PPS?",
    "Welke uitdagingen noemt TNO bij het ontwikkelen van een PPS?",
    "Wat is project Melissa en wie doen mee?",
    "Wanneer mag de politie gegevens verstrekken aan een private partner?",
]
DOMEIN = {
    "algemeen": "Algemeen",
    "cybercrime": "Cybercrime",
    "financieel-economisch": "Financieel-economisch",
    "ondermijning": "Ondermijning",
    "vermogenscriminaliteit": "Vermogenscriminaliteit",
    "lokaal": "Lokaal",
    "internationaal": "Internationaal",
    "ai": "AI",
}
ROL = {
    "om": "Openbaar Ministerie",
    "politie": "Politie",
    "bod": "Bijzondere opsporingsdienst",
    "gemeente": "Gemeente",
    "privaat": "Private partner",
}
FASE = {"verkennen": "Verkennen", "inrichten": "Inrichten", "uitvoeren": "Uitvoeren", "evalueren": "Evalueren", "afronden": "Afronden"}
SOORT = {
    "publicatie": "Publicatie",
    "kennis": "Kennis",
    "juridisch": "Juridisch kader",
    "praktijk": "Goede praktijk",
    "vergelijking": "Vergelijking",
    "begrippen": "Begrippen",
}
SCORES = {"words": "woorden", "grams": "woorddelen", "vectors": "betekenis", "reranker": "herschikking"}


def written_by(model: str, language: str = "nl") -> str:
    """Who wrote the answer, as the reader sees it."""
    if language == "en":
        return (
            "Sentences taken from the sources, without a language model."
            if model == EXTRACTIVE
            else f"Written by language model {model}; each sentence was tied to a source."
        )
    if model == EXTRACTIVE:
        return "Zinnen rechtstreeks uit de bronnen, zonder taalmodel."
    return f"Geschreven door taalmodel {model}; elke zin is aan een bron gekoppeld."
