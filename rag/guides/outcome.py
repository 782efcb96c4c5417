"""What a flow leads to, as the page shows it; the memo to export is made from the same parts."""

from __future__ import annotations

from dataclasses import dataclass

from rag.guides.memo import Memo, MemoSection
from rag.types import AnswerSentence

SILENT = "In de bronnen van deze adviseur is hierover niets gevonden."
LOST = "Een deel van de brontekst is intussen gewijzigd of vervallen en is daarom weggelaten."
NO_GAP = "U ziet bij geen enkel onderwerp een verschil tussen nu en gewenst. Daarom staat er hieronder geen advies per verschil."
#: Under every memo's own introduction, so that a reader of the export can tell the words apart too.
WHOSE_WORDS = (
    "Zinnen met een nummer komen uit de bronnen. Begint zo’n zin met ‘Duiding’, dan is dat onze uitleg bij de bronnen. "
    "Cursieve tekst zonder nummer zijn uw antwoorden en woorden van de advieshulp zelf."
)


@dataclass(frozen=True, slots=True)
class Level:
    """A line of the profile; `now` and `wanted` are values of 0 to 4 with their words."""

    id: str
    heading: str
    now: int
    wanted: int
    now_text: str
    wanted_text: str

    @property
    def gap(self) -> bool:
        return self.wanted > self.now


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences under a small heading, which may be empty. `note` tells of what could not be quoted."""

    heading: str
    sentences: tuple[AnswerSentence, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the sources say of one option. `note` tells that they are silent."""

    label: str
    groups: tuple[Group, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A section. `answers` are (question, answer); `remarks` the flow's own words; `cells` stand in the order of the options."""

    heading: str
    answers: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    cells: tuple[Cell, ...] = ()

    def as_section(self) -> MemoSection:
        """The section with everything that is ours in one note, a line each."""
        groups = (*self.groups, *(g for cell in self.cells for g in cell.groups))
        notes = [f"{question} Uw antwoord: {answer}." for question, answer in self.answers]
        notes += [*self.remarks, *(f"{cell.label}: {cell.note[0].lower()}{cell.note[1:]}" for cell in self.cells if cell.note)]
        notes += dict.fromkeys(g.note for g in groups if g.note)
        return MemoSection(self.heading, tuple(s for g in groups for s in g.sentences), "\n".join(notes))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The memo with the profile and the parts it is made of."""

    memo: Memo
    parts: tuple[Part, ...]
    profile: tuple[Level, ...] = ()


def profile_section(profile: tuple[Level, ...]) -> MemoSection:
    """The profile in words, for the memo."""
    lines = [f"{level.heading}: nu ‘{level.now_text}’, gewenst ‘{level.wanted_text}’." for level in profile]
    return MemoSection("Uw profiel", note="\n".join([*lines, *([] if any(level.gap for level in profile) else [NO_GAP])]))
