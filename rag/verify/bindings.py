"""Is a number or a party of a claim tied to the words that the evidence ties it to, or to those of another one?

"Het LIV begon in Groningen en zat in Veendam" holds every word of "… begon in Veendam en zat in Groningen". Each number, year, name and
party is therefore compared with the others of its sort: by the words around it, nearer ones counting for more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.compose.matching import likeness
from rag.language.abbreviations import shortened
from rag.language.words import STOP_WORDS, fold, term
from rag.verify.names import names
from rag.verify.quantities import MONTHS, spelled_number, written_number

#: How much better the words around another one must fit before a number or party counts as put in its place.
_MARGIN = 0.15
#: The same where the other one is not in the claim: only one side speaks then.
_MARGIN_ALONE = 0.4
#: What a comma between two words adds to their distance.
_BORDER = 4
_NEAR = 12
_SAME = 0.8
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOKEN = re.compile(r"[^\W_]+(?:[-.,:'’&][^\W_]+)*|[,;:()–]")
#: Parties that are no names. Compared by their term, so "banken" and "bank" are one.
_PARTIES = frozenset(
    term(w)
    for w in """bank politie gemeente verzekeraar winkelier ondernemer slachtoffer verdachte opsporing opsporingsdienst ministerie burger
    deelnemer klant telecomaanbieder bedrijf boer crimineel dader overheid toezichthouder minister kabinet rechter ambtenaar notaris
    makelaar journalist onderzoeker vervoerder inwoner eigenaar huurder verhuurder regering platform""".split()
)


@dataclass(frozen=True, slots=True)
class _Token:
    at: int  # its place; borders make it larger
    word: str
    sort: str = ""  # year, number or party; empty for an ordinary word


@lru_cache(maxsize=4096)
def _tokens(sentence: str) -> tuple[_Token, ...]:
    """The words of a sentence that tell something, with their places."""
    sentence = shortened(sentence)
    named = {fold(n) for n in names(sentence)}
    found, at = [], 0
    for match in _TOKEN.finditer(sentence):
        raw = match[0]
        if not raw[0].isalnum():
            at += _BORDER
            continue
        at += 1
        word = fold(raw)
        number = written_number(raw) or spelled_number(word)
        if number:
            found.append(_Token(at, number, "year" if _YEAR.fullmatch(number) else "number"))
        elif word in MONTHS or word in STOP_WORDS:
            continue
        elif word in named:
            found.append(_Token(at, word, "party"))
        else:
            found.append(_Token(at, word, "party" if term(word) in _PARTIES else ""))
    return tuple(found)


def bound_elsewhere(claim: str, evidence: Iterable[str]) -> list[str]:
    """Numbers and parties of `claim` that stand where `evidence` (sentences) has another one; empty where none does."""
    said = _tokens(claim)
    heard = [t for t in map(_tokens, evidence) if t]
    kept = {t.word: t for tokens in heard for t in tokens}
    wrong = []
    for sort in ("year", "number", "party"):
        own = {t.word for t in said if t.sort == sort}
        others = {t.word for tokens in heard for t in tokens if t.sort == sort}
        held = {w for w in own if _found(w, others)}
        for word in sorted(held):
            wrong += [word for other in sorted(others) if not _alike(other, word) and _exchanged(word, other, held, sort, said, heard)]
    return list(dict.fromkeys(wrong)) if kept else []


def _exchanged(word: str, other: str, held: set[str], sort: str, said: tuple[_Token, ...], heard: list[tuple[_Token, ...]]) -> bool:
    here = _fit(word, other, sort, said, heard) - _fit(word, word, sort, said, heard)
    there = next((h for h in held if _alike(h, other)), None)
    if there is None:
        return here > _MARGIN_ALONE
    return here > 0 and here + _fit(there, word, sort, said, heard) - _fit(there, other, sort, said, heard) > 2 * _MARGIN


def _fit(word: str, other: str, sort: str, said: tuple[_Token, ...], heard: list[tuple[_Token, ...]]) -> float:
    """How well the words around `word` in the claim fit those around `other` in the evidence, 0..1; of several places the best."""
    best = 0.0
    for own in (t for t in said if t.sort == sort and t.word == word):
        around = _around(own, said, {word, other})
        for tokens in heard:
            for theirs in (t for t in tokens if t.sort == sort and _alike(t.word, other)):
                best = max(best, _shared(around, _around(theirs, tokens, {word, other})))
    return best


def _around(center: _Token, tokens: tuple[_Token, ...], but: set[str]) -> tuple[tuple[str, float], ...]:
    near = [(t.word, 1 / (1 + abs(t.at - center.at))) for t in tokens if t is not center and t.word not in but]
    return tuple((w, v) for w, v in near if v >= 1 / (1 + _NEAR))


def _shared(own: tuple[tuple[str, float], ...], theirs: tuple[tuple[str, float], ...]) -> float:
    total = sum(v for _, v in own)
    if not total:
        return 0.0
    return sum(max((min(v, w) for other, w in theirs if _alike(word, other)), default=0.0) for word, v in own) / total


def _found(word: str, others: set[str]) -> bool:
    return any(_alike(word, o) for o in others)


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    return not (a[0].isdigit() or b[0].isdigit()) and likeness(a, b) >= _SAME
