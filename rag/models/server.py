"""The process that runs a model: llama.cpp's server on the loopback address, for as long as its parent lives.

Its parent (rag.models.supervisor) writes one line of JSON to standard input, the Options, and keeps that pipe open. One line of
JSON comes back on standard output: {"address": …} once the model is loaded, or {"error": …}. Everything else goes to standard
error, which is a log file.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

#: Tokens between two looks at whether the client is still there: at 60 tokens a second an aborted prompt ends within 4 s.
BATCH = 256
#: MiB for prompts seen before, beside those of the questions in progress. llama.cpp would take 8 GiB.
CACHE_MIB = 256


@dataclass(frozen=True, slots=True)
class Options:
    """What the server is to run. `context` in tokens for each question; `threads` for computing."""

    path: str
    key: str
    context: int = 4096
    threads: int = 2
    parallel: int = 1

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def serve(start: Callable[[Options], tuple[str, object]]) -> None:
    """Read the options, `start` a server, tell its address, and end when the parent does.

    `start` gives the address and the server, which is held on to; whatever it raises is told to the parent.
    """
    parent = os.getppid()
    _end_with_parent()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not break the protocol
    options = Options(**json.loads(sys.stdin.buffer.readline()))
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    server = None
    try:
        address, server = start(options)
        told = {"address": address}
    except Exception as error:  # noqa: BLE001 - the parent tells it, whatever the engine raised
        told = {"error": f"{type(error).__name__}: {error}"[:500]}
    with suppress(BrokenPipeError):
        answers.write(json.dumps(told) + "\n")
        answers.flush()
    if server is None:
        os._exit(3)
    threading.Event().wait()


def _end_with_parent() -> None:
    """Have Linux kill this process when the thread that started it is gone; elsewhere `_watch` does it a little later.

    While a model loads, the engine holds the interpreter's lock and `_watch` cannot run.
    """
    if sys.platform == "linux":
        import ctypes
        import signal

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _watch(parent: int) -> None:
    """End when the pipe from the parent closes, or the parent is another."""
    while os.getppid() == parent:
        if sys.platform != "win32" and not select.select([0], [], [], 1.0)[0]:
            continue
        if not os.read(0, 4096):
            break
    os._exit(0)


def llama_cpp(options: Options) -> tuple[str, object]:
    """Load the model and serve it on a free port of the loopback address: the address, and the server."""
    import xllamacpp

    p = xllamacpp.CommonParams()
    p.model.path = options.path
    p.model_alias = {os.path.basename(options.path).removesuffix(".gguf")}
    p.n_ctx = options.context * options.parallel
    p.n_parallel = options.parallel
    p.n_batch = p.n_ubatch = BATCH
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = options.threads
    p.hostnames, p.port = ["127.0.0.1"], 0
    p.api_keys = [options.key]
    p.use_jinja = True
    p.cache_prompt, p.cache_ram_mib = True, CACHE_MIB
    p.ui = p.endpoint_slots = p.endpoint_props = p.endpoint_metrics = False
    p.offline = True
    server = xllamacpp.Server(p)
    return server.listening_address, server


if __name__ == "__main__":
    serve(llama_cpp)
