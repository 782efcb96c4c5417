"""From feedback to gold questions, in the format of eval/gold. An editor says what the right answer is; this checks that it can be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rag.guard.personal import find as personal_data
from rag.language.detect import detect_language
from rag.store.feedback import Feedback

#: Paragraphs of a document by its id, its title among them; None where there is no such document.
Paragraphs = Callable[[str], list[str] | None]

#: Kinds that the corpus answers, as editors call them.
ANSWERED = {
    "factual": "feit",
    "definition": "begrip",
    "procedure": "werkwijze",
    "comparison": "vergelijking",
    "multi_hop": "uit meer bronnen samen",
    "advice": "advies",
    "misspelled": "met spelfouten",
    "colloquial": "in spreektaal",
    "english": "in het Engels",
}
#: Other kinds, each with the one status that fits it. Questions with personal data are not made from what readers write.
OTHERS = {
    "partial": ("half te beantwoorden", "partial"),
    "near_miss": ("hoort bij het onderwerp, staat niet in de bronnen", "not_in_corpus"),
    "out_of_scope": ("ander onderwerp", "out_of_scope"),
    "legal_case": ("concrete rechtszaak", "out_of_scope"),
    "unsafe": ("hulp bij een misdrijf", "refused_unsafe"),
    "injection": ("opdracht aan de adviseur", "refused_unsafe"),
    "clarification": ("onduidelijke vraag", "clarification_needed"),
}
_LONGEST_POINT, _SHORTEST_POINT = 12, 3  # words; characters


@dataclass(frozen=True, slots=True)
class Gold:
    """What an editor filled in: the question, its kind, the documents that answer it and phrases that a good answer holds."""

    question: str
    kind: str = "factual"
    documents: tuple[str, ...] = ()
    key_points: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """How the question must end, which follows from its kind."""
        return OTHERS[self.kind][1] if self.kind in OTHERS else "answered"

    def as_dict(self) -> dict:
        """The fields of a gold line but its id, in their order."""
        return {
            "question": self.question,
            "kind": self.kind,
            "language": detect_language(self.question),
            "documents": list(self.documents),
            "key_points": list(self.key_points),
            "expected_status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in Dutch, and with which field of Gold."""

    field: str
    text: str = field(compare=False)


def draft(feedback: Feedback) -> Gold:
    """What can be filled in already. `klopt` on a short sentence makes that sentence a key point."""
    if feedback.gold:
        g = feedback.gold
        return Gold(g["question"], g["kind"], tuple(g["documents"]), tuple(g["key_points"]))
    documents = tuple(dict.fromkeys(i.rsplit(".", 1)[0] for i in feedback.passage_ids))
    text = feedback.text.strip()
    points = (text,) if feedback.verdict == "klopt" and text and len(text.split()) <= _LONGEST_POINT else ()
    return Gold(feedback.question, "english" if detect_language(feedback.question) == "en" else "factual", documents, points)


def problems(gold: Gold, paragraphs: Paragraphs) -> list[Problem]:
    """What keeps `gold` from being a gold question; empty when it is one."""
    found = list(_of_question(gold))
    answerable = gold.status in ("answered", "partial")
    if not answerable:
        if gold.documents or gold.key_points:
            found.append(Problem("kind", "Bij deze soort horen geen documenten en kernpunten: de bronnen beantwoorden de vraag dan niet."))
        return found
    if not gold.documents:
        found.append(Problem("documents", "Noem ten minste één document dat het antwoord bevat."))
    if not gold.key_points:
        found.append(Problem("key_points", "Noem ten minste één kernpunt: woorden uit de bron die in een goed antwoord staan."))
    texts = {d: paragraphs(d) for d in gold.documents}
    found += [Problem("documents", f"Document “{d}” staat niet in de bronnen.") for d, held in texts.items() if held is None]
    folded = {d: [_folded(p) for p in held] for d, held in texts.items() if held is not None}
    found += _of_points(gold, folded)
    holds = {d for d, held in folded.items() if any(_folded(k) in p for k in gold.key_points for p in held)}
    if gold.key_points:
        found += [Problem("documents", f"In document “{d}” staat geen van de kernpunten.") for d in folded if d not in holds]
    return found


def _of_question(gold: Gold) -> Iterable[Problem]:
    if len(gold.question.split()) < 2:
        yield Problem("question", "Schrijf een hele vraag.")
    if personal_data(gold.question):
        yield Problem("question", "In de vraag staan persoonsgegevens. Schrijf de vraag zonder.")
    if gold.kind not in ANSWERED and gold.kind not in OTHERS:
        yield Problem("kind", "Kies een soort uit de lijst.")
    elif gold.kind in ANSWERED and (gold.kind == "english") != (detect_language(gold.question) == "en"):
        yield Problem("kind", "De soort “in het Engels” hoort bij een Engelse vraag, en alleen daarbij.")


def _of_points(gold: Gold, folded: dict[str, list[str]]) -> Iterable[Problem]:
    if len(set(gold.key_points)) < len(gold.key_points):
        yield Problem("key_points", "Een kernpunt staat er twee keer.")
    for point in gold.key_points:
        if len(point) < _SHORTEST_POINT or len(point.split()) > _LONGEST_POINT:
            yield Problem("key_points", f"Kernpunt “{point}” telt niet 3 tekens tot 12 woorden.")
        elif _folded(point) in _folded(gold.question):
            yield Problem("key_points", f"Kernpunt “{point}” staat al in de vraag.")
        elif folded and not any(_folded(point) in p for held in folded.values() for p in held):
            yield Problem("key_points", f"Kernpunt “{point}” staat niet letterlijk in één alinea van de genoemde documenten.")


def lines(kept: Iterable[Feedback]) -> str:
    """The gold questions of feedback as JSONL, with ids that no gold question of ours has."""
    rows = ({"id": f"r{f.id[:10]}", **f.gold} for f in kept if f.gold)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()
