"""Numbers in text: what an answer may not make up."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w])\d+(?:[.,:]\d+)*[a-z]?\b|(?<=[a-z])\d+\b", re.I)
_WORDS = {
    word: str(n)
    for n, names in {
        **dict(enumerate("één|one twee|two drie|three vier|four vijf|five zes|six zeven|seven acht|eight negen|nine tien|ten".split(), 1)),
        **dict(enumerate("elf|eleven twaalf|twelve dertien|thirteen veertien|fourteen vijftien|fifteen zestien|sixteen".split(), 11)),
        **dict(enumerate("zeventien|seventeen achttien|eighteen negentien|nineteen twintig|twenty".split(), 17)),
        30: "dertig|thirty",
        40: "veertig|forty",
        50: "vijftig|fifty|helft|half",
        60: "zestig|sixty",
        70: "zeventig|seventy",
        80: "tachtig|eighty",
        90: "negentig|ninety",
        100: "honderd|hundred",
        25: "kwart|quarter",
        75: "driekwart",
        1000: "duizend|thousand",
    }.items()
    for word in names.split("|")
}
#: "een op de vijf" is 20 %.
_ONE_IN = re.compile(r"\b(?:een|één|one) (?:op de|op|in) (\w+)", re.I)
_MONTHS = {
    name: str(n)
    for n, names in enumerate(
        [
            "januari january",
            "februari february",
            "maart march",
            "april",
            "mei may",
            "juni june",
            "juli july",
            "augustus august",
            "september",
            "oktober october",
            "november",
            "december",
        ],
        1,
    )
    for name in names.split()
}


def numbers(text: str, *, spelled: bool = False) -> set[str]:
    """The numbers of `text` in one notation: 1.214 and 1214 are the same, 3,5 and 3.5 too, 4:30 stays.

    With `spelled`, also number words, parts ("de helft" is 50, "een op de vijf" 20) and months as their number: for the side that may
    support a number.
    """
    found = {_canonical(m[0]) for m in _NUMBER.finditer(text)}
    if spelled:
        lowered = re.findall(r"[^\W\d_]+", text.lower())
        for match in _ONE_IN.finditer(text):
            among = _WORDS.get(match[1].lower(), match[1])
            if among.isdigit() and int(among) > 0 and 100 % int(among) == 0:
                found.add(str(100 // int(among)))
        found |= {_WORDS[w] for w in lowered if w in _WORDS} | {_MONTHS[w] for w in lowered if w in _MONTHS}
    return found


def unsupported_numbers(text: str, evidence: str) -> set[str]:
    """Numbers that `text` states and `evidence` does not hold."""
    return numbers(text) - numbers(evidence, spelled=True)


def _canonical(raw: str) -> str:
    raw = raw.lower()
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", raw):  # thousands
        return re.sub(r"[.,]", "", raw)
    raw = raw.replace(",", ".").rstrip(".:")
    return raw.lstrip("0") or "0" if raw.isdigit() else raw
