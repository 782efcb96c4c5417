"""Characters that hide or disguise text: taken away for the reader, decoded and folded for the checks."""

from __future__ import annotations

import re
import unicodedata

# Zero-width and bidirectional controls, soft hyphen, fillers, variation selectors and Unicode tags: none of them prints.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
_BIDI = re.compile("[\u202d\u202e\u2066-\u2069]")
_MARK = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Composed text has at most one combining mark left after a Latin letter; heaps of them are only there to hide a word.
_HEAPED_MARKS = re.compile(f"[{_MARK}]{{2,}}")
_UNPRINTABLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,7}\U000e007f")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_WORD = re.compile(r"[^\W\d_]+")


def _pairs(text: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in text.split()}


#: Letters of other scripts that cannot be told from a Latin letter, each with that letter behind it.
TWINS = _pairs(
    "аa сc еe оo рp хx уy іi јj ѕs һh ԁd ԛq ԝw ѵv АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԚQ ԜW ѴV "
    "οo ϲc ϳj ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ıi ɑa ɡg"
)
#: Letters that only resemble a Latin one: folded for the checks, never in what is shown.
RESEMBLING = TWINS | _pairs(
    "кk вb мm нh тt гr пn шw зz ёe ӏl αa βb γy εe ηn ιi κk νv ρp σo τt υu χx ωw "
    "ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz əe ɩi ɛe ɔo øo łl đd œoe æae ßss օo ոn սu"
)
_BADGES = {first + i: chr(97 + i) for first in (0x1F150, 0x1F170, 0x1F1E6) for i in range(26)}  # letters in filled circles and squares
_FOLDED = str.maketrans(RESEMBLING) | _BADGES


def legible(text: str) -> str:
    """`text` as its reader sees it: NFKC, nothing invisible or unprintable, no heaps of accents, disguised letters made Latin."""
    for _ in range(3):  # taking a mark away can let its neighbours combine
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = "".join(" " if unicodedata.category(c) in _UNPRINTABLE else c for c in text)
        plain = _HEAPED_MARKS.sub("", text)
        if plain == text:
            break
        text = plain
    return unicodedata.normalize("NFKC", _undisguised(text))


def legible_with_places(text: str) -> tuple[str, list[int]]:
    """`text` character by character without what hides it, and for each character its place in `text`. Digits become ASCII."""
    letters: list[str] = []
    places: list[int] = []
    for place, original in enumerate(text):
        if _INVISIBLE.match(original):
            continue
        for c in unicodedata.normalize("NFKC", original):
            category = unicodedata.category(c)
            if category == "Nd":
                c = str(unicodedata.decimal(c))
            elif category == "Pd" or c == "\u2212":
                c = "-"
            elif category in _UNPRINTABLE or category.startswith("Z"):
                c = "\n" if c == "\n" else " "
            letters.append(c)
            places.append(place)
    return "".join(letters), places


def folded(text: str) -> str:
    """`text` for the checks only: legible, lower case, without accents, every resembling letter Latin. Line breaks stay."""
    lines = [legible(line) for line in text.split("\n")]
    text = unicodedata.normalize("NFKD", "\n".join(lines).lower())
    return re.sub(f"[{_MARK}]", "", text).translate(_FOLDED)


def hidden(text: str) -> list[str]:
    """Texts that Unicode tags or variation selectors carry unseen. A flag such as Scotland's carries none."""
    if text.isascii():
        return []
    text = _FLAG.sub("", text)
    found = ["".join(chr(ord(c) - 0xE0000) for c in m[0]) for m in _TAGS.finditer(text)]
    for m in _SELECTORS.finditer(text):
        values = bytes(ord(c) - 0xFE00 if ord(c) < 0xFE10 else ord(c) - 0xE0100 + 16 for c in m[0])
        found.append(values.decode("utf-8", "replace"))
    return [f for f in found if re.search(r"[^\W\d_]{2}", f)]


def turns_direction(text: str) -> bool:
    """Does `text` hold a control that makes it read backwards?"""
    return bool(_BIDI.search(text))


def _undisguised(text: str) -> str:
    """Words that mix scripts made Latin, and words of twins only where all other words are Latin; other Greek or Cyrillic stays."""
    if text.isascii() or not any(c in TWINS for c in text):
        return text

    def latin(word: str) -> bool:
        return all(_is_latin(c) for c in word)

    def mixed(m: re.Match[str]) -> str:
        other = [c for c in m[0] if not _is_latin(c)]
        return _to_latin(m[0]) if other and len(other) < len(m[0]) and all(c in TWINS for c in other) else m[0]

    text = _WORD.sub(mixed, text)
    words = _WORD.findall(text)
    if any(latin(w) and len(w) > 1 for w in words) and all(latin(w) or all(c in TWINS for c in w) for w in words):
        text = _WORD.sub(lambda m: m[0] if latin(m[0]) else _to_latin(m[0]), text)
    return text


def _to_latin(word: str) -> str:
    return "".join(TWINS.get(c, c) for c in word)


def _is_latin(c: str) -> bool:
    return c not in TWINS and unicodedata.name(c, "").startswith("LATIN")
