"""Rows of answers: what every task asks of them, and those of an earlier run, so that nothing has to be asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval import provenance, run_files
from eval.answers.dataset import ANSWERED, GoldQuestion
from rag.errors import PpsError

#: Tasks whose rows are whole answers.
TASKS = ("answers", "citations", "faithfulness", "correctness", "abstention")
#: What scoring adds to a row; all else is what was answered.
VERDICTS = ("supported", "by_judge", "useful", "covered", "contradicted")


def told(row: dict) -> bool:
    """Was the question answered?"""
    return row["status"] in ANSWERED


def answerable(row: dict) -> bool:
    """Was it to be?"""
    return row["expected_status"] in ANSWERED


def share(values: Sequence) -> tuple[float, ...]:
    """The mean of what one row holds, as a value of its own; nothing of nothing."""
    return (sum(values) / len(values),) if values else ()


def earlier(folder: Path, path: Path, questions: Sequence[GoldQuestion]) -> tuple[dict, dict[str, dict]]:
    """The parameters of the run in `folder`, and its answers to `questions` (of the file `path`) by id, without what was judged of them.

    A question that could not be asked then is a failed row still.

    Raises:
        PpsError: the folder holds no finished run of answers, its run asked another file, or not each of the questions as it stands there.
    """
    run_files.read_summary(folder)
    about = run_files.read_about(folder) or {}
    if about.get("task") not in TASKS:
        raise PpsError(f"{folder} holds a run of {about.get('task') or 'an earlier version'}; --answers takes one of {', '.join(TASKS)}")
    if about["dataset"]["sha256"] != provenance.of_file(path):
        raise PpsError(
            f"{folder} answers {about['dataset']['name']}, which is not {path} as it is now: name its data with --dataset or --half"
        )
    rows = {row["id"]: _as_answered(row) for row in run_files.read_rows(folder)}
    if missing := [q.id for q in questions if not _to(rows.get(q.id), q)]:
        limit = about["parameters"].get("limit")
        hint = f" It was made with --limit {limit}." if limit else ""
        raise PpsError(f"{folder} holds no answer to {len(missing)} of {len(questions)} questions ({', '.join(missing[:5])}).{hint}")
    made = {"code": about["code"], "rows": provenance.of_file(folder / run_files.ROWS)}
    return about["parameters"] | {"answers": made}, rows


def _to(row: dict | None, question: GoldQuestion) -> bool:
    return row is not None and ("failed" in row or row.get("question") == question.question)


def _as_answered(row: dict) -> dict:
    judging_failed = str(row.get("failed", "")).startswith("scoring")
    return {k: v for k, v in row.items() if k not in VERDICTS and not (k == "failed" and judging_failed)}
