"""Fits rag/verify/support.yml: python -m eval.verifier.fit [--wice FILE] [--tatoeba FILE]

Prints the weights; writing them into support.yml is left to the maintainer. Data: the development paraphrases (honest ones over
their sentence and over the whole passage; the same over another passage of the document; those that are alike but wrong, with little
weight, since what is wrong in them is for the explicit checks to see), half of WiCE's development claims (those whose hash is even),
and, for claims in another language than their evidence, translated sentence pairs beside their nearest wrong ones. A weight may not
have the wrong sign:
more shared words never make a claim less supported.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from eval.verifier.dataset import Item, half_documents, load, paraphrases, passages
from rag.search.embedder import UniversalSentenceEncoder
from rag.settings import get_settings
from rag.verify.verifier import FEATURES, BuiltinVerifier

RISING = {"cosine", "coverage", "coverage_all", "alignment", "entailment"}
ACROSS = ("cosine", "alignment", "entailment", "numbers", "names")
#: How much each kind counts, after supported and not supported have been given the same total.
KINDS = {"paraphrase": 1.0, "elsewhere": 1.0, "look_alike": 0.2, "wice": 1.0, "translation": 1.0, "near_miss": 1.0}
RIDGE = 0.02


def even(claim: str) -> bool:
    """Is a claim in the half that is fitted on?"""
    return int(hashlib.sha256(claim.encode()).hexdigest(), 16) % 2 == 0


def dutch_items(folders: list[Path], seed: int = 3) -> list[Item]:
    """Development paraphrases over their own sentence, their passage and another passage of the same document."""
    draw = random.Random(seed)
    by_document: dict[str, list[tuple[str, ...]]] = {}
    for p in passages(folders, half_documents("dev")):
        by_document.setdefault(p.document_id, []).append(tuple(s.text for s in p.sentences))
    items = []
    for row in paraphrases("dev"):
        own = [p for p in by_document[row["d"]] if any(s[:40] in row["e"] or row["e"][:40] in s for s in p)]
        others = [p for p in by_document[row["d"]] if p not in own]
        evidences = [(row["e"],), *own[:1]]
        for evidence in evidences:
            items.append(Item(row["p"], evidence, True, "paraphrase", row["d"]))
            items.append(Item(row["u"], evidence, False, "look_alike", row["d"]))
        if others:
            items.append(Item(row["p"], draw.choice(others), False, "elsewhere", row["d"]))
    return items


def translated(path: Path, encoder: UniversalSentenceEncoder) -> list[Item]:
    """English sentences over their Dutch translation, and over the Dutch sentence of another pair that is nearest in meaning."""
    pairs = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines() if line.count("\t") >= 1][
        1:
    ]  # without the header
    dutch, english = (encoder.encode([p[i] for p in pairs]) for i in (0, 1))
    near = english @ dutch.T
    np.fill_diagonal(near, -1)
    items = []
    for n, (nl, en) in enumerate(pairs):
        if even(en):
            items.append(Item(en, (nl,), True, "translation"))
            items.append(Item(en, (pairs[int(near[n].argmax())][0],), False, "near_miss"))
    return items


def fit(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, names: tuple[str, ...], rising: set[str] = RISING
) -> tuple[dict[str, float], float]:
    """Logistic regression (ridge) with weights per feature and bias. A feature in `rising` may only speak for, any other only against."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = (x - mean) / deviation
    weights = weights / weights.sum()

    def loss(t: np.ndarray) -> tuple[float, np.ndarray]:
        p = 1 / (1 + np.exp(-(z @ t[:-1] + t[-1])))
        value = -(weights * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum() + RIDGE * (t[:-1] ** 2).sum()
        wrong = weights * (p - y)
        return value, np.append(z.T @ wrong + 2 * RIDGE * t[:-1], wrong.sum())

    bounds = [*((0, None) if n in rising else (None, 0) for n in names), (None, None)]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    plain = found[:-1] / deviation
    return dict(zip(names, plain, strict=True)), float(found[-1] - plain @ mean)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.verifier.fit", description="Fits the weights of the verifier.")
    parser.add_argument("--wice", type=Path, help="WiCE's development claims, as JSONL")
    parser.add_argument("--tatoeba", type=Path, help="Dutch and English sentences, separated by a tab")
    arguments = parser.parse_args()
    encoder = UniversalSentenceEncoder()
    verifier = BuiltinVerifier(encoder.tokens())
    within = dutch_items(get_settings().corpus)
    if arguments.wice:
        within += [Item(i.claim, i.evidence, i.supported, "wice") for i in load(arguments.wice) if even(i.claim)]
    sets = {"within": (within, FEATURES)}
    if arguments.tatoeba:
        sets["across"] = (translated(arguments.tatoeba, encoder), ACROSS)
    for name, (items, features) in sets.items():
        rows = [verifier.features(i.claim, list(i.evidence), i.about)[0] for i in items]
        x = np.array([[row[f] for f in features] for row in rows])
        y = np.array([float(i.supported) for i in items])
        groups = np.array([i.kind == "wice" for i in items])
        counted = np.array([KINDS[i.kind] for i in items])
        for group in (True, False):  # supported and not supported weigh the same, and WiCE as much as the rest
            for label in (0.0, 1.0):
                chosen = (groups == group) & (y == label)
                counted[chosen] /= counted[chosen].sum() or 1.0
        found, bias = fit(x, y, counted, features)
        print(f"{name}:  # n = {len(items)}\n  bias: {bias:.3f}")
        for feature, weight in found.items():
            print(f"  {feature}: {weight:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
