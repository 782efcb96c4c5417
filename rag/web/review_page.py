"""How the pages of editors look: what of feedback is shown, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from rag.export.paper import passage_path
from rag.knowledge.store import PassageStore
from rag.language.dates import dutch_date
from rag.store import gold
from rag.store.feedback import Feedback, Filter
from rag.store.queue import FeedbackStore
from rag.web.export import finder
from rag.web.render import templates

VERDICTS = {"klopt": "Klopt", "klopt_niet": "Klopt niet", "bron_past_niet": "De bron past niet bij de zin"}
STATES = {"nieuw": "Nieuw", "in_behandeling": "In behandeling", "aangenomen": "Aangenomen", "afgewezen": "Afgewezen"}
#: What an editor can do from each state: the new state and the words on the button.
STEPS = {
    "nieuw": (("in_behandeling", "In behandeling nemen"), ("aangenomen", "Aannemen"), ("afgewezen", "Afwijzen")),
    "in_behandeling": (("aangenomen", "Aannemen"), ("afgewezen", "Afwijzen"), ("nieuw", "Terug naar nieuw")),
    "aangenomen": (("in_behandeling", "Opnieuw in behandeling nemen"),),
    "afgewezen": (("in_behandeling", "Opnieuw in behandeling nemen"),),
}
DONE = {
    "stand": "De stand is gewijzigd.",
    "goud": "De goudvraag is bewaard.",
    "geen_goud": "De goudvraag is verwijderd.",
    "gewist": "Het oordeel is gewist.",
}
PER_PAGE = 25
#: The address of the list; a verdict stands below it.
PAGE = "/terugkoppeling"
#: What an item of the queue keeps of the list it was opened from.
KEYS = ("staat", "oordeel", "document", "pagina")


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the queue is shown: a filter and a page, from 1."""

    chosen: Filter
    page: int = 1

    @property
    def query(self) -> str:
        """The part of the address that shows this again."""
        values = (self.chosen.state, self.chosen.verdict, self.chosen.document, self.page if self.page > 1 else "")
        return urlencode({k: v for k, v in zip(KEYS, values, strict=True) if v or k == "staat"})

    def at(self, page: int) -> View:
        return View(self.chosen, page)


class Pages:
    """The pages over one store of feedback and one index."""

    def __init__(self, feedback: FeedbackStore, passages: PassageStore, mode: str) -> None:
        self._feedback = feedback
        self._passages = passages
        self._find = finder(passages)
        self._mode = mode

    def queue(self, view: View, token: str, done: str = "") -> str:
        """The list of feedback, with what may be changed of each."""
        found, count = self._feedback.listed(view.chosen, offset=(view.page - 1) * PER_PAGE, limit=PER_PAGE)
        page = templates().get_template("feedback.html")
        return page.render(
            **self._words(token, done),
            items=[self._shown(f) for f in found],
            count=count,
            view=view,
            last=max(1, ceil(count / PER_PAGE)),
            counts=self._feedback.counts(),
            golden=len(self._feedback.with_gold()),
        )

    def item(
        self, f: Feedback, view: View, token: str, filled: gold.Gold | None = None, wrong: Sequence[gold.Problem] = (), done: str = ""
    ) -> str:
        """One item with the form for its gold question: `filled` is what the editor sent, `wrong` what is wrong with it."""
        page = templates().get_template("feedback_item.html")
        return page.render(
            **self._words(token, done),
            item=self._shown(f),
            view=view,
            gold=filled or gold.draft(f),
            answered=gold.ANSWERED,
            others={k: label for k, (label, _) in gold.OTHERS.items()},
            wrong=wrong,
            wrong_fields={p.field for p in wrong},
        )

    def paragraphs(self, document_id: str) -> list[str] | None:
        """The title and the paragraphs of a document, for the check of gold questions."""
        document = self._passages.document(document_id)
        if not document:
            return None
        return [document.title, *(line for p in self._passages.passages_of(document_id) for line in p.text.splitlines() if line.strip())]

    def _words(self, token: str, done: str) -> dict:
        return {
            "page": PAGE,
            "token": token,
            "done": DONE.get(done, ""),
            "verdicts": VERDICTS,
            "states": STATES,
            "mode": self._mode,
            "days": self._feedback.policy.days,
        }

    def _shown(self, f: Feedback) -> dict:
        sources = []
        for passage_id in f.passage_ids:
            passage = self._find(passage_id)
            document_id = passage_id.rsplit(".", 1)[0]
            under = passage.headings[-1] if passage and passage.headings[-1] != passage.title else ""
            title = f"{passage.title}{f' — {under}' if under else ''}" if passage else document_id
            sources.append({"url": passage_path(document_id, passage_id), "title": title})
        return {
            "f": f,
            "heading": f"Zin {f.sentence} van een antwoord" if f.sentence else "Heel antwoord",
            "day": dutch_date(f.created.date()),
            "verdict": VERDICTS[f.verdict],
            "state": STATES[f.state],
            "steps": STEPS[f.state],
            "sources": sources,
        }
