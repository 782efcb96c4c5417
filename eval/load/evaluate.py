"""How long readers wait when they are many: one alone, a crowd that asks without a pause, the same crowd reading, and too many."""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter

from eval.answers.dataset import GOLD, load
from eval.load import plot
from eval.load.server import SETTINGS, advisors, figures
from eval.load.users import ANSWERED, BUSY, Crowd, ask_together
from eval.metrics import interval, percentile
from eval.run_files import replace

#: What is aimed for: p95 of the crowd over p95 of one reader.
AIM = 4.0
ONE, CROWD, READING, MANY = "one", "crowd", "reading", "too many"


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Ask as each crowd does, one after the other; `plot.svg` comes beside the rows where a folder is named."""
    questions = [q.question for half in ("dev", "test") for q in load(GOLD / f"{half}.jsonl")]
    if arguments.url:
        found, rows = _measure(arguments, [arguments.url.rstrip("/")], questions)
    else:
        with advisors(arguments.replicas) as addresses:
            found, rows = _measure(arguments, addresses, questions)
    ratios = {f"p95 of {name} / one": {"value": _ratio(found, name)} for name in (CROWD, READING) if _ratio(found, name) is not None}
    wrong = sum(r["outcome"] not in (ANSWERED, BUSY) for r in rows)
    parameters = {
        "replicas": None if arguments.url else arguments.replicas,
        "cores": os.cpu_count(),
        "crowds": {c.name: {"users": c.users, "seconds": c.seconds, "pause_s": c.pause_s} for c in crowds(arguments)},
        "settings": {} if arguments.url else {k: v for k, v in SETTINGS.items() if v},
        "aim": f"p95 of {CROWD} at most {AIM:g} times that of {ONE}; of all crowds no answer lost, and 429 only with Retry-After",
    }
    summary = {"task": "load", "dataset": "gold", "n": len(rows), "failed": wrong, "parameters": parameters}
    summary |= {"systems": found, "metrics": ratios}
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        replace(arguments.out / "plot.svg", plot.picture(rows, crowds(arguments), AIM))
    return summary, rows


def crowds(arguments: argparse.Namespace) -> list[Crowd]:
    """Who asks, in this order."""
    few, many = arguments.users
    return [
        Crowd(ONE, 1, arguments.seconds / 3),
        Crowd(CROWD, few, arguments.seconds),
        Crowd(READING, few, arguments.seconds * 2 / 3, arguments.pause),
        Crowd(MANY, many, arguments.seconds * 2 / 3),
    ]


def _measure(arguments: argparse.Namespace, addresses: list[str], questions: list[str]) -> tuple[dict, list[dict]]:
    found: dict[str, dict] = {}
    rows: list[dict] = []
    ask_together(Crowd("warm up", 2 * len(addresses), 2.0), addresses, questions)
    for crowd in crowds(arguments):
        before, began = figures(addresses), time.monotonic()
        asked = ask_together(crowd, addresses, questions)
        seconds, after = time.monotonic() - began, figures(addresses)
        found[crowd.name] = _figures(asked, seconds, before, after)
        rows += asked
    return found, rows


def _figures(rows: list[dict], seconds: float, before: dict[str, float], after: dict[str, float]) -> dict:
    """What a crowd met. `cpu_ms` is processor time of the advisor for each answer, what it refused included."""
    outcomes = Counter(r["outcome"] for r in rows)
    answered = [r for r in rows if r["outcome"] == ANSWERED]
    cpu = (after["process_cpu_seconds_total"] - before["process_cpu_seconds_total"]) * 1000
    counts = {"answered": len(answered), "busy": outcomes[BUSY], "wrong": len(rows) - len(answered) - outcomes[BUSY]}
    return {
        "p50_ms": interval([r["ms"] for r in answered], percentile(50)),
        "p95_ms": interval([r["ms"] for r in answered], percentile(95)),
        "first_p95_ms": interval([r["first_ms"] for r in answered], percentile(95)),
        "since_first_p95_ms": interval([r["since_first_ms"] for r in answered], percentile(95)),
        "cpu_ms": {"value": cpu / len(answered)} if answered and cpu else None,
        "answers_per_s": {"value": len(answered) / seconds},
        "memory_mb": {"value": after["process_resident_memory_bytes"] / 1e6} if after["process_resident_memory_bytes"] else None,
        **{name: {"value": count} for name, count in counts.items()},
        **{f"wrong: {name}": {"value": count} for name, count in outcomes.items() if name not in (ANSWERED, BUSY)},
    }


def _ratio(found: dict, name: str) -> float | None:
    one, other = found[ONE]["p95_ms"], found[name]["p95_ms"]
    return other["value"] / one["value"] if one and other else None
