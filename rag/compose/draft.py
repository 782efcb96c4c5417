"""An answer under construction: sentences come in, citations get their numbers, Markdown comes out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.types import AnswerSentence, Citation, Passage, Source


@dataclass
class Draft:
    """Sentences and numbered citations in order of appearance. A number, once given, keeps its meaning."""

    sentences: list[AnswerSentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def cite(self, passage: Passage, first: int, last: int) -> int:
        """The number of the citation of sentences `first`..`last` (inclusive) of `passage`; the same quote keeps its number."""
        chosen = passage.sentences[first : last + 1]
        quote = passage.text[chosen[0].start : chosen[-1].end]
        for citation in self.citations:
            if citation.passage.id == passage.id and citation.quote == quote:
                return citation.n
        sources: list[Source] = []
        for sentence in chosen:
            sources += [s for s in passage.sources_of(sentence) if s not in sources] if sentence.sources else []
        n = len(self.citations) + 1
        quotes = tuple(s.text for s in chosen)
        page, heading = chosen[0].page, chosen[0].heading
        self.citations.append(Citation(n, passage, quote, quotes, page, tuple(sources) or passage.sources, heading))
        return n

    def add(self, text: str, numbers: tuple[int, ...], support: float, kind: str = "sentence", heading: str = "") -> AnswerSentence:
        sentence = AnswerSentence(text, numbers, support, kind, heading)
        self.sentences.append(sentence)
        return sentence

    def renumbered(self) -> Draft:
        """The draft with only the citations that its sentences use, numbered 1.. in order of first use."""
        used = list(dict.fromkeys(n for s in self.sentences for n in s.citations))
        number = {old: new for new, old in enumerate(used, 1)}
        by_n = {c.n: c for c in self.citations}
        return Draft(
            [replace(s, citations=tuple(number[n] for n in s.citations)) for s in self.sentences],
            [replace(by_n[old], n=number[old]) for old in used],
        )


def markdown(sentences: list[AnswerSentence] | tuple[AnswerSentence, ...], mark=lambda n: f"[{n}]", escape=lambda t: t) -> str:  # noqa: ANN001
    """Sentences as Markdown: headings, paragraphs and lists, each sentence with its marks.

    `mark` renders one citation number; `escape` is applied to every text that comes from documents or a model.
    """
    out: list[str] = []
    heading = ""
    previous = ""
    for s in sentences:
        if s.heading and s.heading != heading:
            out.append(("\n\n" if out else "") + f"### {escape(s.heading)}\n\n")
            heading, previous = s.heading, ""
        marks = "".join(mark(n) for n in s.citations)
        body = f"{escape(s.text)} {marks}".rstrip()
        if s.kind in ("item", "row"):
            out.append(("\n" if previous in ("item", "row") else "\n\n" if previous else "") + f"- {body}")
        else:
            joint = "" if not previous else "\n\n" if previous in ("item", "row", "break") or s.kind == "lead" else " "
            out.append(joint + body)
        previous = s.kind
    return "".join(out).strip()
