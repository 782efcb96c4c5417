"""The part of the chat where the reader chooses a language model, and where the one who runs the advisor can fetch it."""

from __future__ import annotations

from urllib.parse import urlsplit

import gradio as gr

from rag.errors import PpsError
from rag.models.folder import CHECK
from rag.models.pull import FETCH
from rag.models.shelf import INSTALL, LOOPBACK, ModelShelf
from rag.web.render import escape_markdown

_WORK = {
    INSTALL: "Het onderdeel dat het taalmodel draait, wordt geïnstalleerd",
    FETCH: "Het taalmodel wordt opgehaald",
    CHECK: "Het taalmodel wordt gecontroleerd",
}
_INFO = "Ook met een taalmodel wordt elke zin aan een bron gekoppeld. Het duurt dan wel langer."


def build(page: gr.Blocks, shelf: ModelShelf) -> gr.Radio:
    """The panel, within `page`. The value of the radio is the key for `shelf.get`, an input of whatever asks a question."""
    with gr.Accordion("Taalmodel", open=False, elem_id="taalmodel"):
        choice = gr.Radio(_usable(shelf), value=shelf.default, label="Wie schrijft het antwoord", info=_INFO, elem_id="taalmodel-keuze")
        state = gr.Markdown("", elem_id="taalmodel-stand", min_height=72)
        button = gr.Button("Haal het taalmodel op", visible=False, elem_id="taalmodel-ophalen")

    def refresh(chosen: str, request: gr.Request) -> tuple:
        return _updates(shelf, chosen, _may_fetch(shelf, request))

    def fetch(chosen: str, request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple:
        return _fetch(shelf, chosen, _may_fetch(shelf, request), progress)

    shown = [choice, state, button]
    # The page is made once; who reads it, and what there is by then, is known when it is opened.
    page.load(refresh, choice, shown, show_progress="hidden", queue=False, api_visibility="private")
    # The progress is drawn over the text of the state, which is therefore emptied first.
    button.click(lambda: "", None, state, show_progress="hidden", queue=False, api_visibility="private").then(
        fetch, choice, shown, show_progress="full", show_progress_on=state, concurrency_limit=1, api_visibility="private"
    )
    # Loading takes seconds, in which the reader writes the question.
    choice.change(shelf.warm, choice, None, show_progress="hidden", queue=False, api_visibility="private")
    return choice


def _may_fetch(shelf: ModelShelf, request: gr.Request) -> bool:
    """Whether this reader runs the advisor. Behind a proxy an advisor on the loopback address has readers elsewhere too."""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname
    forwarded = any(h in request.headers for h in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"))
    return shelf.may_fetch and named in LOOPBACK and request.client.host in LOOPBACK and not forwarded


def _fetch(shelf: ModelShelf, chosen: str, allowed: bool, progress: gr.Progress) -> tuple:
    if not allowed:
        return _updates(shelf, chosen, allowed)
    progress(0, desc="Het ophalen begint")
    try:
        made = shelf.fetch(lambda what, done, total: progress(done / max(1, total), desc=_WORK[what]))
    except PpsError as error:
        return _updates(shelf, chosen, allowed, f"**Het ophalen is niet gelukt.** {escape_markdown(str(error))}")
    return _updates(shelf, made.key, allowed, "Het taalmodel staat klaar en is gekozen.")


def _updates(shelf: ModelShelf, chosen: str, allowed: bool, told: str = "") -> tuple:
    """Radio, state and button as they are to be now."""
    usable, size = _usable(shelf), shelf.to_fetch()
    value = chosen if chosen in [key for _, key in usable] else shelf.default
    text = "\n\n".join(filter(None, (told, _state(shelf, allowed))))
    button = gr.update(value=f"Haal het taalmodel op ({size})", visible=allowed and size is not None)
    return gr.update(choices=usable, value=value), text, button


def _usable(shelf: ModelShelf) -> list[tuple[str, str]]:
    """What can be chosen now; what cannot is told below it, so that nobody chooses in vain."""
    return [(c.label, c.key) for c in shelf.choices() if c.ready]


def _state(shelf: ModelShelf, allowed: bool) -> str:
    lines = [f"- {escape_markdown(c.label)}: {c.note}." for c in shelf.choices() if not c.ready]
    if lines and not allowed:
        lines.append("\nOphalen kan alleen op de machine van de adviseur zelf. Vraag uw beheerder.")
    return "\n".join(lines)
