"""Feedback of readers on sentences: POST /api/v1/answers/{id}/feedback, and the page on which editors handle it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel, Field, StringConstraints

from rag.advisor import Advisor
from rag.settings import Settings
from rag.store.database import Database
from rag.store.feedback import MAX_REMARK, Feedback, FeedbackOffError, Policy, Verdict
from rag.store.queue import FeedbackStore
from rag.web import reviews
from rag.web.access import from_here
from rag.web.erasing import erasing
from rag.web.export import finder
from rag.web.told import ApiRoute

_AnswerId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="`id` van het antwoord")]


class FeedbackIn(BaseModel):
    """What a reader says of a sentence. What comes after `remark` helps the editor; the text of it is kept only where the
    organisation allows."""

    sentence: int = Field(0, ge=0, le=500, description="Nummer van de zin, vanaf 1; 0 is het hele antwoord")
    verdict: Verdict
    remark: str = Field("", max_length=MAX_REMARK)
    question: str = Field("", max_length=10_000)
    text: str = Field("", max_length=10_000, description="De zin zelf")
    passage_ids: list[Annotated[str, StringConstraints(max_length=300)]] = Field([], max_length=20)
    corpus_version: str = Field("", pattern=r"^[0-9a-f]{0,64}$")


class Stored(BaseModel):
    """What was written, to the letter: masked, and empty where the organisation keeps none."""

    sentence: int
    verdict: str
    remark: str
    question: str
    text: str
    passage_ids: list[str]
    corpus_version: str


class Kept(BaseModel):
    """What became of it. `message` is for the reader; who sent it is not kept."""

    message: str
    state: str = "nieuw"
    days: int
    stored: Stored


class PolicyOut(BaseModel):
    """What the organisation keeps. `told` says it to a reader, in Dutch and English: to stand beside the form."""

    on: bool
    question: bool = Field(description="Of de tekst van vraag en zin wordt bewaard")
    days: int
    max_remark: int = MAX_REMARK
    told: dict[str, str]


def policy_of(settings: Settings) -> Policy:
    """What the organisation's settings say of feedback."""
    return Policy(settings.feedback != "uit", settings.feedback == "met_vraag", settings.feedback_days)


def router(advisor: Advisor, database: Database) -> APIRouter:
    """The API and the pages of editors. `database` is closed by whoever made it."""
    settings = advisor.settings
    store = FeedbackStore(database, policy_of(settings))
    find = finder(advisor.searcher.store)

    made = APIRouter(lifespan=lambda _: erasing([store.erase_expired]), route_class=ApiRoute)

    @made.get("/api/v1/feedback")
    def policy() -> PolicyOut:
        """What is kept of a verdict, for whoever shows the form for it."""
        kept = store.policy
        told = {language: kept.told(language) for language in ("nl", "en")}
        return PolicyOut(on=kept.on, question=kept.question, days=kept.days, told=told)

    @made.post("/api/v1/answers/{answer_id}/feedback", status_code=201, max_body_size=200_000)
    def feedback(answer_id: _AnswerId, body: FeedbackIn, request: Request) -> Kept:
        """Keep a verdict on a sentence. What looks like personal data is masked first; a second verdict on it replaces the first."""
        if not from_here(request, settings, certain=False):
            raise HTTPException(403, "Een beoordeling kan alleen vanaf de pagina van de adviseur zelf worden gestuurd.")
        version = body.corpus_version or advisor.searcher.store.meta().get("corpus_version", "")
        known = tuple(i for i in dict.fromkeys(body.passage_ids) if find(i))
        given = Feedback(answer_id, body.sentence, body.verdict, body.remark, body.question, body.text, known, version)
        try:
            store.record(given)
        except FeedbackOffError as error:
            raise HTTPException(403, str(error)) from None
        days, kept = store.policy.days, store.allowed(given)
        message = f"Bedankt. De redactie bekijkt uw oordeel; na {'1 dag' if days == 1 else f'{days} dagen'} wordt het gewist."
        if kept["remark"] != body.remark.strip():
            message += " Uit uw opmerking is weggehaald wat op persoonsgegevens leek."
        return Kept(message=message, days=days, stored=Stored.model_validate(kept))

    made.include_router(reviews.router(advisor, store))
    return made
