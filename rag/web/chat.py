"""The Gradio chat. With rag.web.model_panel, preload and theme the only module that imports gradio.

The page itself holds the conversation (static/chat_*.js): the server gets what came before with each question, and keeps nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial

import gradio as gr

from rag.advisor import Advisor
from rag.compose.chat_models import ChatModel
from rag.context import Cancellation
from rag.errors import PpsError
from rag.guides.load import load_flows
from rag.models.shelf import ModelShelf
from rag.settings import Settings
from rag.types import Filters
from rag.web import labels, model_panel
from rag.web.access import asker_of
from rag.web.conversation import Sent, sent_from, turns_of
from rag.web.places import Places
from rag.web.preload import hints
from rag.web.render import templates
from rag.web.row import in_turn, places_of
from rag.web.running import Running
from rag.web.suggestions import Suggestions as Suggestions
from rag.web.suggestions import told_from
from rag.web.theme import STATIC, css
from rag.web.theme import theme as theme
from rag.web.turn import TurnView, finished, turn_html

#: How many questions of the chat are answered at once; more wait in a row of ours (rag.web.row), where their askers see their place.
CONCURRENCY = 8
#: What else a page does meanwhile, beside questions, and the most that Gradio's own queue holds: beyond it something is wrong.
_BESIDE, _QUEUE = 40, 1000
_log = logging.getLogger(__name__)
_SCRIPTS = (
    "chat_store.js",
    "chat_turns.js",
    "chat_quotes.js",
    "chat_actions.js",
    "chat_history.js",
    "chat_feedback.js",
    "chat_guide.js",
    "chat_lost.js",
    "chat_login.js",
    "chat.js",
)


def head(language: str = "nl") -> str:
    """Style, words and script of the page, inline, so that the first paint needs no other request. Style that is given to Gradio itself
    comes late and rewritten."""
    t = labels.texts(language)
    examples = _examples(language)
    given = json.dumps({"t": t, "examples": examples}, ensure_ascii=False).replace("</", "<\\/")
    scripts = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    without = templates().get_template("chat_noscript.html").render(t=t)
    return f"{hints()}\n<style>{css()}</style>\n<script>window.PPS = {given};\n{scripts}</script>\n{without}"


def build(
    advisor: Advisor,
    shelf: ModelShelf,
    language: str = "nl",
    offers: frozenset[str] = frozenset(),
    suggestions: Suggestions | None = None,
    row: Places | None = None,
) -> gr.Blocks:
    """The chat page in `language`. `offers` names what else this advisor has (rag.web.offers); `row` is shared with its other pages."""
    t = labels.texts(language)
    row = row or places_of(advisor.settings, CONCURRENCY)
    running, suggestions = Running(), suggestions or Suggestions(advisor)
    with gr.Blocks(title=t["title"], analytics_enabled=False) as page:
        _part("chat_head.html", "kop", t=t, offers=offers, responsible=_responsible(advisor.settings, t))
        _part("chat_past.html", "gesprek", t=t, stored=stored(advisor.settings, t))
        current = gr.HTML("", elem_id="nu", padding=False, apply_default_css=False)
        sent = gr.Textbox(visible=False)
        with gr.Column(elem_id="vragen"):
            question = gr.Textbox(label=t["question"], placeholder=t["placeholder"], submit_btn=t["ask"], max_lines=6, elem_id="vraag")
            with gr.Row(elem_id="knoppen"):
                stop = gr.Button(t["stop"], variant="secondary", elem_id="stop")
                new = gr.Button(t["new"], variant="secondary", elem_id="nieuw")
        follow_ups = gr.HTML(_examples(language), elem_id="verder", padding=False, apply_default_css=False)
        with gr.Row(elem_id="instellingen"):
            with gr.Accordion(t["filters"], open=False, elem_id="filters"):
                domein = gr.CheckboxGroup(labels.choices(labels.DOMEIN, language), label=t["domain"], info=t["domain_info"])
                rol = gr.CheckboxGroup(labels.choices(labels.ROL, language), label=t["role"], info=t["role_info"])
            with gr.Column(elem_id="taalmodel-vak"):
                writer = model_panel.build(page, shelf, t)
        _part("chat_foot.html", "voet", t=t, offers=offers)

        async def respond(
            asked: str, told: str, domains: list[str], roles: list[str], chosen: str, request: gr.Request
        ) -> AsyncIterator[tuple]:
            given, filters = sent_from(told), Filters(domein=tuple(domains), rol=tuple(roles))
            left: str | dict = ""  # the box is emptied once: what the reader types meanwhile stays
            with running.run(given.run, request.session_hash or "") as cancellation:
                who = asker_of(request.request)
                views = partial(answering, advisor, asked, given, filters, lambda: shelf.get(chosen), cancellation, who)
                async for view in in_turn(row, asked, given.run or "nu", cancellation, views):
                    yield turn_html(view, language, offers), left, ""
                    left = gr.skip()

        def leave(request: gr.Request) -> None:
            running.leave(request.session_hash or "")

        def go_on(told: str, domains: list[str], roles: list[str]) -> str:
            found = suggestions.after(told_from(told), Filters(domein=tuple(domains), rol=tuple(roles)))
            return _questions(t["follow_ups"], list(found), language)

        private = {"show_progress": "hidden", "api_visibility": "private"}
        question.submit(
            respond,
            [question, sent, domein, rol, writer],
            [current, question, follow_ups],
            js="(q, s, ...rest) => [q, window.pps.begin(q), ...rest]",
            show_progress="hidden",
            concurrency_limit=None,
            api_name="vraag" if language == "nl" else "ask",
        ).then(None, [current], [current], js="(html) => window.pps.finish(html)", **private).then(
            go_on, [sent, domein, rol], [follow_ups], js="(s, ...rest) => [window.pps.told(), ...rest]", concurrency_limit=1, **private
        ).then(None, [follow_ups], [follow_ups], js="(html) => window.pps.offered(html)", **private)
        stop.click(running.stop, [sent], None, js="() => [window.pps.state.run]", concurrency_limit=None, **private)
        new.click(None, None, [current, question, follow_ups], js="() => window.pps.freshPage()", **private)
        page.load(None, None, [follow_ups], js="() => window.pps.restore()", **private)
        page.unload(leave)
    page.max_threads = row.at_once + row.max_waiting + _BESIDE  # who waits holds no thread, but a place in Gradio's list of what runs
    return page.queue(max_size=_QUEUE)


def answering(
    advisor: Advisor,
    asked: str,
    given: Sent,
    filters: Filters,
    model: Callable[[], ChatModel | None],
    cancellation: Cancellation,
    asker: str = "",
) -> Iterator[TurnView]:
    """The turn after each event: the evidence first, then sentence by sentence."""
    view = TurnView(asked, "searching")
    yield view
    try:
        turns = turns_of(given.messages)
        events = advisor.stream(asked, filters, turns=turns, chat_model=model(), cancellation=cancellation, asker=asker)
        for event in events:
            if cancellation.cancelled:
                events.close()
                break
            if event.kind == "evidence":
                view = replace(view, hits=event.hits)
            elif event.kind == "sentence" and event.sentence:
                view = replace(view, state="writing", sentences=(*view.sentences, event.sentence), citations=event.citations)
            elif event.answer:
                view = finished(event.answer)
            yield view
    except PpsError as error:
        yield replace(view, state="failed", key=given.run or view.key, error=str(error))
        return
    except Exception:  # noqa: BLE001 - whatever it was, the reader must not wait for an answer that never comes
        _log.exception("no answer could be made")
        yield replace(view, state="failed", key=given.run or view.key)
        return
    if view.state != "done":
        yield replace(view, state="stopped", key=given.run or view.key)


def _part(template: str, elem_id: str, **values: object) -> gr.HTML:
    """A fixed part of the page."""
    return gr.HTML(templates().get_template(template).render(**values), elem_id=elem_id, padding=False, apply_default_css=False)


def _questions(heading: str, questions: list[str], language: str, guides: str = "", flows: dict[str, str] | None = None) -> str:
    """Questions to click on, nothing where there are none; below them links to guided advice, `flows` (title by name), headed `guides`."""
    html = templates().get_template("chat_questions.html")
    return html.render(heading=heading, questions=questions, language=language, guides=guides, flows=flows or {})


def _examples(language: str) -> str:
    """What a reader who has not asked yet may begin with."""
    t = labels.texts(language)
    flows, _ = load_flows()  # what is wrong with a flow is told where the advisor starts (rag.web.guides)
    return _questions(t["examples"], labels.EXAMPLES[language], language, t["guided"], {name: f.titel for name, f in flows.items()})


def _responsible(settings: Settings, t: dict[str, str]) -> str:
    return t["responsible_named"].format(organisation=settings.organisation) if settings.organisation else t["responsible"]


def stored(settings: Settings, t: dict[str, str]) -> str:
    """What is kept of a verdict, before it is given."""
    kept = t["stored_text"] if settings.feedback == "met_vraag" else t["stored_no_text"]
    return kept.format(days=settings.feedback_days)
