"""Is this a command to the advisor instead of a question to it? And does a passage speak to a model?"""

from __future__ import annotations

from rag.guard.characters import hidden
from rag.guard.delimiters import has_delimiters
from rag.guard.phrases import Words, rule_book
from rag.guard.views import glued_instruction, readings

#: Families of injection.yml that together weigh this much are an attempt.
THRESHOLD = 2
#: Families that no document has a reason to hold; the others are how a text may well talk about chatbots.
_IN_DOCUMENTS = ("override", "reveal", "roleplay", "exfiltration", "encoded")


def injection(question: str) -> tuple[str, ...]:
    """The families of attempts found in `question`, in any way it can be read; empty for an honest question."""
    if hidden(question):
        return ("hidden",)
    if has_delimiters(question):
        return ("delimiter",)
    if glued_instruction(question):
        return ("override",)
    book = rule_book("injection")
    for reading in readings(question):
        fired = book.fired(Words.of(reading))
        if book.weight(fired) >= THRESHOLD or (reading != question and has_delimiters(reading)):
            return tuple(dict.fromkeys(r.family for r in fired)) or ("delimiter",)
    return ()


def document_injection(text: str) -> bool:
    """Does this passage address the model that reads it, openly or hidden? Such a passage is not to be given to one."""
    if hidden(text) or has_delimiters(text):
        return True
    book = rule_book("injection")
    return any(r.family in _IN_DOCUMENTS for reading in readings(text) for r in book.fired(Words.of(reading)))
