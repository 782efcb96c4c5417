"""Numbers in text: what an answer may not make up."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w])\d+(?:[.,:]\d+)*[a-z]?\b|(?<=[a-z])\d+\b", re.I)
_WORDS = {
    "één": "1",
    "twee": "2",
    "drie": "3",
    "vier": "4",
    "vijf": "5",
    "zes": "6",
    "zeven": "7",
    "acht": "8",
    "negen": "9",
    "tien": "10",
    "elf": "11",
    "twaalf": "12",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
}
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

    With `spelled`, also number words from one to twelve and months as their number: for the side that may support a number.
    """
    found = {_canonical(m[0]) for m in _NUMBER.finditer(text)}
    if spelled:
        lowered = re.findall(r"[^\W\d_]+", text.lower())
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
