"""Hints for the browser: the parts of Gradio that the chat needs, named before Gradio's own script gets to each of them.

Without them they are asked for in four waves, each after the script of the wave before has run.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import gradio

_ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
#: What tests/web/test_preload.py found the chat to load. Of another version of Gradio some of these are not there.
_PARTS = Path(__file__).parent / "static" / "gradio_parts.json"


@lru_cache(maxsize=1)
def hints() -> str:
    """Elements for the head of the page, relative to where the chat is mounted."""
    names = [name for name in json.loads(_PARTS.read_text(encoding="utf-8")) if (_ASSETS / name).is_file()]
    scripts = [f'<link rel="modulepreload" href="./assets/{name}">' for name in names if name.endswith(".js")]
    styles = [f'<link rel="preload" as="style" crossorigin href="./assets/{name}">' for name in names if name.endswith(".css")]
    return "\n".join((*scripts, *styles))
