"""The explicit checks on a claim: what likeness does not see. Shared by every verifier."""

from __future__ import annotations

from rag.compose.matching import QuestionWords
from rag.language.detect import detect_language
from rag.verify.bindings import bound_elsewhere
from rag.verify.contrasts import overstated, too_certain, turned_round
from rag.verify.names import unsupported_names
from rag.verify.polarity import contradictions
from rag.verify.quantities import unsupported_numbers

#: Below this share of shared words two texts are not about the same thing, and opposites in them mean nothing.
_ABOUT = 0.6


def claim_words(claim: str) -> QuestionWords:
    """The content words of a claim, each weighing the same."""
    return QuestionWords.of(claim, lambda word: 1.0)


def nearest(claim: str, evidence: list[str], count: int = 3) -> list[str]:
    """The sentences that share most words with `claim`, in reading order."""
    words = claim_words(claim)
    best = sorted(range(len(evidence)), key=lambda i: -words.coverage((evidence[i], 1.0)))[:count]
    return [evidence[i] for i in sorted(best)]


def problems(claim: str, evidence: list[str], near: list[str], about: str = "") -> tuple[str, ...]:
    """What speaks against `claim`: numbers, names, negation, modality, strength, opposite, certainty, binding; empty where nothing does.

    `near` are the sentences of `evidence` that speak about the same; `about` is what the evidence stands under.
    """
    whole, close = " ".join([about, *evidence]), " ".join(near)
    found = []
    if unsupported_numbers(claim, whole):
        found.append("numbers")
    if unsupported_names(claim, whole):
        found.append("names")
    found += contradictions(claim, near)
    if overstated(claim, f"{about} {close}"):
        found.append("strength")
    if turned_round(claim, close) and claim_words(claim).coverage((close, 1.0)) >= _ABOUT:
        found.append("opposite")
    if detect_language(claim) == "nl":  # measured on Dutch; on English text these two find as much in what is right
        nearest_one = " ".join(nearest(claim, near, 1))
        if claim_words(claim).coverage((nearest_one, 1.0)) >= _ABOUT and too_certain(claim, nearest_one):
            found.append("certainty")
        if bound_elsewhere(claim, near):
            found.append("binding")
    return tuple(found)
