"""From the answers of a flow to its outcome. Keeps no state between calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby

from rag.guides.flow import Conditional, Flow, Quoted, Section
from rag.guides.memo import Memo
from rag.guides.outcome import LOST, SILENT, WHOSE_WORDS, Cell, Group, Level, Outcome, Part, profile_section
from rag.guides.quotes import Quotes
from rag.knowledge.store import PassageStore

#: Question → the options that the reader chose, in the order of the flow.
Answers = dict[str, tuple[str, ...]]


def read_answers(flow: Flow, chosen: Callable[[str], Iterable[str]]) -> Answers:
    """The known options that were chosen; `chosen` gives the values of a field. Of a question with one answer only the first counts."""
    answers: Answers = {}
    for name, question in flow.questions.items():
        given = set(chosen(name))
        options = tuple(o.id for o in question.opties if o.id in given)
        answers[name] = options[:1] if question.soort == "een" else options
    return answers


def missing(flow: Flow, answers: Answers, page: int) -> tuple[str, ...]:
    """The questions of page `page` (from 0) that still need an answer."""
    return tuple(q.id for q in flow.paginas[page].vragen if len(answers[q.id]) < q.minstens)


def outcome(flow: Flow, answers: Answers, store: PassageStore, corpus_version: str, today: date | None = None) -> Outcome:
    """The advice for `answers`, which must be complete. `today` is the day that decides which documents may be used."""
    day = today or date.today()
    quotes = Quotes(store, day)
    profile = tuple(_level(flow, a.id, a.kop, a.nu, a.gewenst, answers) for a in flow.profiel)
    gaps = {level.id for level in profile if level.gap}
    shown = [s for s in flow.delen if holds(s, answers) and (s.kloof is None or s.kloof in gaps)]
    parts = tuple(_part(flow, s, answers, quotes) for s in shown)
    sections = tuple(p.as_section() for p in parts)
    if profile:
        sections = (profile_section(profile), *sections)
    intro = f"{flow.memo_inleiding} {WHOSE_WORDS}"
    return Outcome(Memo(flow.memo_titel, intro, sections, quotes.citations(), day.isoformat(), corpus_version), parts, profile)


def holds(part: Conditional, answers: Answers) -> bool:
    """Whether the conditions of `part` are met."""
    every = all(_chose(answers, q, options) for q, options in part.als.items())
    return every and (not part.als_een or any(_chose(answers, q, options) for q, options in part.als_een.items()))


def said(flow: Flow, question: str, answers: Answers) -> str:
    """The reader's answer to one question, in words."""
    return ", ".join(flow.questions[question].label(o).rstrip(".") for o in answers[question]) or "geen"


def _chose(answers: Answers, question: str, options: Iterable[str]) -> bool:
    return not set(options).isdisjoint(answers[question])


def _level(flow: Flow, axis: str, heading: str, now: str, wanted: str, answers: Answers) -> Level:
    here, there = flow.questions[now], flow.questions[wanted]
    at, to = answers[now][0], answers[wanted][0]
    return Level(axis, heading, here.value(at), there.value(to), here.label(at), there.label(to))


def _part(flow: Flow, section: Section, answers: Answers, quotes: Quotes) -> Part:
    groups = _groups(section.bronnen, answers, quotes)  # before the cells: sources are numbered in the order of reading
    cells: list[Cell] = []
    if section.per:
        for option in answers[section.per]:
            label = flow.questions[section.per].label(option)
            found = _groups(section.cellen.get(option, ()), answers, quotes, label)
            cells.append(Cell(label, found, "" if found else SILENT))
    return Part(
        section.kop,
        tuple((flow.questions[q].vraag, said(flow, q, answers)) for q in section.antwoorden),
        tuple(r.tekst for r in section.opmerkingen if holds(r, answers)),
        groups,
        tuple(cells),
    )


def _groups(entries: tuple[Quoted, ...], answers: Answers, quotes: Quotes, label: str = "") -> tuple[Group, ...]:
    """The entries that hold, those with the same `kop` together. What could not be quoted is told, and is not silence."""
    groups: list[Group] = []
    for heading, run in groupby((q for q in entries if holds(q, answers)), key=lambda q: q.kop):
        sentences, lost = quotes.gather(list(run), ": ".join(filter(None, (label, heading))))
        groups.append(Group(heading, sentences, LOST if lost else ""))
    return tuple(groups)
