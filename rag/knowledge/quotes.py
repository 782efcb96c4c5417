"""Is what is quoted really in the source? Compares each stored sentence with the text of the file it came from."""

from __future__ import annotations

import re

from rag.knowledge.markdown import clean_inline
from rag.knowledge.store import PassageStore

_BULLETS = re.compile(r"^[ \t]*(?:[-*+•▪◦‣·–]|\d{1,3}[.)])[ \t]+", re.M)
_HYPHEN = re.compile(r"(?<=\w)[-\u00ad\u0002\ufffe]?\s+")


def normalised(text: str) -> str:
    """Text without marks of Markdown, source markers and differences of white space and line breaks."""
    lines = (clean_inline(line)[0] for line in _BULLETS.sub("", text).splitlines())
    return re.sub(r"\s+", " ", " ".join(lines))


def stands_in(quote: str, body: str, kind: str = "sentence", *, prepared: str | None = None) -> bool:
    """Whether `quote` stands in `body` after normalisation; of a table row every cell must."""
    source = normalised(body) if prepared is None else prepared
    if kind == "row":
        return all(_cell(piece, source) for piece in re.split(r"; |: ", quote))
    wanted = re.sub(r"\s+", " ", quote).strip()
    return wanted in source or _squeezed(wanted) in _squeezed(source)


def missing_quotes(store: PassageStore) -> tuple[int, list[tuple[str, str]]]:
    """How many sentences were compared, and (passage id, sentence) of those that do not stand in their document."""
    prepared: dict[str, str] = {}
    checked, missing = 0, []
    for _, passage in store.iter_passages():
        if passage.document_id not in prepared:
            document = store.document(passage.document_id)
            prepared = {passage.document_id: normalised(document.body if document else "")}
        for sentence in passage.sentences:
            checked += 1
            in_passage = passage.text[sentence.start : sentence.end] == sentence.text
            if not in_passage or not stands_in(sentence.text, "", sentence.kind, prepared=prepared[passage.document_id]):
                missing.append((passage.id, sentence.text))
    return checked, missing


def _cell(piece: str, source: str) -> bool:
    return _squeezed(piece) in _squeezed(source)


def _squeezed(text: str) -> str:
    """Without hyphens at line ends and all white space: what a PDF breaks over lines reads as one word again."""
    return re.sub(r"[\s|]+", "", _HYPHEN.sub("", text))
