"""The forms of a question that code can make: typing and spelling errors, careless typing, a polite opening.

Every choice is drawn from a generator that is seeded with the question's id, so that the same question always gets the same errors,
whatever else is measured in the run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from rag.language.detect import detect_language

SEED = 11
#: A word this short is never changed: in "OM" or "FP" one wrong letter makes it another name.
UNTOUCHED = 3
#: A question of at least this many words gets two errors, a shorter one gets one.
TWO_ERRORS = 10
_WORD = re.compile(r"[^\W\d_]+")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SPELLINGS = (
    (r"dt$", "d"),  # "word" for "wordt"
    (r"(?<=[rnl])d$", "dt"),  # "vindt" for "vind"
    (r"(?<=[bgv]eur)t$", "d"),  # "gebeurd" for "gebeurt"
    (r"^(ge|be|ver)(\w+)d$", r"\1\2t"),  # "gebeurt" for "gebeurd"
    (r"^(ge|be|ver)(\w+)t$", r"\1\2d"),  # "gewerkd" for "gewerkt"
    (r"ij", "ei"),
    (r"ei", "ij"),
    (r"ou", "au"),
    (r"au", "ou"),
    (r"isch", "ies"),
    (r"c(?=[aoukt])", "k"),
    (r"([bdfgklmnprst])\1", r"\1"),  # "verschilende"
    (r"(?<=[a-z])ie(?=[a-z])", "i"),
    (r"(?<=\w)en$", "e"),  # the n that is not heard
)
_OPENINGS = {
    "nl": (
        "Goedemorgen, ik werk bij een gemeente en vroeg me af: {}",
        "Goedemiddag, mag ik u iets vragen? {}",
        "Beste adviseur, voor een overleg van vanmiddag zoek ik het volgende uit. {} Alvast hartelijk dank!",
        "Hallo, een collega vroeg mij dit en ik weet het niet zeker: {}",
    ),
    "en": (
        "Good morning, I work for a municipality and was wondering: {}",
        "Hello, may I ask you something? {}",
        "Dear adviser, I am preparing a meeting for this afternoon. {} Many thanks in advance!",
        "Hi, a colleague asked me this and I am not sure: {}",
    ),
}


def with_typos(question: str, key: str) -> str:
    """The question with one or two errors as people make them, in different words; unchanged where no word is long enough."""
    draw = random.Random(f"{SEED}:typos:{key}")
    found = [m for m in _WORD.finditer(question) if len(m[0]) > UNTOUCHED]
    wanted = min(len(found), 2 if len(question.split()) >= TWO_ERRORS else 1)
    dutch = detect_language(question) == "nl"
    for match in sorted(draw.sample(found, wanted), key=lambda m: -m.start()):
        question = question[: match.start()] + misspelled(match[0], draw, dutch) + question[match.end() :]
    return question


def misspelled(word: str, draw: random.Random, dutch: bool = True) -> str:
    """`word` with one error: of spelling where it is Dutch and holds something that is often misspelled (in half of those cases), else a
    slip of the fingers."""
    spellings = [made for pattern, wrong in _SPELLINGS if (made := re.sub(pattern, wrong, word, count=1)) != word]
    if dutch and spellings and draw.random() < 0.5:
        return draw.choice(spellings)
    slips: list[Callable[[str, random.Random], str]] = [_swapped, _dropped, _doubled, _beside]
    for slip in draw.sample(slips, len(slips)):
        if (made := slip(word, draw)) != word:
            return made
    return word


def careless(question: str, key: str = "") -> str:
    """All in lower case, without the mark at the end."""
    return question.lower().rstrip(" ?.!")


def polite(question: str, key: str) -> str:
    """The question behind a greeting, in the language of the question; with a mark at its end, where it had none."""
    asked = question if question.endswith((".", "?", "!")) else f"{question}?"
    return random.Random(f"{SEED}:polite:{key}").choice(_OPENINGS[detect_language(question)]).format(asked)


def _swapped(word: str, draw: random.Random) -> str:
    """Two neighbouring letters in the wrong order; the first letter stays, as it does in most real errors."""
    i = draw.randrange(1, len(word) - 1)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


def _dropped(word: str, draw: random.Random) -> str:
    i = draw.randrange(1, len(word))
    return word[:i] + word[i + 1 :]


def _doubled(word: str, draw: random.Random) -> str:
    i = draw.randrange(1, len(word))
    return word[:i] + word[i] + word[i:]


def _beside(word: str, draw: random.Random) -> str:
    """A letter replaced by the key next to it."""
    i = draw.randrange(1, len(word))
    row = next((r for r in _ROWS if word[i].lower() in r), "")
    if not row:
        return word
    at = row.index(word[i].lower())
    near = draw.choice([row[n] for n in (at - 1, at + 1) if 0 <= n < len(row)])
    return word[:i] + (near.upper() if word[i].isupper() else near) + word[i + 1 :]
