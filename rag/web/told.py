"""Routes that tell what went wrong: of an API without repeating what was sent, of pages as a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute

from rag.errors import PpsError
from rag.web.source_page import message_page

Handler = Callable[[Request], Awaitable[Response]]
_TITLES = {401: "Niet ingelogd", 403: "Geen toegang", 404: "Niet gevonden"}


class ApiRoute(APIRoute):
    """What is refused is named by its place only: it may be long, personal, or no text that a reply can hold (half a character)."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                kept = [{name: e[name] for name in ("type", "loc", "msg")} for e in error.errors()]
                raise RequestValidationError(kept) from None

        return told


class PageRoute(APIRoute):
    """An error of a page is a page. `headers` go with every such page."""

    headers: dict[str, str] = {}

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except HTTPException as error:
                return self._page(error.status_code, str(error.detail), dict(error.headers or {}))
            except RequestValidationError:
                return self._page(422, "Wat u hebt gestuurd, klopt niet of is te lang. Ga terug en probeer het opnieuw.")
            except PpsError as error:
                return self._page(503, str(error))

        return told

    def _page(self, status: int, text: str, headers: dict[str, str] | None = None) -> HTMLResponse:
        return HTMLResponse(message_page(_TITLES.get(status, "Niet gelukt"), text), status, headers={**self.headers, **(headers or {})})
