"""Language models behind any OpenAI-compatible endpoint, through LangChain's ChatOpenAI, with limits that hold."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.errors import ConfigurationError, ModelError, ModelTimeoutError
from rag.settings import Settings

MAX_TOKENS = 700
#: More text than this for one answer is endless output, whatever the endpoint says of its tokens.
MAX_CHARS = 8000


@dataclass
class ChatModel:
    """A LangChain chat model with a name to show and a time limit. Any BaseChatModel fits in `model`."""

    name: str
    model: Any
    timeout_s: float = 60.0

    def stream(self, messages: list) -> Iterator[str]:
        """The answer in pieces of text.

        The stream is read in a thread of its own, so that an endpoint that stops talking cannot hold the reader longer than
        `timeout_s` in all.

        Raises:
            ModelTimeoutError: not finished in time.
            ModelError: unreachable, refused, or endless output.
        """
        pieces: queue.Queue = queue.Queue()
        stop = threading.Event()
        threading.Thread(target=self._read, args=(messages, pieces, stop), daemon=True).start()
        deadline = time.monotonic() + self.timeout_s
        length = 0
        try:
            while True:
                try:
                    kind, value = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    raise ModelTimeoutError(f"Het taalmodel {self.name} was na {self.timeout_s:g} s niet klaar.") from None
                if kind == "end":
                    return
                if kind == "error":
                    late = "imeout" in type(value).__name__
                    raise (ModelTimeoutError if late else ModelError)(f"Het taalmodel {self.name} gaf een fout: {value}") from value
                length += len(value)
                if length > MAX_CHARS:
                    raise ModelError(f"Het taalmodel {self.name} hield niet op met schrijven.")
                yield value
        finally:
            stop.set()

    def _read(self, messages: list, pieces: queue.Queue, stop: threading.Event) -> None:
        try:
            for chunk in self.model.stream(messages):
                if stop.is_set():
                    return
                if text := chunk.text if isinstance(chunk.text, str) else chunk.text():
                    pieces.put(("text", text))
            pieces.put(("end", None))
        except Exception as error:  # noqa: BLE001 - whatever the endpoint or the client library does, the reader gets an answer
            pieces.put(("error", error))


def load_chat_model(spec: str, settings: Settings) -> ChatModel:
    """`name@address` as ChatModel; a bare address leaves the name to the endpoint.

    Raises:
        ConfigurationError: not of that form.
    """
    name, _, address = spec.rpartition("@")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"PPS_LLM: '{spec}' is niet goed. Schrijf naam@adres, bijvoorbeeld gpt-nl@http://127.0.0.1:8080/v1")
    from langchain_openai import ChatOpenAI

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "geen"
    model = ChatOpenAI(
        model=name or "default",
        base_url=address,
        api_key=key,
        temperature=0,
        max_tokens=MAX_TOKENS,
        timeout=settings.llm_timeout_s,
        max_retries=0,
        stream_usage=False,
    )
    return ChatModel(name or address, model, settings.llm_timeout_s)
