"""The Gradio chat. The only module that imports gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import gradio as gr

from rag.advisor import Advisor
from rag.compose.chat_models import ChatModel
from rag.errors import PpsError
from rag.models.shelf import ModelShelf
from rag.statuses import statuses
from rag.types import Filters
from rag.web import labels, model_panel
from rag.web.conversation import turns_of
from rag.web.render import answer_markdown, escape_markdown, evidence_html, sentences_markdown

STATIC = Path(__file__).parent / "static"
#: How many questions are answered at once; more wait in Gradio's queue with their place shown.
CONCURRENCY = 8


def theme() -> gr.themes.Base:
    """Calm and dark enough for contrast; system fonts only, so that nothing is fetched."""
    fonts = ["system-ui", "Segoe UI", "Noto Sans", "sans-serif"]
    return gr.themes.Base(primary_hue="blue", neutral_hue="gray", font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        block_label_text_color="#333333",
        block_title_text_color="#333333",
        body_text_color_subdued="#4d4d4d",
        button_primary_background_fill="#01598f",
        button_primary_background_fill_hover="#01426a",
        button_primary_text_color="#ffffff",
        input_placeholder_color="#5c5c5c",
        block_info_text_color="#4d4d4d",
    )


def head() -> str:
    """Style and script of the page, inline, so that the first paint needs no other request."""
    return f"<script>{(STATIC / 'chat.js').read_text(encoding='utf-8')}</script>"


def css() -> str:
    return (STATIC / "chat.css").read_text(encoding="utf-8")


def build(advisor: Advisor, shelf: ModelShelf) -> gr.Blocks:
    """The chat page."""
    with gr.Blocks(title=labels.TITLE, analytics_enabled=False) as page:
        gr.Markdown(f"# {labels.TITLE}\n\n{labels.INTRO}", elem_id="kop")
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                conversation = gr.Chatbot(
                    label="Gesprek",
                    elem_id="gesprek",
                    height="55vh",
                    buttons=["copy"],
                    feedback_options=None,
                    allow_tags=False,
                    placeholder="Stel hieronder uw vraag, of kies een voorbeeld.",
                    layout="panel",
                )
                question = gr.Textbox(
                    label="Uw vraag",
                    placeholder="Bijvoorbeeld: Wat is PPS volgens TNO?",
                    submit_btn="Vraag",
                    lines=1,
                    max_lines=4,
                    elem_id="vraag",
                    autofocus=True,
                )
                gr.Examples(labels.EXAMPLES, question, label="Voorbeelden", elem_id="voorbeelden")
                with gr.Accordion("Filters op domein en rol", open=False, elem_id="filters"):
                    domein = gr.CheckboxGroup([(v, k) for k, v in labels.DOMEIN.items()], label="Domein", info="Niets aangevinkt is alles.")
                    rol = gr.CheckboxGroup([(v, k) for k, v in labels.ROL.items()], label="Rol", info="Voor wie de informatie bedoeld is.")
                writer = model_panel.build(page, shelf)
                gr.HTML(f'<p class="beheer"><a href="/corpus">{labels.CORPUS}</a> · <a href="/kennisgaten">Kennisgaten</a></p>')
                new = gr.Button("Nieuw gesprek", variant="secondary", elem_id="nieuw")
            with gr.Column(scale=2, min_width=320):
                evidence = gr.HTML(evidence_html((), ()), elem_id="bewijs")

        def respond(asked: str, history: list, domains: list[str], roles: list[str], chosen: str) -> Iterator[tuple]:
            filters = Filters(domein=tuple(domains), rol=tuple(roles))
            yield from _respond(advisor, asked, history, filters, lambda: shelf.get(chosen))

        question.submit(
            respond,
            [question, conversation, domein, rol, writer],
            [conversation, question, evidence],
            show_progress="hidden",
            concurrency_limit=CONCURRENCY,
            api_name="vraag",
        )
        new.click(lambda: ([], "", evidence_html((), ())), None, [conversation, question, evidence], api_visibility="private", queue=False)
    return page


def _respond(advisor: Advisor, asked: str, history: list, filters: Filters, model: Callable[[], ChatModel | None]) -> Iterator[tuple]:
    """Conversation, question box and evidence after each event: evidence first, then sentence by sentence."""
    turns = turns_of(history)
    history = [*history, {"role": "user", "content": escape_markdown(asked) or "(leeg)"}]
    waiting = [*history, {"role": "assistant", "content": "Ik zoek in de bronnen…"}]
    yield waiting, "", gr.skip()
    sentences: list = []
    hits: tuple = ()
    try:
        for event in advisor.stream(asked, filters, turns=turns, chat_model=model()):
            if event.kind == "evidence":
                hits = event.hits
                yield waiting, "", evidence_html((), hits)
            elif event.kind == "sentence" and event.sentence:
                sentences.append(event.sentence)
                text = sentences_markdown(tuple(sentences), event.citations)
                yield [*history, {"role": "assistant", "content": text}], "", evidence_html(event.citations, hits)
            elif event.answer:
                answer = event.answer
                reply = {"role": "assistant", "content": answer_markdown(answer)}
                if not statuses()[answer.status].follow_up:  # a refused question stays on the page without what it was refused for
                    history[-1] = {"role": "user", "content": escape_markdown(answer.question) or "(leeg)"}
                yield [*history, reply], "", evidence_html(answer.citations, answer.hits)
    except PpsError as error:
        yield [*history, {"role": "assistant", "content": escape_markdown(str(error))}], asked, gr.skip()
