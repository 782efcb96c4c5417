"""A small language for word patterns, on the words of a text (phrases.py).

A rule is a row of elements, each directly after the one before or, after a gap, some words further in the same sentence:

    <ignore> .. <previous>? .. <instruction>    a group of phrases; `?` behind it: may be absent
    stem*                                       a word that begins so; a bare word is that word
    word|<group>|stem*                          either of them
    ..  and  ...                                a gap of at most 4 and at most 10 words
    A & B                                       both in one sentence, in any order
    A && B                                      both anywhere in the text

`unless` names groups that, anywhere in the same sentence, make the rule silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from rag.guard.phrases import Occurrences, PhraseBook, Words

_GAPS = {"..": 4, "...": 10}


@dataclass(frozen=True, slots=True)
class Element:
    group: str
    gap: int  # words that may stand between the element before and this one
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern: all of `parts` must be found, in one sentence unless `anywhere`."""

    family: str
    text: str
    parts: tuple[tuple[Element, ...], ...]
    anywhere: bool = False
    unless: tuple[str, ...] = ()

    def needs(self) -> set[str]:
        return {e.group for part in self.parts for e in part if not e.optional}


class RuleBook:
    """The rules of one file, ready to match."""

    def __init__(self, data: dict) -> None:
        """`data`: `groups` (name → phrases separated by commas) and `families` (name → `weight`, `rules`).

        Raises:
            ValueError: a rule names a group that is not there or begins with an optional element, or a stem is too short.
        """
        self._book = PhraseBook(data["groups"])
        self.weights: dict[str, int] = {}
        self.rules: list[Rule] = []
        for family, block in data["families"].items():
            self.weights[family] = block.get("weight", 1)
            self.rules += [self._rule(family, r) for r in block["rules"]]

    def fired(self, words: Words) -> list[Rule]:
        """The rules that match."""
        found = self._book.occurrences(words)
        return [r for r in self.rules if r.needs() <= found.keys() and _matches(r, found, words.sentences)]

    def groups(self, words: Words) -> set[str]:
        """The named groups of words that are there, whether a rule matches or not."""
        return {name for name in self._book.occurrences(words) if not name.startswith("=")}

    def weight(self, rules: list[Rule]) -> int:
        """The weights of the families of `rules`, each family once."""
        return sum(self.weights[f] for f in {r.family for r in rules})

    def _rule(self, family: str, given: str | dict) -> Rule:
        text, unless = (given, "") if isinstance(given, str) else (given["match"], given.get("unless", ""))
        parts = tuple(self._elements(part.split()) for part in re.split(r"&+", text))
        names = tuple(n.strip() for n in unless.split(",") if n.strip())
        unknown = ({e.group for p in parts for e in p} | set(names)) - self._book.phrases.keys()
        if unknown:
            raise ValueError(f"{family}: {text!r} names unknown groups: {', '.join(sorted(unknown))}")
        if any(part[0].optional for part in parts):
            raise ValueError(f"{family}: {text!r} begins with what may be absent")
        return Rule(family, text, parts, "&&" in text, names)

    def _elements(self, items: list[str]) -> tuple[Element, ...]:
        elements, gap = [], 0
        for item in items:
            if item in _GAPS:
                gap = _GAPS[item]
                continue
            elements.append(Element(self._group(item.rstrip("?")), gap, item.endswith("?")))
            gap = 0
        return tuple(elements)

    def _group(self, name: str) -> str:
        """The group that `name` (`<group>`, a word, or several with | between) stands for; made where it is not there yet."""
        if re.fullmatch(r"<\w+>", name):
            return name[1:-1]
        if f"={name}" not in self._book.phrases:
            phrases = [self._book.phrases[n[1:-1]] if n.startswith("<") else [[n]] for n in name.split("|")]
            self._book.add(f"={name}", [p for several in phrases for p in several])
        return f"={name}"


def _matches(rule: Rule, found: Occurrences, sentences: list[int]) -> bool:
    blocked = {sentences[start] for name in rule.unless for start, _ in found.get(name, ())}
    per_part = [{s for s in _sentences_with(part, found, sentences) if s not in blocked} for part in rule.parts]
    return all(per_part) if rule.anywhere else bool(set.intersection(*per_part))


def _sentences_with(part: tuple[Element, ...], found: Occurrences, sentences: list[int]) -> set[int]:
    """Sentences that hold the elements of `part` in their order."""
    ends: set[int] = {e for _, e in found.get(part[0].group, ())}
    for element in part[1:]:
        reached = set(ends) if element.optional else set()
        for start, end in found.get(element.group, ()):
            earliest = max(0, start - element.gap)
            if any(e in ends and sentences[e - 1] == sentences[start] for e in range(earliest, start + 1)):
                reached.add(end)
        ends = reached
    return {sentences[e - 1] for e in ends}


@lru_cache(maxsize=8)
def rule_book(name: str) -> RuleBook:
    """The rules of `name`.yml in this folder, with the groups of the files that it includes; read once."""
    data = _read(name)
    groups: dict[str, str] = {}
    for included in data.get("include", "").split(","):
        groups |= _read(included.strip())["groups"] if included else {}
    return RuleBook(data | {"groups": groups | data.get("groups", {})})


def _read(name: str) -> dict:
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yml").read_text(encoding="utf-8"))
