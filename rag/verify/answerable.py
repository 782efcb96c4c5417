"""Do the found passages hold the answer? Decided from scores and from what of the question is missing in them, never by asking a model.

Two decisions, each a logistic regression. `scope`: is the question about what the corpus is about at all? `answer`: does the corpus hold
just this detail? Near misses share nearly every word with the corpus, so the second looks at what is *not* there: a year, a name, a
word, the kind of thing that is asked for (docs/adr/0014).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml

from rag.compose.matching import QuestionWords, likeness, words_of
from rag.compose.questions import question_kinds
from rag.compose.selection import Candidate
from rag.search.known_questions import NOTHING, Near
from rag.types import Hit
from rag.verify.expectations import asks_for_now, expected
from rag.verify.names import names, unsupported_names
from rag.verify.quantities import numbers

SCOPE = ("passage_cosine", "sentence_cosine", "unknown", "rank", "missing_word", "nearest", "best")
ANSWER = ("missing_numbers", "missing_names_near", "missing_names", "kind_gap", "now", "definition", "vote", "lead")
#: What only known questions can tell: left out where the best sentence's document has none.
KNOWN = {"nearest", "vote", "lead"}
#: Sentences that are looked at: for their meaning, and for one that is of the kind that is asked for.
_NEAREST, _CONSIDERED = 6, 25
#: Where no sentence is of the kind that is asked for, the best one of that kind counts as this much less probable (log-odds).
_NONE_OF_KIND = 8.0
_ALL_HELD = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the decision rests on; features and probabilities are 0..1. `missing` are numbers and names of the question that none of
    the passages hold."""

    features: dict[str, float]
    in_scope: float
    answerable: float
    missing: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _fitted() -> dict:
    return yaml.safe_load((Path(__file__).parent / "answerable.yml").read_text(encoding="utf-8"))


def weigh(
    question: str,
    words: QuestionWords,
    found: list[Candidate],
    hits: list[Hit],
    query: np.ndarray,
    knows: Callable[[str], bool],
    text_vector: Callable[[str], np.ndarray],
    language: str = "nl",
    known: Near = NOTHING,
) -> Evidence:
    """How probable it is that `question` is about the corpus' subject, and that `hits` answer it.

    `found` are the scored sentences of `hits`, best first; `query` and what `text_vector` gives have shape (dimension,); `known` is what
    the known questions say of this one.
    """
    if not hits or not found:
        return Evidence(dict.fromkeys((*SCOPE, *ANSWER), 0.0), 0.0, 0.0)
    near = [text_vector(f"{c.hit.passage.title}. {c.sentence.heading}. {c.sentence.text}") for c in found[:_NEAREST]]
    nearest = f"{hits[0].passage.title} {hits[0].passage.text}"
    everything = " ".join({h.passage.id: f"{h.passage.title} {h.passage.section} {h.passage.text}" for h in hits}.values())
    present = words_of(nearest)
    held = {w: max((likeness(w, p) for p in present), default=0.0) for w in words.weights}
    asked_numbers, asked_names = numbers(question), names(question)
    absent = unsupported_names(question, everything)
    kinds = question_kinds(question)
    features = {
        "passage_cosine": max((h.scores.get("vectors", 0.0) for h in hits[:5]), default=0.0),
        "sentence_cosine": max(float(v @ query) for v in near),
        "unknown": sum(words.weights[w] for w in words.weights if not knows(w)),
        "rank": hits[0].score,
        # the most telling word of the question that the best passage does not hold
        "missing_word": max((words.weights[w] * (1 - v) for w, v in held.items()), default=1.0),
        "missing_numbers": len(asked_numbers - numbers(_around(found[0]), spelled=True)) / max(1, len(asked_numbers)),
        "missing_names_near": min(1.0, len(unsupported_names(question, nearest)) / max(1, len(asked_names))),
        "missing_names": float(bool(absent)),
        # how much less probable than the best sentence is the best one of the kind that is asked for
        "kind_gap": min(_NONE_OF_KIND, found[0].log_odds - _best_of_kind(question, asked_numbers, found)),
        "now": float(asks_for_now(question)),
        "definition": float("definition" in kinds),
        "best": found[0].log_odds,
        "nearest": known.nearest,
        "vote": known.vote,
        # is a known question that the sources answer nearer than one that they do not?
        "lead": max(known.sentences.values(), default=0.0) - known.missing_near,
    }
    missing = (*sorted(asked_numbers - numbers(everything, spelled=True)), *absent)
    plain = "" if found[0].hit.passage.document_id in known.documents else "_plain"
    near_subject = _probability(("scope_en" if language == "en" else "scope") + plain, SCOPE, features)
    if language == "nl" and features["unknown"] == 0 and features["missing_word"] < _ALL_HELD:
        # one passage holds every word of it: "wat zijn windhappers"
        near_subject = max(near_subject, 0.5)
    return Evidence(features, near_subject, _probability(f"answer{plain}", ANSWER, features), missing)


def _best_of_kind(question: str, asked: set[str], found: list[Candidate]) -> float:
    """The log-odds of the best sentence that is of the kind that the question expects and stands among the question's numbers."""
    test = expected(question)
    for candidate in found[:_CONSIDERED]:
        if test and not test(candidate.sentence.text, question):
            continue
        if asked and not asked <= numbers(_around(candidate), spelled=True):
            continue
        return candidate.log_odds
    return -np.inf


def _around(candidate: Candidate) -> str:
    """A sentence with its title, heading and neighbours."""
    sentences = candidate.hit.passage.sentences
    near = sentences[max(0, candidate.index - 1) : candidate.index + 2]
    return " ".join([candidate.hit.passage.title, candidate.sentence.heading, *(s.text for s in near)])


def _probability(name: str, names_of: tuple[str, ...], features: dict[str, float]) -> float:
    fitted = _fitted()[name]
    return float(1 / (1 + np.exp(-(fitted["bias"] + sum(fitted[f] * features[f] for f in names_of if f in fitted)))))


def in_scope(evidence: Evidence, language: str) -> bool:
    """Is the question about the corpus' subject?"""
    return evidence.in_scope >= threshold("scope_en" if language == "en" else "scope")


def threshold(name: str) -> float:
    """`scope`: below it a question is on another subject. `answer`: below it the sources do not hold the answer. `sure`: below it the
    reader is told to check."""
    return float(_fitted()["thresholds"][name])
