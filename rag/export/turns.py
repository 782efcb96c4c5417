"""A conversation as the browser hands it in: the public JSON of answers, with limits on every part of it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from rag.export.paper import Line

#: Most turns of one conversation that are exported.
MAX_TURNS = 50
_Short = Annotated[str, StringConstraints(max_length=500)]
_Text = Annotated[str, StringConstraints(max_length=10_000)]
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)


class CitationIn(BaseModel):
    """Of a citation its number, passage and quote; its title, address and sources are looked up."""

    n: int = Field(ge=1, le=1000)
    passage_id: str = Field(min_length=1, max_length=300, pattern=r"^[\w.-]+$")
    quote: _Text = ""


class SentenceIn(BaseModel):
    text: _Text
    citations: list[int] = Field([], max_length=50)


class AnswerIn(BaseModel):
    """Of an answer what is printed where it can be confirmed; what else its JSON holds is passed over. `text` gives the layout."""

    status: _Short = "answered"
    language: Annotated[str, StringConstraints(max_length=8)] = "nl"
    text: str = Field("", max_length=100_000)
    notice: _Text = ""
    sentences: list[SentenceIn] = Field([], max_length=200)
    citations: list[CitationIn] = Field([], max_length=200)
    model: _Short = ""
    corpus_version: _Short = ""
    created_at: _Short = ""


class TurnIn(BaseModel):
    """A question and the answer to it."""

    question: str = Field(max_length=10_000)
    answer: AnswerIn


class Conversation(BaseModel):
    """What is to be exported, oldest turn first."""

    turns: list[TurnIn] = Field(min_length=1, max_length=MAX_TURNS)


def lines_of(answer: AnswerIn) -> tuple[Line, ...]:
    """The sentences with the layout that the answer's text has: the JSON tells list and heading only in that text."""
    lines: list[Line] = []
    known = {c.n for c in answer.citations}
    at, heading = 0, ""
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, at)
        kind = "sentence"
        if start >= 0:
            between = answer.text[at:start]
            headings = _HEADING.findall(between)
            heading = headings[-1] if headings else heading
            kind = "item" if between.endswith("- ") and (at + len(between) == 2 or between[-3:-2] == "\n") else kind
            if kind == "sentence" and "\n\n" in between and lines and lines[-1].kind == "sentence":
                kind = "lead"  # a paragraph of its own
            at = start + len(sentence.text)
        marks = tuple(dict.fromkeys(n for n in sentence.citations if n in known))
        lines.append(Line(sentence.text, marks, kind, heading))
    return tuple(lines)
