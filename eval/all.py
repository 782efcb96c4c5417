"""Every task that needs no outside data, each in its own folder, with one summary and one report."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path

from eval import provenance, report, run_files
from eval.derived import DERIVED
from eval.runs import FATAL, Run
from eval.show import table
from eval.tasks import measure
from rag.errors import PpsError

TASKS = ("answers", "followups", "guard", "verifier", "retrieval", "robustness")
#: With --fast: questions of a task, evenly spread, where asking all takes longest.
FAST = {"robustness": 50}
#: The same where a language model writes: insisting alone takes ten answers a question.
FAST_WITH_MODEL = {"robustness": 8}
#: Exit code when something failed to be measured.
NOT_GOOD = 3


def command(arguments: argparse.Namespace) -> int:
    """Run all tasks; 0 when everything was measured, 3 when something failed."""
    summary = run(arguments)
    report.write(arguments.out)
    print(json.dumps(summary, ensure_ascii=False) if arguments.json else f"{table(summary)}\n{arguments.out / report.FILE}")
    return NOT_GOOD if summary["failed"] or summary["failed_tasks"] else 0


def run(arguments: argparse.Namespace) -> dict:
    """Measure every task into a folder of its own under `arguments.out`; the summary of all of them together.

    Raises:
        PpsError: there is nothing to measure with (no index), or the folder holds runs of another make.
    """
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict] = {}
    failed: dict[str, str] = {}
    for task in TASKS:
        print(f"{task} …", file=sys.stderr)
        try:
            found[task], rows = measure(task, _arguments(arguments, task))
            if task == "answers":
                found |= _derived(out, found[task], rows)
        except FATAL:
            raise
        except PpsError as error:
            failed[task] = str(error)
        except Exception as error:  # noqa: BLE001 - a task that breaks must not cost the others; it is shown, and the exit code says so
            traceback.print_exc()
            failed[task] = f"{type(error).__name__}: {error}"
    if len(failed) == len(TASKS):
        raise PpsError(f"nothing could be measured. {failed[TASKS[0]]}")
    summary = _summary(arguments, found, failed)
    about = {"task": "all", "parameters": summary["parameters"], "code": provenance.code(), "versions": provenance.versions()}
    run_files.write(out, about, summary, [])
    return summary


def _arguments(arguments: argparse.Namespace, task: str) -> argparse.Namespace:
    fast = (FAST_WITH_MODEL if arguments.llm else FAST) if arguments.fast else {}
    limits = [n for n in (arguments.limit, fast.get(task)) if n is not None]
    return argparse.Namespace(
        dataset=None,
        half=arguments.half,
        llm=arguments.llm,
        verifier=arguments.verifier,
        limit=min(limits, default=None),
        langchain=False,
        guard_only=False,
        out=arguments.out / task,
        restart=arguments.restart,
        score_only=arguments.score_only,
    )


def _derived(out: Path, answers: dict, rows: list[dict]) -> dict[str, dict]:
    """The runs that follow from the answers, written like any other."""
    made = {}
    for name, of in DERIVED.items():
        found, own_rows = of(rows)
        record = Run(out / name, restart=True)
        try:
            record.open(name, answers["dataset"], answers["dataset_sha256"], answers["parameters"])
            made[name] = record.summary(own_rows, found)
            record.write(made[name], own_rows)
        finally:
            record.close()
    return made


def _summary(arguments: argparse.Namespace, found: dict[str, dict], failed: dict[str, str]) -> dict:
    """The metrics of all tasks, named task/metric and retrieval/ranker/metric."""
    metrics: dict[str, dict | None] = {}
    reasons: dict[str, str] = {}
    for task, summary in found.items():
        metrics |= {f"{task}/{name}": metric for name, metric in summary.get("metrics", {}).items()}
        for system, own in summary.get("systems", {}).items():
            metrics |= {f"{task}/{system}/{name}": metric for name, metric in own.items()}
        reasons |= {f"{task}/{name}": why for name, why in summary.get("reasons", {}).items()}
    spec = arguments.llm.split("@")[0] if arguments.llm else None  # the address of an endpoint is nobody's business
    parameters = {"half": arguments.half, "llm": spec, "fast": arguments.fast, "limit": arguments.limit}
    head = {"task": "all", "dataset": arguments.half, "n": sum(s["n"] for s in found.values())}
    head |= {"failed": sum(s.get("failed", 0) for s in found.values()), "failed_tasks": failed}
    tasks = {task: {k: s.get(k) for k in ("dataset", "dataset_sha256", "n", "failed", "parameters")} for task, s in found.items()}
    return head | {"parameters": parameters | {"tasks": tasks}, "metrics": metrics, "reasons": reasons}
