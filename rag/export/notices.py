"""What the advisor tells beside or instead of an answer, confirmed: of what comes from outside only the advisor's own words are printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from rag.compose.draft import Draft
from rag.context import Context, Part
from rag.export.said import Library, words_of
from rag.guard.check import inspect
from rag.notices import absent, known_absent, model_failed, nearby, not_answered, nothing_within_filters, overdue, unsure
from rag.search.known_questions import Near
from rag.statuses import statuses
from rag.types import Citation, Hit, Passage

_DUTCH_QUOTES = "The sources are in Dutch; the answer quotes them in Dutch."
_HOLE = "…"
_LISTED = "(“[^”]*”(?:[,;] “[^”]*”)*)"
_QUESTIONS = r"((?:[^?“”]+\?)+)"
_PHRASE = r"([^“”]{1,500}?)"


def confirmed(notice: str, language: str, asked: frozenset[str], library: Library) -> tuple[str, ...]:
    """The sentences of `notice` that the advisor can have said: its fixed ones, and those that name words of the questions (`asked`),
    titles of documents, or what editors wrote that is missing."""
    holds = {
        "": lambda _: True,
        "asked": lambda named: words_of(named) <= asked,
        "title": lambda named: set(re.findall("“([^”]*)”", named)) <= library.titles(),
        "missing": lambda named: named in library.missing(),
    }
    found = (
        (match.start(), match[0])
        for names, pattern in _patterns(language)
        for match in pattern.finditer(notice)
        if holds[names](match[1] if pattern.groups else "")
    )
    return tuple(text for _, text in sorted(found))


def refusal(status: str, language: str, question: str, text: str) -> str:
    """What stands in place of an answer with `status`. `text` is believed where it is about filters, which no document holds; what the
    guard says, it says again."""
    filtered = nothing_within_filters(Context("", language=language))
    if status == "not_in_corpus" and text == filtered:
        return filtered
    verdict = inspect(question)
    if verdict.kind not in ("ok", "failed") and verdict.status == status:
        return verdict.message[language]
    return statuses()[status].message[language]


def overdue_now(citations: Iterable[Citation], language: str, today: date) -> tuple[str, ...]:
    """Whether the answer leans on a document that is due for a check, on the day of the export."""
    return tuple(overdue(Context("", language=language, draft=Draft(citations=list(citations))), today))


@lru_cache(maxsize=2)
def _patterns(language: str) -> tuple[tuple[str, re.Pattern], ...]:
    """Every form of a notice, with what it names; made by what makes the notices, so that they cannot differ."""
    hit = Hit(Passage("", "", _HOLE, (), "", 0, 0), 0.0)
    fixed = [unsure([], language), model_failed(True, language), model_failed(False, language), *([_DUTCH_QUOTES] * (language == "en"))]
    missing = known_absent(Context("", language=language, parts=[Part("", near=Near(missing=_HOLE, missing_near=1.0))]))
    return (
        *(("", re.compile(re.escape(text))) for text in fixed),
        ("asked", _with_hole(absent([_HOLE], language)[0], f"“{_HOLE}”", _LISTED)),
        ("asked", _with_hole(not_answered([_HOLE], language), _HOLE, _QUESTIONS)),
        ("title", _with_hole(nearby([hit], language), f"“{_HOLE}”", _LISTED)),
        *(("missing", _with_hole(text, _HOLE, _PHRASE, r"(?= [A-Z]|$)")) for text in missing),
    )


def _with_hole(text: str, hole: str, slot: str, end: str = "") -> re.Pattern:
    before, _, after = text.partition(hole)
    return re.compile(re.escape(before) + slot + re.escape(after) + end)
