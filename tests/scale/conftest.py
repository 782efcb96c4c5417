"""Everything that a large organisation runs, on this machine: two replicas behind nginx, a Chroma server and PostgreSQL."""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from rag.knowledge.sync import sync
from rag.search.vectors import connect
from tests.conftest import LANTAARN, VUURTOREN, write_document
from tests.fakes import ModelServer, Script
from tests.scale.services import Service, chroma, free_port, nginx, postgres, replica

SENTENCE = "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude. [1] "
EVENTS = {"Accept": "text/event-stream"}


@dataclass
class Park:
    """The parts. `database_url` is SQLAlchemy's address of the PostgreSQL database."""

    chroma: Service
    postgres: Service
    replicas: list[Service]
    nginx: Service
    model: ModelServer
    database_url: str

    def whole(self) -> None:
        """Start what a test before this one ended."""
        for part in (self.chroma, self.postgres):
            part.start()
        for part in self.replicas:
            part.launch()
        for part in self.replicas:
            part.wait()
        self.nginx.start()
        self.model.script = Script(pieces=[SENTENCE])

    def client(self, **options: object) -> httpx.Client:
        """A reader's browser or program: keeps cookies, and comes through nginx."""
        return httpx.Client(base_url=self.nginx.address, timeout=90, **options)

    def ready(self, part: Service) -> tuple[int, dict]:
        """What a replica itself says of its parts."""
        reply = httpx.get(f"{part.address}/readyz", timeout=10)
        return reply.status_code, reply.json()

    def figure(self, part: Service, name: str) -> float:
        """The sum of a figure of one replica, over its labels."""
        lines = httpx.get(f"{part.address}/metrics", timeout=10).text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


@pytest.fixture(scope="package")
def started(tmp_path_factory, encoder) -> Iterator[Park]:
    folder = tmp_path_factory.mktemp("park")
    documents = folder / "bronnen"
    documents.mkdir()
    write_document(documents, "project-lantaarn", LANTAARN, titel="Project Lantaarn", domein="financieel-economisch", rol="om, privaat")
    write_document(documents, "havenoverleg-vuurtoren", VUURTOREN, titel="Havenoverleg Vuurtoren", domein="ondermijning", rol="gemeente")
    open_folder = Path(tempfile.mkdtemp(prefix="pps-scale-"))  # pytest's own folders are closed to the user of PostgreSQL
    model = ModelServer()
    parts: list[Service] = []
    try:
        parts.append(chroma(folder))
        parts[0].launch()
        parts.append(postgres(open_folder))
        parts[1].launch()
        port = free_port()
        url = f"postgresql+psycopg://pps@127.0.0.1:{parts[1].port}/postgres"
        settings = {
            "PPS_CORPUS": str(documents),
            "PPS_INDEX_DIR": str(folder / "index"),
            "PPS_CHROMA_URL": parts[0].address,
            "PPS_DATABASE_URL": url,
            "PPS_EMBED_SECRET": secrets.token_urlsafe(32),
            "PPS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PPS_TRUSTED_PROXIES": "127.0.0.1",
            "PPS_OPEN": "ja",
            "PPS_RATE_PER_MINUTE": "0",
            "PPS_QUESTIONS": "met_tekst",
            "PPS_LLM": f"m@{model.url}",
        }
        replicas = [replica(folder, name, settings) for name in ("een", "twee")]
        parts += [*replicas, nginx(folder, port, replicas)]
        for part in parts[:2]:
            part.wait()
        sync([documents], folder / "index", encoder, lambda: connect(folder / "index", parts[0].address))
        yield Park(parts[0], parts[1], replicas, parts[4], model, url)
    finally:
        for part in reversed(parts):
            part.stop(signal.SIGKILL if part in parts[2:4] else None)
        model.close()
        shutil.rmtree(open_folder, ignore_errors=True)


@pytest.fixture
def park(started) -> Park:
    """All parts, running and ready."""
    started.whole()
    return started


def events(lines: list[str]) -> list[tuple[str, dict]]:
    """Kind and data of the events of a stream."""
    kinds = [(n, line.removeprefix("event: ")) for n, line in enumerate(lines) if line.startswith("event: ")]
    return [(kind, json.loads(lines[n + 1].removeprefix("data: "))) for n, kind in kinds if n + 1 < len(lines)]
