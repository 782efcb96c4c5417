"""From an answer, a conversation or a memo to the document that is exported. Sources are numbered once over the whole document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rag.context import EXTRACTIVE
from rag.export.notices import confirmed, overdue_now, refusal
from rag.export.paper import Line, Paper, Reference, Section, clean, clean_lines, reference
from rag.export.said import Checker, Library, words_of
from rag.export.turns import Conversation, TurnIn
from rag.export.words import DUTCH, Words
from rag.statuses import statuses
from rag.types import Answer, AnswerSentence
from rag.web.labels import written_by

if TYPE_CHECKING:
    from rag.guides.memo import Memo

#: What the name of a model, a version and a day may look like: what comes from outside is printed as a fact only where it is one.
_MODEL = re.compile(r"[\w.:/+-]{1,60}")
_VERSION = re.compile(r"[\w.-]{1,40}")
_ANSWERS = ("answered", "partial")


class _Numbers:
    """Numbers for the sources of several answers: the same quote of the same passage keeps its number."""

    def __init__(self) -> None:
        self.references: list[Reference] = []
        self._known: dict[tuple[str, tuple[str, ...]], int] = {}

    def given(self, found: Reference) -> int:
        key = (found.path, found.quote)
        if key not in self._known:
            self._known[key] = len(self.references) + 1
            self.references.append(replace(found, n=self._known[key]))
        return self._known[key]


def of_answer(answer: Answer, today: date | None = None, words: Words = DUTCH) -> Paper:
    """One answer of this advisor. `today` is the day that stands on the document, `words` are those around the answer."""
    lines = _lines(answer.sentences) or (Line(clean(answer.text)),)
    lines = (*lines, *(Line(clean(choice), kind="item") for choice in answer.choices))
    own_words = answer.model == EXTRACTIVE or not answer.sentences
    by = written_by(answer.model, words.language) if answer.sentences else ""
    notices = (clean(answer.notice),) if answer.notice else ()
    about = (_label(answer.status, words), by)
    section = _section(answer.question, 0, lines, about, notices, words, "nl" if own_words else answer.language)
    facts = _facts(words, [answer.corpus_version], today or date.today(), [answer.created_at])
    return Paper(_title(1, words), (section,), tuple(reference(c) for c in answer.citations), facts, words=words)


def of_turns(turns: Sequence[dict] | Conversation, library: Library, today: date | None = None, words: Words = DUTCH) -> Paper:
    """A conversation: dictionaries with `question` and `answer` (the answer's public JSON), oldest first.

    What the JSON says is not believed: a sentence is printed where `library` holds it or supports it, and what is told of a source comes
    from the library. What was left out is told.

    Raises:
        pydantic.ValidationError: a turn is not one, or is too large.
        TooMuchError: there is more than can be checked at once.
    """
    held = turns if isinstance(turns, Conversation) else Conversation.model_validate({"turns": list(turns)})
    created = today or date.today()
    numbers, checker = _Numbers(), Checker(library)
    many = len(held.turns) > 1
    asked: frozenset[str] = frozenset()
    sections = []
    for n, turn in enumerate(held.turns, 1):
        asked |= words_of(turn.question)  # a follow-up is answered under words of the question before it
        sections.append(_turn_section(turn, n if many else 0, asked, numbers, checker, created, words))
    answers = [t.answer for t in held.turns]
    facts = _facts(words, [a.corpus_version for a in answers], created, [a.created_at for a in answers], library.version)
    return Paper(_title(len(sections), words), tuple(sections), tuple(numbers.references), facts, words=words)


def of_memo(memo: Memo) -> Paper:
    """A memo of guided advice. What the reader filled in and what the sources say stand as the memo has them."""
    sections = tuple(Section(clean(s.heading), _lines(s.sentences), notes=clean_lines(s.note)) for s in memo.sections)
    facts = _facts(DUTCH, [memo.corpus_version], memo.created)
    return Paper(clean(memo.title), sections, tuple(reference(c) for c in memo.citations), facts, clean(memo.intro))


def _lines(sentences: Sequence[AnswerSentence]) -> tuple[Line, ...]:
    return tuple(Line(clean(s.text), s.citations, s.kind, clean(s.heading)) for s in sentences)


def _turn_section(turn: TurnIn, n: int, asked: frozenset[str], numbers: _Numbers, checker: Checker, today: date, words: Words) -> Section:
    """A question with what of its answer was found again."""
    answer = turn.answer
    language = "en" if answer.language == "en" else "nl"
    said = checker.said(answer, asked)
    new = {c.n: numbers.given(reference(c)) for c in said.citations}
    lines = tuple(replace(line, marks=tuple(dict.fromkeys(new[m] for m in line.marks))) for line in said.lines)
    notices = (*confirmed(clean(answer.notice), language, asked, checker.library), *overdue_now(said.citations, language, today))
    if not lines:
        if answer.status in statuses() and answer.status not in _ANSWERS:
            lines = (Line(refusal(answer.status, language, turn.question, answer.text)),)
            return _section(turn.question, n, lines, (_label(answer.status, words),), notices, words, language)
        return _section(turn.question, n, (), (), (_left_out(0, words),), words)
    model = EXTRACTIVE if not said.by_model else answer.model if _MODEL.fullmatch(answer.model) else words.nameless
    if said.left_out:
        notices = (*notices, _left_out(said.left_out, words))
    about = (_label(answer.status if answer.status in _ANSWERS else "answered", words), written_by(model, words.language))
    return _section(turn.question, n, lines, about, notices, words, language if said.by_model else "nl")


def _left_out(count: int, words: Words) -> str:
    """What is told where `count` sentences were not found again; 0 is all of them."""
    return (words.nothing_found, words.one_left_out)[count] if count < 2 else words.left_out.format(count=count)


def _section(
    question: str, n: int, lines: tuple[Line, ...], about: tuple[str, ...], notices: tuple[str, ...], words: Words, language: str = "nl"
) -> Section:
    """A question, said to be one: what a reader asks is no claim of the advisor. `language` is that of the lines."""
    heading = f"{words.question}{f' {n}' if n else ''}: {clean(question) or words.no_question}"
    return Section(heading, lines, ". ".join(filter(None, about)), notices, language)


def _label(status: str, words: Words) -> str:
    found = statuses().get(status)
    return found.label[words.language] if found else ""


def _title(answers: int, words: Words) -> str:
    return (words.answer if answers == 1 else words.conversation).format(title=words.title)


def _facts(
    words: Words, versions: Sequence[str], created: date | str, answered: Sequence[str] = (), checked_in: str = ""
) -> tuple[str, ...]:
    """When the document was made, of when the answers are, of which version of the sources, and in which they were found again."""
    facts = [words.made.format(day=words.day(created))]
    days = [words.day(d) for d in dict.fromkeys(map(_day, answered)) if d and d != str(created)]
    if days:
        facts.append(words.answered.format(days=", ".join(days)))
    known = [v for v in dict.fromkeys(versions) if _VERSION.fullmatch(v)]
    if known:
        facts.append(words.version.format(versions=", ".join(known)))
    if checked_in:
        facts.append(words.checked.format(version=checked_in))
    return tuple(facts)


def _day(moment: str) -> str:
    """The day of an ISO moment; empty where it is none."""
    try:
        return date.fromisoformat(moment[:10]).isoformat()
    except ValueError:
        return ""
