"""Does the asker want help with committing or hiding a crime, or with hurting somebody?"""

from __future__ import annotations

from rag.guard.characters import folded
from rag.guard.phrases import Words, rule_book


def unsafe(question: str) -> tuple[str, ...]:
    """The families of crime.yml and harm.yml found in `question`; empty where nobody asks for such help."""
    words = Words.of(folded(question))
    return tuple(dict.fromkeys(r.family for book in ("crime", "harm") for r in rule_book(book).fired(words)))
