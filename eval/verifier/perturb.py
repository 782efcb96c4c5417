"""Falsifies a Dutch sentence in one place: another number, two exchanged, another modal verb, a "niet" more or less, another name."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from rag.verify.quantities import numbers, spelled_number

_NUMBER = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)*(?![\w/:-])")
_SPELLED = ("twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "twaalf", "vijftien", "twintig", "dertig", "veertig")
_SWAPS = {
    "moet": ("mag", "kan"),
    "moeten": ("mogen", "kunnen"),
    "mag": ("moet",),
    "mogen": ("moeten",),
    "kan": ("moet",),
    "kunnen": ("moeten",),
}
_MODAL = re.compile(rf"\b(?:{'|'.join(_SWAPS)})\b")
_DENIAL = re.compile(r"\b(?:niet|geen)\b(?! alleen)")
_VERB = re.compile(r"\b(?:is|zijn|was|waren|wordt|worden|werd|werden|heeft|hebben|had|hadden|mag|mogen|kan|kunnen|moet|moeten|doet|doen)\b")
_NAMES = ("Rabobank", "Europol", "FIOD", "Belastingdienst", "Interpol", "Kmar", "DNB", "Deloitte", "Kadaster", "VNO-NCW", "NCSC", "Douane")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b|(?<=[a-z,] )[A-Z][a-z]{3,}\b(?! [A-Z])")


def other_number(text: str, evidence: str, draw: random.Random) -> list[str]:
    """One number changed to one that the evidence does not hold."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return []
    match = draw.choice(found)
    held = numbers(evidence, spelled=True)
    digits = match[0]
    for _ in range(20):
        place = draw.choice([i for i, c in enumerate(digits) if c.isdigit()])
        changed = digits[:place] + draw.choice([d for d in "123456789" if d != digits[place]]) + digits[place + 1 :]
        if not numbers(changed) & held:
            return [text[: match.start()] + changed + text[match.end() :]]
    return []


def other_spelled(text: str, evidence: str, draw: random.Random) -> list[str]:
    """One spelled number changed to another one that the evidence does not hold."""
    found = [m for m in re.finditer(r"\b[a-z]{4,}\b", text) if spelled_number(m[0]) and m[0] in _SPELLED]
    if not found:
        return []
    match = draw.choice(found)
    held = numbers(evidence, spelled=True)
    others = [w for w in _SPELLED if spelled_number(w) not in held]
    return [text[: match.start()] + draw.choice(others) + text[match.end() :]] if others else []


def exchanged(text: str, _: str, draw: random.Random) -> list[str]:
    """Two numbers of the sentence exchanged, years with years only, where something else than "en" or "tot" stands between them."""
    found = list(_NUMBER.finditer(text))
    pairs = [
        (a, b)
        for n, a in enumerate(found)
        for b in found[n + 1 :]
        if a[0] != b[0] and _is_year(a[0]) == _is_year(b[0]) and len(text[a.end() : b.start()].split()) > 2
    ]
    if not pairs:
        return []
    a, b = draw.choice(pairs)
    return [text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :]]


def _is_year(digits: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", digits))


def other_modal(text: str, _: str, draw: random.Random) -> list[str]:
    """moet → mag or kan, mag → moet, kan → moet."""
    found = list(_MODAL.finditer(text))
    if not found:
        return []
    match = draw.choice(found)
    return [text[: match.start()] + draw.choice(_SWAPS[match[0]]) + text[match.end() :]]


def other_polarity(text: str, _: str, draw: random.Random) -> list[str]:
    """One "niet" or "geen" taken out; where there is none, one "niet" put behind the first finite verb."""
    denial = _DENIAL.search(text)
    if denial:
        rest = text[denial.end() :]
        return [re.sub(r"\s+", " ", text[: denial.start()] + ("een" if denial[0] == "geen" else "") + rest).strip()]
    verb = _VERB.search(text)
    return [f"{text[: verb.end()]} niet{text[verb.end() :]}"] if verb else []


def other_name(text: str, evidence: str, draw: random.Random) -> list[str]:
    """One name changed to another organisation that the evidence does not name."""
    found = list(_NAME.finditer(text))
    strange = [n for n in _NAMES if n.lower() not in evidence.lower()]
    if not found or not strange:
        return []
    match = draw.choice(found)
    return [text[: match.start()] + draw.choice(strange) + text[match.end() :]]


PERTURBATIONS: dict[str, Callable[[str, str, random.Random], list[str]]] = {
    "number_swap": other_number,
    "spelled_swap": other_spelled,
    "number_exchange": exchanged,
    "modal_swap": other_modal,
    "negation_flip": other_polarity,
    "name_swap": other_name,
}
