"""Two replicas behind nginx over one Chroma server and one PostgreSQL: as one advisor, also where a part dies."""

from __future__ import annotations

import signal
import threading
import time

import httpx
import pytest
from sqlalchemy import create_engine, text

from rag.store.database import Database
from tests.fakes import Script
from tests.scale.conftest import EVENTS, SENTENCE, events
from tests.scale.services import answers, until

pytestmark = pytest.mark.server

QUESTION = {"question": "Wat is project Lantaarn?"}
DATE = "Het convenant van project Lantaarn is op 3 oktober 2023 getekend. [1]"


def test_readers_are_spread_and_each_stays_with_one_replica(park):
    before = [park.figure(r, "pps_answers_total") for r in park.replicas]
    for _ in range(8):
        with park.client() as anybody:
            reply = anybody.post("/api/v1/ask", json=QUESTION)
            assert reply.status_code == 200 and "factuurfraude" in reply.json()["text"]
    spread = [park.figure(r, "pps_answers_total") - n for r, n in zip(park.replicas, before, strict=True)]
    assert sum(spread) == 8 and min(spread) > 0
    with park.client() as reader:
        assert "pps_replica=" in reader.get("/").headers["set-cookie"]
        before = [park.figure(r, "pps_answers_total") for r in park.replicas]
        given = [reader.post("/api/v1/ask", json=QUESTION).json()["id"] for _ in range(6)]
        assert sorted(park.figure(r, "pps_answers_total") - n for r, n in zip(park.replicas, before, strict=True)) == [0, 6]
        assert {reader.get(f"/api/v1/answers/{i}").status_code for i in given} == {200}


def test_a_repeated_request_finds_its_replica_without_a_cookie(park):
    for n in range(6):
        name = {"Idempotency-Key": f"vraag-{n}-{time.monotonic_ns()}"}
        first, again = (httpx.post(f"{park.nginx.address}/api/v1/ask", json=QUESTION, headers=name, timeout=90) for _ in range(2))
        assert first.json()["id"] == again.json()["id"] and again.headers["idempotency-replayed"] == "true"


def test_any_replica_gives_an_answer_again_and_knows_a_repeated_request(park):
    one, two = park.replicas
    name = {"Idempotency-Key": f"vraag-{time.monotonic_ns()}"}
    first = httpx.post(f"{one.address}/api/v1/ask", json=QUESTION, headers=name, timeout=90).json()
    until(lambda: answers(f"{two.address}/api/v1/answers/{first['id']}")())
    assert httpx.get(f"{two.address}/api/v1/answers/{first['id']}").json() == first
    again = httpx.post(f"{two.address}/api/v1/ask", json=QUESTION, headers=name, timeout=90)
    assert again.json() == first and again.headers["idempotency-replayed"] == "true"
    other = httpx.post(f"{two.address}/api/v1/ask", json={"question": "Wat is havenoverleg Vuurtoren?"}, headers=name, timeout=90)
    assert other.status_code == 422 and other.json()["code"] == "key_reused"


def test_questions_of_every_replica_stand_in_one_record(park):
    asked = f"Wat is project Lantaarn in {time.monotonic_ns()}?"
    for part in park.replicas:
        httpx.post(f"{part.address}/api/v1/ask", json={"question": asked}, timeout=90)
    engine = create_engine(park.database_url)

    def kept() -> int:
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM questions WHERE question LIKE '%Lantaarn in%'")).scalar()

    until(lambda: kept() == 2)
    engine.dispose()


