"""A thin client of the API: ask, stream, search, and reading an answer again.

    with Client("http://127.0.0.1:7860") as advisor:
        answer = advisor.ask("Wat is PPS volgens TNO?")
        print(answer["status"], answer["text"])

Answers are the JSON of the API as dicts (docs/api.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx


class ApiError(Exception):
    """The advisor refused or failed. `detail` may be shown to a reader; `code` is for programs; `retry_after_s` where it tells when."""

    def __init__(self, status: int, detail: str, code: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code, self.retry_after_s = status, detail, code, retry_after_s


class Client:
    """Talks to the advisor at `address`, with an API key where it asks for one. Safe for many threads; to be closed."""

    def __init__(
        self, address: str, key: str | None = None, timeout_s: float = 150.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout_s, transport=transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def ask(
        self, question: str, history: Iterable[Mapping[str, Any]] = (), *, key: str | None = None, **filters: Sequence[str]
    ) -> dict[str, Any]:
        """The answer. `history` are earlier answers, oldest first; `filters` are lists named domein, rol, fase and soort. Whoever tries
        again after a broken connection gives the same `key` both times, and gets the same answer.

        Raises:
            ApiError: refused, or failed.
            httpx.TransportError: not reached, or broken off.
        """
        headers = {"Idempotency-Key": key or uuid4().hex}
        return _read(self._http.post("/api/v1/ask", json=_body(question, history, filters), headers=headers))

    def stream(
        self, question: str, history: Iterable[Mapping[str, Any]] = (), **filters: Sequence[str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """(kind, data) as the answer is made: waiting, evidence, sentence, and at the end answer. Raises as `ask`, also halfway."""
        body = _body(question, history, filters)
        with self._http.stream("POST", "/api/v1/ask", json=body, headers={"Accept": "text/event-stream"}) as reply:
            if reply.status_code >= 400:
                reply.read()
                _read(reply)
            kind = ""
            for line in reply.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    data = json.loads(value)
                    if kind == "error":
                        raise ApiError(data["status"], data["detail"], data["code"])
                    yield kind, data

    def search(self, question: str, k: int = 10, offset: int = 0, **filters: Sequence[str]) -> dict[str, Any]:
        """`passages`, best first, and `next_offset`: None on the last page. Raises as `ask`."""
        return _read(self._http.get("/api/v1/search", params={"q": question, "k": k, "offset": offset, **_lists(filters)}))

    def answer(self, answer_id: str) -> dict[str, Any]:
        """An answer that the advisor still remembers. Raises as `ask`; with status 404 it is gone."""
        return _read(self._http.get(f"/api/v1/answers/{answer_id}"))


def _body(question: str, history: Iterable[Mapping[str, Any]], filters: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    turns = [
        {
            "question": answer["standalone_question"],
            "documents": list(dict.fromkeys(c["document_id"] for c in answer["citations"])),
            "status": answer["status"],
        }
        for answer in history
    ]
    return {"question": question, "history": turns[-20:], **_lists(filters)}


def _lists(filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    unknown = set(filters) - {"domein", "rol", "fase", "soort"}
    if unknown:
        raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
    return {name: [values] if isinstance(values, str) else list(values) for name, values in filters.items()}


def _read(reply: httpx.Response) -> dict[str, Any]:
    if reply.status_code < 400:
        return reply.json()
    try:
        told = reply.json()
    except ValueError:  # something between us and the advisor replied
        told = {}
    told = told if isinstance(told, dict) else {}
    after = reply.headers.get("Retry-After", "")
    detail = str(told.get("detail") or f"HTTP {reply.status_code}")
    raise ApiError(reply.status_code, detail, str(told.get("code", "")), int(after) if after.isdigit() else None)
