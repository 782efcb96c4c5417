"""The gold questions that say what a right answer holds."""

from __future__ import annotations

from pathlib import Path

from eval.answers import dataset
from eval.answers.dataset import GoldQuestion


def questions(path: Path, limit: int | None = None) -> list[GoldQuestion]:
    """Of the first `limit` questions of a file (all without a limit), those to be answered that have key points.

    Raises:
        PpsError: as `load` of eval/answers.
    """
    return [q for q in dataset.questions(path, limit) if q.answerable and q.key_points]
