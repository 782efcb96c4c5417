"""Takes out of a question what only greets, introduces or presses for an answer. Pressing changes nothing in what the sources hold, so it
may change nothing in the outcome either; left in, its words would be searched as if they were asked about."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from rag.language.sentences import split_sentences
from rag.language.words import STOP_WORDS, words
from rag.verify.names import names
from rag.verify.quantities import numbers

#: "Goedemorgen, ik werk bij een gemeente en vroeg me af: …": who asks and that something is asked, up to the colon.
_INTRODUCES = re.compile(
    r"^[^:?]{0,120}\b(?:vroeg me af|vraag me af|vraagje|vraag|benieuwd|weten|wondering|question|wonder|know)\b[^:?]{0,20}:\s+(?=\S)", re.I
)
_GREETING = re.compile(
    r"^(?:goede(?:morgen|middag|navond|ndag)|hallo|hoi|hi|hello|dag|beste [\w-]+|geachte [^,?]{1,40}|good (?:morning|afternoon))"
    r"[,!]\s+(?=\S)",
    re.I,
)
#: A sentence that only says that a question comes: "Voor een overleg zoek ik het volgende uit."
_ANNOUNCES = re.compile(
    r"\b(?:(?:het volgende|the following)(?: uit| weten| vragen| voorleggen)?|(?:als volgt|as follows)"
    r"|(?:(?:een|de|mijn|a|the|my)(?: korte| snelle| volgende| quick| following)? (?:vraag|vraagje|question)))[.!]?$",
    re.I,
)
#: Who types in lower case, asks in lower case after a first question ("mag ik iets vragen? wat is …").
_NEXT = re.compile(r"(?<=\?)\s+")
_ASKS = re.compile(r"(?:wie|wat|waar\w*|wanneer|hoe\w*|welke?|who|what|where|when|why|how|which)\b", re.I)


@lru_cache(maxsize=1)
def _words() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    data = yaml.safe_load(Path(__file__).with_name("pressing.yml").read_text(encoding="utf-8"))
    presses, around, greets = (frozenset(data[name].split()) for name in ("presses", "around", "greets"))
    return presses, around, greets


def without_pressing(question: str) -> str:
    """`question` without the sentences, and without the opening up to a colon, that only greet, introduce or press; empty where nothing
    else was said, unless that is a greeting alone."""
    sentences = [part for s in split_sentences(question) for part in _NEXT.split(s)]
    kept = [_after_colon(_INTRODUCES.sub("", _GREETING.sub("", s))) for s in sentences if len(sentences) < 2 or not _says_nothing(s)]
    return " ".join(s for s in kept if s and not presses(s))


def greets(sentence: str) -> bool:
    """Does the sentence only greet or thank, or ask leave to ask?"""
    strong, around, polite = _words()
    found = words(sentence)
    return any(w in polite for w in found) and all(w in polite or w in strong or w in around or w in STOP_WORDS for w in found)


def _says_nothing(sentence: str) -> bool:
    return greets(sentence) or bool(_ANNOUNCES.search(sentence))


def presses(sentence: str) -> bool:
    """Does the sentence press for an answer without asking anything? A question mark makes it a question."""
    found = words(sentence)
    if sentence.rstrip().endswith("?") or not found or _ASKS.match(sentence.strip()):
        return False
    strong, around, _ = _words()
    own = [w for w in found if w not in STOP_WORDS and w not in around]
    named = {n for n in names(sentence) if len(n) > 1 and n.lower() != found[0]}
    return any(w in strong for w in found) and all(w in strong for w in own) and not named and not numbers(sentence)


def _after_colon(sentence: str) -> str:
    """ "Voor de laatste keer: wie doet mee?" → the part that asks."""
    before, colon, after = sentence.partition(":")
    return after.strip() if colon and after.strip() and presses(re.sub(r"[?]", "", before)) else sentence
