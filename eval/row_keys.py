"""What rows are known by, so that two runs can be laid side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.provenance import of_text


def row_key(row: dict) -> str:
    """What a row is known by in two runs of the same data set."""
    own = row.get("id") or row.get("query") or row.get("item")
    if own is None:
        texts = [str(row[k]) for k in ("question", "asked", "text", "claim", "premise") if k in row]
        own = of_text(*texts)
    told = str(own).split("/")
    more = [str(row[k]) for k in ("system", "perturbation", "turn") if row.get(k) is not None and str(row[k]) not in told]
    return "/".join([*told, *more])


def distinct(keys: Sequence[str]) -> list[str]:
    """The keys, with a number added to those that occur again."""
    seen: dict[str, int] = {}
    found = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


def differences(a: Any, b: Any, name: str = "") -> list[tuple[str, Any, Any]]:  # noqa: ANN401 - JSON values
    """Dotted name and both values of everything that differs between two JSON objects."""
    if isinstance(a, dict) and isinstance(b, dict):
        keys = list(dict.fromkeys([*a, *b]))
        return [d for k in keys for d in differences(a.get(k), b.get(k), f"{name}.{k}" if name else str(k))]
    return [] if a == b else [(name, a, b)]
