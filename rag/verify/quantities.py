"""Numbers in text: what an answer may not make up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rag.language.words import STOP_WORDS, fold, term

_SAID = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?<![\w])\d+(?:[.,:]\d+)*[a-z]?\b|(?<=[a-z])\d+\b", re.I)
_UNITS = {
    word: n
    for n, names in enumerate(
        "een|one twee|two drie|three vier|four vijf|five zes|six zeven|seven acht|eight negen|nine tien|ten elf|eleven twaalf|twelve "
        "dertien|thirteen veertien|fourteen vijftien|fifteen zestien|sixteen zeventien|seventeen achttien|eighteen "
        "negentien|nineteen".split(),
        1,
    )
    for word in names.split("|")
}
_TENS = {
    word: n
    for n, names in enumerate(
        "twintig|twenty dertig|thirty veertig|forty vijftig|fifty zestig|sixty zeventig|seventy tachtig|eighty negentig|ninety".split(), 2
    )
    for word in names.split("|")
}
_PARTS = {"helft": "50", "half": "50", "kwart": "25", "quarter": "25", "driekwart": "75"}
#: "een op de vijf" is 20 %, "drie van de vier" 75 %.
_SHARE = re.compile(r"\b(\w+) (?:op de|op|van de|in|out of) (\w+)", re.I)
MONTHS = {
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
        said = _WORD.findall(fold(text))
        found |= {number for word in said if (number := _PARTS.get(word) or MONTHS.get(word) or _count(word))}
        found |= set(_shares(text))
    return found


def _shares(text: str) -> Iterator[str]:
    for match in _SHARE.finditer(text):
        part, whole = (_count(w) or w for w in (fold(match[1]), fold(match[2])))
        if part.isdigit() and whole.isdigit() and 0 < int(part) <= int(whole) and 100 * int(part) % int(whole) == 0:
            yield str(100 * int(part) // int(whole))


def written_number(word: str) -> str:
    """A number in digits in one notation; empty for anything else."""
    return _canonical(word) if re.fullmatch(r"\d+(?:[.,:]\d+)*", word) else ""


def spelled_number(word: str) -> str:
    """The number that one folded word spells ("vijfentwintig", "helft"), in digits; empty for none, and for "een", which is an
    article too."""
    return "" if word in ("een", "one") else _PARTS.get(word) or _count(word)


@lru_cache(maxsize=50_000)
def _count(word: str) -> str:
    """The whole number that one folded word spells, up to 999,999, in digits; empty for none."""
    left, thousand, right = word.partition("duizend")
    if thousand:
        high, low = _below_thousand(left) if left else 1, _below_thousand(right.removeprefix("en")) if right else 0
        return "" if high is None or low is None else str(1000 * high + low)
    found = 1000 if word == "thousand" else _below_thousand(word)
    return "" if found is None else str(found)


def _below_thousand(word: str) -> int | None:
    left, hundred, right = word.partition("honderd")
    if hundred:
        high, low = _below_hundred(left) if left else 1, _below_hundred(right.removeprefix("en")) if right else 0
        return None if high is None or low is None else 100 * high + low
    return 100 if word == "hundred" else _below_hundred(word)


def _below_hundred(word: str) -> int | None:
    if word in _UNITS:
        return _UNITS[word]
    for ten, n in _TENS.items():
        if word == ten:
            return 10 * n
        unit = word.removesuffix(ten).removesuffix("en") if word.endswith(f"en{ten}") else ""
        if _UNITS.get(unit, 10) < 10:
            return 10 * n + _UNITS[unit]
    return None


def unsupported_numbers(text: str, evidence: str) -> set[str]:
    """Numbers that `text` states and `evidence` does not hold.

    A spelled one ("negen banken") only where `evidence` counts the same otherwise ("drie banken"): people also spell what they have
    counted or worked out themselves ("twee keer zo veel").
    """
    held = numbers(evidence, spelled=True)
    missing = numbers(text) - held
    spelled = [(n, noun) for n, noun in _counted(text) if not n[0].isdigit() and _canonical_count(n) not in held]
    if spelled:
        nouns = {noun for _, noun in _counted(evidence)}
        missing |= {_canonical_count(n) for n, noun in spelled if noun in nouns}
    return missing


def _counted(text: str) -> list[tuple[str, str]]:
    """What is counted in `text`: each number as written, folded, with the term of each of the two words behind it."""
    said = _SAID.findall(fold(text))
    counts = [i for i, word in enumerate(said) if word[0].isdigit() or spelled_number(word)]
    return [(said[i], term(noun)) for i in counts for noun in said[i + 1 : i + 3] if noun not in STOP_WORDS and not noun[0].isdigit()]


def _canonical_count(word: str) -> str:
    return spelled_number(word) or _canonical(word)


def _canonical(raw: str) -> str:
    raw = raw.lower()
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", raw):  # thousands
        return re.sub(r"[.,]", "", raw)
    raw = raw.replace(",", ".").rstrip(".:")
    return raw.lstrip("0") or "0" if raw.isdigit() else raw
