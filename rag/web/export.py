"""A conversation as a file: POST /api/v1/export."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from rag.advisor import Advisor
from rag.export.docx import turns_docx
from rag.export.markdown import turns_markdown
from rag.export.paper import Find
from rag.export.said import Library, TooMuchError
from rag.export.turns import Conversation
from rag.export.words import WORDS, Language
from rag.knowledge.store import PassageStore
from rag.types import Passage
from rag.verify.load import BUILTIN, load_verifier
from rag.verify.verifier import Verifier
from rag.web.access import base_url
from rag.web.told import ApiRoute

#: An answer is some 20 kB with the passages that were found for it.
MAX_BYTES = 4_000_000


class Format(StrEnum):
    docx = "docx"
    md = "md"


_MEDIA = {
    Format.docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.md: "text/markdown; charset=utf-8",
}


def router(advisor: Advisor) -> APIRouter:
    """The route, over the index of `advisor`."""
    made = APIRouter(route_class=ApiRoute)

    @made.post(
        "/api/v1/export",
        max_body_size=MAX_BYTES,
        response_class=Response,
        responses={
            200: {"content": {media: {} for media in _MEDIA.values()}},
            413: {"description": "Meer dan 4 MB"},
            422: {"description": "Geen gesprek"},
        },
    )
    def export(
        body: Conversation, request: Request, format: Annotated[Format, Query()] = Format.docx, language: Language = "nl"
    ) -> Response:  # noqa: A002
        """The conversation as a Word document or as Markdown. Only sentences that the sources hold or support are in it; what is told of
        a source comes from the index, not from the body. `language` is that of what stands around the answers."""
        address = base_url(request, advisor.settings)
        made_of = turns_docx if format is Format.docx else turns_markdown
        try:
            content = made_of(body, address, library(advisor), words=WORDS[language])
        except TooMuchError as error:
            raise HTTPException(422, str(error)) from None
        name = f"pps-adviseur-{date.today().isoformat()}.{format.value}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(content, media_type=_MEDIA[format], headers=headers)

    return made


def library(advisor: Advisor) -> Library:
    """What an export is held against: the index as it is now. Sentences in other words are judged by the verifier that ships with the
    product, whatever other one there is: that one may take seconds a sentence, or ask another machine."""
    store = advisor.searcher.store

    def titles() -> frozenset[str]:
        return frozenset(d.title for d in store.documents().values())

    def verifier() -> Verifier:
        return load_verifier(BUILTIN, advisor.settings, advisor.searcher.embedder)

    def missing() -> frozenset[str]:
        return frozenset(t.missing for t in advisor.searcher.snapshot().questions.targets if t.missing)

    return Library(finder(store), cache(verifier), cache(titles), cache(missing), store.meta().get("corpus_version", ""))


def finder(store: PassageStore) -> Find:
    """Passages by id, also those that only the archive still holds."""

    def find(passage_id: str) -> Passage | None:
        held = store.passages([passage_id]).get(passage_id)
        if held:
            return held
        old = store.archived(passage_id)
        return old[0] if old else None

    return find
