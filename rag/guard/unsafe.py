"""Does the asker want help with committing or hiding a crime, or with hurting somebody?"""

from __future__ import annotations

from rag.guard.characters import folded
from rag.guard.phrases import Words
from rag.guard.rules import rule_book
from rag.guard.scores import score


def unsafe(question: str) -> tuple[str, ...]:
    """The families of crime.yml and harm.yml found in `question`, or "signs" where only scores.yml tells; empty for an honest question."""
    words = Words.of(folded(question))
    families = tuple(dict.fromkeys(r.family for book in ("crime", "harm") for r in rule_book(book).fired(words)))
    return families or (("signs",) if score("unsafe").reached(words) else ())
