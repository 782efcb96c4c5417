"""The composer with a language model: it writes, then every sentence is tied to a passage or left out.

A large model gets whole passages. A small one is handed only the sentences that were chosen as the answer, and orders and joins those:
with whole passages in front of it, it loses the thread (docs/adr/0013).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from rag.compose.chat_models import ChatModel
from rag.compose.stream import Written, sentences
from rag.context import Context, Event
from rag.errors import ModelError
from rag.guard.delimiters import defuse
from rag.guard.injection import document_injection
from rag.language.words import fold
from rag.types import Passage
from rag.verify.attribution import Attribution, attribute
from rag.verify.verifier import Verifier, shown_from

PROMPTS = Path(__file__).parent / "prompts"
PASSAGES = 4
#: Sentences that a small model is handed, and the most it may write (tokens).
HANDED, SMALL_TOKENS = 9, 320
NOT_FOUND = "NIET_GEVONDEN"
_VERDICT = re.compile(r"^(?:ja|nee|yes|no)[,.!:]\s+", re.I)


class GenerativeComposer:
    """Streams an answer from a chat model and keeps only the sentences that the passages support."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def run(self, context: Context) -> Iterator[Event]:
        """Sentence events, then the draft is whole. The time that verifying took is in `context.timings_ms["verify"]`.

        Raises:
            ModelError: nothing usable came; nothing has been shown then.
        """
        passages = sources(context)
        context.model = self.model.name
        dropped = 0
        said: set[str] = set()
        small = self.model.small
        messages = prompt_of_sentences(context) if small else prompt(context.standalone, passages, context.language)
        pieces = self.model.stream(messages, max_tokens=SMALL_TOKENS if small else None)
        context.cancellation.attach(pieces.close)
        try:
            for written in sentences(pieces):
                if NOT_FOUND in written.text:
                    break
                written = _without_verdict(written)
                if fold(written.text) in said:  # a model that goes round in circles
                    continue
                said.add(fold(written.text))
                if pieces.usage.finish == "length" and written.text[-1] not in ".!?":  # its last sentence was cut off
                    context.notices.append(_cut_short(context.language))
                    break
                found = _verified(written, passages, context, small=small)
                if not found:
                    dropped += 1
                    continue
                n = context.draft.cite(found.passage, found.first, found.last)
                sentence = context.draft.add(written.text, (n,), found.support, written.kind)
                yield Event("sentence", sentence=sentence, citations=tuple(context.draft.citations))
        except ModelError:
            if not context.draft.sentences:
                raise
            context.notices.append(_cut_short(context.language))
        finally:
            pieces.close()
        if not context.draft.sentences:
            raise ModelError(f"Het taalmodel {self.model.name} gaf geen zin die de bronnen steunen.")
        if dropped:
            context.notices.append(_left_out(dropped, context.language))


def _verified(written: Written, passages: list[Passage], context: Context, *, small: bool) -> Attribution | None:
    """The quote that supports a written sentence. A small model's marks number sentences, not passages, and are not heard."""
    started = time.perf_counter()
    assert context.embedder is not None and context.verifier is not None
    verifier: Verifier = context.verifier
    vector = context.embedder.encode_query(written.text)
    marks = () if small else written.marks
    found = attribute(written.text, vector, passages, context.vectors, marks, verifier, shown_from(small))
    context.timings_ms["verify"] = context.timings_ms.get("verify", 0.0) + (time.perf_counter() - started) * 1000
    return found


def _without_verdict(written: Written) -> Written:
    """Without an opening "Ja," or "Nee,": whether that follows is not what a quote shows, and small models guess it."""
    bare = _VERDICT.sub("", written.text)
    return replace(written, text=bare[:1].upper() + bare[1:]) if bare != written.text and bare else written


def sources(context: Context) -> list[Passage]:
    """The passages of the chosen sentences first, then the best other hits."""
    chosen = [r.passage for p in context.parts for r in p.runs]
    # A passage that speaks to the model stays open to the reader, and is not shown to the model.
    unique = {p.id: p for p in [*chosen, *(h.passage for h in context.hits)] if not document_injection(p.text)}
    return list(unique.values())[:PASSAGES]


@lru_cache(maxsize=16)
def _text(name: str) -> str:
    return (PROMPTS / name).read_text(encoding="utf-8")


def prompt(question: str, passages: list[Passage], language: str) -> list:
    """The messages for a large model: fixed instructions first (so that a prefix cache works), then passages and question."""
    listed = "\n\n".join(f"[{n}] {_shown(p.title)} — {_shown(p.section)}\n{_shown(p.text)}" for n, p in enumerate(passages, 1))
    return _messages("answer", listed, question, language)


def prompt_of_sentences(context: Context) -> list:
    """The messages for a small model: fixed instructions, then the chosen sentences under the title they stand under, and the question."""
    lines: list[str] = []
    title = ""
    count = 0
    for part in context.parts:
        for run in part.runs:
            if run.passage.title != title:
                title = run.passage.title
                lines.append(f"Over {_shown(title)}:")
            for s in run.passage.sentences[run.first : run.last + 1]:
                if document_injection(s.text):
                    continue
                if count < HANDED or s.kind == "item":
                    lines.append(f"- {_shown(s.text)}")
                    count += 1
    return _messages("join", "\n".join(lines), context.standalone, context.language)


def _messages(name: str, listed: str, question: str, language: str) -> list:
    from langchain_core.prompts import ChatPromptTemplate

    language = language if language in ("nl", "en") else "nl"
    template = ChatPromptTemplate.from_messages([("system", "{system}"), ("human", _text(f"question.{language}.txt"))])
    return template.format_messages(system=_text(f"{name}.{language}.txt"), passages=listed, question=_shown(question))


def _shown(text: str) -> str:
    """Text without look-alikes of chat delimiters or of our own numbering."""
    return defuse(text).replace("[", "(").replace("]", ")")


def _left_out(count: int, language: str) -> str:
    if language == "en":
        return f"{count} sentence(s) of the language model were left out, because the sources do not support them."
    if count == 1:
        return "Eén zin van het taalmodel is weggelaten, omdat de bronnen die niet ondersteunen."
    return f"{count} zinnen van het taalmodel zijn weggelaten, omdat de bronnen die niet ondersteunen."


def _cut_short(language: str) -> str:
    if language == "en":
        return "The language model stopped before it was finished; the answer may be incomplete."
    return "Het taalmodel stopte voordat het klaar was; het antwoord is misschien niet volledig."
