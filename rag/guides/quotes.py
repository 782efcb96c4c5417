"""Finds the sentences that a flow names in the index, checks them and numbers them as citations.

A memo holds sentences of the sources as they stand there, and no paraphrase: the verifier of rag.verify, good enough to catch a model's
slips, lets some wrong paraphrases pass (a name of its own in a list of four, at a support above 0.8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rag.guides.flow import Flow, Quoted
from rag.knowledge.documents import status_on
from rag.knowledge.quotes import normalised, stands_in
from rag.knowledge.store import PassageStore
from rag.language.words import fold
from rag.types import AnswerSentence, Citation, Passage, PassageSentence

#: How the corpus marks a sentence that explains; an editor may leave it out.
MARK = "Duiding: "


@dataclass(frozen=True, slots=True)
class Found:
    """The sentences that are shown, and those that stand as the quote: of a list always the whole."""

    passage: Passage
    shown: tuple[PassageSentence, ...]
    quoted: tuple[PassageSentence, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    passages: tuple[Passage, ...]
    body: str  # normalised


@dataclass
class Quotes:
    """Gathers the sentences of one memo. A passage keeps its number."""

    store: PassageStore
    today: date
    _documents: dict[str, _Document | None] = field(default_factory=dict)
    _used: dict[str, list[Found]] = field(default_factory=dict)  # by passage id, in the order of their numbers

    def gather(self, entries: list[Quoted], heading: str = "") -> tuple[tuple[AnswerSentence, ...], int]:
        """The sentences of `entries` in the order of the flow, under `heading`, and how many could not be found."""
        out: list[AnswerSentence] = []
        lost = 0
        for entry in entries:
            for beginning in entry.zinnen:
                made = self._sentences(entry.document, beginning, heading)
                lost += not made
                out += [s for s in made if s.kind != "lead" or s not in out]  # items of one list share its lead
        return tuple(out), lost

    def find(self, document_id: str, beginning: str) -> Found | None:
        """The first sentence that begins so; None where there is none, it may not be used, or it is not verbatim in its document."""
        document = self._document(document_id)
        found = next(iter(self.candidates(document_id, beginning)), None)
        if found is None or document is None:
            return None
        return found if all(_verbatim(s, found.passage, document.body) for s in found.quoted) else None

    def candidates(self, document_id: str, beginning: str) -> list[Found]:
        """Every sentence of the document that begins so. Of a list, the lead brings all items and an item its lead."""
        document = self._document(document_id)
        wanted = _plain(beginning)
        passages = document.passages if document else ()
        return [_with_list(p, s) for p in passages for s in p.sentences if _plain(s.text).startswith(wanted)]

    def _sentences(self, document_id: str, beginning: str, heading: str) -> tuple[AnswerSentence, ...]:
        found = self.find(document_id, beginning)
        if found is None:
            return ()
        number = self._number(found)
        return tuple(AnswerSentence(s.text, (number,), 1.0, s.kind, heading) for s in found.shown)

    def _document(self, document_id: str) -> _Document | None:
        if document_id not in self._documents:
            stored = self.store.document(document_id)
            usable = stored and self._usable(stored.meta)
            passages = tuple(self.store.passages_of(document_id)) if usable else ()
            self._documents[document_id] = _Document(passages, normalised(stored.body)) if stored and passages else None
        return self._documents[document_id]

    def _usable(self, meta: dict) -> bool:
        status = meta.get("status") or "actueel"
        return status_on(self.today.isoformat(), status, str(meta.get("geldig_tot") or "")) == "actueel"

    def _number(self, found: Found) -> int:
        self._used.setdefault(found.passage.id, []).append(found)
        return list(self._used).index(found.passage.id) + 1

    def citations(self) -> tuple[Citation, ...]:
        """The sources of everything gathered so far, numbered from 1."""
        return tuple(_citation(n, used) for n, used in enumerate(self._used.values(), 1))


def _citation(n: int, used: list[Found]) -> Citation:
    """The source of what was used of one passage; its quote runs from the first to the last of those sentences."""
    passage = used[0].passage
    sentences = sorted({s for found in used for s in found.quoted}, key=lambda s: s.start)
    quotes = tuple(dict.fromkeys(passage.text[f.quoted[0].start : f.quoted[-1].end] for f in used))
    sources = tuple(dict.fromkeys(source for s in sentences for source in passage.sources_of(s)))
    quote = passage.text[sentences[0].start : sentences[-1].end]
    return Citation(n, passage, quote, quotes, sentences[0].page or passage.page, sources, sentences[0].heading)


def problems(flow: Flow, store: PassageStore, today: date | None = None) -> list[str]:
    """What of `flow` cannot be quoted from the index: one line each, naming file, place and words. Empty when all is well."""
    quotes = Quotes(store, today or date.today())
    out: list[str] = []
    for number, section in enumerate(flow.delen, 1):
        for place, entry in section.quoted():
            at = f"{flow.naam}.yml (delen.{number}.{'.'.join(str(p + 1 if isinstance(p, int) else p) for p in place)})"
            for beginning in entry.zinnen:
                if quotes.find(entry.document, beginning) is None:
                    out.append(f"{at}: geen bruikbare zin van '{entry.document}' begint met “{beginning}”.")
                elif len({f.shown[-1].text for f in quotes.candidates(entry.document, beginning)}) > 1:
                    out.append(f"{at}: meer dan één zin van '{entry.document}' begint met “{beginning}”; schrijf er iets meer van op.")
    return out


def _plain(text: str) -> str:
    return fold(" ".join(text.split())).removeprefix(MARK.lower())


def _with_list(passage: Passage, sentence: PassageSentence) -> Found:
    members = [s for s in passage.sentences if s.group == sentence.group] if sentence.group >= 0 else []
    leads = [s for s in members if s.kind == "lead"]
    if not leads or sentence.kind not in ("lead", "item"):
        return Found(passage, (sentence,), (sentence,))
    whole = (leads[0], *(s for s in members if s.kind == "item"))
    return Found(passage, whole if sentence.kind == "lead" else (leads[0], sentence), whole)


def _verbatim(sentence: PassageSentence, passage: Passage, body: str) -> bool:
    in_passage = passage.text[sentence.start : sentence.end] == sentence.text
    return in_passage and stands_in(sentence.text, "", sentence.kind, prepared=body)
