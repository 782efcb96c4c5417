"""Question by question what is different between two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from eval.measures import Measure
from eval.run_files import is_time

#: Fields in which a row says what it is about.
_ASKED = ("question", "asked", "text", "claim", "query")
#: A score that moves less reads the same in both runs; floating point alone moves a probability as much between two machines.
_SEEN = 0.005


def changes(
    keys: Sequence[str], a: Sequence[dict], b: Sequence[dict], measures: Sequence[Measure], words: Mapping[str, str] | None = None
) -> list[dict]:
    """The questions whose outcome changed, worse ones first. `words` gives the question to rows that know it by its id.

    Each is {"id", "text", "direction": better | worse | mixed | other} with `metrics` (name → the two means) and, of answers, `status`,
    `key_points_gained`, `key_points_lost`, `newly_unsupported` sentences, and `failed` where the measurement did.
    """
    found = [c for key, x, y in zip(keys, a, b, strict=True) if (c := _change(key, x, y, measures, words or {}))]
    order = ("worse", "mixed", "other", "better")
    return sorted(found, key=lambda c: order.index(c["direction"]))


def _change(key: str, a: dict, b: dict, measures: Sequence[Measure], words: Mapping[str, str]) -> dict | None:
    text = next((str(b.get(f) or a.get(f)) for f in _ASKED if b.get(f) or a.get(f)), "")
    text = words.get(text or key, text)
    if a.get("failed") or b.get("failed"):
        direction = "worse" if b.get("failed") else "better"
        return {"id": key, "text": text, "direction": direction, "failed": [a.get("failed"), b.get("failed")]}
    metrics, signs = {}, set()
    for measure in measures:
        if is_time(measure.name):
            continue
        x, y = measure.values(a), measure.values(b)
        if len(x) == len(y) and np.allclose(x, y, atol=_SEEN, rtol=0):
            continue
        means = [float(np.mean(v)) if len(v) and np.ndim(v) == 1 else None for v in (x, y)]
        metrics[measure.name] = means
        if measure.higher_is_better is not None and None not in means and means[0] != means[1]:
            signs.add((means[1] > means[0]) == measure.higher_is_better)
    told = _of_answers(a, b) if "sentences" in a and "sentences" in b else {}
    if not metrics and not told:
        return None
    direction = "mixed" if len(signs) == 2 else "other" if not signs else "better" if signs.pop() else "worse"
    return {"id": key, "text": text, "direction": direction, **told, "metrics": metrics}


def _of_answers(a: dict, b: dict) -> dict:
    """What a reader of the two answers would notice."""
    told: dict = {}
    if a["status"] != b["status"]:
        told["status"] = [a["status"], b["status"]]
    held = [dict(zip(r.get("key_points", ()), r.get("covered") or [], strict=False)) for r in (a, b)]
    points = list(dict.fromkeys([*held[0], *held[1]]))
    for name, lost in (("key_points_gained", 0), ("key_points_lost", 1)):
        if found := [p for p in points if held[1 - lost].get(p) and not held[lost].get(p)]:
            told[name] = found
    unsupported = [_unsupported(r) for r in (a, b)]
    if found := [s for s in unsupported[1] if s not in unsupported[0]]:
        told["newly_unsupported"] = found
    if not told and [s["text"] for s in a["sentences"]] != [s["text"] for s in b["sentences"]]:
        told["other_sentences"] = True
    return told


def _unsupported(row: dict) -> list[str]:
    return [s["text"] for s, good in zip(row["sentences"], row.get("supported", []), strict=False) if not good]
