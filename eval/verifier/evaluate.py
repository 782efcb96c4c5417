"""Scores a verifier: balanced accuracy, macro F1, AUROC and both errors on labelled claims; what is caught on the Dutch set."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from eval import measures, provenance, runs
from eval.measures import Measure
from eval.verifier.dataset import dutch_set, load
from eval.verifier.generate import entailments, is_entailment, one
from eval.verifier.perturb import PERTURBATIONS
from rag.settings import get_settings
from rag.verify.load import load_verifier
from rag.verify.verifier import threshold

#: Kinds of the Dutch set that are supported: an alarm on them is a false one. All others are to be caught.
HONEST = ("paraphrase", "verbatim")
_SAME = "all claims have the same label"


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


def _pairs(column: str) -> Callable[[dict], list]:
    return lambda row: [(row["supported"], row[column])] if "supported" in row else []


def _over(statistic: Callable[[np.ndarray, np.ndarray], float], kind: type) -> Callable[[np.ndarray], float]:
    return lambda pairs: statistic(pairs[:, 0].astype(bool), pairs[:, 1].astype(kind))


def _wrong(label: bool) -> Callable[[dict], list]:
    return lambda row: [float(row["judged"] != label)] if row.get("supported") is label else []


def _kind(kind: str) -> Measure:
    honest = kind in HONEST
    return Measure(
        f"{'false_alarm' if honest else 'caught'}_{kind}",
        lambda row: [float(not row["judged"])] if row.get("kind") == kind else [],
        higher_is_better=not honest,
    )


LABELLED = (
    Measure("balanced_accuracy", _pairs("judged"), _over(balanced_accuracy, bool), undefined=_SAME),
    # They say again what balanced accuracy and the two errors say: one loss need not fail a comparison three times.
    Measure("macro_f1", _pairs("judged"), _over(macro_f1, bool), gate=False, undefined=_SAME),
    Measure("auroc", _pairs("support"), _over(auroc, float), gate=False, undefined=_SAME),
)
ERRORS = (
    Measure("false_accept", _wrong(False), higher_is_better=False, undefined="every claim is supported"),
    Measure("false_reject", _wrong(True), higher_is_better=False, undefined="no claim is supported"),
)
DUTCH = tuple(_kind(kind) for kind in sorted({*HONEST, "look_alike", *PERTURBATIONS}))
ENTAILMENT = (Measure("accuracy", lambda row: [float(row["label"] == row["judged"])] if "label" in row else []),)
MEASURES = (*LABELLED, *ERRORS, *DUTCH, *ENTAILMENT)


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Judge the claims of `--dataset`, or of the Dutch set made from the corpus."""
    record = runs.of(arguments)
    if arguments.dataset and is_entailment(arguments.dataset):
        record.open("verifier", arguments.dataset.name, provenance.of_file(arguments.dataset), {})
        rows = entailments(arguments.dataset)
        return record.summary(rows, measures.score(rows, ENTAILMENT)), rows
    settings = get_settings()
    verifier = load_verifier(arguments.verifier or settings.verifier, settings)
    items = load(arguments.dataset) if arguments.dataset else dutch_set(arguments.half, settings.corpus)
    parameters = {
        "verifier": verifier.name,
        "threshold": threshold(),
        "half": None if arguments.dataset else arguments.half,
        "fingerprint": provenance.of_judge(verifier),
        "limit": arguments.limit,
    }
    name = arguments.dataset.name if arguments.dataset else f"dutch-{arguments.half}"
    record.open("verifier", name, provenance.of_file(arguments.dataset) if arguments.dataset else provenance.of_items(items), parameters)
    if found := record.finished():
        return found
    rows = record.generate(
        items[: arguments.limit], lambda i: provenance.of_text(i.claim, *i.evidence), lambda i: one(i, verifier), "claims"
    )
    return record.summary(rows, scored(rows, dutch=not arguments.dataset)), rows


def scored(rows: list[dict], dutch: bool) -> dict:
    """Metrics, reasons and counts; of one label only, the three that compare both labels are undefined."""
    chosen = (*LABELLED, *ERRORS, *(m for m in DUTCH if dutch))
    found = measures.score(rows, chosen)
    if len({row["supported"] for row in measures.measured(rows)}) < 2:
        found["metrics"] |= {m.name: None for m in LABELLED}
        found["reasons"] |= {m.name: _SAME for m in LABELLED}
    return found


def score(rows: list[dict]) -> tuple[dict, dict[str, str]]:
    """The three metrics of labelled claims; None, with a reason, where only one label occurs."""
    found = scored(rows, dutch=False)
    names = [m.name for m in LABELLED]
    return {n: found["metrics"][n] for n in names}, {n: found["reasons"][n] for n in names if n in found["reasons"]}
