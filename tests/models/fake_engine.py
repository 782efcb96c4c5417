"""A model server without a model, run as rag.models.server is: `python -m tests.models.fake_engine`.

The file that it is to load says how it behaves: its text is crash, refuse, slow or fine. `POST /die` ends the process.
"""

from __future__ import annotations

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rag.models.server import Options, serve

WORDS = ("Volgens de politie zijn 214 valse rekeningen geblokkeerd ", "door project Lantaarn [1].")


def start(options: Options) -> tuple[str, object]:
    behaviour = Path(options.path).read_text()
    print("llama.cpp says something on standard output", flush=True)
    if behaviour == "crash":
        os._exit(11)
    if behaviour == "refuse":
        raise ValueError("no GGUF magic")
    if behaviour == "slow":
        time.sleep(3)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_GET(self) -> None:
            self._reply(json.dumps({"status": "ok", "pid": os.getpid(), "threads": options.threads}).encode())

        def do_POST(self) -> None:
            if self.path == "/die":
                os._exit(9)
            if self.headers.get("Authorization") != f"Bearer {options.key}":
                return self._reply(b"{}", 401)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            chunks = [{"choices": [{"index": 0, "delta": {"content": w}, "finish_reason": None}]} for w in WORDS]
            chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            told = {"prompt_tokens": len(json.dumps(body)), "completion_tokens": 2, "total_tokens": 3}
            chunks.append({"choices": [], "usage": told, "asked": body})
            lines = [json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", **c}) for c in chunks]
            self._reply("".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode(), kind="text/event-stream")

        def _reply(self, content: bytes, status: int = 200, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", server


if __name__ == "__main__":
    serve(start)
