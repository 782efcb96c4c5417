"""A judge's own error, measured on labelled claims, to be read beside everything that judge says.

A judge that calls 95 % of sentences supported may be right, or may say so of anything. Its runs over labelled sets
(`python -m eval verifier`, eval/results/verifier-*) tell which: how often it accepts what is not supported, and rejects what is. With
those two rates the share that it gives for unlabelled answers can be corrected (Rogan and Gladen, 1978).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval import jsonl
from eval.calibration import wilson
from eval.metrics import RESAMPLES
from rag.errors import PpsError

RESULTS = Path(__file__).resolve().parent / "results"
_NOT_MEASURED = "no labelled set was measured with this judge; do: python -m eval verifier --out eval/results/verifier-NAME"
_ONE_LABEL = "all claims of the set have the same label"
_CHANCE = "the judge is no better than chance on this set, or not surely so"
_OUTSIDE = "the observed share lies outside what this error allows; kept within 0..1"
_NOTHING_JUDGED = "nothing was judged"


def judge_error(judge_name: str, folder: Path = RESULTS) -> dict:
    """What was measured of a judge on labelled sets: {"judge", "sets", "reasons"}, a set per run of `folder`/verifier-*.

    Each set has its `dataset`, `n`, `balanced_accuracy` (as measured in that run), and, from its rows: `false_accept`, the share of claims
    that are not supported of which the judge says that they are, and `false_reject`, the reverse; with their Wilson intervals and `n`.
    `wrong_by_kind` is the share judged wrongly of each kind of claim: a set that is mostly easy hides what its hard kinds cost.
    `judge_name` is a verifier's name, or its fingerprint where the run tells it. A run that tells no judge is passed over: it measured
    something else.

    Raises:
        PpsError: a run's files cannot be read; names the file.
    """
    sets = []
    for path in sorted(folder.glob("verifier-*/summary.json")):
        summary = _summary(path)
        parameters = summary.get("parameters", {})
        named = {parameters.get(k) for k in ("verifier", "judge", "fingerprint", "judge_fingerprint")} - {None}
        if judge_name in named:
            rows = jsonl.rows(path.with_name("rows.jsonl"), lambda _, row: row, "verdicts")
            measured = rates(path.with_name("rows.jsonl"), [r for r in rows if not r.get("failed")])
            told = {"run": path.parent.name, "dataset": summary["dataset"], "half": parameters.get("half"), "n": summary["n"]}
            sets.append(told | {"balanced_accuracy": summary["metrics"].get("balanced_accuracy")} | measured)
    reasons = {f"{s['run']}.{k}": _ONE_LABEL for s in sets for k in ("false_accept", "false_reject") if s[k] is None}
    return {"judge": judge_name, "sets": sets, "reasons": reasons or ({} if sets else {"sets": _NOT_MEASURED})}


def rates(path: Path, rows: Sequence[dict]) -> dict:
    """`false_accept`, `false_reject` and `wrong_by_kind` of verdicts: rows of `supported` (the label), `judged` and `kind`.

    Raises:
        PpsError: a row has no label or no verdict; names `path`.
    """
    try:
        accepted_wrong = [bool(r["judged"]) for r in rows if not r["supported"]]
        rejected_right = [not r["judged"] for r in rows if r["supported"]]
        wrong: dict[str, list[bool]] = {}
        for row in rows:
            wrong.setdefault(row.get("kind", ""), []).append(bool(row["judged"]) != bool(row["supported"]))
    except KeyError as error:
        raise PpsError(f"{path}: a row has no {error}") from error
    by_kind = {kind: _rate(values) for kind, values in sorted(wrong.items())}
    return {"false_accept": _rate(accepted_wrong), "false_reject": _rate(rejected_right), "wrong_by_kind": by_kind}


def corrected(verdicts: Sequence[bool], measured: dict, seed: int = 0) -> dict:
    """What share is really supported, given what a judge said and its error on one labelled set (an item of `judge_error`'s `sets`).

    (observed - false accept) / (1 - false accept - false reject), kept within 0..1. The interval holds both the sampling of the verdicts
    and that of the labelled set: all three rates are drawn anew from their Jeffreys distribution, because a bootstrap of a rate 0 or 1
    never varies. It assumes that the judge errs on these answers as it does on that set: on a set made of small falsifications it errs
    less often than on sentences that a model made up, and then this is too kind.

    Gives {"observed", "corrected", "reason"}: `corrected` is None, with a reason, where nothing was judged, a rate is unknown, or the judge
    is not surely better than chance (then the divisor may be 0). Where it had to be brought within 0..1 the reason says so: the judge then
    errs otherwise on these answers than on that set, and the interval says little.
    """
    observed = wilson(sum(map(bool, verdicts)), len(verdicts))
    accept, reject = measured["false_accept"], measured["false_reject"]
    if observed is None or accept is None or reject is None:
        return {"observed": observed, "corrected": None, "reason": _NOTHING_JUDGED if observed is None else _ONE_LABEL}
    generator = np.random.default_rng(seed)
    said = _drawn(generator, observed["value"], len(verdicts))
    accepts, rejects = (_drawn(generator, rate["value"], rate["n"]) for rate in (accept, reject))
    better = 1 - accept["value"] - reject["value"]
    betters = 1 - accepts - rejects
    if better <= 0 or np.percentile(betters, 2.5) <= 0:
        return {"observed": observed, "corrected": None, "reason": _CHANCE}
    raw = (observed["value"] - accept["value"]) / better
    value = min(1.0, max(0.0, raw))
    drawn = np.clip((said - accepts)[betters > 0] / betters[betters > 0], 0, 1)
    low, high = map(float, np.percentile(drawn, [2.5, 97.5]))
    estimate = {"value": value, "low": min(low, value), "high": max(high, value)}
    return {"observed": observed, "corrected": estimate, "reason": "" if raw == value else _OUTSIDE}


def line(error: dict) -> str:
    """The error of a judge in a line of text per labelled set."""
    if not error["sets"]:
        return f"judge {error['judge']}: own error unknown ({error['reasons']['sets']})"
    return "\n".join(f"judge {error['judge']}: {_told(s)}" for s in error["sets"])


def _told(measured: dict) -> str:
    accuracy = measured["balanced_accuracy"]
    balanced = "undefined" if accuracy is None else f"{accuracy['value']:.2f} [{accuracy['low']:.2f}–{accuracy['high']:.2f}]"
    return (
        f"says 'supported' of {_percent(measured['false_accept'])} of unsupported claims and 'not supported' of "
        f"{_percent(measured['false_reject'])} of supported ones; balanced accuracy {balanced} ({measured['dataset']}, n = {measured['n']})"
    )


def _percent(rate: dict | None) -> str:
    return "an unknown share" if rate is None else f"{100 * rate['value']:.0f} % [{100 * rate['low']:.0f}–{100 * rate['high']:.0f}]"


def _rate(wrong: list[bool]) -> dict | None:
    found = wilson(sum(wrong), len(wrong))
    return found and found | {"n": len(wrong)}


def _drawn(generator: np.random.Generator, share: float, n: int) -> np.ndarray:
    """The share anew, shape (resamples,), from the Jeffreys distribution of what was counted."""
    count = share * n
    return generator.beta(count + 0.5, n - count + 0.5, RESAMPLES)


def _summary(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PpsError(f"{path}: {error}") from error
