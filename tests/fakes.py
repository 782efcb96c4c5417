"""Test doubles: an embedder without a model, and a real HTTP server that speaks the OpenAI protocol as scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from rag.language.words import terms


class HashEmbedder:
    """Bag of hashed terms: the same text gives the same unit vector, texts that share words are near."""

    def __init__(self, dimension: int = 32, name: str = "hash") -> None:
        self.name, self.dimension = name, dimension
        self.fingerprint = f"{name}-{dimension}"
        self.encoded: list[str] = []

    def encode(self, texts: list[str], *, threads: int = 1) -> np.ndarray:
        self.encoded += texts
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(out, texts, strict=True):
            for t in terms(text) or [text]:
                row[sum(ord(c) * (i + 1) for i, c in enumerate(t)) % self.dimension] += 1
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(lengths == 0, 1, lengths)

    def encode_query(self, text: str) -> np.ndarray:
        return self.encode([text])[0]


@dataclass
class Script:
    """What the model server does with the next requests. `history` keeps the bodies it got."""

    pieces: list[str] = field(default_factory=list)
    status: int = 200
    delay_s: float = 0.0
    hang_after: int | None = None
    drop_after: int | None = None
    raw: bytes | None = None
    history: list[dict] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    then: Script | None = None  # what the requests after this one get
    last_waits_for: threading.Event | None = None  # the last piece is kept until this is set
    waited: bool = False  # it was set in time
    comments: bool = False  # only says that it is still there, without end
    gone: threading.Event = field(default_factory=threading.Event)  # the client went away before the end


class ModelServer:
    """POST /v1/chat/completions with a real stream of server-sent events on a real port."""

    def __init__(self) -> None:
        self.script = Script()
        self.on_request: Callable[[str, Message], object] = lambda path, headers: None
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args) -> None:
                pass

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.on_request(self.path, self.headers)
                script = owner.script
                script.history.append(body)
                owner.script = script.then or script
                owner._answer(self, script)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def _answer(handler: BaseHTTPRequestHandler, script: Script) -> None:
        handler.send_response(script.status)
        handler.send_header("Content-Type", "text/event-stream" if script.status == 200 else "application/json")
        handler.send_header("Connection", "close")
        for name, value in script.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        write: Callable[[bytes], object] = handler.wfile.write
        if script.raw is not None:
            write(script.raw)
            return
        if script.status != 200:
            write(b'{"error": {"message": "scripted"}}')
            return
        try:
            while script.comments:
                write(b": still here\n\n")
                time.sleep(0.05)
            for n, piece in enumerate(script.pieces):
                if script.hang_after is not None and n >= script.hang_after:
                    time.sleep(30)
                if script.drop_after is not None and n >= script.drop_after:
                    handler.connection.close()
                    return
                if script.last_waits_for and n == len(script.pieces) - 1:
                    script.waited = script.last_waits_for.wait(15)
                chunk = {
                    "id": "x",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "m",
                    "choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}],
                }
                write(f"data: {json.dumps(chunk)}\n\n".encode())
                handler.wfile.flush()
                time.sleep(script.delay_s)
            write(b"data: [DONE]\n\n")
        except OSError:  # the client went away, as it should when it has had enough
            script.gone.set()