def test_a_replica_dies_mid_stream_and_the_conversation_goes_on(park):
    go = threading.Event()
    park.model.script = Script(pieces=[SENTENCE, DATE], last_waits_for=go)
    heard: list[str] = []

    def listen(reader: httpx.Client) -> None:
        try:
            with reader.stream("POST", "/api/v1/ask", json=QUESTION, headers=EVENTS) as reply:
                for line in reply.iter_lines():
                    heard.append(line)
            heard.append("ended")
        except httpx.TransportError:
            heard.append("broken off")

    with park.client() as reader:
        reader.get("/api/v1/feedback")  # from here on it has a replica of its own
        thread = threading.Thread(target=listen, args=(reader,))
        thread.start()
        until(lambda: "event: evidence" in heard)
        died = next(r for r in park.replicas if park.figure(r, "pps_questions_running"))
        died.stop(signal.SIGKILL)
        thread.join(10)
        go.set()
        assert heard[-1] == "broken off" and "event: answer" not in heard  # not a reply that seems whole

        park.model.script = Script(pieces=[SENTENCE])
        asked = reader.post("/api/v1/ask", json=QUESTION, headers=EVENTS)
        first = dict(events(asked.text.splitlines()))["answer"]
        assert first["status"] == "answered" and "factuurfraude" in first["text"]

        earlier = {k: first[k] for k in ("standalone_question", "status")}
        turn = {"question": earlier["standalone_question"], "status": first["status"]}
        turn["documents"] = list(dict.fromkeys(c["document_id"] for c in first["citations"]))
        park.model.script = Script(pieces=[DATE])
        more = reader.post("/api/v1/ask", json={"question": "Wanneer is het convenant getekend?", "history": [turn]}).json()
        assert "3 oktober 2023" in more["text"] and "Lantaarn" in more["standalone_question"]

        died.start()
        before = park.figure(died, "pps_answers_total")
        assert reader.post("/api/v1/ask", json=QUESTION).status_code == 200
        assert park.figure(died, "pps_answers_total") == before + 1  # the reader is back where it was


@pytest.mark.parametrize("cookies", [True, False])
def test_the_chat_streams_through_nginx(park, cookies):
    with park.client() as reader:
        config = reader.get("/config").json()
        ask = next(d for d in config["dependencies"] if d["api_name"] == "vraag")
        values = {c["id"]: c["props"].get("value") for c in config["components"]}
        data = [QUESTION["question"], "", [], [], values[ask["inputs"][4]]]
        for n in range(4):
            if not cookies:
                reader.cookies.clear()
            asked = {"data": data, "fn_index": ask["id"], "session_hash": f"lezer{cookies}{n}"}
            assert reader.post("/gradio_api/queue/join", json=asked).status_code == 200
            if not cookies:
                reader.cookies.clear()
            heard = reader.get("/gradio_api/queue/data", params={"session_hash": asked["session_hash"]}).text
            assert "process_completed" in heard and "factuurfraude" in heard


