"""Summaries as lines of text."""

from __future__ import annotations

from eval import judges
from eval.run_files import is_time


def table(summary: dict) -> str:
    """The metrics of a summary; what failed stands first and loud."""
    lines = [f"{summary['task']} — {summary['dataset']}, n = {summary['n']}"]
    lines += failures(summary)
    for name, metrics in summary.get("systems", {}).items():
        lines.append(f"{name:<22} " + "  ".join(cell(m, v) for m, v in metrics.items()))
    lines += [f"  {cell(m, v)}" for m, v in summary.get("metrics", {}).items()]
    lines += [f"  {m}: {why}" for m, why in summary.get("reasons", {}).items()]
    if of := summary.get("outcomes"):
        lines.append(f"  sentences: {of['supported']} supported, {of['unsupported']} not")
        lines.append(f"  abstained on {of['abstained']} of {of['questions']} questions")
    lines += [
        f"  probability {b['from']:.2f}–{b['to']:.2f}: to be answered {figure(b['observed'])} (n = {b['n']})"
        for b in summary.get("curve", ())
    ]
    return "\n".join([*lines, *_of_judge(summary)])


def _of_judge(summary: dict) -> list[str]:
    """The judge's own error, beside what it said."""
    error = summary["parameters"].get("judge_error")
    if not error:
        return []
    lines = judges.line(error).splitlines()
    if error["sets"] and not error["same_version"]:
        lines.append("(measured of another version of this judge; docs/evaluation.md says how to measure it anew)")
    corrected = summary.get("corrected") or {}
    per_system = {"": corrected} if "sets" in corrected else corrected
    for system, found in per_system.items():
        named = f"{system}: " if system else ""
        lines.append(f"{named}sentences left to the judge: {found['sentences_judged']}; the others stand literally in what they cite")
        told = [c for c in found["sets"] if c["observed"]]
        lines += [f"  supported {figure(c['observed'])}, corrected {figure(c['corrected'])} ({c['run']})" for c in told]
    return [f"  {line}" for line in lines]


def failures(summary: dict) -> list[str]:
    """A loud line where measurements failed."""
    found = [f"!! {summary['failed']} of {summary['n']} measurements FAILED; see failed in rows.jsonl"] if summary.get("failed") else []
    return found + [f"!! task {task} FAILED: {why}" for task, why in summary.get("failed_tasks", {}).items()]


def cell(name: str, metric: dict | None) -> str:
    """Name, value and interval; a dash where it is undefined."""
    if metric and "value" not in metric:  # a metric per kind
        return f"{name}: " + "  ".join(cell(k, v) for k, v in metric.items())
    return f"{name} {figure(metric, name)}"


def figure(metric: dict | None, name: str = "") -> str:
    """Value and interval, or a dash; of a metric that is named as a time, tenths of milliseconds are enough."""
    if not metric or metric["value"] is None:
        return "–"
    digits = digits_of(name)
    if metric.get("low") is None:
        return f"{metric['value']:.{digits}f}"
    return f"{metric['value']:.{digits}f} [{metric['low']:.{digits}f}–{metric['high']:.{digits}f}]"


def digits_of(name: str) -> int:
    """Decimals that a metric of this name is shown with."""
    return 1 if is_time(name) else 3
