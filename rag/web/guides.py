"""The pages of guided advice. Answers travel in the address of each page only, so that any copy of the server can go on with them."""

from __future__ import annotations

import sys
from itertools import groupby
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from rag.advisor import Advisor
from rag.export.docx import memo_docx
from rag.export.markdown import memo_markdown
from rag.guides.engine import Answers, missing, outcome, read_answers, said
from rag.guides.flow import Flow
from rag.guides.load import load_flows
from rag.guides.outcome import NO_GAP, WHOSE_WORDS, Outcome
from rag.guides.quotes import MARK
from rag.language.dates import dutch_date
from rag.types import AnswerSentence
from rag.web.render import passage_url, templates
from rag.web.told import PageRoute

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MARKDOWN = "text/markdown; charset=utf-8"


def guides_router(advisor: Advisor) -> APIRouter:
    """The routes below /advies. Flow files are read once: a new flow shows after a restart. One that is wrong is told and left out.

    Raises:
        ConfigurationError: the folder of PPS_GUIDES_DIR does not exist.
    """
    router = APIRouter(prefix="/advies", include_in_schema=False, route_class=PageRoute)
    flows, wrong = load_flows()
    for told in wrong:
        print(f"Advieshulp niet ingelezen — {told}", file=sys.stderr)

    def flow_of(name: str) -> Flow:
        if name not in flows:
            raise HTTPException(404, "Deze advieshulp bestaat niet. Kies een andere op de pagina Advies.")
        return flows[name]

    def finished(name: str, request: Request) -> tuple[Flow, Answers, Outcome | None]:
        flow = flow_of(name)
        answers = read_answers(flow, request.query_params.getlist)
        if any(missing(flow, answers, page) for page in range(len(flow.paginas))):
            return flow, answers, None
        version = advisor.searcher.snapshot().corpus_version
        return flow, answers, outcome(flow, answers, advisor.searcher.store, version)

    def base(request: Request) -> str:
        return advisor.settings.public_url or str(request.base_url).rstrip("/")

    @router.get("", response_class=HTMLResponse)
    @router.get("/", response_class=HTMLResponse)
    def overview() -> HTMLResponse:
        return HTMLResponse(_page("guides.html", flows=flows.values()))

    @router.get("/{name}", response_class=HTMLResponse)
    def step(name: str, request: Request) -> Response:
        flow = flow_of(name)
        answers = read_answers(flow, request.query_params.getlist)
        done = _number(request.query_params.get("na"), len(flow.paginas))
        shown = _number(request.query_params.get("stap"), len(flow.paginas)) or 1
        absent: tuple[str, ...] = ()
        if done:
            absent = missing(flow, answers, done - 1)
            if not absent and done == len(flow.paginas):
                return RedirectResponse(f"/advies/{name}/memo?{_query(answers)}", 303)
            shown = done if absent else done + 1
        return HTMLResponse(_form(flow, answers, shown, absent))

    @router.get("/{name}/memo", response_class=HTMLResponse)
    def memo(name: str, request: Request) -> Response:
        flow, answers, found = finished(name, request)
        return HTMLResponse(_memo(flow, answers, found)) if found else _unfinished(flow, answers)

    @router.get("/{name}/memo.md")
    def markdown(name: str, request: Request) -> Response:
        flow, answers, found = finished(name, request)
        if found is None:
            return _unfinished(flow, answers)
        return _download(memo_markdown(found.memo, base(request)).encode(), _MARKDOWN, f"{name}.md")

    @router.get("/{name}/memo.docx")
    def word(name: str, request: Request) -> Response:
        flow, answers, found = finished(name, request)
        return _download(memo_docx(found.memo, base(request)), _WORD, f"{name}.docx") if found else _unfinished(flow, answers)

    return router


def _page(template: str, **values: object) -> str:
    return templates().get_template(template).render(here="advies", **values)


def _form(flow: Flow, answers: Answers, shown: int, absent: tuple[str, ...]) -> str:
    page = flow.paginas[shown - 1]
    here = {q.id for q in page.vragen}
    kept = [(name, option) for name, options in answers.items() if name not in here for option in options]
    back = _step(flow, answers, shown - 1) if shown > 1 else "/advies"
    return _page("guide_step.html", flow=flow, page=page, number=shown, answers=answers, absent=absent, kept=kept, back=back)


def _memo(flow: Flow, answers: Answers, found: Outcome) -> str:
    told = [
        (page.kop, _step(flow, answers, n), [(q.vraag, said(flow, q.id, answers)) for q in page.vragen])
        for n, page in enumerate(flow.paginas, 1)
    ]
    return _page(
        "guide_memo.html",
        flow=flow,
        memo=found.memo,
        found=found,
        told=told,
        whose=WHOSE_WORDS,
        ends=_ends(flow),
        no_gap=NO_GAP,
        table=[p for p in found.parts if p.cells] if flow.tabel else [],
        texts=[p for p in found.parts if not (flow.tabel and p.cells)],
        blocks=_blocks,
        links={c.n: passage_url(c.passage) for c in found.memo.citations},
        mark=MARK,
        created=dutch_date(found.memo.created),
        query=_query(answers),
        back=_step(flow, answers, len(flow.paginas)),
    )


def _ends(flow: Flow) -> tuple[str, str]:
    """The words at both ends of the scale of the profile; empty without a profile."""
    if not flow.profiel:
        return "", ""
    options = sorted(flow.questions[flow.profiel[0].nu].opties, key=lambda o: o.waarde or 0)
    return options[0].tekst, options[-1].tekst


def _blocks(sentences: tuple[AnswerSentence, ...]) -> list[tuple[bool, list[AnswerSentence]]]:
    """Sentences as they stand together: (True, the items of a list) or (False, sentences)."""
    return [(listed, list(run)) for listed, run in groupby(sentences, key=lambda s: s.kind in ("item", "row"))]


def _unfinished(flow: Flow, answers: Answers) -> RedirectResponse:
    """To the first page that still needs an answer."""
    page = next(p for p in range(len(flow.paginas)) if missing(flow, answers, p))
    return RedirectResponse(f"/advies/{flow.naam}?na={page + 1}&{_query(answers)}".rstrip("&"), 303)


def _step(flow: Flow, answers: Answers, number: int) -> str:
    return f"/advies/{flow.naam}?stap={number}&{_query(answers)}".rstrip("&")


def _query(answers: Answers) -> str:
    return urlencode([(name, option) for name, options in answers.items() for option in options])


def _number(text: str | None, most: int) -> int:
    """A page number from 1 to `most`; 0 where the address holds none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= most else 0


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="advies-{name}"'})
