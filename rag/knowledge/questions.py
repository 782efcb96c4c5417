"""Questions that people ask about a document, beside it in the corpus: `vragen/<document id>.yml`.

Askers seldom use the words of the source. A question in an asker's own words finds its twin among known questions far better than it
finds a sentence, so known questions lead to passages; and a known question that the sources do *not* answer warns against its twins
(docs/adr/0017). They are never shown as answers: an answer still consists of the sources' sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from rag.errors import DocumentError
from rag.language.words import fold
from rag.types import Passage

T = TypeVar("T")

FOLDER = "vragen"
#: The file of that folder with questions that are not about the corpus' subject: a plain list.
OTHER_SUBJECTS = "andere-onderwerpen"
#: Sentences under a heading that asks something which count as its answer.
_UNDER_A_HEADING = 4


class KnownQuestion(BaseModel):
    """One entry: the question with either the beginnings of the sentences that answer it, or what the sources do not say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vraag: str = Field(min_length=2, max_length=1000)
    antwoord: tuple[str, ...] = ()
    ontbreekt: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _one_of_both(self) -> KnownQuestion:
        if bool(self.antwoord) == bool(self.ontbreekt):
            raise ValueError("geef óf 'antwoord' (het begin van de zinnen) óf 'ontbreekt' (wat de bronnen niet zeggen)")
        return self


@dataclass(frozen=True, slots=True)
class Target:
    """A known question with the sentences that answer it, as (passage id, index in the passage); none where nothing does."""

    question: str
    document_id: str
    sentences: tuple[tuple[str, int], ...]
    missing: str = ""


_ENTRIES = TypeAdapter(list[KnownQuestion])
_OTHERS = TypeAdapter(list[Annotated[str, Field(min_length=2, max_length=1000)]])


def question_files(folders: Iterable[Path]) -> list[Path]:
    """The question files of the corpus folders, sorted."""
    return sorted(path for folder in folders for path in (folder / FOLDER).glob("*.yml"))


def read_questions(path: Path) -> list[KnownQuestion]:
    """The entries of one file.

    Raises:
        DocumentError: it is no list of questions; the message names the file and the entry.
    """
    return _read(path, _ENTRIES)


def read_others(path: Path) -> list[str]:
    """The questions on other subjects.

    Raises:
        DocumentError: as read_questions.
    """
    return _read(path, _OTHERS)


def _read(path: Path, entries: TypeAdapter[list[T]]) -> list[T]:
    name = f"{FOLDER}/{path.name}"
    try:
        return entries.validate_python(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or [])
    except ValidationError as error:
        first = error.errors()[0]
        where = f"vraag {first['loc'][0] + 1}" if first["loc"] else "het bestand"
        raise DocumentError(f"{name}: {where} klopt niet ({first['msg']}).") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DocumentError(f"{name}: het bestand kan niet worden gelezen ({type(error).__name__}).") from error


def resolve(entries: Iterable[KnownQuestion], document_id: str, passages: list[Passage]) -> tuple[list[Target], list[str]]:
    """The entries bound to sentences of the document's passages, and what is wrong with those that cannot be bound."""
    sentences = [(fold(" ".join(s.text.split())), p.id, i) for p in passages for i, s in enumerate(p.sentences)]
    targets: list[Target] = []
    wrong: list[str] = []
    for entry in entries:
        found: list[tuple[str, int]] = []
        for beginning in entry.antwoord:
            wanted = fold(" ".join(beginning.split()))
            at = [(passage, i) for text, passage, i in sentences if text.startswith(wanted)]
            if not at:
                wrong.append(f"{FOLDER}/{document_id}.yml: geen zin begint met “{beginning}” (bij de vraag “{entry.vraag}”).")
            found += at[:1]
        if found or entry.ontbreekt:
            targets.append(Target(entry.vraag, document_id, tuple(dict.fromkeys(found)), entry.ontbreekt))
    return targets, wrong


def headings(document_id: str, passages: list[Passage]) -> list[Target]:
    """Headings that ask something ("Hoe werkt het register?"), with the first sentences under them: an author's own known questions."""
    under: dict[str, list[tuple[str, int]]] = {}
    for passage in passages:
        for i, sentence in enumerate(passage.sentences):
            if sentence.heading.endswith("?"):
                under.setdefault(sentence.heading, []).append((passage.id, i))
    return [Target(heading, document_id, tuple(found[:_UNDER_A_HEADING])) for heading, found in under.items()]
