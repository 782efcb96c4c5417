"""Scores a verifier: balanced accuracy, macro F1 and AUROC on labelled claims; what is caught and falsely alarmed on the Dutch set."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from eval.metrics import interval
from eval.verifier.dataset import dutch_set, load
from eval.verifier.generate import entailments, is_entailment, verdicts
from rag.settings import get_settings
from rag.verify.load import load_verifier
from rag.verify.verifier import threshold

#: Kinds of the Dutch set that are supported: an alarm on them is a false one. All others are to be caught.
HONEST = ("paraphrase", "verbatim")


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Judge the claims of `--dataset`, or of the Dutch set made from the corpus."""
    if arguments.dataset and is_entailment(arguments.dataset):
        rows = entailments(arguments.dataset)
        right = [float(r["label"] == r["judged"]) for r in rows]
        return _summary(arguments.dataset.name, len(rows), {}, {"accuracy": interval(right)}, {}), rows
    settings = get_settings()
    verifier = load_verifier(arguments.verifier or settings.verifier, settings)
    items = load(arguments.dataset) if arguments.dataset else dutch_set(arguments.half, settings.corpus)
    rows = verdicts(items[: arguments.limit], verifier)
    parameters = {"verifier": verifier.name, "threshold": threshold(), "half": None if arguments.dataset else arguments.half}
    metrics, reasons = score(rows)
    if not arguments.dataset:
        metrics |= {
            f"{'false_alarm' if kind in HONEST else 'caught'}_{kind}": rate(rows, kind) for kind in sorted({r["kind"] for r in rows})
        }
    name = arguments.dataset.name if arguments.dataset else f"dutch-{arguments.half}"
    return _summary(name, len(rows), parameters, metrics, reasons), rows


def score(rows: list[dict]) -> tuple[dict, dict[str, str]]:
    """The three metrics with their intervals; None, with a reason, where only one label occurs."""
    truth = np.array([r["supported"] for r in rows])
    judged = np.array([r["judged"] for r in rows])
    support = np.array([r["support"] for r in rows])
    if truth.all() or not truth.any():
        names = ("balanced_accuracy", "macro_f1", "auroc")
        return dict.fromkeys(names), dict.fromkeys(names, "all claims have the same label")

    def over(statistic: Callable[..., float], *arrays: np.ndarray) -> dict | None:
        return interval(np.arange(len(truth)), lambda drawn: statistic(*(a[drawn.astype(int)] for a in arrays)))

    return {
        "balanced_accuracy": over(balanced_accuracy, truth, judged),
        "macro_f1": over(macro_f1, truth, judged),
        "auroc": over(auroc, truth, support),
    }, {}


def balanced_accuracy(truth: np.ndarray, judged: np.ndarray) -> float:
    """Mean of the recalls of both labels that occur."""
    return float(np.mean([(judged[truth == label] == label).mean() for label in (False, True) if (truth == label).any()]))


def macro_f1(truth: np.ndarray, judged: np.ndarray) -> float:
    """Mean of the F1 of both labels; 0 for a label never found."""
    scores = []
    for label in (False, True):
        hits = ((truth == label) & (judged == label)).sum()
        total = (truth == label).sum() + (judged == label).sum()
        scores.append(2 * hits / total if total else 0.0)
    return float(np.mean(scores))


def auroc(truth: np.ndarray, support: np.ndarray) -> float:
    """Chance that a supported claim has more support than one that is not; ties count half."""
    from scipy.stats import rankdata

    positives = truth.sum()
    if positives in (0, len(truth)):
        return 0.5
    ranks = rankdata(support)
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives)))


def rate(rows: list[dict], kind: str) -> dict | None:
    """Share of a kind's claims that are judged not supported."""
    return interval([float(not r["judged"]) for r in rows if r["kind"] == kind])


def _summary(dataset: str, n: int, parameters: dict, metrics: dict, reasons: dict) -> dict:
    return {"task": "verifier", "dataset": dataset, "n": n, "parameters": parameters, "metrics": metrics, "reasons": reasons}
