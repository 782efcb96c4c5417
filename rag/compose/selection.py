"""Which sentences of the found passages answer a question.

Each sentence is scored on what it says (words and meaning), where it stands (title, heading, rank of its passage) and
whether it has the form the question asks for (a date for "wanneer", a definition for "wat is"). The weights are data
(weights.yml), fitted on development questions by eval/tune.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml

from rag.compose.matching import QuestionWords
from rag.compose.questions import question_kinds
from rag.language.words import content_words, term
from rag.search.known_questions import NOTHING, Near
from rag.types import Hit, PassageSentence
from rag.verify.quantities import numbers

FEATURES = (
    "context",
    "cosine",
    "passage",
    "title",
    "heading_cosine",
    "definition",
    "when",
    "how_many",
    "who",
    "why",
    "may",
    "limitation",
    "group",
    "asked",
    "learned",
)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b(?:sinds|vanaf|tot|eind|begin|medio)\b", re.I)
_DEFINES = re.compile(r"^(?P<subject>.{2,90}?)\s+(?:is|zijn|betekent|staat voor|houdt in|omvat|is een)\b")
_MAY = re.compile(r"\b(?:mag|mogen|moet|moeten|kan|kunnen|verplicht|verboden|toegestaan|bevoegd|alleen als|mits)\b", re.I)
_WHY = re.compile(r"\b(?:omdat|doel|doordat|daarom|zodat|aanleiding|reden|bedoeld|om te|wil|willen)\b", re.I)
_LIMITATION = re.compile(
    r"\b(?:geraadpleegde bronnen|bronnen (?:zeggen|noemen|geven|bevatten)|niet gevonden|niet aangetroffen|onbekend)\b", re.I
)
#: Log-odds beyond which a score says no more.
_SURE = 30.0
_NAME = re.compile(r"(?<!^)\b[A-Z][\w-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a found passage with its features and score (0..1)."""

    hit: Hit
    index: int
    sentence: PassageSentence
    features: dict[str, float]
    score: float = 0.0

    @property
    def log_odds(self) -> float:
        """The score as it was before it was brought to 0..1: differences of it compare anywhere on the scale."""
        return float(np.log(self.score / (1 - self.score)))

    @property
    def key(self) -> tuple[str, int]:
        return self.hit.passage.id, self.index


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """Weight per feature, with `bias`."""
    return yaml.safe_load(Path(__file__).with_name("weights.yml").read_text(encoding="utf-8"))["sentence"]


def candidates(
    question: str,
    words: QuestionWords,
    hits: list[Hit],
    vectors: dict[str, np.ndarray],
    query: np.ndarray,
    heading_vector: Callable[[str], np.ndarray],
    known: Near = NOTHING,
) -> list[Candidate]:
    """Every sentence of `hits`, scored, best first. `known` is what the known questions say of this one.

    `vectors` maps passage id → (sentences, dimension); `query` and the results of `heading_vector` have shape (dimension,).
    """
    near: dict[str, float] = {}
    for heading in {s.heading for h in hits for s in h.passage.sentences}:
        near[heading] = max(0.0, float(heading_vector(heading) @ query))
    kinds = question_kinds(question)
    keys = [(h.passage.id, n) for h in hits for n in range(len(h.passage.sentences))]
    asked = dict(zip(keys, known.of_sentences(keys), strict=True))
    learned = dict(zip(keys, known.learned_of(keys), strict=True))
    found: list[Candidate] = []
    for hit in hits:
        passage = hit.passage
        title = words.coverage((passage.title, 1.0))
        cosines = vectors.get(passage.id, np.zeros((0, len(query)))) @ query
        leads = {s.group: s.text for s in passage.sentences if s.kind == "lead"}
        for index, sentence in enumerate(passage.sentences):
            lead = leads.get(sentence.group, "") if sentence.kind == "item" else ""
            cosine = float(cosines[index]) if index < len(cosines) else 0.0
            features = _features(words, kinds, hit, sentence, lead, title, cosine) | {
                "heading_cosine": near[sentence.heading],
                "asked": asked[passage.id, index],
                "learned": learned[passage.id, index],
            }
            found.append(Candidate(hit, index, sentence, features, _score(features)))
    return sorted(found, key=lambda c: (-c.score, c.hit.rank, c.index))


def _features(
    words: QuestionWords, kinds: set[str], hit: Hit, sentence: PassageSentence, lead: str, title: float, cosine: float
) -> dict[str, float]:
    text = sentence.text
    asked = set(words.weights)
    context = words.coverage((text, 1.0), (lead, 0.9), (sentence.heading, 0.8), (hit.passage.title, 0.8))
    defines = _DEFINES.match(text)
    about = defines and asked and any(term(w) in {term(a) for a in asked} for w in content_words(defines["subject"]))
    return {
        "context": context,
        "cosine": max(0.0, cosine),
        "passage": hit.score,
        "title": title,
        "definition": float("definition" in kinds and bool(about)),
        "when": float("when" in kinds and bool(_DATE.search(text))),
        "how_many": float("how_many" in kinds and bool(numbers(text))),
        "who": float("who" in kinds and min(3, len(_NAME.findall(text))) / 3),
        "why": float("why" in kinds and bool(_WHY.search(text))),
        "may": float("may" in kinds and bool(_MAY.search(text))),
        "limitation": float(bool(_LIMITATION.search(text))),
        "group": float(sentence.kind in ("item", "row")),
    }


def _score(features: dict[str, float]) -> float:
    fitted = weights()
    total = fitted["bias"] + sum(fitted[name] * features[name] for name in FEATURES)
    return float(1 / (1 + np.exp(-np.clip(total, -_SURE, _SURE))))


def overlap(new: str, said: str) -> float:
    """Share of the terms of `new` that `said` has too: 1.0 says nothing new."""
    left, right = ({term(w) for w in content_words(text)} for text in (new, said))
    return len(left & right) / len(left) if left else 1.0
