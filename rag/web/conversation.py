"""The conversation as the page holds it, read back as earlier turns: nothing of it is kept on the server."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote

from rag.statuses import statuses
from rag.types import Turn

_CITED = re.compile(r"\(/bron/([^?#)]+)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+!|~$-])")
#: Turns further back than this play no part.
REMEMBERED = 6
#: The most that a page may send along with a question, in characters.
_MOST = 400_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What the page sends with a question: a name for this run, and the messages before it, oldest first."""

    run: str = ""
    messages: tuple[dict[str, Any], ...] = ()


def sent_from(text: str | None) -> Sent:
    """What the page sent as JSON. Anything else than the page would send counts as nothing: a first question."""
    try:
        data = json.loads(text) if text and len(text) <= _MOST else {}
    except ValueError:
        return Sent()
    if not isinstance(data, dict):
        return Sent()
    messages = data.get("messages")
    listed = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []
    return Sent(str(data.get("run", ""))[:100], tuple(listed[-2 * REMEMBERED :]))


def turns_of(messages: list[dict[str, Any]] | tuple[dict[str, Any], ...]) -> tuple[Turn, ...]:
    """The answered questions of a conversation, oldest first. A question whose answer carries the label of a refusal is left out."""
    turns = []
    for asked, reply in zip(messages, messages[1:], strict=False):
        if asked.get("role") != "user" or reply.get("role") != "assistant":
            continue
        answer = text_of(reply)
        if any(label in answer for label in _closed()):
            continue
        cited = tuple(dict.fromkeys(unquote(i) for i in _CITED.findall(answer)))
        turns.append(Turn(unescape(_ESCAPED.sub(r"\1", text_of(asked))), cited))
    return tuple(turns[-REMEMBERED:])


def text_of(message: dict[str, Any]) -> str:
    """The text of a message, which is a string or a list of parts."""
    content = message.get("content", "")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return " ".join(str(p.get("text", "")) if isinstance(p, dict) else str(p) for p in parts)


def _closed() -> list[str]:
    """How the footer begins under answers that no follow-up may build on (rag.web.render). An answer may hold the same words."""
    return [f"<small>{label}" for s in statuses().values() if not s.follow_up for label in s.label.values()]
