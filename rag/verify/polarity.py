"""Negation and modality: does a claim say "wel" where its evidence says "niet", or "moet" where it says "mag"?

Compared clause by clause: a claim's clause is held against the evidence clauses that share most of its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.compose.matching import likeness
from rag.language.words import content_words

#: Two clauses speak about the same thing when each holds this share of the other's words. Below it a "niet" more or less may just be
#: another way of saying it ("stopte" for "gebruikt niet meer"), and the entailment head decides.
ABOUT, ABOUT_BACK = 0.75, 0.5
#: Clauses that hold nearly as much as the best one are heard too; one that agrees is enough.
NEARLY = 0.9
_SAME = 0.95

_BORDER = re.compile(
    r"\s*[,;:()–]\s+|\s*[()]\s*|\s+(?=(?:maar|terwijl|omdat|zodat|want|hoewel|mits|tenzij|doordat|behalve|but|while|because|although|unless)\b)",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:niet|geen|nooit|niemand|nergens|niets|noch|zonder|evenmin|nauwelijks|not|no|never|nobody|nothing|without|neither|nor|cannot"
    r"|\w+n['’]t)\b",
    re.I,
)
# Words that negate nothing: "niet alleen … maar ook", "al dan niet", "niet-commercieel" is a word of its own kind.
_NO_NEGATION = re.compile(r"\bniet (?:alleen|slechts|enkel)\b|\bal dan niet\b|\bnot only\b|\bzonder meer\b|\bno\. ?\d", re.I)
# Words that say "no" inside themselves, as their plain opposite: "verboden" is "niet toegestaan".
_OPPOSITES = {
    "verboden": "toegestaan",
    "onmogelijk": "mogelijk",
    "ontbreekt": "bestaat",
    "ontbreken": "bestaan",
    "onbekend": "bekend",
    "onvoldoende": "voldoende",
    "weigert": "geeft",
    "weigeren": "geven",
    "onbevoegd": "bevoegd",
    "onduidelijk": "duidelijk",
    "onvrijwillig": "vrijwillig",
    "onrechtmatig": "rechtmatig",
    "forbidden": "allowed",
    "impossible": "possible",
    "unknown": "known",
}
_MODALS = {
    "must": r"moet|moeten|moest|moesten|dient|dienen|verplicht\w*|vereist\w*|must|shall|required|obliged|has to|have to",
    "may": r"mag|mogen|mocht|mochten|toegestaan|bevoegd\w*|gerechtigd|allowed|permitted",
    "can": r"kan|kunnen|kon|konden|mogelijk|can|could|able",
}
_MODAL = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in _MODALS.items()}
# "may" is the modal in English, and in Dutch no word: only counted where the text is English.
_ENGLISH_MAY = re.compile(r"\bmay\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with what it holds. `words` are its content words, opposites replaced by what they deny."""

    words: frozenset[str]
    negated: bool
    modals: frozenset[str]


@lru_cache(maxsize=4096)
def clauses(sentence: str) -> tuple[Clause, ...]:
    """The clauses of one sentence; a piece with fewer than two content words joins the one before it."""
    pieces: list[str] = []
    for piece in _BORDER.split(sentence):
        if not piece or not piece.strip():
            continue
        if pieces and (len(content_words(piece)) < 2 or len(content_words(pieces[-1])) < 2):
            pieces[-1] += f" {piece}"
        else:
            pieces.append(piece)
    return tuple(_clause(p) for p in pieces)


def _clause(text: str) -> Clause:
    bare = _NO_NEGATION.sub(" ", text)
    negations = len(_NEGATION.findall(bare))
    words = set()
    inner = 0
    for word in content_words(text):
        inner += word in _OPPOSITES
        words.add(_OPPOSITES.get(word, word))
    modals = {name for name, pattern in _MODAL.items() if pattern.search(text)}
    if _ENGLISH_MAY.search(text):
        modals.add("may")
    # "niet onmogelijk" is possible, "zonder … is verboden" asks for it: two denials undo one another
    negated = (negations + inner) % 2 == 1
    return Clause(frozenset(words), negated, frozenset(modals))


def contradictions(claim: str, evidence: list[str]) -> list[str]:
    """What of `negation` and `modality` sets `claim` (one sentence) against `evidence` (sentences); empty where nothing does.

    Without an evidence clause about the same thing nothing can be said here, and nothing is: other checks see to that.
    """
    heard = [c for sentence in evidence for c in clauses(sentence)]
    found = _nearly_the_same(claim, evidence)
    for said in clauses(claim):
        about = _about(said, heard)
        if not about:
            continue
        if not any(c.negated == said.negated for c in about):
            found.append("negation")
        if said.modals and not any(_carries(c, said) for c in about):
            found.append("modality")
        if not said.modals and all("must" in c.modals and c.negated for c in about) and not said.negated:
            found.append("modality")
    return list(dict.fromkeys(found))


def _nearly_the_same(claim: str, evidence: list[str]) -> list[str]:
    """Where a sentence of the evidence has just the claim's words, every "niet" and "moet" counts, wherever it stands."""
    said = _counted(claim)
    alike = [c for c in map(_counted, evidence) if _share(said[0], c[0]) >= _SAME and _share(c[0], said[0]) >= _SAME]
    if not alike:
        return []
    found = [] if any(c[1] == said[1] for c in alike) else ["negation"]
    return found if any(c[2] == said[2] for c in alike) else [*found, "modality"]


@lru_cache(maxsize=4096)
def _counted(sentence: str) -> tuple[frozenset[str], int, tuple[int, ...]]:
    """Content words, how many negations, and how many of each modal."""
    modals = tuple(len(pattern.findall(sentence)) for pattern in _MODAL.values())
    return frozenset(content_words(sentence)), len(_NEGATION.findall(sentence)), modals


def _carries(evidence: Clause, said: Clause) -> bool:
    """Does `evidence` say as strongly what `said` says: the same modal, or for "kan" also "mag" and a plain fact?"""
    if said.modals & evidence.modals:
        return True
    if "must" in said.modals:
        return False
    return not evidence.modals  # "verstrekt" supports "kan verstrekken" and "mag verstrekken"


def _about(said: Clause, heard: list[Clause]) -> list[Clause]:
    if not said.words:
        return []
    shares = [(_share(said.words, c.words), c) for c in heard]
    best = max((s for s, _ in shares), default=0.0)
    near = [c for s, c in shares if s >= ABOUT and s >= NEARLY * best]
    return [c for c in near if _share(c.words, said.words) >= ABOUT_BACK]


def _share(asked: frozenset[str], held: frozenset[str]) -> float:
    if not asked:
        return 0.0
    return sum(max((likeness(w, h) for h in held), default=0.0) for w in asked) / len(asked)
