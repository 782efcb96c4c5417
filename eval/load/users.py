"""Readers who each ask a question, read the answer as it streams, pause, and ask another; whoever is told to come back does."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass

import httpx

#: Seconds after which a reader has waited for nothing.
PATIENCE_S = 120.0
ANSWERED, BUSY = "answered", "busy"


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many readers at once, for so many seconds. `pause_s` is how long one reads before asking on, on average."""

    name: str
    users: int
    seconds: float
    pause_s: float = 0.0


def ask_together(crowd: Crowd, addresses: list[str], questions: list[str]) -> list[dict]:
    """A row for every request of the crowd. `outcome` is answered, busy (429 that says when to come back), or what went wrong:
    lost (the reply ended without an answer), timeout, broken, or the status."""
    return asyncio.run(_crowd(crowd, addresses, questions))


async def _crowd(crowd: Crowd, addresses: list[str], questions: list[str]) -> list[dict]:
    rows: list[dict] = []
    until = time.monotonic() + crowd.seconds
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    transport = httpx.AsyncHTTPTransport(limits=limits)  # one pool of connections; cookies are of each reader
    readers = (_reader(n, crowd, addresses[n % len(addresses)], questions, until, rows, transport) for n in range(crowd.users))
    try:
        await asyncio.gather(*readers)
    finally:
        await transport.aclose()
    return rows


async def _reader(
    number: int, crowd: Crowd, address: str, questions: list[str], until: float, rows: list[dict], transport: httpx.AsyncBaseTransport
) -> None:
    chance = random.Random(f"{crowd.name} {number}")
    if crowd.pause_s:
        await asyncio.sleep(chance.uniform(0, crowd.pause_s))
    client = httpx.AsyncClient(base_url=address, timeout=PATIENCE_S, transport=transport, headers={"Accept": "text/event-stream"})
    while time.monotonic() < until:
        question, began, outcome, tries = chance.choice(questions), time.monotonic(), BUSY, 0
        while outcome == BUSY and time.monotonic() < until:
            tries += 1
            row, retry_after_s = await _ask(client, question)
            outcome = row["outcome"]
            since_first_ms = (time.monotonic() - began) * 1000
            rows.append({"crowd": crowd.name, "user": number, "try": tries, **row, "since_first_ms": round(since_first_ms, 1)})
            await _sleep(retry_after_s, until)
        if crowd.pause_s:
            await _sleep(chance.uniform(0.5, 1.5) * crowd.pause_s, until)
        elif outcome not in (ANSWERED, BUSY):
            await _sleep(1, until)  # a server that fails is not asked as fast as it can fail


async def _sleep(seconds: float, until: float) -> None:
    await asyncio.sleep(max(0.0, min(seconds, until - time.monotonic())))


async def _ask(client: httpx.AsyncClient, question: str) -> tuple[dict, float]:
    """The row of one request, and the seconds after which to come back; 0 where there is no need to."""
    began, first, place, answer = time.monotonic(), 0.0, 0, ""
    try:
        async with client.stream("POST", "/api/v1/ask", json={"question": question}) as reply:
            if reply.status_code == 429:
                after = reply.headers.get("retry-after", "")
                told = after.isdigit() and int(after) > 0
                return {"outcome": BUSY if told else "429 without Retry-After", "ms": _since(began)}, float(after) if told else 0
            if reply.status_code != 200:
                return {"outcome": str(reply.status_code), "ms": _since(began)}, 0
            kind = ""
            async for line in reply.aiter_lines():
                kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
                if line.startswith("data: ") and kind == "waiting":
                    place = max(place, json.loads(line[6:])["place"])
                elif line.startswith("data: ") and kind == "answer":
                    answer = json.loads(line[6:])["status"]
                elif kind in ("evidence", "sentence"):
                    first = first or time.monotonic()
    except httpx.TimeoutException:
        return {"outcome": "timeout", "ms": _since(began)}, 0
    except httpx.TransportError:
        return {"outcome": "broken", "ms": _since(began)}, 0
    if not answer:
        return {"outcome": "lost", "ms": _since(began)}, 0
    shown_ms = round((first - began) * 1000, 1) if first else _since(began)
    return {"outcome": ANSWERED, "status": answer, "place": place, "first_ms": shown_ms, "ms": _since(began)}, 0


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
