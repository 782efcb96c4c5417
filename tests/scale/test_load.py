"""The load benchmark through nginx, and what it makes of replies that are not as they should be."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree as Xml

import pytest

from eval import run_files
from eval.__main__ import main
from eval.load.users import Crowd, ask_together

pytestmark = pytest.mark.server

OWN = {"403": (403, {}, b""), "429 without Retry-After": (429, {}, b""), "lost": (200, {}, b"event: evidence\ndata: {}\n\n")}


def test_a_run_writes_rows_figures_and_a_plot(park, tmp_path, capsys):
    options = ["--url", park.nginx.address, "--seconds", "1", "--users", "3", "6", "--pause", "0.1"]
    assert main(["load", *options, "--out", str(tmp_path / "run")]) == 0
    assert "p95 of crowd / one" in capsys.readouterr().out
    summary, rows = run_files.read_summary(tmp_path / "run"), run_files.read_rows(tmp_path / "run")
    assert list(summary["systems"]) == ["one", "crowd", "reading", "too many"] and summary["failed"] == 0
    for name, found in summary["systems"].items():
        own = [r for r in rows if r["crowd"] == name]
        assert found["answered"]["value"] == sum(r["outcome"] == "answered" for r in own) > 0
        assert found["p50_ms"]["value"] <= found["p95_ms"]["value"] <= max(r["ms"] for r in own)
    assert {r["user"] for r in rows if r["crowd"] == "too many"} == set(range(6))
    assert "6 readers, no pause" in "".join(Xml.parse(tmp_path / "run" / "plot.svg").getroot().itertext())


@pytest.fixture
def faulty():
    """A server that does what `OWN` says under the name in the question."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, headers, body = next((reply for name, reply in OWN.items() if f'"{name}"' in asked), (429, {"Retry-After": "1"}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("wrong", OWN)
def test_what_is_no_answer_counts_as_wrong(faulty, wrong):
    rows = ask_together(Crowd("c", 2, 0.2), [faulty], [wrong])
    assert {r["outcome"] for r in rows} == {wrong} and len(rows) == 2


def test_whoever_is_asked_to_come_back_does(faulty):
    rows = ask_together(Crowd("c", 1, 1.5), [faulty], ["druk"])
    assert [r["outcome"] for r in rows] == ["busy", "busy"] and [r["try"] for r in rows] == [1, 2]


def test_a_server_that_is_gone_is_told():
    rows = ask_together(Crowd("c", 1, 0.1), ["http://127.0.0.1:9"], ["weg"])
    assert [r["outcome"] for r in rows] == ["broken"]