def test_feedback_of_every_replica_stands_in_postgresql(park):
    for part in park.replicas:
        answer = httpx.post(f"{part.address}/api/v1/ask", json=QUESTION, timeout=90).json()
        with park.client() as reader:
            sent = {"sentence": 1, "verdict": "klopt", "question": QUESTION["question"]}
            assert reader.post(f"/api/v1/answers/{answer['id']}/feedback", json=sent).status_code == 201
    engine = create_engine(park.database_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT question, verdict FROM feedback")).all()
    engine.dispose()
    assert kept.count((QUESTION["question"], "klopt")) >= 2


@pytest.mark.parametrize("attempt", range(3))
def test_everything_in_a_replica_that_opens_the_database_may_do_so_at_once(park, attempt):
    name = f"nieuw_{attempt}_{time.monotonic_ns()}"
    server = create_engine(park.database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    databases = [Database(park.database_url.replace("/postgres", f"/{name}")) for _ in range(6)]
    start, opened = threading.Barrier(len(databases)), []

    def use(database: Database) -> None:
        start.wait()
        with database.session() as session:
            opened.append(session.execute(text("SELECT count(*) FROM feedback")).scalar())

    threads = [threading.Thread(target=use, args=(database,), daemon=True) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert opened == [0] * len(databases)
    for database in databases:
        database.close()


def test_without_chroma_it_says_so_and_comes_back_by_itself(park):
    park.chroma.stop()
    with park.client() as reader:
        refused = reader.post("/api/v1/ask", json=QUESTION)
        assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
        assert "niet te bereiken" in refused.json()["detail"] and refused.json()["code"] == "unavailable"
        kind, told = events(reader.post("/api/v1/ask", json=QUESTION, headers=EVENTS).text.splitlines())[-1]
        assert kind == "error" and "niet te bereiken" in told["detail"]
        for part in park.replicas:
            until(lambda part=part: park.ready(part)[0] == 503)
            assert "chroma" in park.ready(part)[1]["not_ready"] and answers(f"{part.address}/healthz")()
        assert reader.get("/bron/project-lantaarn").status_code == 200  # what needs no search goes on
        time.sleep(2)
        park.chroma.start()
        for part in park.replicas:
            until(lambda part=part: park.ready(part)[0] == 200)
        assert "factuurfraude" in reader.post("/api/v1/ask", json=QUESTION).json()["text"]


def test_without_postgresql_questions_are_answered_and_feedback_comes_back(park):
    verdict = {"sentence": 1, "verdict": "klopt"}
    with park.client() as reader:
        place = f"/api/v1/answers/{reader.post('/api/v1/ask', json=QUESTION).json()['id']}/feedback"
        assert reader.post(place, json=verdict).status_code == 201
        park.postgres.stop()
        refused = reader.post(place, json=verdict)
        assert refused.status_code == 503 and "niet te bereiken" in refused.json()["detail"] and "127.0.0.1" not in refused.text
        assert reader.post("/api/v1/ask", json=QUESTION).status_code == 200
        for part in park.replicas:
            until(lambda part=part: "database" in park.ready(part)[1]["not_ready"])
            assert park.ready(part)[0] == 200 and park.ready(part)[1]["status"] == "beperkt"
        time.sleep(2)
        park.postgres.start()
        until(lambda: reader.post(place, json=verdict).status_code == 201, 10)
        for part in park.replicas:
            until(lambda part=part: "database" not in park.ready(part)[1]["not_ready"])


def test_without_the_model_the_sources_answer(park):
    park.model.script = Script(status=503)
    with park.client() as reader:
        answer = reader.post("/api/v1/ask", json=QUESTION).json()
        assert answer["status"] == "answered" and answer["model"] == "extractief" and answer["notice"]
        park.model.script = Script(pieces=[SENTENCE])
        assert reader.post("/api/v1/ask", json=QUESTION).json()["model"] == "m"


def test_one_limit_over_all_replicas_and_no_question_in_the_log(park):
    with park.client(transport=httpx.HTTPTransport(local_address="127.0.0.9")) as hasty:
        replies = [hasty.get("/api/v1/feedback") for _ in range(160)]
    refused = [r for r in replies if r.status_code == 429]
    assert {r.status_code for r in replies} == {200, 429} and {r.headers["retry-after"] for r in refused} == {"1"}
    assert refused[0].json()["code"] == "rate_limited"
    with park.client() as reader:
        assert reader.get("/api/v1/search", params={"q": "geheimvol lampion"}).status_code == 200
        assert reader.get("/metrics").status_code == 404
    written = (park.nginx.log.parent / "access.log").read_text()
    assert " /api/v1/search 200 " in written and "lampion" not in written


def test_a_replica_that_is_stopped_costs_nobody_an_answer(park):
    stopped = park.replicas[0]
    outcomes: list[tuple[int, str]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.2):
            reply = httpx.post(f"{park.nginx.address}/api/v1/ask", json=QUESTION, timeout=90)
            outcomes.append((reply.status_code, reply.json().get("detail", "")))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: len(outcomes) > 5)
    stopped.stop()
    after = len(outcomes)
    until(lambda: len(outcomes) > after + 10)
    done.set()
    for thread in threads:
        thread.join(30)
    assert set(outcomes) == {(200, "")} and stopped.process and stopped.process.returncode == 0


def test_nginx_speaks_where_no_replica_does(started):
    for part in started.replicas:
        part.stop(signal.SIGKILL)
    with started.client() as reader:
        refused = reader.post("/api/v1/ask", json=QUESTION)
        page = reader.get("/")
    assert refused.status_code == page.status_code == 503 and refused.headers["retry-after"] == page.headers["retry-after"] == "10"
    assert refused.headers["content-type"].startswith("application/problem+json") and refused.json()["code"] == "unavailable"
    assert page.headers["content-type"].startswith("text/html") and "niet te bereiken" in page.text
