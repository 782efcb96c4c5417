"""What a question asks for: its parts, and the kind of answer each part wants."""

from __future__ import annotations

import re

from rag.language.words import content_words, fold

# Words in brackets behind a question are its subject (rag.compose.followups), not a question of their own.
_PART = re.compile(
    r"(?<=\?)\s+(?!\()|\s*[,;]?\s+(?:en|and|maar|but)\s+(?=(?:(?:voor|met|door|aan|op|in|tot|van|bij|sinds|for|with|by)\s+)?"
    r"(?:wie|wat|waarom|wanneer|waar|hoe|welke?|hoeveel|mag|kan|who|what|why|when|where|how|which)\b)",
    re.I,
)
_KINDS = {
    "definition": r"^(?:en )?(?:wat (?:is|zijn|betekent|houdt|wordt|verstaat|bedoelt|bedoelen)|hoe (?:omschrijft|definieert)"
    r"|what (?:is|are|does .* mean)|definitie|begrip|leg uit)\b",
    "when": r"\b(?:wanneer|sinds wanneer|welk jaar|when|which year|hoe lang|datum)\b",
    "how_many": r"\b(?:hoeveel|hoe vaak|how many|how much|welk bedrag|percentage)\b",
    "who": r"\b(?:wie|welke (?:partijen|organisaties|banken|bedrijven|partners|deelnemers)|who"
    r"|which (?:parties|banks|partners|organisations))\b",
    "why": r"\b(?:waarom|waardoor|doel|why|purpose)\b",
    "how": r"\b(?:hoe|op welke manier|how)\b",
    "may": r"^(?:mag|mogen|kan|kunnen|moet|moeten|may|can|must)\b|\b(?:toegestaan|verplicht|allowed)\b",
}


def question_parts(question: str) -> list[str]:
    """The question cut into the separate questions it holds; a part without a subject gets the subject of the first.

    >>> question_parts("Wat is project Melissa en wie doen mee?")
    ['Wat is project Melissa', 'wie doen mee? (Melissa project)']
    """
    parts = [p.strip() for p in _PART.split(question.strip()) if p and p.strip(" ?.,")]
    if len(parts) < 2:
        return [question.strip()]
    subject = (_names(parts[0]) or content_words(parts[0]))[:4]
    out = [parts[0]]
    for part in parts[1:4]:
        missing = [w for w in subject if w not in fold(part)]
        needs = len(content_words(part)) <= 2 or re.search(r"\b(?:het|die|dat|deze|dit|daar|er|hun|zijn|it|they|that)\b", part, re.I)
        out.append(f"{part} ({' '.join(missing)})" if needs and missing else part)
    return out


def question_kinds(question: str) -> set[str]:
    """Which kinds of answer the question wants; empty when none is recognised."""
    lowered = question.lower().strip()
    return {kind for kind, pattern in _KINDS.items() if re.search(pattern, lowered)}


def display_part(part: str) -> str:
    """A part as a short heading: without the subject that was added, with a capital and a question mark."""
    bare = re.sub(r"\s*\([^()]*\)$", "", part).strip(" ?.,")
    return bare[:1].upper() + bare[1:] + "?"


def _names(text: str) -> list[str]:
    """Words that start with a capital within the sentence, or are written in capitals: names and abbreviations."""
    found = [w for w in re.findall(r"[\w-]+", text)[1:] if w[:1].isupper()]
    lowered = [fold(w) for w in found]
    following = [w for w in content_words(text) if w not in lowered][-2:]
    return list(dict.fromkeys([*lowered, *following]))
