"""What the reader is told beside an answer: limits, what is missing, what is nearby. Product text, never a claim about the subject."""

from __future__ import annotations

from datetime import date

from rag.context import Context
from rag.language.dates import dutch_date
from rag.types import Hit

#: From this likeness on a known question without an answer asks the same, and what it says is missing may be told.
SAME_QUESTION = 0.8
#: Most questions that a reader may choose from where it is not clear what was meant.
MAX_CHOICES = 4


def overdue(context: Context, today: date | None = None) -> list[str]:
    """A notice where the answer leans on documents that are due for a check."""
    now = (today or date.today()).isoformat()
    passages = [c.passage for c in context.draft.citations if c.passage.review_by and c.passage.review_by < now]
    listed = {p.document_id: p for p in passages}.values()
    if not listed:
        return []
    if context.language == "en":
        told = "; ".join(f"“{p.title}” (last checked on {p.checked})" for p in listed)
        return [f"Please note: this answer leans on a document that is due for a check: {told}."]
    told = "; ".join(f"“{p.title}” (laatst gecontroleerd op {dutch_date(p.checked)})" for p in listed)
    return [f"Let op: dit antwoord steunt op een document dat opnieuw gecontroleerd moet worden: {told}."]


def nearby(hits: list[Hit], language: str) -> str:
    titles = list(dict.fromkeys(h.passage.title for h in hits))[:3]
    listed = "; ".join(f"“{t}”" for t in titles)
    if language == "en":
        return f"What the sources do hold nearby: {listed}."
    return f"Wat de bronnen wel in de buurt hebben: {listed}."


def choices(hits: list[Hit]) -> list[str]:
    """Two to four questions that the nearest documents answer: the heading that they put it under; fewer than two are none."""
    found: dict[str, str] = {}
    for hit in hits:
        passage = hit.passage
        heading = next((h for h in (*passage.headings[::-1], *(s.heading for s in passage.sentences)) if h.endswith("?")), "")
        if heading:
            found.setdefault(passage.document_id, heading)
    offered = list(dict.fromkeys(found.values()))[:MAX_CHOICES]
    return offered if len(offered) > 1 else []


def which(language: str) -> str:
    if language == "en":
        return "It is not clear what your question is about. Perhaps you mean one of these questions, or write a whole question."
    return "Het is niet duidelijk waar uw vraag over gaat. Misschien bedoelt u een van deze vragen, of schrijf een hele vraag."


def absent(missing: list[str], language: str) -> list[str]:
    """What of the question no passage names, where there is something."""
    if not missing:
        return []
    listed = ", ".join(f"“{m}”" for m in dict.fromkeys(missing))
    return [f"Not found in the passages: {listed}." if language == "en" else f"Dit staat niet in de gevonden passages: {listed}."]


def known_absent(context: Context) -> list[str]:
    """What editors found the sources not to say, where just that was asked. They write it in Dutch."""
    told = [p.near.missing for p in context.parts if p.near.missing_near >= max(SAME_QUESTION, p.near.answered_near)]
    if not told or context.language == "en":
        return []
    return [f"Van dit onderwerp zeggen de bronnen niet: {', '.join(dict.fromkeys(told))}."]


def unsure(missing: list[str], language: str) -> str:
    told = " ".join(absent(missing, language))
    if language == "en":
        return f"It is not certain that this answers your question; please check the source. {told}".strip()
    return f"Het is niet zeker dat dit precies uw vraag beantwoordt; kijk het na in de bron. {told}".strip()


def not_answered(missing: list[str], language: str) -> str:
    listed = " ".join(missing)
    if language == "en":
        return f"Not found in the sources: {listed}"
    return f"Niet gevonden in de bronnen: {listed}"


def nothing_within_filters(context: Context) -> str:
    if context.language == "en":
        return "Within the filters you chose nothing was found. Remove a filter and ask again."
    return "Binnen de gekozen filters is niets gevonden. Haal een filter weg en stel de vraag opnieuw."


def model_failed(timeout: bool, language: str) -> str:
    if language == "en":
        why = "took too long" if timeout else "did not give a usable answer"
        return f"The language model {why}; this answer consists of sentences from the sources."
    why = "deed er te lang over" if timeout else "gaf geen bruikbaar antwoord"
    return f"Het taalmodel {why}; dit antwoord bestaat uit zinnen uit de bronnen zelf."
