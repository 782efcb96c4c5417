"""Is this a command to the advisor instead of a question to it? And does a passage speak to a model?"""

from __future__ import annotations

from rag.guard.characters import hidden
from rag.guard.delimiters import has_delimiters
from rag.guard.phrases import Words
from rag.guard.rules import rule_book
from rag.guard.scores import score
from rag.guard.views import coded_text, decoded_readings, glued_instruction, readings

#: Families of injection.yml that together weigh this much are an attempt; in a code one sign is enough, for nobody codes a question.
THRESHOLD, THRESHOLD_DECODED = 2, 1
#: Families that no document has a reason to hold; the others are how a text may well talk about chatbots.
_IN_DOCUMENTS = ("override", "reveal", "roleplay", "exfiltration", "encoded")


def injection(question: str) -> tuple[str, ...]:
    """The families of attempts found in `question`, in any way it can be read; empty for an honest question."""
    if hidden(question):
        return ("hidden",)
    if has_delimiters(question):
        return ("delimiter",)
    if glued_instruction(question):
        return ("glued",)
    if coded_text(question):
        return ("coded",)
    for reading in readings(question):
        found = _families(reading, THRESHOLD)
        if found:
            return found
        if score("injection").reached(Words.of(reading)):
            return ("signs",)
    for reading in decoded_readings(question):
        found = _families(reading, THRESHOLD_DECODED) or (("delimiter",) if has_delimiters(reading) else ())
        if found:
            return found
    return ()


def document_injection(text: str) -> bool:
    """Does this passage address the model that reads it, openly or hidden? Such a passage is not to be given to one."""
    if hidden(text) or has_delimiters(text):
        return True
    book = rule_book("injection")
    everything = (*readings(text), *decoded_readings(text))
    return any(r.family in _IN_DOCUMENTS for reading in everything for r in book.fired(Words.of(reading)))


def _families(reading: str, threshold: int) -> tuple[str, ...]:
    book = rule_book("injection")
    fired = book.fired(Words.of(reading))
    return tuple(dict.fromkeys(r.family for r in fired)) if book.weight(fired) >= threshold else ()
