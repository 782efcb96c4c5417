"""The question as it comes in: made readable, bounded, and asked back when there is nothing to answer."""

from __future__ import annotations

import re

from rag.guard.characters import legible


def normalise(text: str) -> str:
    """`text` as its reader sees it (NFKC, without hidden or disguised characters), white space folded."""
    return re.sub(r"\s+", " ", legible(text)).strip()


def has_words(text: str) -> bool:
    """Is there at least one word of two letters to search for?"""
    return bool(re.search(r"[^\W\d_]{2,}", text))
