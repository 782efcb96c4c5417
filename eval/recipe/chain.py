"""The plain recipe: LangChain's splitter, Chroma, four chunks stuffed in one prompt, and the model's own words as the answer.

What a team builds in an afternoon from the tutorials. It gets the same clean text, the same embedder and the same language model as the
advisor, so that what differs is what the advisor adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.recipe.dataset import CorpusText
from rag.compose.chat_models import ChatModel
from rag.compose.stream import Written
from rag.errors import ConfigurationError
from rag.language.words import fold
from rag.search.embedder import Embedder

CHUNK, OVERLAP, K = 1000, 200, 4
SYSTEM = """Je bent een assistent die vragen beantwoordt met de context hieronder.
- Gebruik alleen de context. Verzin niets.
- Antwoord in hele zinnen, kort, in de taal van de vraag.
- Noem achter elke zin het nummer van de bron, zoals: De afspraken gelden voor vijf jaar [2].
- Staat het antwoord niet in de context? Schrijf dan: Dat weet ik niet.

Context:
{context}"""
HUMAN = "Vraag: {question}\nAntwoord in hele zinnen, met achter elke zin het nummer van de bron tussen blokhaken:"
#: How a model says that it does not know: phrases as `fold` writes them (lower case, no accents). Chosen on development questions.
REFUSALS = (
    "weet ik niet",
    "weet het niet",
    "weet dat niet",
    "ik weet niet",
    "geen informatie",
    "geen specifieke informatie",
    "niet in de context",
    "niet in de gegeven context",
    "niet in de verstrekte context",
    "niet genoemd in de context",
    "niet vermeld in de context",
    "context geeft geen",
    "context bevat geen",
    "context noemt geen",
    "kan deze vraag niet beantwoorden",
    "kan de vraag niet beantwoorden",
    "kan ik niet beantwoorden",
    "kan ik geen antwoord",
    "geen antwoord op",
    "sorry",
    "i don't know",
    "i do not know",
    "not in the context",
    "not mentioned in the context",
    "not provided in the context",
    "context does not",
    "context doesn't",
    "no information",
    "cannot answer",
    "can't answer",
    "cannot assist",
    "can't assist",
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document as the splitter made it. `id` is the document's id and the number of the piece in it."""

    id: str
    document_id: str
    title: str
    text: str


def split(texts: list[CorpusText]) -> list[Chunk]:
    """Chunks of at most 1,000 characters that share up to 200 with their neighbour.

    Raises:
        ConfigurationError: LangChain's splitters are not installed.
    """
    try:
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError as error:
        raise ConfigurationError("langchain-text-splitters is not installed. Install it with: pip install -e '.[eval]'") from error
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    pieces = ((t, n, piece) for t in texts for n, piece in enumerate(splitter.split_text(t.text), 1))
    return [Chunk(f"{t.document_id}.{n}", t.document_id, t.title, piece) for t, n, piece in pieces]


class Recipe:
    """Chroma over `chunks` in `folder`, and a chain with `model`, any LangChain chat model."""

    def __init__(self, chunks: list[Chunk], embedder: Embedder, folder: Path, model: Any) -> None:  # noqa: ANN401 - any BaseChatModel
        from langchain_core.output_parsers import StrOutputParser
        from langchain_core.prompts import ChatPromptTemplate

        self.chunks = {c.id: c for c in chunks}
        self._store = _store(chunks, embedder, folder)
        prompt = ChatPromptTemplate.from_messages([("system", SYSTEM), ("human", HUMAN)])
        self._chain = prompt | model | StrOutputParser()

    def find(self, question: str) -> list[Chunk]:
        """The chunks nearest to the question, best first."""
        return [self.chunks[d.metadata["chunk"]] for d in self._store.similarity_search(question, k=K)]

    def write(self, question: str, found: list[Chunk]) -> Iterator[str]:
        """The model's answer in pieces."""
        context = "\n\n".join(f"[{n}] {c.title}\n{c.text}" for n, c in enumerate(found, 1))
        return self._chain.stream({"context": context, "question": question})


def _store(chunks: list[Chunk], embedder: Embedder, folder: Path) -> Any:  # noqa: ANN401 - langchain_chroma's Chroma, imported lazily
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    from rag.search.vectors import connect

    class Same(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embedder.encode(texts).tolist()

        def embed_query(self, text: str) -> list[float]:
            return embedder.encode_query(text).tolist()

    store = Chroma(client=connect(folder), collection_name="recipe", embedding_function=Same())
    for i in range(0, len(chunks), 1000):
        part = chunks[i : i + 1000]
        store.add_texts([c.text for c in part], [{"chunk": c.id} for c in part], ids=[c.id for c in part])
    return store


def langchain_model(chat: ChatModel, wait_s: float = 180.0) -> Any:  # noqa: ANN401 - any BaseChatModel
    """The LangChain model inside `chat`, without the advisor's limits around it. Raises ModelError where it cannot be started."""
    return chat.runner.chat(wait_s) if chat.runner else chat.model


def status_of(written: list[Written]) -> str:
    """How the advisor would call this outcome: not_in_corpus where the first sentence says that it does not know, or there is none;
    partial where a later one does; else answered."""
    refusing = [_refuses(w.text) for w in written]
    if not written or refusing[0]:
        return "not_in_corpus"
    return "partial" if any(refusing) else "answered"


def _refuses(sentence: str) -> bool:
    folded = re.sub(r"\s+", " ", fold(sentence)).replace("’", "'")
    return any(phrase in folded for phrase in REFUSALS)
