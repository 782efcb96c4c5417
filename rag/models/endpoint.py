"""An OpenAI-compatible endpoint as LangChain chat model, over a connection that can be cut while the model is silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

MAX_TOKENS = 700
#: Seconds to reach the endpoint; being told at once that it is away is worth more than waiting out the answer's whole time.
CONNECT_S = 10.0


class Line:
    """The connections of one request. `cut` may come from any thread and wakes the one that waits for the model.

    A server sees its client go and stops writing; closing a socket that another thread reads from would do neither.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: list[Any] = []
        self._cut = threading.Event()

    @property
    def is_cut(self) -> bool:
        return self._cut.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most until the line is cut; True if it was."""
        return self._cut.wait(seconds)

    def add(self, stream: Any) -> None:  # noqa: ANN401 - the network stream of whichever httpx the client library uses
        with self._lock:
            self._streams.append(stream)
        if self.is_cut:
            self.cut()

    def cut(self) -> None:
        self._cut.set()
        with self._lock:
            streams, self._streams = self._streams, []
        for stream in streams:
            with suppress(OSError, AttributeError):  # closed already, or no socket of the operating system
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore's account of a request; new connections are the lines that can be cut."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.add(info["return_value"])


_LINE: ContextVar[Line | None] = ContextVar("line", default=None)


@contextmanager
def following(line: Line) -> Iterator[None]:
    """Requests of this thread run over `line`."""
    token = _LINE.set(line)
    try:
        yield
    finally:
        _LINE.reset(token)


def _follow(request: Any) -> None:  # noqa: ANN401 - as above
    if line := _LINE.get():
        request.extensions["trace"] = line.trace


def chat_openai(
    address: str,
    name: str,
    key: str,
    timeout_s: float,
    *,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    local: bool = False,
) -> Any:  # noqa: ANN401 - ChatOpenAI, imported lazily
    """ChatOpenAI for `address`. `local` leaves the proxies of the environment out and asks for token counts.

    One connection a request (none is kept), so that cutting one never touches another's.
    """
    import openai
    from langchain_openai import ChatOpenAI

    client = openai.DefaultHttpxClient(
        limits=openai.DEFAULT_CONNECTION_LIMITS.__class__(max_connections=100, max_keepalive_connections=0),
        event_hooks={"request": [_follow]},
        trust_env=not local,
    )
    return ChatOpenAI(
        model=name,
        base_url=address,
        api_key=key,
        temperature=0,
        max_tokens=MAX_TOKENS,
        timeout=openai.Timeout(timeout_s, connect=min(CONNECT_S, timeout_s)),
        max_retries=0,
        stream_usage=local,
        http_client=client,
        default_headers=dict(headers or {}) or None,
        default_query=dict(query or {}) or None,
        extra_body=dict(body or {}) or None,
    )
