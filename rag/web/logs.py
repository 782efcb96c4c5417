"""Logs of the server as JSON lines (PPS_LOG_FORMAT=json): every request and answer with its figures, never the text of a question.

What readers type can stand in an address, in a message of an error and in the values of a traceback. So a request is told by the
pattern of its route, and an exception by its kind and the lines of code it went through.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

import orjson

from rag.types import Answer

_log = logging.getLogger("rag.web.requests")
#: Loggers that repeat addresses; what they tell is told here.
_SILENT = ("uvicorn.access", "httpx", "httpx2", "httpcore")


class JsonLines(logging.Formatter):
    """One JSON object a record: `time` (UTC), `level`, `logger`, `event`, and what was given as `extra={"fields": {…}}`."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1]:
            told["event"] = str(record.msg).split("\n", 1)[0][:200]  # without its arguments: they may be of the reader
            told["exception"] = _chain(record.exc_info[1])
        else:
            told["event"] = record.getMessage()[:1000]
        fields = getattr(record, "fields", None)
        return orjson.dumps({**told, **(fields or {})}, default=str).decode()


def _chain(error: BaseException) -> list[dict[str, object]]:
    """The exception and what it came from: kind and places in the code, without messages."""
    found: list[dict[str, object]] = []
    at: BaseException | None = error
    while at is not None and len(found) < 5:
        frames = traceback.extract_tb(at.__traceback__)[-15:]
        found.append({"type": type(at).__name__, "at": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]})
        at = at.__cause__ or at.__context__
    return found


def set_up(form: str, stream: TextIO | None = None) -> None:
    """Let the whole process log as JSON lines on standard error. With another `form` ("tekst") everything stays as it was."""
    if form != "json":
        return
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _SILENT:
        logging.getLogger(name).disabled = True
    _log.setLevel(logging.INFO)


def request(method: str, route: str, status: int, ms: float) -> None:
    """Tell of a request; `status` 0 is a caller who left before the reply began."""
    _log.info("request", extra={"fields": {"method": method, "route": route, "status": status, "ms": round(ms, 1)}})


def answered(answer: Answer) -> None:
    """Tell of a finished answer."""
    fields = {
        "answer_id": answer.id,
        "status": answer.status,
        "language": answer.language,
        "model": answer.model,
        "citations": len(answer.citations),
        "corpus_version": answer.corpus_version,
        "timings_ms": {k: round(v, 1) for k, v in answer.timings_ms.items()},
    }
    _log.info("answer", extra={"fields": fields})
