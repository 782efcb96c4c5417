"""The look of the chat: Gradio's own parts in the colours of static/theme.css, and the style sheets of the page."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STATIC = Path(__file__).parent / "static"
_STYLES = ("nlds-voorbeeld.css", "theme.css", "chat.css", "chat_turn.css", "chat_guide.css", "chat_print.css")


def theme() -> gr.themes.Base:
    """Gradio's own parts in the colours of static/theme.css; system fonts only, so that nothing is fetched."""
    fonts = ["system-ui", "Segoe UI", "Noto Sans", "sans-serif"]
    both = {
        "body_background_fill": "var(--pps-paper)",
        "body_text_color": "var(--pps-ink)",
        "body_text_color_subdued": "var(--pps-quiet)",
        "background_fill_primary": "var(--pps-paper)",
        "background_fill_secondary": "var(--pps-shade)",
        "border_color_primary": "var(--pps-line)",
        "block_background_fill": "var(--pps-paper)",
        "block_border_color": "var(--pps-line)",
        "block_info_text_color": "var(--pps-quiet)",
        "block_label_text_color": "var(--pps-ink)",
        "block_title_text_color": "var(--pps-ink)",
        "button_primary_background_fill": "var(--pps-action)",
        "button_primary_background_fill_hover": "var(--pps-action-strong)",
        "button_primary_text_color": "var(--pps-on-action)",
        "button_secondary_background_fill": "var(--pps-paper)",
        "button_secondary_background_fill_hover": "var(--pps-shade)",
        "button_secondary_border_color": "var(--pps-edge)",
        "button_secondary_text_color": "var(--pps-action)",
        "checkbox_background_color": "var(--pps-paper)",
        "checkbox_border_color": "var(--pps-edge)",
        "checkbox_label_background_fill": "var(--pps-paper)",
        "checkbox_label_background_fill_selected": "var(--pps-tint)",
        "checkbox_label_border_color": "var(--pps-edge)",
        "checkbox_label_text_color": "var(--pps-ink)",
        "checkbox_label_text_color_selected": "var(--pps-ink)",
        "input_background_fill": "var(--pps-paper)",
        "input_border_color": "var(--pps-edge)",
        "input_border_color_focus": "var(--pps-action)",
        "input_placeholder_color": "var(--pps-quiet)",
        "link_text_color": "var(--pps-action)",
    }
    made = gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"])
    dark = {f"{name}_dark": value for name, value in both.items() if hasattr(made, f"{name}_dark")}
    return made.set(**both, **dark)


def css() -> str:
    """Every style of the chat, as one text."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLES)
