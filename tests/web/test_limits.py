"""What one client may ask, who waits for a turn, and who is told to come back."""

import asyncio
import threading

import httpx
import pytest
from fastapi.testclient import TestClient

from rag.web.limits import Rate, client_of
from rag.web.places import FullError, Places
from rag.web.server import create_app
from tests.web.served import served

ASKED = {"question": "Wat is project Lantaarn?"}


def with_settings(advisor, **changes):
    advisor.settings = advisor.settings.model_copy(update=changes)
    return create_app(advisor, with_chat=False)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_bucket_empties_and_fills_evenly():
    clock = Clock()
    rate = Rate(3, clock)
    assert [rate.take("a").remaining for _ in range(3)] == [2, 1, 0]
    refused = rate.take("a")
    assert (refused.remaining, refused.retry_after_s, refused.reset_s) == (0, 20, 60)
    assert rate.take("b").remaining == 2
    clock.now += 20
    passed = rate.take("a")
    assert (passed.retry_after_s, passed.remaining) == (0, 0)
    assert rate.take("a").retry_after_s == 20
    clock.now += 1000
    assert rate.take("a").remaining == 2


def test_refused_requests_do_not_count():
    clock = Clock()
    rate = Rate(1, clock)
    rate.take("a")
    assert {rate.take("a").retry_after_s for _ in range(100)} == {60}


def test_the_memory_of_clients_is_bounded(monkeypatch):
    monkeypatch.setattr("rag.web.limits._CLIENTS", 3)
    rate = Rate(1, Clock())
    for name in "abcd":
        rate.take(name)
    assert rate.take("a").retry_after_s == 0 and rate.take("d").retry_after_s == 60


@pytest.mark.parametrize(
    ("client", "name"),
    [
        (("192.0.2.1", 1), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:ffff::1", 1), "2001:db8:1:2::/64"),
        (("testclient", 1), "testclient"),
        (None, ""),
    ],
)
def test_who_a_client_is(client, name):
    assert client_of({"client": client}) == name


def test_headers_and_a_refusal_with_a_time(advisor):
    with TestClient(with_settings(advisor, rate_per_minute=2)) as client:
        first = client.get("/api/v1/search", params={"q": "Lantaarn"})
        assert [first.headers[f"ratelimit-{n}"] for n in ("limit", "remaining", "reset")] == ["2", "1", "30"]
        client.post("/api/v1/ask", json=ASKED)
        refused = client.get("/v1/models")
        assert (
            refused.status_code == 429
            and refused.json()["code"] == "rate_limited"
            and refused.json()["error"]["type"] == "rate_limit_error"
        )
        assert 1 <= int(refused.headers["retry-after"]) <= 30 and f"{refused.headers['retry-after']} seconden" in refused.json()["detail"]
        assert client.get("/bron/project-lantaarn").status_code == client.get("/healthz").status_code == 200
        assert 'pps_refused_total{reason="rate"} 1.0' in client.get("/metrics").text


def test_no_limit_where_none_is_set(advisor):
    with TestClient(with_settings(advisor, rate_per_minute=0)) as client:
        assert "ratelimit-limit" not in client.get("/v1/models").headers


def test_turns_go_in_order():
    async def run():
        places = Places(1, 2)
        first, second, third = places.take(), places.take(), places.take()
        assert [t.place for t in (first, second, third)] == [0, 1, 2] and not await second.turn(0.01)
        with pytest.raises(FullError) as full:
            places.take()
        assert full.value.retry_after_s >= 1
        second.done()  # whoever waits may leave
        assert third.place == 1
        first.done()
        first.done()
        assert await third.turn() and (places.running, places.waiting) == (1, 0)
        third.done()
        assert places.take().place == 0

    asyncio.run(run())


def test_nobody_waits_longer_than_makes_sense():
    async def run():
        places = Places(2, 100, max_wait_s=60)
        places.typical_s = 30
        tickets = [places.take() for _ in range(2)]
        for _ in range(4):
            places.take()
        with pytest.raises(FullError) as full:  # 75 seconds
            places.take()
        assert full.value.retry_after_s == 75 and places.waiting == 4
        tickets[0].done()
        assert places.typical_s < 30  # an answer that came at once counts

    asyncio.run(run())


def test_more_questions_wait_and_too_many_hear_when_to_come_back(advisor, monkeypatch):
    right, go, begun = advisor.ask, threading.Event(), threading.Semaphore(0)

    def slow(*args, **options):
        begun.release()
        assert go.wait(20)
        return right(*args, **options)

    monkeypatch.setattr(advisor, "ask", slow)
    with served(with_settings(advisor, questions_at_once=1, questions_waiting=1)) as server, httpx.Client(base_url=server.address) as http:
        replies = []

        def ask():
            replies.append(httpx.post(f"{server.address}/api/v1/ask", json=ASKED, timeout=30))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert begun.acquire(timeout=10)
        while "pps_questions_waiting 1.0" not in http.get("/metrics").text:
            pass
        refused = http.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "x"}]})
        assert refused.status_code == 429 and refused.json()["code"] == "queue_full" and int(refused.headers["retry-after"]) >= 1
        assert http.get("/readyz").status_code == 200  # what is not a question waits for nothing
        go.set()
        for thread in threads:
            thread.join(20)
        assert [r.status_code for r in replies] == [200, 200]
        assert "pps_questions_running 0.0" in http.get("/metrics").text


def test_a_stream_tells_its_place(advisor, monkeypatch):
    monkeypatch.setattr("rag.web.events.PLACE_S", 0.05)
    right, go, begun = advisor.ask, threading.Event(), threading.Event()

    def slow(*args, **options):
        begun.set()
        assert go.wait(20)
        return right(*args, **options)

    monkeypatch.setattr(advisor, "ask", slow)
    with served(with_settings(advisor, questions_at_once=1)) as server:
        first = threading.Thread(target=httpx.post, args=(f"{server.address}/api/v1/ask",), kwargs={"json": ASKED, "timeout": 30})
        first.start()
        assert begun.wait(10)
        with httpx.stream("POST", f"{server.address}/api/v1/ask", json=ASKED, headers={"Accept": "text/event-stream"}, timeout=30) as reply:
            lines = reply.iter_lines()
            assert [next(lines), next(lines)] == ["event: waiting", 'data: {"place": 1}']
            go.set()
            assert "event: answer" in list(lines)
        first.join(20)


def test_a_reader_who_leaves_gives_the_place_back(advisor, monkeypatch):
    """Also one whose answer never ends by itself: the work is cancelled."""
    started, seen = threading.Event(), []
    right = advisor.stream

    def endless(*args, cancellation, **options):
        seen.append(cancellation)
        started.set()
        yield next(right(*args, cancellation=cancellation, **options))
        while not cancellation.cancelled:
            pass

    monkeypatch.setattr(advisor, "stream", endless)
    with served(with_settings(advisor, questions_at_once=1)) as server:
        with httpx.stream("POST", f"{server.address}/api/v1/ask", json=ASKED, headers={"Accept": "text/event-stream"}) as reply:
            assert started.wait(10) and next(reply.iter_lines()) == "event: evidence"
        monkeypatch.setattr(advisor, "stream", right)
        assert httpx.post(f"{server.address}/api/v1/ask", json=ASKED, timeout=20).status_code == 200
        assert seen[0].cancelled
