"""Is a question or a title Dutch or English? A question is counted by function words that only one of the two languages has.

Statistical identifiers are unsure about one short question full of names; function words are not.
"""

from __future__ import annotations

import re
from functools import lru_cache

import simplemma

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
_BOTH = frozenset("had been over of in is was we".split())
_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?!\w)")
_UMLAUTS = frozenset("äöüß")
_ADDED = re.compile(r"\s*\([^()]*\)$")


def detect_language(text: str) -> str:
    """`en` where English function words outnumber Dutch ones, else `nl`."""
    found = _WORD.findall(text.lower())
    return "en" if sum(w in _ENGLISH for w in found) > sum(w in _DUTCH for w in found) else "nl"


@lru_cache(maxsize=4096)
def title_language(title: str) -> str:
    """`en` for the title of a work or a name in English, `de` for one in German, else `nl`.

    Titles hold few function words, so every word that a dictionary has in one language only counts. Capitals (AMLC, ECLI) say nothing.
    """
    words = [w.lower() for w in _WORD.findall(title) if len(w) == 1 and w.islower() or not w.isupper()]
    if any(w in _DUTCH for w in words) or title.startswith("Over "):  # "Over RIEC": about it
        return detect_language(title)
    if set(title.lower()) & _UMLAUTS and sum(map(_german, words)) > 1:
        return "de"
    english = sum(_only(w, "en", "nl") for w in words)
    return "en" if english > 2 * sum(_only(w, "nl", "en") for w in words) else "nl"


def split_title(title: str) -> tuple[str, str]:
    """A title and what we added to it in brackets, which is Dutch: "Shared intelligence", " (masterscriptie)"."""
    match = _ADDED.search(title)
    return (title[: match.start()], match[0]) if match and match.start() else (title, "")


def _german(word: str) -> bool:
    """Asked of few titles: its dictionary takes a third of a second to load."""
    return not any(simplemma.is_known(word, lang=lang) for lang in ("nl", "en")) and simplemma.is_known(word, lang="de")


def _only(word: str, language: str, other: str) -> bool:
    if word in _BOTH:
        return False
    if word in _ENGLISH:
        return language == "en"
    return simplemma.is_known(word, lang=language) and not simplemma.is_known(word, lang=other)
