"""Is this a request for advice on one case, where the advisor only explains what its sources say in general?"""

from __future__ import annotations

from rag.guard.characters import folded
from rag.guard.phrases import Words
from rag.guard.rules import rule_book


def legal_case(question: str) -> bool:
    """True where `question` asks for a judgement on a case of the asker's own."""
    return bool(rule_book("legal").fired(Words.of(folded(question))))
