"""The ways a text can be read: as it stands, and with its disguises and codes undone. Only the checks see these."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
from itertools import islice
from urllib.parse import unquote

from rag.guard.characters import folded, hidden, turns_direction

_LEET = str.maketrans("4301578@$!|+€", "aeoistbasilte")
_LEET_WORD = re.compile(r"\S+")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \t._*|/\\-]{1,3}){4,}[^\W\d_](?![^\W_])")
_BETWEEN_WORDS = re.compile(r"[ \t]{2,}|[ \t][._*|/\\-][ \t]|[._*|/\\-]{2,}")
_SPLIT_WORD_LENGTH = 3.2  # on average shorter words than this: words are cut in pieces
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:(?:\\x|0x)?[0-9A-Fa-f]{2}[ :,]?){8,}")
_ESCAPED = re.compile(r"\\u\{?([0-9A-Fa-f]{4,5})\}?|\\x([0-9A-Fa-f]{2})")
_MAX_BLOBS = 20
#: Words by which an instruction is known when a whole text is written backwards or shifted; looked for before reading it so.
_KEYS = ("negeer", "vergeet", "instruct", "systeemprompt", "ignore", "forget", "disregard", "system prompt", "hacked", "zonder bronnen")
#: Two stems that together are an instruction, where the spaces between words are gone.
_IGNORE = ("negeer", "vergeet", "ignore", "forget", "disregard", "ignoriere", "override", "bypass")
_OBJECT = ("instruct", "regels", "rules", "prompt", "opdracht", "anweisung", "bronnen", "guideline")


def readings(text: str) -> list[str]:
    """The text, folded, and with its disguises undone."""
    plain = folded(text)
    return list(dict.fromkeys((plain, _unleeted(plain), _joined(plain))))


def decoded_readings(text: str) -> list[str]:
    """What codes in `text` hold, folded: hidden characters, base64 and its like also twice over, shifted and backward letters."""
    plain = folded(text)
    found = []
    for decoded in (*hidden(text), *_decoded(text)):
        found += [folded(decoded), *map(folded, _decoded(decoded))]
    rotated = codecs.encode(plain, "rot13")
    backwards = plain[::-1]
    if turns_direction(text) or not any(k in plain for k in _KEYS):
        found += [r for r in (rotated, backwards) if any(k in r for k in _KEYS)]
    return list(dict.fromkeys(found))


def coded_text(text: str) -> bool:
    """Does base64 or hexadecimal in `text` hold at least three words? Nobody writes an honest question so."""
    return any(len(re.findall(r"[^\W\d_]{2,}", decoded)) >= 3 for decoded in _blobs(text))


def glued_instruction(text: str) -> bool:
    """Is there an instruction in words that were cut into pieces or single letters?"""
    plain = folded(text)
    pieces = [re.sub(r"[\W\d_]", "", m[0]) for m in _SPACED.finditer(plain)]
    words = re.findall(r"[^\W\d_]+", plain)
    if len(words) >= 8 and sum(map(len, words)) / len(words) < _SPLIT_WORD_LENGTH:
        pieces.append("".join(words))
    return any(_has_pair(p) for p in pieces)


def _has_pair(glued: str) -> bool:
    for verb in _IGNORE:
        at = glued.find(verb)
        while at >= 0:
            near = glued[at + len(verb) : at + len(verb) + 40]
            if any(o in near for o in _OBJECT):
                return True
            at = glued.find(verb, at + 1)
    return False


def _unleeted(text: str) -> str:
    """Words that mix letters with look-alike digits and signs, in letters."""

    def letters(m: re.Match[str]) -> str:
        word = m[0].rstrip(".,!?;:")
        tail = m[0][len(word) :]
        if not any(c.isalpha() for c in word) or word.isalpha() or "://" in word:
            return m[0]
        return word.translate(_LEET) + tail

    return _LEET_WORD.sub(letters, text)


def _joined(text: str) -> str:
    """Letters written apart put together; two spaces or a mark between spaces is where a word ends."""

    def word(m: re.Match[str]) -> str:
        return " ".join(re.sub(r"[\W_]", "", w) for w in _BETWEEN_WORDS.split(m[0]))

    return _SPACED.sub(word, text)


def _decoded(text: str) -> list[str]:
    """What base64, hexadecimal, percent, HTML and Unicode escapes in `text` hold, as far as that is readable text."""
    found: list[str] = []
    if "&" in text or "%" in text:
        found += [d for d in (html.unescape(text), unquote(text)) if d != text]
    if "\\" in text:
        found.append(_ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), text))
    return found + _blobs(text)


def _blobs(text: str) -> list[str]:
    """What the first blobs of base64 and of hexadecimal in `text` hold."""
    found: list[str] = []
    for m in islice(_BASE64.finditer(text), _MAX_BLOBS):
        found += _readable(_from_base64(m[0]))
    for m in islice(_HEX.finditer(text), _MAX_BLOBS):
        found += _readable(bytes.fromhex(re.sub(r"\\x|0x|[ :,]", "", m[0])))
    return found


def _from_base64(blob: str) -> bytes:
    blob = blob.rstrip("=").translate(str.maketrans("-_", "+/"))
    blob = blob[: len(blob) - (len(blob) % 4 == 1)]
    try:
        return base64.b64decode(blob + "=" * (-len(blob) % 4))
    except binascii.Error:
        return b""


def _readable(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return []
    printable = sum(c.isprintable() or c.isspace() for c in text)
    return [text] if len(text) > 5 and printable >= 0.9 * len(text) else []
