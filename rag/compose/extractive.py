"""The composer without a language model: the sentences of the passages that answer the question, in a sensible order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rag.compose.draft import Draft
from rag.compose.selection import Candidate, overlap
from rag.types import AnswerSentence, Passage

#: A sentence is taken when its score falls at most this much short of the best one's, and a second long list only within less (log-odds).
MARGIN, LIST_MARGIN = 2.0, 0.5
MAX_SENTENCES = 7
#: Where even the best sentence is this improbable (log-odds), many are about as good as it, and few of them answer: then less is shown.
FAINT, FAINT_MARGIN, FAINT_SENTENCES = -2.0, 1.0, 4
MAX_PER_PART = 5
#: What a sentence of a document that the last answer cited is worth more to a follow-up (log-odds): of two that say the same, it counts.
SAME_SOURCE = 0.5
#: What a sentence of the last answer is worth less to a follow-up (log-odds): who asks on wants to hear something new.
TOLD = 1.5
MAX_LIST = 14
#: Sentences that share this much of their terms with a chosen one say nothing new.
SAME = 0.8
_LEANS_BACK = re.compile(r"^(?:Dat|Dit|Deze|Die|Daar\w*|Hier\w*|Hij|Zij|Ze|Het|Ook|Daarnaast|Bovendien|Zo|Toch|Wel|Verder)\b")


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences `first`..`last` of one passage, shown together."""

    passage: Passage
    first: int
    last: int
    score: float


def choose(
    found: list[Candidate],
    limit: int = MAX_SENTENCES,
    shown: frozenset | set = frozenset(),
    leans_on: Collection[str] = (),
    told: frozenset = frozenset(),
) -> list[Run]:
    """The runs of sentences to show for one question (part), in reading order; none of `shown` (passage id, index) again. Documents that a
    follow-up leans on (ids) come first; what the last answer `told` (passage id, index) comes last.

    Lists are taken whole with their introduction. A sentence that leans on the one before it brings that one along.
    """
    if not found:
        return []
    worth = {c.key: c.log_odds + SAME_SOURCE * (c.hit.passage.document_id in leans_on) - TOLD * (c.key in told) for c in found}
    if leans_on or told:
        found = sorted(found, key=lambda c: -worth[c.key])
    best, margin = worth[found[0].key], MARGIN
    if best < FAINT:
        margin, limit = FAINT_MARGIN, min(limit, FAINT_SENTENCES)
    runs: list[Run] = []
    count = 0
    for candidate in found:
        if count >= limit or worth[candidate.key] < best - margin:
            break
        if any(_holds(run, candidate) for run in runs):
            continue
        if any(overlap(candidate.sentence.text, s.text) >= SAME for run in runs for s in _texts(run)):
            continue
        run = _run(candidate, shown)
        if run.last - run.first >= 3 and runs and worth[candidate.key] < best - LIST_MARGIN:
            continue  # a second long list only where it is nearly as good
        runs.append(run)
        count += 1 if run.last - run.first >= 3 else run.last - run.first + 1
    return _in_reading_order(_merged(runs), leans_on)


def write(draft: Draft, runs: list[Run], heading: str = "") -> Iterator[AnswerSentence]:
    """Add `runs` to `draft`, giving each sentence as it is added; support is 1.0: the words are the passage's own."""
    for run in runs:
        n = draft.cite(run.passage, run.first, run.last)
        for sentence in run.passage.sentences[run.first : run.last + 1]:
            yield draft.add(sentence.text, (n,), 1.0, sentence.kind, heading)


def _run(candidate: Candidate, shown: frozenset | set) -> Run:
    passage, index = candidate.hit.passage, candidate.index
    sentences = passage.sentences
    sentence = sentences[index]
    first = last = index
    if sentence.group >= 0 and sentence.kind in ("lead", "item"):
        members = [i for i, s in enumerate(sentences) if s.group == sentence.group]
        if len(members) <= MAX_LIST and not any((passage.id, i) in shown for i in members):
            first, last = members[0], members[-1]
    elif index and _LEANS_BACK.match(sentence.text) and sentences[index - 1].kind == "sentence" and (passage.id, index - 1) not in shown:
        first = index - 1
    return Run(passage, first, last, candidate.score)


def _holds(run: Run, candidate: Candidate) -> bool:
    return run.passage.id == candidate.hit.passage.id and run.first <= candidate.index <= run.last


def _texts(run: Run):  # noqa: ANN202
    return run.passage.sentences[run.first : run.last + 1]


def _merged(runs: list[Run]) -> list[Run]:
    """Runs of one passage that touch or overlap become one."""
    out: list[Run] = []
    for run in sorted(runs, key=lambda r: (r.passage.id, r.first)):
        before = out[-1] if out else None
        if before and before.passage.id == run.passage.id and run.first <= before.last + 1:
            out[-1] = Run(run.passage, before.first, max(before.last, run.last), max(before.score, run.score))
        else:
            out.append(run)
    return out


def _in_reading_order(runs: list[Run], leans_on: Collection[str]) -> list[Run]:
    """Documents by their best sentence, those that are leaned on first; within a document as it is written."""
    best: dict[str, float] = {}
    for run in runs:
        best[run.passage.document_id] = max(best.get(run.passage.document_id, 0.0), run.score)

    def place(run: Run) -> tuple:
        document = run.passage.document_id
        return document not in leans_on, -best[document], document, run.passage.ordinal, run.first

    return sorted(runs, key=place)
