"""One question with its answer, evidence and reasons, as the chat shows it at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import orjson
from markupsafe import Markup

from rag.context import EXTRACTIVE
from rag.statuses import statuses
from rag.types import Answer, AnswerSentence, Citation, Hit
from rag.web import labels
from rag.web.render import answer_markdown, escape_markdown, evidence_html, passage_url, templates

State = Literal["waiting", "searching", "writing", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and what there is of its answer. `answer` is set when it is done, `error` (text for the reader) when it failed.
    `key` tells a turn without an answer from the others on the page; there is one of those at a time while it is made."""

    question: str
    state: State
    key: str = "nu"
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    error: str = ""
    place: int = 0  # in the row, while it waits
    busy_s: int = 0  # where the row was full: seconds until it probably is not


def finished(answer: Answer) -> TurnView:
    """The view of a whole answer. A question that was refused shows without what it was refused for."""
    return TurnView(answer.question, "done", answer.id, answer.sentences, answer.citations, answer.hits, answer)


def turn_html(view: TurnView, language: str = "nl", offers: frozenset[str] = frozenset()) -> str:
    """The turn in the words of `language`; `offers` names what else can be done with an answer here ("export")."""
    answer = view.answer
    html = templates().get_template("turn.html")
    return html.render(
        view=view,
        key=view.key,
        t=labels.texts(language),
        offers=offers,
        blocks=blocks(view.sentences),
        urls={c.n: passage_url(c.passage) for c in view.citations},
        evidence=Markup(evidence_html(view.citations, view.hits, view.key, language)),  # escaped by its own template
        spoken=answer.language if answer else "",
        written_in=answer.language if answer and answer.model != EXTRACTIVE else "nl",
        embeddable=bool(answer and statuses()[answer.status].embeddable),
        footer=_footer(answer) if answer else "",
        reasons=reasons(answer, language) if answer else None,
        data=turn_data(view),
    )


def blocks(sentences: tuple[AnswerSentence, ...]) -> list[dict]:
    """Sentences as headings, paragraphs and lists, in order; each sentence keeps its place in the answer as `i`."""
    out: list[dict] = []
    heading = ""
    numbered = [(i, s, s.kind in ("item", "row")) for i, s in enumerate(sentences)]
    for (above, listed), run in groupby(numbered, key=lambda n: (n[1].heading, n[2])):
        if above and above != heading:
            heading = above
            out.append({"kind": "heading", "text": heading})
        for i, sentence, _ in run:
            fresh = not out or out[-1]["kind"] != ("list" if listed else "paragraph") or (sentence.kind == "lead")
            if fresh:
                out.append({"kind": "list" if listed else "paragraph", "sentences": []})
            out[-1]["sentences"].append({"i": i, "s": sentence})
    return out


def reasons(answer: Answer, language: str) -> dict:
    """Why the answer is as it is: the steps with what came of each and how long it took, and the passages with their scores."""
    t = labels.texts(language)
    told = _told(answer, t)
    steps = [
        {"name": t[f"step_{name}"], "told": told.get(name, ""), "ms": answer.timings_ms[name]}
        for name in ("guard", "rephrase", "retrieve", "decide", "compose", "verify", "total")
        if name in answer.timings_ms
    ]
    rankers = list(dict.fromkeys(name for hit in answer.hits for name in hit.scores))
    return {"steps": steps, "rankers": rankers, "hits": answer.hits}


def turn_data(view: TurnView) -> str:
    """What the page keeps of a turn, as JSON: enough to show it again, to ask a follow-up on it, and to copy or export it."""
    answer = view.answer
    kept = {
        "id": view.key,
        "state": view.state,
        "question": view.question,
        "message": escape_markdown(view.question) or labels.texts()["nothing_asked"],
        "reply": answer_markdown(answer) if answer else "",
        "text": plain_text(answer) if answer else "",
        "documents": list(dict.fromkeys(c.passage.document_id for c in view.citations)),
        "shown": [quote for c in view.citations for quote in (c.quotes or (c.quote,))],
        "standalone": (answer.standalone_question or answer.question) if answer else "",
        "status": answer.status if answer else "",
        "answer": answer.as_dict() if answer else None,
    }
    return orjson.dumps(kept).decode()


def plain_text(answer: Answer) -> str:
    """Question, answer and numbered sources as text, for the clipboard."""
    lines = [answer.question, ""]
    for block in blocks(answer.sentences):
        if block["kind"] == "heading":
            lines += [block["text"], ""]
            continue
        said = [f"{e['s'].text} {''.join(f'[{n}]' for n in e['s'].citations)}".strip() for e in block["sentences"]]
        lines += [*(f"- {s}" for s in said), ""] if block["kind"] == "list" else [" ".join(said), ""]
    if not answer.sentences:
        lines += [answer.text, ""]
    if answer.notice:
        lines += [answer.notice, ""]
    for c in answer.citations:
        named = "; ".join(", ".join(filter(None, (s.title, s.publisher, s.date, s.url))) for s in c.sources)
        lines.append(f"[{c.n}] {c.passage.title} — {c.section}. “{c.quote}” ({named})")
    return "\n".join(lines).strip() + "\n"


def _footer(answer: Answer) -> str:
    label = statuses()[answer.status].label[answer.language]
    return f"{label}. {labels.written_by(answer.model, answer.language)}" if answer.sentences else label


def _told(answer: Answer, t: dict) -> dict[str, str]:
    """What came of each step, in the words `t`."""
    stopped = set(answer.timings_ms) <= {"guard", "total"}
    alone = answer.standalone_question in ("", answer.question)
    documents = len({h.passage.document_id for h in answer.hits})
    chosen = t["decide_found"].format(sentences=len(answer.sentences), citations=len(answer.citations))
    if not answer.sentences:
        chosen = "" if answer.choices else t["decide_none"]
    written = labels.written_by(answer.model, t["lang"]) if answer.sentences else ""
    return {
        "guard": t["guard_stop"] if stopped else t["guard_ok"],
        "rephrase": t["rephrase_same"] if alone else t["rephrase_new"].format(question=answer.standalone_question),
        "retrieve": t["retrieve_found"].format(passages=len(answer.hits), documents=documents) if answer.hits else "",
        "decide": chosen if answer.model == EXTRACTIVE else "",
        "compose": written,
        "verify": t["verified"],
    }
