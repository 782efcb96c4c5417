import json

import pytest
from fastapi.testclient import TestClient

from rag.web.server import create_app


@pytest.fixture
def client(advisor):
    with TestClient(create_app(advisor)) as made:
        yield made


def test_health_and_readiness(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["corpus_version"]


def test_a_source_page_highlights_the_passage(client, advisor):
    hit = advisor.searcher.search("project Lantaarn", 1)[0]
    page = client.get(hit.passage.url.split("#")[0]).text
    assert 'id="passage"' in page and "214 valse rekeningen" in page and 'href="https://example.org/a"' in page


def test_a_passage_that_is_gone_is_told(client):
    page = client.get("/bron/project-lantaarn?passage=weg").text
    assert "niet in het archief" in page and 'id="passage"' not in page


@pytest.mark.parametrize("address", ["/bron/bestaat-niet", "/bron/..%2f..%2fetc%2fpasswd", "/bron/%3Cscript%3E"])
def test_unknown_documents_are_not_found(client, address):
    reply = client.get(address)
    assert reply.status_code == 404 and "<script>alert" not in reply.text


def test_hostile_text_in_a_document_stays_text(advisor, corpus, run_sync, encoder):
    from tests.conftest import write_document

    write_document(
        corpus, "vijandig", "# V\n\nZin met <script>alert(1)</script> en <img src=x onerror=alert(2)>. [@bron-a]", titel="V <b>x</b>"
    )
    run_sync(encoder)
    with TestClient(create_app(advisor)) as client:
        page = client.get("/bron/vijandig").text
    assert "<script>alert" not in page and "<img" not in page and "&lt;script&gt;" in page


def test_ask_as_json_and_as_a_stream(client):
    body = {"question": "Wat is project Lantaarn?"}
    answer = client.post("/api/v1/ask", json=body).json()
    assert answer["status"] == "answered"
    stream = client.post("/api/v1/ask", json=body, headers={"Accept": "text/event-stream"}).text
    events = [part.split("\n", 1) for part in stream.strip().split("\n\n")]
    assert [e[0] for e in events][0] == "event: evidence" and events[-1][0] == "event: answer"
    assert json.loads(events[-1][1].removeprefix("data: "))["text"] == answer["text"]


def test_wrong_requests_are_told(client):
    assert client.post("/api/v1/ask", json={"question": "x", "domein": ["zee"]}).status_code == 422
    assert client.get("/api/v1/search", params={"q": "a"}).status_code == 422


def test_search(client):
    found = client.get("/api/v1/search", params={"q": "Lantaarn", "k": 1, "domein": "financieel-economisch"}).json()
    assert found["passages"][0]["document_id"] == "project-lantaarn"


def test_headers(client):
    headers = client.get("/bron/project-lantaarn").headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"


def test_the_report_counts_and_lists_what_needs_attention(client):
    page = client.get("/corpus").text
    assert ">2</dd>" in page and 'href="/bron/project-lantaarn"' in page and "geen problemen gevonden" in page


def test_unanswered_questions_come_on_the_page_of_gaps(client):
    assert "nog geen vragen" in client.get("/kennisgaten").text
    reply = client.post("/api/v1/ask", json={"question": "Hoeveel budget kreeg project Lantaarn van Piet Paulusma?"}).json()
    page = client.get("/kennisgaten").text
    assert reply["status"] != "not_in_corpus" or ("Hoeveel budget" in page and "Paulusma" not in page)
    client.post("/api/v1/ask", json={"question": "Wat is project Lantaarn?"})
    assert "Wat is project Lantaarn?" not in client.get("/kennisgaten").text


def test_gaps_can_be_switched_off(searcher, settings):
    from rag.advisor import Advisor

    advisor = Advisor(searcher, None, settings.model_copy(update={"keep_gaps": False}))
    with TestClient(create_app(advisor)) as made:
        made.post("/api/v1/ask", json={"question": "Hoeveel budget kreeg project Lantaarn van Piet Paulusma?"})
        page = made.get("/kennisgaten").text
    assert "staat uit" in page and "Hoeveel budget" not in page and not list(settings.index_dir.parent.glob("*gap*"))
