"""The documents found for the follow-ups of a dialogue: as typed, as rewritten by the advisor, and as a person would have written it."""

from __future__ import annotations

from eval.followups.dataset import Dialogue
from eval.model_trouble import counted
from rag.advisor import Advisor
from rag.types import Turn

K = 5


def one(dialogue: Dialogue, advisor: Advisor) -> list[dict]:
    """One row a follow-up, with the documents of the first five passages per way of asking.

    The turns before it are the reader's own, and the documents that stood first for them count as the last answer's sources.
    """
    found = []
    turns: tuple[Turn, ...] = ()
    for n, asked in enumerate(dialogue.turns):
        documents, standalone = _asked(advisor, asked, turns)
        if n:
            ways: dict[str, list[str]] = {
                "rewritten": documents,
                "as_typed": _asked(advisor, asked, ())[0],
                "by_hand": _asked(advisor, dialogue.standalone[n], ())[0],
            }
            row = {"id": dialogue.id, "turn": n, "kind": dialogue.kind, "asked": asked, "standalone": standalone}
            found.append(row | {"by_hand": dialogue.standalone[n], "documents": list(dialogue.documents[n]), "found": ways})
        turns = (*turns, Turn(standalone, tuple(documents[:2])))
    return found


def _asked(advisor: Advisor, question: str, turns: tuple[Turn, ...]) -> tuple[list[str], str]:
    """Documents of the first five passages, and the question as it was searched."""
    with counted(advisor):
        context = advisor._context(question, turns=turns)
        for step in advisor.steps[:3]:
            advisor._apply(step, context)
    return list(dict.fromkeys(h.passage.document_id for h in context.hits[:K])), context.standalone or question
