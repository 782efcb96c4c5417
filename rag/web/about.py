"""The pages that tell what this advisor is: the system card (/over, /en/over) and the accessibility statement (/toegankelijkheid)."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.advisor import Advisor
from rag.compose.chat_models import ChatModel
from rag.gaps import KEPT_DAYS
from rag.knowledge.stats import Stats, stats
from rag.language.dates import dutch_date
from rag.models.shelf import ModelShelf
from rag.settings import Settings
from rag.web.conformance import PARTS, VERDICTS, statement
from rag.web.figures import card
from rag.web.render import templates
from rag.web.told import PageRoute

#: The document on what the law asks of a chatbot. The page leads to it and says nothing of the law by itself.
LAW = "ai-verordening-en-chatbots"
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


def router(advisor: Advisor) -> APIRouter:
    """The routes of these pages, over what the index of `advisor` holds at the moment of reading."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False)

    @made.get("/over", response_class=HTMLResponse)
    def about(taal: str = "nl") -> Response:
        return RedirectResponse("/en/over", 307) if taal == "en" else HTMLResponse(_about(advisor, "nl"))

    @made.get("/en/over", response_class=HTMLResponse)
    def in_english() -> HTMLResponse:
        return HTMLResponse(_about(advisor, "en"))

    @made.get("/toegankelijkheid", response_class=HTMLResponse)
    def accessibility() -> HTMLResponse:
        page = templates().get_template("toegankelijkheid.html")
        return HTMLResponse(page.render(told=statement(), parts=PARTS, words_of=VERDICTS, **_responsible(advisor.settings)))

    @made.get("/en/toegankelijkheid")
    def accessibility_is_dutch() -> RedirectResponse:
        return RedirectResponse("/toegankelijkheid", 307)

    return made


def _about(advisor: Advisor, language: str) -> str:
    found = stats(advisor.searcher.store)
    page = templates().get_template("over_en.html" if language == "en" else "over.html")
    return page.render(
        language=language,
        card=card(language),
        checked=_days(found, language),
        day=_day(found.indexed_at, language),
        gap_days=KEPT_DAYS,
        law=advisor.searcher.store.document(LAW) if found.rows else None,
        law_id=LAW,
        model=_model(advisor),
        settings=advisor.settings,
        stats=found,
        **_responsible(advisor.settings),
    )


def _responsible(settings: Settings) -> dict[str, Any]:
    """The organisation and how it is reached. `contact_url` is empty unless `contact` is a web or mail address as a whole."""
    contact = (settings.contact or "").strip()
    url = contact if re.fullmatch(r"https?://\S+", contact) else f"mailto:{contact}" if _MAIL.fullmatch(contact) else ""
    return {"organisation": settings.organisation or "", "contact": contact, "contact_url": url}


def _model(advisor: Advisor) -> dict[str, Any]:
    """The model that writes unless the reader chooses otherwise, whether it runs elsewhere, and whether others can be chosen."""
    own: ChatModel | None = advisor.chat_model
    choices = [c for c in ModelShelf(advisor.settings, own).choices() if c.ready]
    return {"name": own.name if own else "", "elsewhere": bool(own and own.runner is None), "chosen_from": len(choices)}


def _days(found: Stats, language: str) -> tuple[str, str]:
    """The first and the last day on which documents were checked, in words."""
    days = [row.checked for row in found.rows]
    return _day(min(days, default=""), language), _day(max(days, default=""), language)


def _day(day: str, language: str) -> str:
    """A day in words in Dutch, as an ISO date in English; an empty text stays empty."""
    return dutch_date(day) if language == "nl" and day else day[:10]
