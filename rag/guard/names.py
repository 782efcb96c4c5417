"""Names of people, where the text says why they matter: a role in a case, an accusation, a search, or another identifier beside it.

The names of organisations, projects, authors and ministers stand in questions for good reasons, so a name alone is never a finding.
Names without capitals are only seen behind a word for a role, and only where they begin with a common first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

Span = tuple[int, int]
#: Characters between a name and another identifier that it belongs to.
_NEAR = 60
#: Characters between a name and what is said of the person.
_REACH = 50

_PREFIXES = "van de der den het ten ter te el al bin ben von zu da di du la le dos del".split()
_PREFIX = "(?:" + "|".join(["'t", "’t", *_PREFIXES, *(p.capitalize() for p in _PREFIXES)]) + ")"
_PART = r"[A-ZÀ-ÞĀ-Ž](?:[\w'’]{0,25}[a-zß-ž])(?:-[A-ZÀ-Þ]?[\w'’]{1,25})?"
_INITIALS = r"(?:[A-Z]\.[ -]?){1,5}"
# "Mohamed B.": how the press names a suspect.
_SHORTENED = rf"{_PART}(?: {_PART})? [A-Z]\.(?![\w.])(?! (?:{_PREFIX} |[A-ZÀ-Þ]))"
_FULL = rf"(?:{_SHORTENED}|{_INITIALS} ?(?:{_PREFIX} ){{0,3}}{_PART}|{_PART}(?: (?:[A-Z]\. ?)?(?:{_PREFIX} ){{0,3}}{_PART}){{1,3}})"
_ANY = rf"(?:{_FULL}|(?:{_PREFIX} ){{0,3}}{_PART})"
_NO_PERSON_AFTER = re.compile(
    r"\s?(?:&|B\.?V\.?\b|N\.?V\.?\b|VOF\b|(?i:holding|groep|group|advocaten|notarissen|bank\b|makelaars|transport))"
)
_PUBLIC_ENDINGS = ("andse", "aanse", "eese", "ische", "mse", "kse", "gse", "landers", "verband", "wet", "register")
_FULL_NAME = re.compile(rf"(?<![\w.@/-]){_FULL}(?![\w@])")


@lru_cache(maxsize=1)
def _data() -> dict[str, str]:
    return yaml.safe_load(Path(__file__).with_name("names.yml").read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _any_of(list_name: str) -> str:
    """The phrases of a list as one alternative, the longest first."""
    phrases = sorted((p.strip() for p in _data()[list_name].split(",")), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(p) for p in phrases) + ")"


@lru_cache(maxsize=8)
def _words(list_name: str) -> frozenset[str]:
    return frozenset(_data()[list_name].split())


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    role, title = _any_of("roles"), _any_of("honorifics")
    linked = "(?:,|:| is| heet| genaamd)? "
    first = "|".join(sorted(_words("first_names")))
    not_a_name = "|".join(sorted(_words("no_names")))
    small = "[a-zß-ž]{3,25}"
    known = rf"(?i:\b{_any_of('authorities')}\b)[^.?!\n]{{0,40}}?(?i:\b{_any_of('knowledge')})"
    return {
        "role": re.compile(rf"\b(?i:{role}){linked}(?i:{title} )?({_ANY})(?![\w@])"),
        "role_small": re.compile(rf"\b{role}{linked}((?:{first}) (?:{_PREFIX} ){{0,3}}{small})(?!\w)"),
        "titled": re.compile(rf"(?i:\b{title}) ({_ANY})(?![\w@])"),
        "titled_small": re.compile(rf"(?i:\b{title}) ((?:{_PREFIX} ){{0,3}}(?!(?:{not_a_name})\b){small})(?!\w)"),
        "accused": re.compile(rf"(?i)\b{_any_of('accused')}(?!\w)"),
        "before": re.compile(rf"(?i:(?<!\w){_any_of('verbs_before')}) (?i:{title} )?({_FULL})(?![\w@])"),
        "knowledge": re.compile(rf"{known} (?i:{title} )?({_FULL})(?![\w@])"),
    }


def persons(text: str, beside: Sequence[Span]) -> Iterator[Span]:
    """Names of people in `text` in a context that makes them personal. `beside`: where other identifiers stand."""
    patterns = _patterns()
    for kind in ("role", "role_small", "before", "knowledge"):
        for m in patterns[kind].finditer(text):
            yield from _person(text, *m.span(1))
    accusations = [m.span() for m in patterns["accused"].finditer(text)]
    titled = [m.span(1) for kind in ("titled", "titled_small") for m in patterns[kind].finditer(text)]
    full = [m.span() for m in _FULL_NAME.finditer(text)]
    for span in _near(titled + full, accusations, text):
        yield from _person(text, *span)
    for span in _near(titled + full, beside, text, _NEAR):
        yield from _person(text, *span)


def _near(names: list[Span], others: Sequence[Span], text: str, reach: int = _REACH) -> Iterator[Span]:
    """The names within `reach` characters of one of `others`, with no end of a sentence between them."""
    ordered = sorted(others)
    position = 0
    for start, end in sorted(names):
        while position < len(ordered) and ordered[position][1] < start - reach:
            position += 1
        for other_start, other_end in ordered[position : position + 4]:
            gap = text[end:other_start] if other_start >= end else text[other_end:start]
            if len(gap) <= reach and not re.search(r"[.?!]\s", gap):
                yield start, end
                break


def _person(text: str, start: int, end: int) -> Iterator[Span]:
    """The name without words that begin a sentence; nothing where it is that of an organisation, a place or a project."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    while words and text[slice(*words[0])] in _words("starters") and len(words) > 1 and not _is_prefix(text, words):
        words.pop(0)
    if not words or _NO_PERSON_AFTER.match(text, end):
        return
    parts = [text[slice(*w)].strip(",.'’") for w in words]
    own = [p for p in parts if not re.fullmatch(_PREFIX, p)]
    if not own or (len(own) == 1 and own[0] in _words("starters")):
        return
    if any(p in _words("public") or p.split("-")[0] in _words("public") or p.endswith(_PUBLIC_ENDINGS) for p in own):
        return
    yield words[0][0], end


def _is_prefix(text: str, words: list[Span]) -> bool:
    """Is the first word part of the name itself, as in "De Wit" and "Van der Meij"?"""
    return bool(re.fullmatch(_PREFIX, text[slice(*words[0])])) and len(words) > 1
