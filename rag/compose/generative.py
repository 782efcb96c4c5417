"""The composer with a language model: it writes, then every sentence is tied to a passage or left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.compose.chat_models import ChatModel
from rag.compose.stream import sentences
from rag.context import Context, Event
from rag.errors import ModelError
from rag.types import Passage
from rag.verify.attribution import attribute

PROMPTS = Path(__file__).parent / "prompts"
PASSAGES = 4
NOT_FOUND = "NIET_GEVONDEN"


class GenerativeComposer:
    """Streams an answer from a chat model and keeps only the sentences that the passages support."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def run(self, context: Context) -> Iterator[Event]:
        """Sentence events, then the draft is whole.

        Raises:
            ModelError: nothing usable came; nothing has been shown then.
        """
        passages = self._passages(context)
        context.model = self.model.name
        dropped = 0
        embedder, vectors = context.embedder, context.vectors
        pieces = self.model.stream(prompt(context.standalone, passages, context.language))
        try:
            for written in sentences(pieces):
                if NOT_FOUND in written.text:
                    break
                vector = embedder.encode_query(written.text)
                found = attribute(written.text, vector, passages, vectors, written.marks, context.language)
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
        if not context.draft.sentences:
            raise ModelError(f"Het taalmodel {self.model.name} gaf geen zin die de bronnen steunen.")
        if dropped:
            context.notices.append(_left_out(dropped, context.language))

    @staticmethod
    def _passages(context: Context) -> list[Passage]:
        """The passages of the chosen sentences first, then the best other hits."""
        chosen = [r.passage for p in context.parts for r in p.runs]
        unique = {p.id: p for p in [*chosen, *(h.passage for h in context.hits)]}
        return list(unique.values())[:PASSAGES]


def prompt(question: str, passages: list[Passage], language: str) -> list:
    """The messages for the model: fixed instructions first (so that a prefix cache works), then passages and question."""
    from langchain_core.prompts import ChatPromptTemplate

    language = language if language in ("nl", "en") else "nl"
    system = (PROMPTS / f"answer.{language}.txt").read_text(encoding="utf-8")
    human = (PROMPTS / f"question.{language}.txt").read_text(encoding="utf-8")
    template = ChatPromptTemplate.from_messages([("system", "{system}"), ("human", human)])
    listed = "\n\n".join(f"[{n}] {_defused(p.title)} — {_defused(p.section)}\n{_defused(p.text)}" for n, p in enumerate(passages, 1))
    return template.format_messages(system=system, passages=listed, question=_defused(question))


def _defused(text: str) -> str:
    """Passage text without look-alikes of chat delimiters or of our own numbering."""
    for token in ("<|", "|>", "[INST]", "[/INST]", "<<SYS>>", "###"):
        text = text.replace(token, " ")
    return text.replace("[", "(").replace("]", ")")


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
