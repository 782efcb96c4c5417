"""Ways to hide a text, as attackers do."""

from __future__ import annotations

import base64
import codecs

_CYRILLIC = dict(zip("aeopcxy", "аеорсху", strict=True))


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(c)) for c in text)


def zero_width(text: str) -> str:
    return "\u200b".join(text)


def soft_hyphens(text: str) -> str:
    return "\u00ad".join(text)


def cyrillic(text: str) -> str:
    return "".join(_CYRILLIC.get(c, c) for c in text)


def fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def mathematical(text: str) -> str:
    return "".join(chr(0x1D41A + ord(c) - 97) if c.isalpha() else c for c in text)


def heaped(text: str) -> str:
    return "".join(c + "\u0335\u0301\u0322" if c.isalpha() else c for c in text)


def backwards(text: str) -> str:
    return "\u202e" + text[::-1] + "\u202c"


def spaced(text: str) -> str:
    return "  ".join(" ".join(word) for word in text.split())


def leet(text: str) -> str:
    return text.translate(str.maketrans("aeios", "43105"))


def rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def in_hex(text: str) -> str:
    return text.encode().hex()


def percent(text: str) -> str:
    return "".join(f"%{ord(c):02x}" for c in text)


def entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


ALL = (
    tags,
    zero_width,
    soft_hyphens,
    cyrillic,
    fullwidth,
    mathematical,
    heaped,
    backwards,
    spaced,
    leet,
    rot13,
    in_base64,
    in_hex,
    percent,
    entities,
)
