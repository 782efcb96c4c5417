"""The question as it comes in: made readable, bounded, and asked back when there is nothing to answer."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def normalise(text: str) -> str:
    """NFKC, without control and invisible characters, white space folded."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") else c for c in text)
    return re.sub(r"\s+", " ", text).strip()


def has_words(text: str) -> bool:
    """Is there at least one word of two letters to search for?"""
    return bool(re.search(r"[^\W\d_]{2,}", text))
