"""A judge's own error, short enough to stand in the parameters of every run that uses the judge."""

from __future__ import annotations

from pathlib import Path

from eval.judges import RESULTS, judge_error


def known_errors(fingerprint: str, folder: Path = RESULTS) -> dict:
    """What `python -m eval verifier` measured of a judge (see eval.judges.judge_error), by the judge's fingerprint.

    `same_version` is false where nothing was measured of just this version; then the figures are of the judge of the same name.
    """
    known = judge_error(fingerprint, folder)
    same = bool(known["sets"])
    if not same:
        known = judge_error(fingerprint.rsplit(":", 1)[0], folder)
    sets = [{k: v for k, v in s.items() if k != "wrong_by_kind"} for s in known["sets"]]
    return known | {"sets": sets, "same_version": same}
