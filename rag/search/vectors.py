"""Chroma, on disk or as a server: nearest passages by cosine. The only module that imports chromadb."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np

from rag.errors import ChromaError, ConfigurationError, IndexMissingError, PpsError
from rag.knowledge.disk import is_full
from rag.knowledge.store import PassageStore
from rag.types import Filters, Passage

BATCH = 1000
_GONE = "De vectoren van de index ontbreken. Uw beheerder kan ze maken met: python -m rag index --rebuild"
_LATER = "Probeer het over een minuut opnieuw. Blijft dit zo, vraag dan uw beheerder; /readyz zegt welk onderdeel het is."
_LISTS = ("domein", "rol", "fase")


def connect(folder: Path, url: str | None = None):  # noqa: ANN201 - chromadb's ClientAPI, imported lazily
    """A Chroma client: persistent in `folder`, or the server at `url`.

    Raises:
        ConfigurationError: the server does not answer.
    """
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(folder), settings=quiet)
    parts = urlsplit(url)
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "",
            port=parts.port or (443 if parts.scheme == "https" else 80),
            ssl=parts.scheme == "https",
            settings=quiet,
        )
    except Exception as error:  # chromadb raises ValueError, httpx errors and its own kinds alike
        raise ConfigurationError(
            f"PPS_CHROMA_URL: de Chroma-server op {url} antwoordt niet. Start hem, of laat deze instelling leeg."
        ) from error


def connect_to_read(folder: Path, url: str | None = None):  # noqa: ANN201
    """As `connect`; None where Chroma cannot start because the disk is full, so that the old index still answers."""
    try:
        return connect(folder, url)
    except Exception as error:
        if not is_full(error):
            raise
        return None


#: Neighbours that Chroma's graph looks at. Below 1,000 passages Chroma builds that graph anew in every process, and not always the same:
#: with 100 five of 150 questions missed one of the nearest 60, with 400 none, and two runs give the same.
SEARCHED = 400


class StoredVectors:
    """Nearest passages by comparing with every vector in the passage store: slower than Chroma, but it needs no disk."""

    def __init__(self, store: PassageStore, generation: int) -> None:
        keyed = list(store.iter_passages(generation))
        found = store.vectors({key for key, _ in keyed})
        kept = [(p, found[key]) for key, p in keyed if key in found]
        self._passages = [(p.id, p.document_id, p.soort, p.domein, p.rol, p.fase) for p, _ in kept]
        self._vectors = np.vstack([v for _, v in kept]) if kept else np.zeros((0, 1), np.float32)

    def nearest(self, vector: np.ndarray, k: int, filters: Filters = Filters(), without: tuple[str, ...] = ()) -> dict[str, float]:
        """As VectorStore.nearest."""
        if not self._passages:
            return {}
        scores = self._vectors @ vector
        allowed = (n for n in np.argsort(-scores, kind="stable") if self._allowed(n, filters, without))
        return {self._passages[n][0]: float(scores[n]) for n in islice(allowed, k)}

    def _allowed(self, n: int, filters: Filters, without: tuple[str, ...]) -> bool:
        _, document, *labels = self._passages[n]
        return document not in without and filters.accept(*labels)


class VectorStore:
    """One collection per embedder; ids are passage ids. Holds a superset of the visible passages while a writer works."""

    def __init__(self, client, name: str) -> None:  # noqa: ANN001
        self._client = client
        self.name = name
        self._collection = None

    def create(self) -> None:
        self._collection = self._client.get_or_create_collection(
            self.name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_construction": 100, "ef_search": SEARCHED}}
        )

    def ids(self) -> set[str]:
        """Every id in the collection."""
        found: set[str] = set()
        while page := self._open().get(limit=5000, offset=len(found), include=[])["ids"]:
            found.update(page)
        return found

    def count(self) -> int:
        return self._open().count()

    def add(self, passages: list[Passage], vectors: np.ndarray) -> None:
        """Add passages that are not there yet. Their text stays in the passage store; Chroma holds vectors and filters."""
        for i in range(0, len(passages), BATCH):
            part = passages[i : i + BATCH]
            self._open().add(
                ids=[p.id for p in part],
                embeddings=vectors[i : i + BATCH],
                metadatas=[_metadata(p) for p in part],
                documents=[p.text for p in part],
            )

    def update_metadata(self, passages: list[Passage]) -> None:
        for i in range(0, len(passages), BATCH):
            part = passages[i : i + BATCH]
            self._open().update(ids=[p.id for p in part], metadatas=[_metadata(p) for p in part])

    def delete(self, ids: list[str]) -> None:
        for i in range(0, len(ids), BATCH):
            self._open().delete(ids=ids[i : i + BATCH])

    def nearest(self, vector: np.ndarray, k: int, filters: Filters = Filters(), without: tuple[str, ...] = ()) -> dict[str, float]:
        """Passage id → cosine similarity of the `k` nearest, leaving out the documents `without`.

        Raises:
            IndexMissingError: the collection is gone (another process swapped the index).
            ChromaError: Chroma cannot be reached, or fails.
        """
        with _failures_told():
            result = self._open().query(query_embeddings=[vector], n_results=k, where=_where(filters, without), include=["distances"])
        return {i: 1.0 - d for i, d in zip(result["ids"][0], result["distances"][0], strict=True)}

    def drop_other_collections(self, keep: str) -> None:
        """Delete this product's collections under other names."""
        for collection in self._client.list_collections():
            if collection.name.startswith("pps-") and collection.name != keep:
                self._client.delete_collection(collection.name)

    def _open(self):  # noqa: ANN202
        if self._collection is None:
            from chromadb.errors import NotFoundError

            try:
                self._collection = self._client.get_collection(self.name, embedding_function=None)
            except (NotFoundError, ValueError) as error:
                raise IndexMissingError(_GONE) from error
        return self._collection


@contextmanager
def _failures_told() -> Iterator[None]:
    """What goes wrong while reading, as one of our own errors. Chroma's client raises a bare Exception for most replies it cannot read,
    with the words of the server, which are for the log and not for a reader."""
    from chromadb.errors import NotFoundError

    try:
        yield
    except PpsError:
        raise
    except NotFoundError as error:
        raise IndexMissingError(_GONE) from error
    except (httpx.TransportError, ConnectionError) as error:
        raise ChromaError(f"De zoekindex (Chroma) is nu niet te bereiken. {_LATER}") from error
    except Exception as error:
        raise ChromaError(f"De zoekindex (Chroma) geeft nu een fout. {_LATER}") from error


def _metadata(passage: Passage) -> dict:
    lists = {name: list(getattr(passage, name)) for name in _LISTS}
    return {"document_id": passage.document_id, "titel": passage.title, "soort": passage.soort, **{k: v for k, v in lists.items() if v}}


def _where(filters: Filters, without: tuple[str, ...] = ()) -> dict | None:
    clauses: list[dict] = [{"document_id": {"$nin": list(without)}}] if without else []
    if filters.soort:
        clauses.append({"soort": {"$in": list(filters.soort)}})
    for name in _LISTS:
        values = getattr(filters, name)
        options = [{name: {"$contains": v}} for v in values]
        if options:
            clauses.append(options[0] if len(options) == 1 else {"$or": options})
    if not clauses:
        return None
    return clauses[0] if len(clauses) == 1 else {"$and": clauses}
