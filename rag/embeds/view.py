"""What every form of an embed shows: the page in a frame, the component and the static HTML are made of the same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.embeds.embed import Content, Embed
from rag.embeds.freshness import Freshness
from rag.embeds.words import WORDS
from rag.export.paper import absolute, blocks, web_address
from rag.language.detect import split_title, title_language


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where readers find an embed: the site of the advisor, without a slash at the end, and the public id."""

    site: str
    public: str

    @property
    def page(self) -> str:
        return f"{self.site}/embed/antwoord/{self.public}"

    @property
    def chat(self) -> str:
        return f"{self.site}/"


def shown(embed: Embed, fresh: Freshness, at: Addresses) -> dict[str, Any]:
    """The public JSON of an embed; every address in it works from anywhere."""
    content, words = embed.content, WORDS[embed.content.language]
    published = embed.published.date().isoformat()
    labels = ("sources", "source", "rests_on", "look", "ask", "new_window", "quote", "caution")
    return {
        "id": at.public,
        "language": content.language,
        "spoken": content.spoken,
        "title": words.title,
        "question": content.question,
        "status": content.status,
        "blocks": _blocks(content),
        "citations": _citations(content, at.site),
        "notices": list(content.notices),
        "by": content.by,
        "published": published,
        "published_text": words.published.format(day=words.day(published)),
        "corpus_version": content.corpus_version,
        "version_text": words.version.format(version=content.corpus_version) if content.corpus_version else "",
        "freshness": {
            "state": "actueel" if fresh else "gewijzigd",
            "since": fresh.since or None,
            "text": "" if fresh else words.changed.format(day=words.day(fresh.since)),
        },
        "urls": {"page": at.page, "chat": at.chat},
        "labels": {name: getattr(words, name) for name in labels},
    }


def _blocks(content: Content) -> list[dict]:
    return [{"kind": b.kind, "lines": [{"text": line.text, "marks": list(line.marks)} for line in b.lines]} for b in blocks(content.lines)]


def _citations(content: Content, site: str) -> list[dict]:
    out = []
    for c in content.cited:
        r = c.reference
        quote = [line.removeprefix("- ") for line in r.quote]
        place = f"{r.title} — {r.section}" if r.section and r.section != r.title else r.title
        page = f", {WORDS[content.language].page} {r.page}" if r.page else ""
        sources = [_source(s.title, s.publisher, s.date, s.url) for s in r.sources]
        out.append({"n": r.n, "place": place + page, "quote": quote, "url": absolute(r.path, site), "sources": sources})
    return out


def _source(title: str, publisher: str, date: str, url: str) -> dict[str, str]:
    """A source with what stands behind its title, and its address only where that is one of the web. `work` is the title
    without what was added to it, which is in `language`."""
    work, _ = split_title(title)
    return {
        "title": title,
        "work": work,
        "language": title_language(work),
        "about": ", ".join(filter(None, (publisher, date))),
        "url": web_address(url),
    }


def height(content: Content, width: int) -> int:
    """About how many pixels the page takes at `width` pixels, for who cannot let it grow: rather too much than too little."""
    characters = max(20, (width - 40) // 8)
    lines = 2 * _rows((content.question,), characters) + _rows([line.text for line in content.lines], characters)
    small = _rows([*content.notices, "x" * 200], characters) + 2 * len(content.cited) + 8
    return 120 + 27 * (lines + small)


def _rows(texts: Sequence[str], characters: int) -> int:
    return sum(-(-len(text) // characters) for text in texts)
