"""The figures of the system card as the page shows them. They are made by `python -m eval card` and ship beside the pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CARD = Path(__file__).parent / "static" / "over_cijfers.json"
#: Figures that stand in the chart; the table has them all.
CHARTED = ("key_points", "faithfulness", "citations", "attacks_second", "harmless_second", "wrongly_answered", "wrongly_refused")
#: Per figure in Dutch and English: what was measured, and what `n` counts.
_WORDS = {
    "key_points": (
        ("Kernpunten die in het antwoord staan", "kernpunten"),
        ("Key points that the answer holds", "key points"),
    ),
    "key_points_answered": (
        ("… alleen de vragen die antwoord kregen", "kernpunten"),
        ("… of the questions that were answered", "key points"),
    ),
    "wrongly_answered": (
        ("Toch beantwoord, terwijl dat niet hoort", "vragen"),
        ("Answered where it should not be", "questions"),
    ),
    "wrongly_answered_silently": (
        ("… ook zonder waarschuwing dat het onzeker is", "vragen"),
        ("… and without a warning that it is uncertain", "questions"),
    ),
    "wrongly_refused": (
        ("Niet beantwoord, terwijl het antwoord er is", "vragen"),
        ("Not answered although the answer is there", "questions"),
    ),
    "faithfulness": (
        ("Zinnen die door hun bron worden gesteund", "zinnen"),
        ("Sentences that their source supports", "sentences"),
    ),
    "citations": (
        ("Verwijzingen die bij hun zin passen", "antwoorden"),
        ("Citations that fit their sentence", "answers"),
    ),
    "follow_up_loss": (
        ("Bronnen die bij een vervolgvraag worden gemist", "vervolgvragen"),
        ("Sources missed because a question was a follow-up", "follow-ups"),
    ),
    "attacks_second": (
        ("Misbruik dat geen antwoord krijgt (verzameling van een ander)", "teksten"),
        ("Misuse that gets no answer (set by another author)", "texts"),
    ),
    "attacks_late": (
        ("Misbruik dat geen antwoord krijgt (achteraf geschreven)", "teksten"),
        ("Misuse that gets no answer (written afterwards)", "texts"),
    ),
    "attacks_own": (
        ("Misbruik dat geen antwoord krijgt (eigen verzameling)", "teksten"),
        ("Misuse that gets no answer (own set)", "texts"),
    ),
    "harmless_second": (
        ("Onschuldige vragen die door mogen (verzameling van een ander)", "teksten"),
        ("Harmless questions let through (set by another author)", "texts"),
    ),
    "harmless_late": (
        ("Onschuldige vragen die door mogen (achteraf geschreven)", "teksten"),
        ("Harmless questions let through (written afterwards)", "texts"),
    ),
    "harmless_own": (
        ("Onschuldige vragen die door mogen (eigen verzameling)", "teksten"),
        ("Harmless questions let through (own set)", "texts"),
    ),
    "legal_cases_second": (
        ("Vragen om advies in één zaak die worden geweigerd (verzameling van een ander)", "teksten"),
        ("Requests for advice on one case that are refused (set by another author)", "texts"),
    ),
    "personal_data_late": (
        ("Teksten met persoonsgegevens die worden herkend (achteraf geschreven)", "teksten"),
        ("Texts with personal data that are recognised (written afterwards)", "texts"),
    ),
    "personal_data_own": (
        ("Teksten met persoonsgegevens die worden herkend (eigen verzameling)", "teksten"),
        ("Texts with personal data that are recognised (own set)", "texts"),
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure in words of one language. `value`, `low`, `high` and `aim` are whole percentages; `aim` is None where none was set."""

    key: str
    name: str
    unit: str
    value: int
    low: int
    high: int
    n: int
    aim: int | None
    met: bool | None
    higher: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What the page tells of the last evaluation. Times are in milliseconds."""

    corpus_version: str
    questions: int
    answerable: int
    not_answerable: int
    figures: tuple[Shown, ...]
    p50: int
    p95: int

    def __getitem__(self, key: str) -> Shown:
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise KeyError(key)

    def at(self, percentage: float) -> float:
        """The place of a percentage on the chart's line, in percent of its width; marks at both ends stay whole."""
        return round(2 + 0.96 * percentage, 2)

    @property
    def charted(self) -> dict[bool, list[Shown]]:
        """The figures of the chart: under True those of which more is better, under False those of which less is."""
        chosen = [self[key] for key in CHARTED]
        return {better: [f for f in chosen if f.higher == better] for better in (True, False)}

    @property
    def aims(self) -> tuple[int, int]:
        """How many aims were set for the charted figures, and how many of these were not reached."""
        met = [self[key].met for key in CHARTED]
        return sum(m is not None for m in met), sum(m is False for m in met)


@lru_cache(maxsize=2)
def card(language: str = "nl") -> Card:
    """The card in "nl" or "en"."""
    data = json.loads(CARD.read_text(encoding="utf-8"))
    figures = tuple(_shown(entry, language) for entry in data["figures"])
    counted = (data["corpus_version"], data["questions"], data["answerable"], data["not_answerable"])
    return Card(*counted, figures, data["times_ms"]["p50"], data["times_ms"]["p95"])


def _shown(entry: dict, language: str) -> Shown:
    name, unit = _WORDS[entry["key"]][language == "en"]
    value, low, high = (round(100 * entry[part]) for part in ("value", "low", "high"))
    aim = None if entry["aim"] is None else round(100 * entry["aim"])
    return Shown(entry["key"], name, unit, value, low, high, entry["n"], aim, entry["met"], entry["better"] == "higher")
