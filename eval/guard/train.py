"""Trains the guard's head and writes rag/guard/head.npz: python -m eval.guard.train [--public FOLDER] [--check]

FOLDER holds shared texts (attacks.jsonl, benign.jsonl, xstest.jsonl), of which half is used and none is stored. The project's own come
from eval/gold/guard/train.jsonl and dev.jsonl and from the development and training questions of eval/gold; nothing of test.jsonl or
late.jsonl is read. --check cross-validates first and prints what thresholds would give; writing the chosen one into rag/guard/head.py
is left to the maintainer. Same texts, same weights. About three minutes with --check on one core, else half of one.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

from eval.guard.lessons import Lesson, lessons
from rag.guard.head import KINDS, PLACES, WEIGHTS, WIDTH, Features, Head, dense, features, suspicion, windows
from rag.search.embedder import Embedder, load_embedder

#: Strength of the two fits (and in head.py their balance); chosen by cross-validation on the lessons.
STRENGTH, MACHINE_STRENGTH = 4.0, 2.0
FOLDS = 8
#: Shares of the harmless texts refused for which --check prints the threshold.
SHARES = (0.005, 0.01, 0.015, 0.02, 0.03, 0.05)


def seen(texts: list[Lesson], embedder: Embedder) -> list[Features]:
    """The features of each text; of a long one only its first window."""
    from tqdm import tqdm

    return [features(next(windows(t.text)), embedder) for t in tqdm(texts, desc="features", disable=None)]


@dataclass(frozen=True)
class Table:
    """The lessons as numbers. `near`: (n, 512 + groups) of vectors and groups; `everything`: the same with the hashed places."""

    texts: list[Lesson]
    names: list[str]
    near: np.ndarray
    everything: sparse.csr_matrix


def table(texts: list[Lesson], found: list[Features]) -> Table:
    """The features of `texts`, whose groups get a column each, in the order of their names."""
    names = sorted({g for f in found for g in f.groups})
    near = np.stack([dense(f, {name: n for n, name in enumerate(names)}) for f in found])
    counts = np.array([len(f.places) for f in found])
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    ends = np.concatenate([[0], np.cumsum(counts)])
    hashed = sparse.csr_matrix((values, np.concatenate([f.places for f in found]), ends), shape=(len(found), PLACES))
    return Table(texts, names, near, sparse.hstack([sparse.csr_matrix(near), hashed]).tocsr())


def fitted(t: Table, rows: np.ndarray) -> tuple:
    """sklearn's LogisticRegression over kinds and SVC over attempt or not, on these rows. Attempts weigh as much as harmless texts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    weights = np.array([t.texts[i].weight for i in rows])
    kinds = np.array([KINDS.index(t.texts[i].kind) for i in rows])
    weights[kinds > 0] *= weights[kinds == 0].sum() / weights[kinds > 0].sum()
    own = np.array([t.texts[i].source != "public" for i in rows])  # what is stored of known texts is of this project's own
    regression = LogisticRegression(C=STRENGTH, max_iter=3000).fit(t.everything[rows], kinds, sample_weight=weights)
    machine = SVC(C=MACHINE_STRENGTH, gamma=WIDTH).fit(t.near[rows][own], kinds[own] > 0, sample_weight=weights[own])
    return regression, machine


def suspicions(t: Table, rows: np.ndarray, models: tuple) -> np.ndarray:
    """What `models` make of these rows, each 0..1."""
    regression, machine = models
    scores, margins = regression.decision_function(t.everything[rows]), machine.decision_function(t.near[rows])
    return np.array([suspicion(s, float(m)) for s, m in zip(scores, margins, strict=True)])


def check(t: Table) -> None:
    """Print what each threshold would give for texts held out in turn: whole families, and single texts of known families."""
    from sklearn.model_selection import GroupKFold

    attempt = np.array([x.kind != "ok" for x in t.texts])
    own, dev = (np.array([x.source == s for x in t.texts]) for s in ("own", "dev"))
    answerable = np.array([x.answerable for x in t.texts])
    for what, groups in (("families", [x.group for x in t.texts]), ("texts", [x.text for x in t.texts])):
        found = np.zeros(len(t.texts))
        for train, test in GroupKFold(FOLDS).split(t.near, attempt, groups):
            found[test] = suspicions(t, test, fitted(t, train))
        print(f"held out: {what}; of {int((own & attempt).sum())} own attempts and {int((own & ~attempt).sum())} own harmless texts")
        for share in SHARES:
            threshold = float(np.quantile(found[answerable], 1 - share))
            refused = found >= threshold
            print(
                f"  threshold {threshold:.3f}: refused of the answerable {share:.1%}, "
                f"of the own harmless {refused[own & ~attempt].mean():.1%} and attempts {refused[own & attempt].mean():.1%}, "
                f"of dev {refused[dev & ~attempt].mean():.1%} and {refused[dev & attempt].mean():.1%}"
            )


def write(path: Path, t: Table, models: tuple) -> None:
    """The weights; those of hashed pieces and the vectors of known texts, of which there are most, as 8-bit integers with a scale."""
    regression, machine = models
    near, places = np.split(regression.coef_.T, [t.near.shape[1]])
    vectors, groups = np.split(machine.support_vectors_, [t.near.shape[1] - len(t.names)], axis=1)
    scale, known_scale = np.abs(places).max(axis=0) / 127, np.abs(vectors).max() / 127
    np.savez_compressed(
        path,
        names=np.array(t.names),
        bias=regression.intercept_.astype(np.float32),
        weights=near.astype(np.float32),
        places=np.round(places / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        known=np.round(vectors / known_scale).astype(np.int8),
        known_scale=np.float32(known_scale),
        known_groups=np.packbits(groups > 0, axis=1),
        pull=machine.dual_coef_[0].astype(np.float32),
        rest=np.float32(machine.intercept_[0]),
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.guard.train", description="Trains the guard's head.")
    parser.add_argument("--public", type=Path, help="folder with shared guard texts")
    parser.add_argument("--check", action="store_true", help="cross-validate first")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    embedder = load_embedder()
    texts = lessons(arguments.public)
    learned = table(texts, seen(texts, embedder))
    if arguments.check:
        check(learned)
    write(arguments.out, learned, fitted(learned, np.arange(len(texts))))
    made = Head(embedder, arguments.out)
    right = np.mean([made.opinion(t.text).refuses == (t.kind != "ok") for t in texts[:: len(texts) // 500]])
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e3:.0f} kB; {len(texts)} texts; {right:.3f} right on seen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
