"""Answers and evidence as Markdown and HTML. Text from documents, models and readers is escaped before any markup of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from markupsafe import escape as escaped

from rag.compose.draft import markdown
from rag.language.detect import detect_language, split_title, title_language
from rag.statuses import statuses
from rag.types import Answer, AnswerSentence, Citation, Hit, Passage
from rag.web import labels

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates; HTML is escaped unless a template says otherwise, and none does."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["labels"] = labels
    environment.filters |= {"titled": titled, "spoken": detect_language}
    return environment


def titled(title: str) -> Markup:
    """A title within Dutch text; one in another language is marked as such, for readers of a screen reader (WCAG 3.1.2)."""
    work, added = split_title(title)
    language = title_language(work)
    return escaped(title) if language == "nl" else Markup('<span lang="{}">{}</span>{}').format(language, work, added)


def escape_markdown(text: str) -> str:
    """Text that shows as itself in Markdown that may hold HTML."""
    return _MARKDOWN.sub(r"\\\1", escape(text, quote=False)).replace("\n", " ")


def passage_url(passage: Passage) -> str:
    """The address of the source page with this passage highlighted."""
    return f"/bron/{quote(passage.document_id)}?passage={quote(passage.id.rsplit('.', 1)[-1])}#passage"


def sentences_markdown(sentences: tuple[AnswerSentence, ...], citations: tuple[Citation, ...]) -> str:
    """Sentences with marks that link to their passages."""
    urls = {c.n: passage_url(c.passage) + f"-{c.n}" for c in citations}
    return markdown(sentences, mark=lambda n: f"[\\[{n}\\]]({urls[n]})", escape=escape_markdown)


def answer_markdown(answer: Answer) -> str:
    """The finished answer as the chat shows it: text, what the reader should know, and who wrote it."""
    parts = [sentences_markdown(answer.sentences, answer.citations) if answer.sentences else escape_markdown(answer.text)]
    if answer.choices:
        parts.append("\n".join(f"- {escape_markdown(choice)}" for choice in answer.choices))
    if answer.notice:
        parts.append(f"*{escape_markdown(answer.notice)}*")
    status = statuses()[answer.status]
    footer = status.label[answer.language]
    if answer.sentences:
        footer += ". " + labels.written_by(answer.model, answer.language)
    parts.append(f"<small>{escape(footer)}</small>")
    return "\n\n".join(parts)


def evidence_html(citations: tuple[Citation, ...], hits: tuple[Hit, ...], key: str = "", language: str = "nl") -> str:
    """The evidence of one answer: cited passages with the cited words marked, then the other passages that were found.

    `key` tells this answer from the others on the page; the words around the passages are of `language`.
    """
    cited = {c.passage.id for c in citations}
    scores = {h.passage.id: h for h in hits}
    return (
        templates()
        .get_template("evidence.html")
        .render(
            key=key,
            t=labels.texts(language),
            citations=[{"c": c, "url": passage_url(c.passage), "pieces": marked(c), "hit": scores.get(c.passage.id)} for c in citations],
            others=[{"h": h, "url": passage_url(h.passage)} for h in hits if h.passage.id not in cited],
        )
    )


def marked(citation: Citation) -> tuple[str, str, str]:
    """The passage's text before, within and after the quote."""
    text, quoted = citation.passage.text, citation.quote
    start = text.find(quoted)
    return (text, "", "") if start < 0 else (text[:start], quoted, text[start + len(quoted) :])
