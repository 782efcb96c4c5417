"""The memo at the end of a flow: what the reader answered, and sentences of the sources with numbered citations."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import AnswerSentence, Citation


@dataclass(frozen=True, slots=True)
class MemoSection:
    """A part of the memo. `sentences` come from the sources; `note` is product text, line by line: what was answered or not found."""

    heading: str
    sentences: tuple[AnswerSentence, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Memo:
    """The whole memo. `created` is a day as ISO text; `citations` are numbered from 1 and every sentence names one or more."""

    title: str
    intro: str
    sections: tuple[MemoSection, ...]
    citations: tuple[Citation, ...]
    created: str
    corpus_version: str
