"""The part of the chat where the reader chooses a language model, and where the one who runs the advisor can fetch it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from rag.errors import PpsError
from rag.models.folder import CHECK
from rag.models.pull import FETCH
from rag.models.shelf import CONFIGURED, INSTALL, LOCAL, LOOPBACK, NONE, Choice, ModelShelf
from rag.web.access import identity_of
from rag.web.labels import texts
from rag.web.render import escape_markdown

#: What is done while a model is fetched, as keys of the words of the page.
_WORK = {INSTALL: "model_installing", FETCH: "model_fetching", CHECK: "model_checking"}
_KINDS = {NONE: "model_none", CONFIGURED: "model_configured", LOCAL: "model_local"}
Words = dict[str, Any]
_DUTCH: Words = texts()


def build(page: gr.Blocks, shelf: ModelShelf, t: Words = _DUTCH) -> gr.Radio:
    """The panel, within `page`, in the words `t`. The value of the radio is the key for
    `shelf.get`, an input of whatever asks a question."""
    with gr.Accordion(t["model"], open=False, elem_id="taalmodel"):
        choice = gr.Radio(_usable(shelf, t), value=shelf.default, label=t["model_label"], info=t["model_info"], elem_id="taalmodel-keuze")
        state = gr.Markdown("", elem_id="taalmodel-stand", min_height=72)
        button = gr.Button(t["model_fetch"], visible=False, elem_id="taalmodel-ophalen")

    def refresh(chosen: str, request: gr.Request) -> tuple:
        return _updates(shelf, t, chosen, _may_fetch(shelf, request))

    def fetch(chosen: str, request: gr.Request, progress: gr.Progress = gr.Progress()) -> tuple:
        return _fetch(shelf, chosen, _may_fetch(shelf, request), progress, t)

    shown = [choice, state, button]
    # Each of these waits for nobody; a step beside the queue is not to be had (rag.web.security).
    quick = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}
    # The page is made once; who reads it, and what there is by then, is known when it is opened.
    page.load(refresh, choice, shown, **quick)
    # The progress is drawn over the text of the state, which is therefore emptied first.
    button.click(lambda: "", None, state, **quick).then(
        fetch, choice, shown, show_progress="full", show_progress_on=state, concurrency_limit=1, api_visibility="private"
    )
    # Loading takes seconds, in which the reader writes the question.
    choice.change(shelf.warm, choice, None, **quick)
    return choice


def _may_fetch(shelf: ModelShelf, request: gr.Request) -> bool:
    """Whether this reader runs the advisor. Behind a proxy an advisor on the loopback address has readers elsewhere too."""
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname
    forwarded = any(h in request.headers for h in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"))
    known = identity_of(request.request) if getattr(request, "request", None) else None
    allowed = known is None or known.may("maintainer")
    return shelf.may_fetch and allowed and named in LOOPBACK and request.client.host in LOOPBACK and not forwarded


def _fetch(shelf: ModelShelf, chosen: str, allowed: bool, progress: gr.Progress, t: Words = _DUTCH) -> tuple:
    if not allowed:
        return _updates(shelf, t, chosen, allowed)
    progress(0, desc=t["model_begins"])
    try:
        made = shelf.fetch(lambda what, done, total: progress(done / max(1, total), desc=t[_WORK[what]]))
    except PpsError as error:
        why = f'<span lang="nl">{escape_markdown(str(error))}</span>'
        return _updates(shelf, t, chosen, allowed, f"**{t['model_not_fetched']}** {why}")
    return _updates(shelf, t, made.key, allowed, t["model_ready"])


def _updates(shelf: ModelShelf, t: Words, chosen: str, allowed: bool, told: str = "") -> tuple:
    """Radio, state and button as they are to be now."""
    usable, size = _usable(shelf, t), shelf.to_fetch()
    value = chosen if chosen in [key for _, key in usable] else shelf.default
    text = "\n\n".join(filter(None, (told, _state(shelf, t, allowed))))
    button = gr.update(value=f"{t['model_fetch']} ({size})", visible=allowed and size is not None)
    return gr.update(choices=usable, value=value), text, button


def _usable(shelf: ModelShelf, t: Words) -> list[tuple[str, str]]:
    """What can be chosen now; what cannot is told below it, so that nobody chooses in vain."""
    return [(_label(c, t), c.key) for c in shelf.choices() if c.ready]


def _label(choice: Choice, t: Words) -> str:
    kind = choice.key if choice.key in (NONE, CONFIGURED) else LOCAL
    return t[_KINDS[kind]].format(name=choice.name)


def _state(shelf: ModelShelf, t: Words, allowed: bool) -> str:
    lines = [
        f"- {escape_markdown(_label(c, t))}: {t[f'model_state_{c.state}'].format(done=c.done)}." for c in shelf.choices() if not c.ready
    ]
    if lines and not allowed:
        lines.append(f"\n{t['model_elsewhere']}")
    return "\n".join(lines)
