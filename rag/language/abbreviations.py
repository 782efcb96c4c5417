"""Abbreviations of the field: one word for one thing, however it is written."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    data = yaml.safe_load(Path(__file__).with_name("abbreviations.yml").read_text(encoding="utf-8"))
    pairs = [(form, short) for short, forms in data.items() for form in forms]
    pairs.sort(key=lambda p: -len(p[0]))
    return [(re.compile(rf"\b{re.escape(form)}\b(?:\s*\({re.escape(short)}\))?", re.I), short) for form, short in pairs]


def shortened(text: str) -> str:
    """`text` with long forms replaced by their abbreviation.

    >>> shortened("Wat is publiek-private samenwerking (PPS)?")
    'Wat is PPS?'
    """
    for pattern, short in _patterns():
        text = pattern.sub(short, text)
    return text


def with_both_forms(text: str) -> str:
    """`text`, followed by the short form of every long form in it: for searching texts that use either."""
    added = [short for pattern, short in _patterns() if pattern.search(text)]
    return " ".join([text, *dict.fromkeys(a for a in added if not re.search(rf"\b{re.escape(a)}\b", text))])
