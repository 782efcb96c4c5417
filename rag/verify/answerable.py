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
from rag.language.words import content_words
from rag.search.known_questions import NOTHING, Near
from rag.types import Hit
from rag.verify.expectations import asks_for_now, expected
from rag.verify.names import names, unsupported_names
from rag.verify.quantities import numbers

SCOPE = ("passage_cosine", "sentence_cosine", "unknown", "rank", "missing_word", "nearest", "best", "usual", "subject")
ANSWER = (
    "missing_numbers",
    "missing_names_near",
    "missing_names",
    "kind_gap",
    "now",
    "definition",
    "missing_word",
    "best",
    "heading",
    "vote",
    "lead",
    "usual",
    "detail",
)
#: What only known questions can tell: left out where the best sentence's document has none.
KNOWN = {"nearest", "vote", "lead", "usual", "subject", "detail"}
#: Sentences that are looked at: for their meaning, and for one that is of the kind that is asked for.
_NEAREST, _CONSIDERED = 6, 25
#: What an unknown name or number counts for beside the other words of the question.
_ASIDE = 0.4
#: What a Dutch known question asks for cannot be looked for in an English question: "detail" is what it is on average then.
_DETAIL_EN = 0.33
#: Passages of which one should hold the question's words.
_BEST_PASSAGES = 3
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
    familiar: Callable[[str], float],
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
    telling = _telling(question, words, familiar)
    missing_word = min(_most_telling_absent(telling, f"{h.passage.title} {h.passage.text}") for h in hits[:_BEST_PASSAGES])
    asked_numbers, asked_names = numbers(question), names(question)
    absent = unsupported_names(question, everything)
    kinds = question_kinds(question)
    features = {
        "passage_cosine": max((h.scores.get("vectors", 0.0) for h in hits[:5]), default=0.0),
        "sentence_cosine": max(float(v @ query) for v in near),
        "unknown": sum(weight * (1 - familiar(w)) for w, weight in telling.items()),
        "rank": hits[0].score,
        # the most telling word of the question that one of the best passages does not hold
        "missing_word": missing_word,
        "missing_numbers": len(asked_numbers - numbers(_around(found[0]), spelled=True)) / max(1, len(asked_numbers)),
        "missing_names_near": min(1.0, len(unsupported_names(question, nearest)) / max(1, len(asked_names))),
        "missing_names": float(bool(absent)),
        # how much less probable than the best sentence is the best one of the kind that is asked for
        "kind_gap": min(_NONE_OF_KIND, found[0].log_odds - _best_of_kind(question, asked_numbers, found)),
        "now": float(asks_for_now(question)),
        "definition": float("definition" in kinds),
        "best": found[0].log_odds,
        # headings are questions too
        "heading": found[0].features["heading_cosine"],
        "nearest": known.nearest,
        "vote": known.vote,
        # is a known question that the sources answer nearer than one that they do not?
        "lead": known.answered_near - known.missing_near,
        # how much of the detail that the nearest question without an answer asks for, is asked for here
        "detail": _held(known.missing, question) if language == "nl" else _DETAIL_EN,
        # do the sources tell that kind of thing at all?
        "usual": known.usual,
        # is it about what people ask of these sources, or about what they ask elsewhere?
        "subject": known.subject,
    }
    missing = (*sorted(asked_numbers - numbers(everything, spelled=True)), *absent)
    plain = "" if found[0].hit.passage.document_id in known.documents else "_plain"
    scope = "scope_en" if language == "en" else "scope"
    near_subject = _probability(scope + plain, SCOPE, features)
    if not known.enough:  # that none of a few known questions is near says little
        near_subject = max(near_subject, _probability(f"{scope}_plain", SCOPE, features))
    if language == "nl" and features["unknown"] == 0 and features["missing_word"] < _ALL_HELD:
        # one passage holds every word of it: "wat zijn windhappers"
        near_subject = max(near_subject, 0.5)
    return Evidence(features, near_subject, _probability(f"answer{plain}", ANSWER, features), missing)


def _telling(question: str, words: QuestionWords, familiar: Callable[[str], float]) -> dict[str, float]:
    """The question's words with their weights, which add up to 1. A name or number that the corpus does not know counts for less: a place
    or a year is seldom what a question is about."""
    named = {w for name in names(question) for w in content_words(name)}
    aside = {w for w in words.weights if (w in named or w.isdigit()) and familiar(w) < 1}
    weights = {w: v * (_ASIDE if w in aside else 1.0) for w, v in words.weights.items()}
    total = sum(weights.values()) or 1.0
    return {w: v / total for w, v in weights.items()}


def _held(text: str, question: str) -> float:
    """The share of the content words of `text` that `question` holds, in part or in whole; 0 where it has none."""
    wanted, present = content_words(text), content_words(question)
    return sum(max((likeness(w, p) for p in present), default=0.0) for w in wanted) / len(wanted) if wanted else 0.0


def _most_telling_absent(telling: dict[str, float], passage: str) -> float:
    """The weight of the most telling word that `passage` does not hold, in part or in whole."""
    present = words_of(passage)
    held = {w: max((likeness(w, p) for p in present), default=0.0) for w in telling}
    return max((telling[w] * (1 - v) for w, v in held.items()), default=1.0)


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


def unsure_of(evidence: Evidence) -> bool:
    """Must the reader be told to check? Where the question may ask for more than is there, or no sentence stands out as the answer."""
    return evidence.answerable < threshold("sure") or evidence.features["best"] < threshold("found")


def threshold(name: str) -> float:
    """`scope`: below it a question is on another subject. `answer`: below it the sources do not hold the answer. `sure`: below it the
    reader is told to check; so too below `found`, the log-odds of the best sentence."""
    return float(_fitted()["thresholds"][name])
