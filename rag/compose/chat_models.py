"""Language models, at an OpenAI-compatible endpoint or on this machine, through LangChain and with limits that hold."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from rag.compose.model_trouble import explained, retry_after_s
from rag.errors import ConfigurationError, ModelError, ModelTimeoutError
from rag.models.endpoint import Line, chat_openai, following
from rag.settings import Settings

#: More text than this for one answer is endless output, whatever the endpoint says of its tokens.
MAX_CHARS = 8000
#: Seconds in which the death of a server of ours is certainly noticed.
RESTART_S = 0.5
_LOCAL = re.compile(r"lokaal(?::(?P<name>[^@/]*))?|llama\.cpp:(?P<path>.+)")


class Runner(Protocol):
    """Keeps a model running on this machine."""

    def chat(self, wait_s: float, stopped: Callable[[], bool] = lambda: False) -> Any:  # noqa: ANN401
        """The LangChain chat model of the running server, which is started where needed. Raises ModelError."""
        ...

    def close(self) -> None: ...


@dataclass
class Usage:
    """What a reply cost, filled in while it is read. Seconds from the request; tokens are None where the endpoint is silent."""

    first_s: float | None = None
    total_s: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish: str = ""  # "stop", "length", or "" where the endpoint does not say


class Reply(Iterator[str]):
    """The answer in pieces of text. `close`, or letting go of it, closes the connection, so that the model stops writing.

    `close` may come from another thread, also while this one waits for the next piece, which then finds the end.
    """

    def __init__(self, pieces: Iterator[str], usage: Usage, line: Line) -> None:
        self._pieces, self.usage, self._line = pieces, usage, line

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        self._line.cut()


@dataclass
class ChatModel:
    """A chat model with a name to show and time limits. Any BaseChatModel fits in `model`.

    Seconds: `timeout_s` for the whole answer, `first_s` until its first word. A model on this machine has a `runner` in place
    of `model`; only such a model takes a `grammar`.
    """

    name: str
    model: Any = None
    timeout_s: float = 60.0
    first_s: float | None = None
    runner: Runner | None = field(default=None, repr=False)

    @property
    def small(self) -> bool:
        """Whether the model is one for a machine without GPU: it is handed chosen sentences, not whole passages."""
        return self.runner is not None

    @property
    def grammars(self) -> bool:
        return self.runner is not None

    def stream(self, messages: list, *, stop: list[str] | None = None, max_tokens: int | None = None, grammar: str | None = None) -> Reply:
        """The answer in pieces of text.

        The stream is read in a thread of its own, so that an endpoint that stops talking, or never stops, cannot hold the reader
        longer than `timeout_s` in all. `grammar` (GBNF) binds what a model on this machine may write.

        Raises, while it is read:
            ModelTimeoutError: not begun or not finished in time.
            ModelError: unreachable, refused, not to be read, empty, or endless output.
        """
        options: dict[str, Any] = {}
        if stop:
            options["stop"] = stop
        if max_tokens:
            options["max_tokens"] = max_tokens
        usage, line = Usage(), Line()
        return Reply(self._pieces(messages, options, grammar, usage, line), usage, line)

    def warm(self) -> None:
        """Start a model on this machine, so that the first question does not wait for it. Raises ModelError."""
        if self.runner:
            self.runner.chat(self.timeout_s)

    def close(self) -> None:
        """Stop a model on this machine. It starts again with the next question."""
        if self.runner:
            self.runner.close()

    def _pieces(self, messages: list, options: dict[str, Any], grammar: str | None, usage: Usage, line: Line) -> Iterator[str]:
        if line.is_cut:
            return
        pieces: queue.Queue = queue.Queue()
        started = time.monotonic()
        deadline = started + self.timeout_s
        begin_by = min(deadline, started + (self.first_s or self.timeout_s))
        reader = _Reader(self, line, pieces, begin_by, usage)
        threading.Thread(target=reader.run, args=(messages, options, grammar), daemon=True).start()
        length, begun = 0, False
        try:
            while True:
                limit = deadline if begun else begin_by
                try:
                    kind, value = pieces.get(timeout=max(0.0, limit - time.monotonic()))
                except queue.Empty:
                    what = "klaar" if begun else "begonnen"
                    raise ModelTimeoutError(f"Het taalmodel {self.name} was na {limit - started:.3g} s niet {what}.") from None
                if line.is_cut:
                    return
                if kind == "end":
                    if not begun:
                        raise ModelError(f"Het taalmodel {self.name} gaf een leeg antwoord.")
                    return
                if kind == "error":
                    raise explained(self.name, value) from value
                if not begun and value.strip():
                    begun, usage.first_s = True, time.monotonic() - started
                length += len(value)
                if length > MAX_CHARS:
                    raise ModelError(f"Het taalmodel {self.name} hield niet op met schrijven.")
                yield value
        finally:
            usage.total_s = time.monotonic() - started
            line.cut()


class _Reader:
    """Reads one reply in its own thread and puts ("text" | "end" | "error", value) in a queue."""

    def __init__(self, model: ChatModel, line: Line, pieces: queue.Queue, begin_by: float, usage: Usage) -> None:
        self._chat, self._line, self._queue, self._begin_by, self._usage = model, line, pieces, begin_by, usage
        self._begun = False

    def run(self, messages: list, options: dict[str, Any], grammar: str | None) -> None:
        try:
            model = self._model()
            if grammar and self._chat.grammars:
                options = {**options, "extra_body": {**(model.extra_body or {}), "grammar": grammar}}
            with following(self._line):
                try:
                    self._read(model, messages, options)
                except Exception as error:
                    if self._begun or not self._again(error):
                        raise
                    self._read(self._model(), messages, options)
            self._queue.put(("end", None))
        except Exception as error:  # noqa: BLE001 - whatever the endpoint or the client library does, the reader gets an answer
            self._queue.put(("error", error))

    def _again(self, error: Exception) -> bool:
        """Whether to ask once more, after a wait: a busy endpoint asks for one, a server of ours that died is started anew."""
        if self._chat.runner and not hasattr(error, "status_code"):
            wait_s: float | None = RESTART_S
        else:
            wait_s = retry_after_s(error)
        return wait_s is not None and time.monotonic() + wait_s < self._begin_by and not self._line.wait(wait_s)

    def _model(self) -> Any:  # noqa: ANN401 - any BaseChatModel
        if self._chat.runner:
            return self._chat.runner.chat(self._begin_by - time.monotonic(), lambda: self._line.is_cut)
        return self._chat.model

    def _read(self, model: Any, messages: list, options: dict[str, Any]) -> None:  # noqa: ANN401
        for chunk in model.stream(messages, **options):
            if self._line.is_cut:
                return
            self._note(chunk)
            if text := chunk.text if isinstance(chunk.text, str) else chunk.text():
                self._begun = True
                self._queue.put(("text", str(text)))

    def _note(self, chunk: Any) -> None:  # noqa: ANN401
        if counts := getattr(chunk, "usage_metadata", None):
            self._usage.prompt_tokens, self._usage.completion_tokens = counts["input_tokens"], counts["output_tokens"]
        self._usage.finish = (getattr(chunk, "response_metadata", None) or {}).get("finish_reason") or self._usage.finish


def is_local(spec: str) -> bool:
    """Whether `spec` names a model that runs on this machine."""
    return _LOCAL.fullmatch(spec) is not None


def load_chat_model(spec: str, settings: Settings) -> ChatModel:
    """The model of `spec`: `name@address`, `openai:name@address`, `lokaal`, `lokaal:name` or `llama.cpp:file.gguf`.

    A bare address leaves the name to the endpoint. A model on this machine starts with its first question, or with `warm`.

    Raises:
        ConfigurationError: not of that form, or a local model that is not there.
    """
    if local := _LOCAL.fullmatch(spec):
        from rag.models.local import local_model

        name, runner = local_model(local["name"] or "", Path(local["path"]) if local["path"] else None, settings)
        # No limit of its own for the first word: that a server of ours is dead is known at once, so the wait is for a slow machine.
        return ChatModel(name, timeout_s=settings.llm_local_timeout_s, runner=runner)
    name, _, address = spec.removeprefix("openai:").rpartition("@")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"PPS_LLM: '{spec}' is niet goed. Schrijf naam@adres, bijvoorbeeld gpt-nl@http://127.0.0.1:8080/v1, "
            "of lokaal voor het taalmodel op deze machine."
        )
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "geen"
    headers = {k: v.get_secret_value() for k, v in settings.llm_headers.items()}
    model = chat_openai(address, name or "default", key, settings.llm_timeout_s, headers=headers, query=settings.llm_query)
    return ChatModel(name or address, model, settings.llm_timeout_s, settings.llm_first_s)
