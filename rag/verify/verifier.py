"""Does a passage support a sentence? Answered from a small trained network, shared words and explicit checks; no language model.

Numbers, names, "niet", "moet" and "alle" are checked one by one, because sentence vectors hardly see them. What those checks find wrong
is said in `problems`, and no likeness makes up for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import yaml

from rag.language.detect import detect_language
from rag.search.token_vectors import Encoded, TokenEncoder
from rag.verify.checks import claim_words, problems
from rag.verify.entailment import EntailmentHead
from rag.verify.names import names, unsupported_names
from rag.verify.quantities import numbers, unsupported_numbers

FEATURES = ("cosine", "coverage", "coverage_all", "alignment", "entailment", "contradiction", "numbers", "names")
#: Sentences of the evidence that are compared word by word: those that share most with the claim.
COMPARED = 3
#: What is left of the support of a claim with a problem.
PENALTY = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """`support` is a calibrated probability (0..1). `problems` names what speaks against the claim whatever its likeness:
    numbers, names, negation, modality, strength, opposite."""

    support: float
    problems: tuple[str, ...] = ()

    @property
    def supported(self) -> bool:
        return self.support >= threshold()


class Verifier(Protocol):
    name: str

    def judge(self, claim: str, evidence: list[str], about: str = "") -> Verdict:
        """How well the sentences of `evidence` support `claim`. `about` is what the evidence stands under (title, heading): it may
        hold the name that a sentence means by "het project", but supports nothing by itself."""
        ...


@lru_cache(maxsize=1)
def fitted() -> dict:
    return yaml.safe_load(Path(__file__).with_name("support.yml").read_text(encoding="utf-8"))


def threshold() -> float:
    """The support from which a claim counts as supported."""
    return float(fitted()["threshold"])


def shown_from(small: bool) -> float:
    """The support from which a sentence that a model wrote is shown: a small model is believed less."""
    return float(fitted()["shown"]["small" if small else "large"])


class BuiltinVerifier:
    """The verifier that ships with the product: Dutch and English, about ten milliseconds a claim. Safe for many threads."""

    name = "ingebouwd"

    def __init__(self, tokens: TokenEncoder) -> None:
        self.tokens = tokens
        self.head = EntailmentHead(tokens)

    def judge(self, claim: str, evidence: list[str], about: str = "") -> Verdict:
        """As Verifier.judge."""
        evidence = [e for e in evidence if e.strip()]
        if not evidence or not claim.strip():
            return Verdict(0.0)
        features, near = self.features(claim, evidence, about)
        support = probability(features, crosses_languages(claim, evidence))
        found = problems(claim, evidence, near, about)
        return Verdict(support * PENALTY if found else support, found)

    def features(self, claim: str, evidence: list[str], about: str = "") -> tuple[dict[str, float], list[str]]:
        """The features of a claim over its evidence, and the sentences of the evidence nearest to it, in reading order."""
        said = self.tokens.encode(claim)
        encoded = [self.tokens.encode(e) for e in evidence]
        cosines = np.array([float(e.vector @ said.vector) for e in encoded])
        words = claim_words(claim)
        shared = np.array([words.coverage((e, 1.0)) for e in evidence])
        chosen = np.argsort(-(cosines + shared), kind="stable")[:COMPARED]
        near = [evidence[i] for i in sorted(chosen)]
        judged = self.head.probabilities([(evidence[i], claim) for i in chosen])
        whole = " ".join([about, *evidence])
        stated, named = numbers(claim), names(claim)
        features = {
            "cosine": max(0.0, float(cosines.max())),
            "coverage": words.coverage((" ".join(near), 1.0), (about, 0.7)),
            "coverage_all": words.coverage((" ".join(evidence), 1.0), (about, 0.7)),
            "alignment": _alignment(said, [encoded[i] for i in chosen]),
            "entailment": float(judged[:, 0].max()),
            "contradiction": float(judged[0, 2]),
            "numbers": len(unsupported_numbers(claim, whole)) / len(stated) if stated else 0.0,
            "names": min(1.0, len(unsupported_names(claim, whole)) / max(1, len(named))),
        }
        return features, near


def probability(features: dict[str, float], crossing: bool) -> float:
    """The calibrated support of features; `crossing` when claim and evidence are in different languages."""
    weights = fitted()["across" if crossing else "within"]
    total = weights["bias"] + sum(weights.get(name, 0.0) * features[name] for name in FEATURES)
    return float(1 / (1 + np.exp(-total)))


def crosses_languages(claim: str, evidence: list[str]) -> bool:
    """Is an English claim held against Dutch text (or the other way round)? Then shared words say little."""
    return detect_language(claim) != detect_language(" ".join(evidence[:8]))


def _alignment(said: Encoded, near: list[Encoded]) -> float:
    """Mean over the claim's word pieces of how well, among their neighbours, they are found in the nearest sentences."""
    own = said.contexts.astype(np.float32)
    return float(np.max([(own @ e.contexts.astype(np.float32).T).max(axis=1) for e in near], axis=0).mean())
