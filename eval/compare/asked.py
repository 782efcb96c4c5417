"""The words of questions that rows know by their id only: rankings and probabilities."""

from __future__ import annotations

from eval import provenance, run_files
from eval.answers.dataset import GOLD


def questions(dataset: str, sha256: str | None) -> dict[str, str]:
    """Id → question of the gold file that a run was made of; nothing where it is other data, or has changed since."""
    path = GOLD / dataset
    if path.suffix != ".jsonl" or not path.is_file() or provenance.of_file(path) != sha256:
        return {}
    return {row["id"]: row["question"] for _, row in run_files.lines(path) if "id" in row and "question" in row}
