"""What goes in and out of /v1/chat/completions: the part of OpenAI's protocol that chat front ends use, and our citations beside it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from rag.statuses import statuses
from rag.types import Turn

MODEL = "pps-adviseur"
#: Questions further back than this play no part.
_REMEMBERED = 6
_OPENED = re.compile(r"/bron/([A-Za-z0-9%._-]+)")
_Text = Annotated[str, StringConstraints(max_length=200_000)]


class TextPart(BaseModel):
    """A part of a message. Of other kinds (pictures, files) nothing is read, and no address in them is fetched."""

    model_config = ConfigDict(extra="ignore")

    type: str = Field("text", max_length=50)
    text: _Text = ""


class Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: _Text | Annotated[list[TextPart], Field(max_length=50)] | None = Field(None, examples=["Wat is PPS volgens TNO?"])

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(p.text for p in self.content if p.type in ("text", "input_text", "output_text"))
        return self.content or ""


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """The last message of the user is the question; those before it, with the advisor's answers, make it a follow-up. System messages,
    temperature, tools and other settings are accepted and change nothing: the advisor says what its sources say."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field(MODEL, max_length=200, examples=[MODEL])
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool | None = False
    stream_options: StreamOptions | None = None

    def question(self) -> str | None:
        """The text of the last message of the user; None where there is none."""
        return next((m.text for m in reversed(self.messages) if m.role == "user" and m.text.strip()), None)

    def turns(self) -> tuple[Turn, ...]:
        """The questions before the last one. Of the answers only the opened sources count, or that there was none: a question that was
        refused, or that somebody else answered, is not built on."""
        talk = [m for m in self.messages if m.role in ("user", "assistant") and m.text.strip()]
        last = max((n for n, m in enumerate(talk) if m.role == "user"), default=0)
        found = []
        for asked, reply in zip(talk[:last], talk[1 : last + 1], strict=False):
            if asked.role != "user" or reply.role != "assistant":
                continue
            documents = tuple(dict.fromkeys(_OPENED.findall(reply.text)))[:50]
            if documents:
                found.append(Turn(asked.text[:4000], documents))
            elif reply.text.startswith(tuple(statuses()["not_in_corpus"].message.values())):
                found.append(Turn(asked.text[:4000], (), "not_in_corpus"))
        return tuple(found[-_REMEMBERED:])


def citation_lines(answer: dict[str, Any], base: str) -> str:
    """The sources as they stand at the end of the text: one line each, with a link that opens the passage. Empty without citations."""
    heading = "Sources" if answer["language"] == "en" else "Bronnen"
    lines = []
    for c in answer["citations"]:
        section = f" — {_plain(c['section'])}" if c["section"] != c["title"] else ""
        page = f", p. {c['page']}" if c["page"] else ""
        lines.append(f"- [{c['n']}] [{_plain(c['title'])}{section}{page}]({base}{c['url']})")
    return f"\n\n{heading}:\n\n" + "\n".join(lines) if lines else ""


def annotations(content: str, answer: dict[str, Any], base: str) -> list[dict[str, Any]]:
    """OpenAI's form of citations: for every mark in the text the place (start and end count characters), and what it refers to."""
    by_n = {c["n"]: c for c in answer["citations"]}
    found = []
    for mark in re.finditer(r"\[(\d{1,3})\](?!\()", content[: len(answer["text"])]):
        cited = by_n.get(int(mark[1]))
        if cited:
            place = {"start_index": mark.start(), "end_index": mark.end(), "title": cited["title"], "url": f"{base}{cited['url']}"}
            found.append({"type": "url_citation", "url_citation": place})
    return found


def ending(answer: dict[str, Any], base: str) -> str:
    """What comes after the text: choices, what the advisor says of the answer, and the sources."""
    parts = ["\n\n" + "\n".join(f"- {c}" for c in answer["choices"])] if answer["choices"] else []
    if answer["notice"]:
        parts.append(f"\n\n*{answer['notice']}*")
    return "".join(parts) + citation_lines(answer, base)


def _plain(text: str) -> str:
    """A title within a link of Markdown."""
    return re.sub(r"([\[\]\\`*_<>])", r"\\\1", " ".join(text.split()))
