"""A follow-up rewritten by a language model, kept only where it says nothing that the conversation did not."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from rag.compose.chat_models import ChatModel
from rag.errors import ModelError
from rag.guard.delimiters import defuse
from rag.types import Turn
from rag.verify.names import unsupported_names
from rag.verify.quantities import unsupported_numbers

_PROMPT = Path(__file__).parent / "prompts" / "rephrase.nl.txt"
#: Longer than this is no longer a question; and the most that the model may write (tokens).
_MAX_WORDS, _MAX_TOKENS = 45, 80
_TURNS = 3


@lru_cache(maxsize=1)
def _instructions() -> str:
    return _PROMPT.read_text(encoding="utf-8")


def rewrite(question: str, turns: tuple[Turn, ...], model: ChatModel) -> str | None:
    """`question` as one that stands alone; None where the model failed, wrote something else, or named what was never named."""
    from langchain_core.messages import HumanMessage, SystemMessage

    said = [t.standalone for t in turns[-_TURNS:]]
    listed = "\n".join(f"- {defuse(s)}" for s in said)
    asked = f"Eerdere vragen:\n{listed}\n\nLaatste vraag: {defuse(question)}\n\nHele vraag:"
    try:
        written = "".join(model.stream([SystemMessage(_instructions()), HumanMessage(asked)], stop=["\n"], max_tokens=_MAX_TOKENS))
    except ModelError:  # the rules' version is ready; the reader need not know
        return None
    written = written.strip().strip('"“”').removeprefix("- ").strip()
    conversation = " ".join([*said, question])
    if not written or len(written.split()) > _MAX_WORDS or "\n" in written:
        return None
    if unsupported_names(written, conversation) or unsupported_numbers(written, conversation):
        return None
    return written
