"""Does the asker want help with committing or hiding a crime, or with hurting somebody?"""

from __future__ import annotations

import re

from rag.guard.characters import folded
from rag.guard.phrases import Words
from rag.guard.rules import rule_book
from rag.guard.scores import score

#: Names of what fights crime, made one word: who asks what the Anti-DDoS-coalitie costs does not ask what a DDoS costs.
_AGAINST = re.compile(r"\b(?:anti[-\s]+\w+|ddos[-\s]+coalitie|check\s+je\s+hack|stop\s+heling|no\s+more\s+(?:ransom|leaks))\b")
#: Who wants to know whether something was stolen is no thief.
_WHETHER_STOLEN = re.compile(
    r"(\b(?:check\w*|controle\w+|nagaan|nakijk\w*|weet)\b(?:\s+(?:ik|je|u|we|wij|men))?\s+of\b[^.?!]{0,60}?)"
    r"\bgestolen(?=\s+(?:is|zijn)\b)"
)


def unsafe(question: str) -> tuple[str, ...]:
    """The families of crime.yml and harm.yml found in `question`, or "signs" where only scores.yml tells; empty for an honest question."""
    plain = _WHETHER_STOLEN.sub(r"\1oud", folded(question))
    words = Words.of(_AGAINST.sub(lambda name: re.sub(r"\W", "", name[0]), plain))
    families = tuple(dict.fromkeys(r.family for book in ("crime", "harm") for r in rule_book(book).fired(words)))
    return families or (("signs",) if score("unsafe").reached(words) else ())
