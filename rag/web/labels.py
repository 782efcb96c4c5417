"""Words of the interface, in one place. Those of the chat stand in static/texts.json, in Dutch and English: its script needs them too."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.context import EXTRACTIVE

#: The languages that the chat speaks; the first is the one of the product.
LANGUAGES = ("nl", "en")
EXAMPLES = {
    "nl": [
        "Wat is PPS volgens TNO?",
        "Wat zijn alternatieven voor PPS?",
        "Welke uitdagingen noemt TNO bij het ontwikkelen van een PPS?",
        "Wat is project Melissa en wie doen mee?",
        "Wanneer mag de politie gegevens verstrekken aan een private partner?",
    ],
    "en": [
        "What is public-private partnership according to TNO?",
        "What are alternatives to PPS?",
        "What is project Melissa?",
    ],
}
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
_ENGLISH = {
    "algemeen": "General",
    "cybercrime": "Cybercrime",
    "financieel-economisch": "Financial and economic crime",
    "ondermijning": "Subversive crime",
    "vermogenscriminaliteit": "Property crime",
    "lokaal": "Local",
    "internationaal": "International",
    "ai": "AI",
    "om": "Public Prosecution Service",
    "politie": "Police",
    "bod": "Special investigation service",
    "gemeente": "Municipality",
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
SCORES = {"words": "woorden", "grams": "woorddelen", "vectors": "betekenis", "questions": "bekende vragen", "reranker": "herschikking"}
_SCORES_ENGLISH = {"words": "words", "grams": "word parts", "vectors": "meaning", "questions": "known questions", "reranker": "reordering"}


@lru_cache(maxsize=len(LANGUAGES))
def texts(language: str = "nl") -> dict[str, Any]:
    """Every word of the chat by key, in `language`; under `scores_of` the names of the rankers."""
    entries = json.loads((Path(__file__).parent / "static" / "texts.json").read_text(encoding="utf-8"))
    return {key: entry[language] for key, entry in entries.items()} | {"scores_of": SCORES if language == "nl" else _SCORES_ENGLISH}


def choices(names: dict[str, str], language: str) -> list[tuple[str, str]]:
    """(label, key) of each entry of DOMEIN or ROL, as a list of choices takes them."""
    return [(_ENGLISH[key] if language == "en" else label, key) for key, label in names.items()]


TITLE = texts()["title"]
CORPUS = texts()["corpus"]


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
