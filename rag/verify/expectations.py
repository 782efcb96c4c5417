"""What a question expects of a sentence that answers it: a number, an amount, a date, a name, a telephone number or an address."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.verify.names import names
from rag.verify.quantities import numbers

_MONEY = re.compile(r"\b(?:euro|eur|miljoen|miljard|dollar|pond|million|billion)\b|[€$£]", re.I)
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2} (?:jan|feb|maa|apr|mei|jun|jul|aug|sep|okt|nov|dec)"
    r"|\b(?:maan|dins|woens|donder|vrij|zater|zon)dag|\b(?:dagelijks|wekelijks|maandelijks|jaarlijks)"
    r"|\belke (?:\w+ )?(?:dag|week|weken|maand|maanden|jaar)\b",
    re.I,
)
_PHONE = re.compile(r"\b0\d{1,3}[- ]?\d{6,8}\b|\b0[89]00[- ]?\d{4}\b")
_STREET = re.compile(r"\b\w+(?:straat|weg|laan|plein|kade|singel) \d+")
#: Asked for as it is now: a source only says how it was.
_NOW = re.compile(
    r"\b(?:op dit moment|nu|momenteel|huidige?|vandaag|vorig jaar|current|currently|today|inmiddels|last year|right now)\b", re.I
)

#: In this order; the first that a question matches is what it expects. A test gets the sentence and the question.
_EXPECTED: tuple[tuple[re.Pattern[str], Callable[[str, str], bool]], ...] = (
    (re.compile(r"telefoonnummer|bellen op|welk nummer|phone number", re.I), lambda s, q: bool(_PHONE.search(s))),
    (re.compile(r"\b(?:welke straat|adres|welk pand|address)\b", re.I), lambda s, q: bool(_STREET.search(s))),
    (
        re.compile(
            r"\b(?:kost|kosten|bedrag|budget|begroting|subsidie|geld|kwijt|verdien\w*|salaris|euro|miljoen|schade|belastinggeld|how much)\b"
            r"|\bhoe duur\b",
            re.I,
        ),
        lambda s, q: bool(_MONEY.search(s)),
    ),
    (
        re.compile(r"\b(?:hoeveel|hoe vaak|hoe groot|hoe oud|aantal|percentage|how many|how old|how often)\b", re.I),
        lambda s, q: bool(numbers(s, spelled=True) - numbers(q)),
    ),
    (
        # "wanneer moet ik …" asks for a condition, not for a date
        re.compile(
            r"\b(?:wanneer(?! (?:moet|mag|mogen|moeten|kan|kunnen|heb|ben|is een|geldt|grijpt))|welke datum|welk jaar|hoe laat"
            r"|when|which year)\b",
            re.I,
        ),
        lambda s, q: bool(_DATE.search(s)),
    ),
    (
        re.compile(r"\b(?:hoe heet|wie (?:is|was|zit|heeft|leidt|staat)|naam van|who (?:is|was|leads|heads))\b", re.I),
        lambda s, q: bool(set(names(s)) - set(names(q))),
    ),
)


def expected(question: str) -> Callable[[str, str], bool] | None:
    """The test that a sentence answering `question` passes, called with the sentence and the question; None where anything may do."""
    return next((test for pattern, test in _EXPECTED if pattern.search(question)), None)


def asks_for_now(question: str) -> bool:
    """Does the question ask how something is at this moment?"""
    return bool(_NOW.search(question))
