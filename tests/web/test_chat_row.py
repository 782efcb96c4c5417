"""Many who ask in the chat at once: each sees a place in the row or hears when to come back, and nobody's question is lost."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time

import httpx
import pytest
from playwright.sync_api import expect

from rag.advisor import Advisor
from rag.context import Cancellation
from rag.web.places import Places
from rag.web.row import in_turn
from rag.web.server import create_app
from rag.web.turn import TurnView
from tests.web.axe import violations
from tests.web.chat import PATIENCE, put, turns
from tests.web.served import served

QUESTION = "Wat is project Lantaarn?"


def slowed(searcher, settings, monkeypatch, wait, **changes):
    """An advisor whose answers first `wait()`."""
    advisor = Advisor(searcher, None, settings.model_copy(update=changes))
    stream = advisor.stream

    def slow(*given, **options):
        wait()
        yield from stream(*given, **options)

    monkeypatch.setattr(advisor, "stream", slow)
    return advisor


async def ask(client, address, config, n):
    """What one reader's page hears, as text."""
    found = next(d for d in config["dependencies"] if d["api_name"] == "vraag")
    values = {c["id"]: c["props"].get("value") for c in config["components"]}
    told = json.dumps({"run": f"run{n}", "messages": []})
    asked = {"data": [QUESTION, told, [], [], values[found["inputs"][4]]], "fn_index": found["id"], "session_hash": f"lezer{n}"}
    assert (await client.post(f"{address}/gradio_api/queue/join", json=asked)).status_code == 200
    return (await client.get(f"{address}/gradio_api/queue/data", params={"session_hash": asked["session_hash"]})).text


def crowd(address, count):
    async def all_of_them():
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)  # one that idles is closed, which a browser copes with
        async with httpx.AsyncClient(timeout=120, limits=limits) as client:
            config = (await client.get(f"{address}/config")).json()
            return await asyncio.gather(*(ask(client, address, config, n) for n in range(count)))

    return asyncio.run(all_of_them())


def test_two_hundred_readers_at_once_all_get_an_answer_and_see_their_place(searcher, settings, monkeypatch):
    advisor = slowed(searcher, settings, monkeypatch, lambda: time.sleep(0.05))
    with served(create_app(advisor)) as server:
        heard = crowd(server.address, 200)
        figures = httpx.get(f"{server.address}/metrics").text
    assert all("process_completed" in text and "factuurfraude" in text for text in heard)
    waited = [text for text in heard if "in de rij" in text]
    places = [int(m[1]) for text in waited for m in [re.search(r"Uw vraag is nummer (\d+) in de rij", text)] if m]
    assert len(waited) > 100 and min(places) == 1 and max(places) > 100
    assert "pps_chat_running 0.0" in figures and "pps_chat_waiting 0.0" in figures, "a place was not given back"


def test_who_does_not_fit_in_the_row_hears_when_to_come_back(searcher, settings, monkeypatch):
    go = threading.Event()
    advisor = slowed(searcher, settings, monkeypatch, lambda: go.wait(20), questions_waiting=1)
    with served(create_app(advisor)) as server:
        threading.Timer(3, go.set).start()
        heard = crowd(server.address, 30)
    refused = [text for text in heard if "Er wachten nu te veel vragen" in text]
    answered = [text for text in heard if "factuurfraude" in text]
    assert len(refused) == 30 - 8 - 4 and len(answered) == 8 + 4, "eight at once, and four that wait"
    assert all(re.search(r"Probeer het over \d+ seconden opnieuw", text) and QUESTION in text for text in refused)


def views_of(*states):
    return lambda: iter([TurnView("v", state) for state in states])


def drained(row, cancellation=None, views=views_of("searching", "done"), key="r1"):
    async def run():
        return [view async for view in in_turn(row, "v", key, cancellation or Cancellation(), views)]

    return asyncio.run(run())


def test_without_a_row_nothing_is_told_of_it():
    row = Places(1, 1)
    assert [v.state for v in drained(row)] == ["searching", "done"] and row.running == row.waiting == 0


def test_a_question_that_is_stopped_while_it_waits_gives_its_place_back():
    async def run():
        row, cancellation, seen = Places(1, 2), Cancellation(), []
        first = row.take()
        async for view in in_turn(row, "v", "r1", cancellation, views_of("done")):
            seen.append((view.state, view.place, view.key))
            cancellation.cancel()
        assert (row.running, row.waiting) == (1, 0)
        first.done()
        return seen

    assert asyncio.run(run()) == [("waiting", 1, "nu"), ("stopped", 0, "r1")]


def test_a_page_that_goes_away_gives_its_place_back():
    async def run():
        row = Places(1, 2)
        views = in_turn(row, "v", "r1", Cancellation(), views_of("searching", "done"))
        await anext(views)
        assert row.running == 1
        await views.aclose()
        return row.running

    assert asyncio.run(run()) == 0


@pytest.mark.browser
def test_a_reader_sees_the_place_and_then_the_answer(searcher, settings, monkeypatch, opened):
    go = threading.Event()
    advisor = slowed(searcher, settings, monkeypatch, lambda: go.wait(30))
    monkeypatch.setattr("rag.web.chat.CONCURRENCY", 1)
    with served(create_app(advisor)) as server:
        first, second = opened(1280, at=server.address), opened(390, at=server.address)
        put(first, QUESTION)
        expect(first.locator("#nu .bezig")).to_have_text("Ik zoek in de bronnen…", timeout=PATIENCE)
        put(second, QUESTION)
        expect(second.locator("#nu .bezig")).to_have_text("Het is nu druk. Uw vraag is nummer 1 in de rij.", timeout=PATIENCE)
        assert violations(second) == []
        go.set()
        for page in (first, second):
            expect(turns(page)).to_contain_text("factuurfraude", timeout=PATIENCE)


@pytest.mark.browser
def test_a_reader_who_does_not_fit_keeps_the_question_and_can_ask_it_again(searcher, settings, monkeypatch, opened):
    go = threading.Event()
    advisor = slowed(searcher, settings, monkeypatch, lambda: go.wait(30), questions_waiting=0)
    monkeypatch.setattr("rag.web.chat.CONCURRENCY", 1)
    with served(create_app(advisor)) as server:
        first, second = opened(1280, at=server.address), opened(1280, at=server.address)
        put(first, QUESTION)
        expect(first.locator("#nu .bezig")).to_be_visible(timeout=PATIENCE)
        put(second, QUESTION)
        expect(turns(second)).to_contain_text("Er wachten nu te veel vragen. Probeer het over", timeout=PATIENCE)
        expect(turns(second).locator("h2")).to_contain_text(QUESTION)
        go.set()
        expect(turns(first)).to_contain_text("factuurfraude", timeout=PATIENCE)
        turns(second).get_by_role("button", name="Opnieuw").click()
        expect(turns(second)).to_contain_text("factuurfraude", timeout=PATIENCE)
        expect(turns(second)).to_have_count(1)
