"""The same index on a real Chroma server, started here."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.errors import ConfigurationError
from rag.knowledge.sync import sync
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.types import Filters

pytestmark = pytest.mark.server


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture
def chroma_url(tmp_path):
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("chroma")),
        "run",
        "--path",
        str(tmp_path / "server"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while True:
        try:
            connect(tmp_path, url).heartbeat()
            break
        except Exception:  # noqa: BLE001 - not up yet, in whatever way the client says so
            assert time.monotonic() < deadline and process.poll() is None, "the Chroma server did not start"
            time.sleep(0.2)
    yield url
    process.terminate()
    process.wait(10)


def test_index_and_search_on_a_server(chroma_url, corpus, index_dir, encoder):
    report = sync([corpus], index_dir, encoder, lambda: connect(index_dir, chroma_url))
    assert report.documents == 2
    searcher = Searcher(index_dir, connect(index_dir, chroma_url), encoder)
    hits = searcher.search("Wat is havenoverleg Vuurtoren?", 3, Filters(domein=("ondermijning",)))
    assert [h.passage.document_id for h in hits] == ["havenoverleg-vuurtoren"] and "vectors" in hits[0].scores


def test_a_server_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="antwoordt niet"):
        connect(tmp_path, f"http://127.0.0.1:{free_port()}")
