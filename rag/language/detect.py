"""Is a question Dutch or English? Counted by function words that only one of the two languages has.

Statistical identifiers are unsure about one short question full of names; function words are not.
"""

from __future__ import annotations

import re

# Words that both languages write alike (had, been, over, of, in, is, was, we) say nothing and are in neither list.
_ENGLISH = frozenset(
    """what how which who when where why does did do the are and by from between can could should may might must with about for their
    there this that these those has have will would not your our you they it its a an to on at i explain tell me us if than whose whom
    any some""".split()
)
_DUTCH = frozenset(
    """wat hoe hoeveel hoelang welk welke wie wiens wanneer waar waarom waarmee waarvoor zijn de het een van mag mogen kan kunnen kun moet
    moeten zal zullen zou bij voor en op aan met niet geen ook om te dat die deze dit er naar uit tussen wordt worden werd werden heeft
    hebben hadden waren doet doen deed geldt gaat ging ik wij ons onze mijn uw je jullie u zij leg vertel geef volgens door als dan
    meer sinds tot na zonder tegen jaar""".split()
)


def detect_language(text: str) -> str:
    """`en` where English function words outnumber Dutch ones, else `nl`."""
    found = re.findall(r"(?<!\w)[^\W\d_]+(?!\w)", text.lower())
    return "en" if sum(w in _ENGLISH for w in found) > sum(w in _DUTCH for w in found) else "nl"
