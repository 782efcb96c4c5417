"""The steps of a question. Each has a name and one method, and gives events for what the reader may already see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from rag.compose.extractive import MAX_PER_PART, MAX_SENTENCES, choose, write
from rag.compose.followups import Rewritten, is_vague, stand_alone, turns_away, without_pointers
from rag.compose.generative import GenerativeComposer
from rag.compose.matching import QuestionWords, words_of
from rag.compose.pressing import without_pressing
from rag.compose.questions import display_part, question_parts
from rag.compose.rephrase_model import rewrite
from rag.compose.selection import Candidate, candidates
from rag.context import EXTRACTIVE, Context, Event, Part
from rag.errors import IndexMissingError, ModelError, ModelTimeoutError
from rag.language.abbreviations import shortened, with_both_forms
from rag.language.detect import detect_language
from rag.notices import absent, choices, known_absent, model_failed, nearby, not_answered, nothing_within_filters, overdue, unsure, which
from rag.search.searcher import Searcher
from rag.statuses import statuses
from rag.types import Hit, Turn
from rag.verify.answerable import in_scope, threshold, unsure_of, weigh

#: What a passage of a document that the last answer cited is worth more to a follow-up (scores are 0..1).
SAME_SOURCE = 0.1
#: Passages whose sentences are weighed, for each one that is shown: the sentence that answers may stand further down.
WEIGHED = 3


class Step(Protocol):
    name: str

    def run(self, context: Context) -> Iterator[Event]:
        """Work on `context`; setting `context.status` ends the way of the question."""
        ...


class Rephrase:
    """Makes the question stand alone and finds its parts and its language."""

    name = "rephrase"

    def __init__(self, searcher: Searcher | None = None) -> None:
        self.searcher = searcher

    def run(self, context: Context) -> Iterator[Event]:
        turns: tuple[Turn, ...] = ()
        for turn in context.turns:
            if statuses()[turn.status].follow_up:  # what was refused has not been said
                turns = (*turns, replace(turn, standalone=stand_alone(turn.standalone, turns).text))
        question = without_pressing(context.question)
        if not question:  # nothing is asked: what was asked before stands as it was answered
            context.vague, context.language = True, detect_language(context.question)
            context.standalone = context.question
            context.parts = [Part(context.question)]
            return
        question = self._spelled(question)
        found = stand_alone(question, turns)
        if found.perhaps and turns_away(question, turns[-1], self._said(turns[-1])):
            found = Rewritten(question)
        context.standalone = found.text
        if found.follows and context.chat_model and not context.chat_model.small:
            # a small model rewrites worse than the rules (docs/measured.md), and takes seconds for it
            context.standalone = rewrite(question, turns, context.chat_model) or found.text
        context.leans_on = turns[-1].documents if found.follows else ()
        context.vague = not turns and is_vague(question)
        context.language = detect_language(question)
        context.parts = [Part(text) for text in question_parts(context.standalone)]
        yield from ()

    def _said(self, turn: Turn) -> set[str]:
        """The words of the documents that the answer cited."""
        if self.searcher is None:
            return set()
        passages = [p for document in turn.documents for p in self.searcher.store.passages_of(document)]
        return {word for p in passages for word in words_of(f"{p.title} {p.section} {p.text}")}

    def _spelled(self, question: str) -> str:
        """Typing errors put right; the reader sees it in the question that stands alone."""
        if self.searcher is None or detect_language(question) != "nl":
            return question
        try:
            return self.searcher.corrected(question)
        except IndexMissingError:  # Retrieve tells what to do about it
            return question


class Retrieve:
    """Finds the passages for every part; the evidence is shown before anything is composed."""

    name = "retrieve"

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def run(self, context: Context) -> Iterator[Event]:
        context.embedder = self.searcher.embedder
        for part in context.parts:
            part.vector = self.searcher.embedder.encode_query(part.text)
            part.near = self.searcher.near(part.text, part.vector, context.filters)
            part.hits = self._search(context, part)
        context.hits = _interleaved([p.hits[: context.k] for p in context.parts])[: context.k]
        if not context.hits:
            context.status = "not_in_corpus"
            context.message = nothing_within_filters(context) if context.filters else ""
            return
        yield Event("evidence", hits=tuple(context.hits))

    def _search(self, context: Context, part: Part) -> list[Hit]:
        """The best passages, more than are shown; for a follow-up those of the sources of the last answer stand a little higher."""
        hits = self.searcher.search(with_both_forms(part.text), WEIGHED * context.k, context.filters, part.vector, part.near)
        if context.leans_on:
            hits.sort(key=lambda h: -(h.score + SAME_SOURCE * (h.passage.document_id in context.leans_on)))
            hits = [replace(h, rank=n) for n, h in enumerate(hits, 1)]
        return hits


class Decide:
    """Chooses the sentences that answer each part, and decides whether they answer it at all."""

    name = "decide"

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def run(self, context: Context) -> Iterator[Event]:
        if context.vague:
            context.status = "clarification_needed"
            context.choices = choices(context.hits)
            context.hits = []
            context.message = which(context.language) if context.choices else ""
            return
        self._choose(context, self._told(context))
        answered = [p for p in context.parts if p.runs]
        context.hits = _with_sources(context)
        if not answered:
            self._refuse(context)
        elif len(answered) < len(context.parts):
            context.outcome = "partial"
            missing = [display_part(p.text) for p in context.parts if not p.runs]
            context.notices.append(not_answered(missing, context.language))
        elif any(unsure_of(p.evidence) for p in answered if p.evidence):
            if any(p.evidence.answerable < threshold("sure") for p in answered if p.evidence):
                context.outcome = "partial"
            context.notices.append(unsure([m for p in answered if p.evidence for m in p.evidence.missing], context.language))
        yield from ()

    def _choose(self, context: Context, told: frozenset[tuple[str, int]] = frozenset()) -> frozenset[tuple[str, int]]:
        """Chooses the sentences of every part that the passages answer; gives all that were chosen, as (passage id, index)."""
        shown: set[tuple[str, int]] = set()
        for part in context.parts:
            found = self.weighed(context, part)
            assert part.evidence is not None
            if in_scope(part.evidence, context.language) and part.evidence.answerable >= threshold("answer"):
                fresh = [c for c in found if c.key not in shown]  # what an earlier part said is not said again
                most = MAX_SENTENCES if len(context.parts) == 1 else MAX_PER_PART
                part.runs = choose(fresh, most, shown, context.leans_on, told)
                shown |= {(r.passage.id, i) for r in part.runs for i in range(r.first, r.last + 1)}
        return frozenset(shown)

    def _told(self, context: Context) -> frozenset[tuple[str, int]]:
        """The sentences of the last answer, found by choosing them again; none where this question does not lean on it."""
        if not context.leans_on:
            return frozenset()
        last = Context(context.turns[-1].standalone, context.filters, context.k)
        for step in (Rephrase(self.searcher), Retrieve(self.searcher)):
            for _ in step.run(last):
                pass
        return self._choose(last)

    def weighed(self, context: Context, part: Part) -> list[Candidate]:
        """The sentences found for a part, scored, best first; what the decision rests on is in `part.evidence` then."""
        lexical, text_vector = self.searcher.snapshot().lexical, self.searcher.text_vector
        asked = shortened(without_pointers(part.text))
        words = QuestionWords.of(asked, lexical.idf, lexical.knows if context.language == "en" else None)
        context.vectors |= self.searcher.sentence_vectors(part.hits)
        assert part.vector is not None
        found = candidates(asked, words, part.hits, context.vectors, part.vector, text_vector, part.near)
        shown = part.hits[: context.k]
        part.evidence = weigh(asked, words, found, shown, part.vector, lexical.familiar, text_vector, context.language, part.near)
        return found

    @staticmethod
    def _refuse(context: Context) -> None:
        near = any(in_scope(p.evidence, context.language) for p in context.parts if p.evidence)
        context.status = "not_in_corpus" if near else "out_of_scope"
        if context.status == "not_in_corpus":
            missing = [m for p in context.parts if p.evidence for m in p.evidence.missing]
            context.notices += [*absent(missing, context.language), *known_absent(context), nearby(context.hits, context.language)]
        else:
            context.hits = []


class Compose:
    """Writes the answer: with the language model where there is one, else from the chosen sentences themselves."""

    name = "compose"

    def run(self, context: Context) -> Iterator[Event]:
        yield from self._compose(context)
        context.notices += overdue(context)

    def _compose(self, context: Context) -> Iterator[Event]:
        if context.chat_model:
            try:
                yield from GenerativeComposer(context.chat_model).run(context)
                return
            except ModelError as error:
                context.draft.sentences.clear()
                context.draft.citations.clear()
                context.notices.append(model_failed(isinstance(error, ModelTimeoutError), context.language))
                context.model = EXTRACTIVE
        yield from self._extract(context)

    @staticmethod
    def _extract(context: Context) -> Iterator[Event]:
        several = sum(bool(p.runs) for p in context.parts) > 1
        for part in context.parts:
            for sentence in write(context.draft, part.runs, display_part(part.text) if several else ""):
                yield Event("sentence", sentence=sentence, citations=tuple(context.draft.citations))
        if context.language == "en":
            context.notices.append("The sources are in Dutch; the answer quotes them in Dutch.")


def _with_sources(context: Context) -> list[Hit]:
    """The passages shown, followed by those from further down that the answer will cite."""
    listed = {h.passage.id for h in context.hits}
    cited = {run.passage.id for part in context.parts for run in part.runs} - listed
    further = {h.passage.id: h for part in context.parts for h in part.hits if h.passage.id in cited}
    return [*context.hits, *further.values()]


def _interleaved(lists: list[list[Hit]]) -> list[Hit]:
    """First of each, second of each, …; a passage once."""
    seen: dict[str, Hit] = {}
    for rank in range(max(map(len, lists), default=0)):
        for hits in lists:
            if rank < len(hits):
                seen.setdefault(hits[rank].passage.id, hits[rank])
    return list(seen.values())
