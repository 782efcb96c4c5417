"""Scores abstention: both errors apart, and whether the probability that the advisor decides on may be believed. No judge is needed."""

from __future__ import annotations

import argparse
from dataclasses import replace

from eval import measures
from eval.abstention.dataset import questions
from eval.abstention.decision import CALIBRATION, calibration, decision_of
from eval.abstention.generate import one
from eval.answers import part
from eval.answers.rows import answerable, told
from eval.calibration import curve
from eval.measures import Measure

ERRORS = (
    Measure("wrongly_answered", lambda r: () if answerable(r) else (float(told(r)),), higher_is_better=False),
    Measure(
        "wrongly_answered_without_caution", lambda r: () if answerable(r) else (float(r["status"] == "answered"),), higher_is_better=False
    ),
    Measure("wrongly_refused", lambda r: (float(not told(r)),) if answerable(r) else (), higher_is_better=False),
    Measure("status_right", lambda r: (float(r["status"] == r["expected_status"]),)),
)
MEASURES = (*ERRORS, *(replace(m, values=lambda row, of=m.values: of(decision_of(row))) for m in CALIBRATION))


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask, or take the answers of `--answers`, and lay what was answered beside what was to be."""
    return part.run(part.Part("abstention", questions, one, scored), arguments)


def scored(rows: list[dict], fingerprint: str = "") -> dict:
    """Metrics, reasons and counts, and the bins of the calibration curve."""
    errors, (decisions, decided) = measures.score(rows, ERRORS), calibration(rows)
    return {name: errors[name] | decisions[name] for name in errors} | {"curve": curve(decided)["bins"]}
