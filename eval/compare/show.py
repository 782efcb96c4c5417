"""A comparison as lines of text."""

from __future__ import annotations

from eval.compare.significance import NOISE, SAME

#: More metrics than this that did not change are counted, not named.
_NAMED = 8


def text(found: dict, most: int) -> str:
    """What changed, task by task, with at most `most` questions each (0 for all), and the verdict last."""
    lines = [f"A = {found['a']}, B = {found['b']}. Differences are B − A over the same questions; brackets hold 95 %."]
    for task, one in found["tasks"].items():
        lines += ["", *_task(task, one, most)]
    lines += ["", *(f"note: {note}" for note in found["notes"])]
    if found["reasons"]:
        return "\n".join([*lines, "NOT GOOD:", *(f"  - {reason}" for reason in found["reasons"])])
    return "\n".join([*lines, "Nothing got significantly worse, nothing failed, nothing is missing."])


def _task(task: str, one: dict, most: int) -> list[str]:
    names = " and ".join(dict.fromkeys(one["dataset"]))
    lines = [f"{task} — {names}, n = {one['n']} in both"]
    if one["missing"]:
        lines.append(f"  !! {len(one['missing'])} rows of A are missing in B")
    if any(one["failed"]):
        lines.append(f"  !! measurements failed: {one['failed'][0]} in A, {one['failed'][1]} in B")
    if one["extra"]:
        lines.append(f"  {len(one['extra'])} rows only in B")
    lines += [f"  made otherwise: {d['what']} {d['a']} → {d['b']}" for d in one["made_otherwise"] if not isinstance(d["a"], list | dict)]
    same = [name for name, d in one["metrics"].items() if d["verdict"] == SAME]
    lines += [_metric(name, d) for name, d in one["metrics"].items() if d["verdict"] != SAME]
    if same:
        lines.append(f"  the same: {', '.join(same) if len(same) <= _NAMED else f'{len(same)} metrics'}")
    shown = one["changes"] if not most else one["changes"][:most]
    if one["changes"]:
        lines.append(f"  {len(one['changes'])} questions changed:")
    lines += [f"    {line}" for change in shown for line in _change(change)]
    if len(shown) < len(one["changes"]):
        lines.append(f"    … and {len(one['changes']) - len(shown)} more (--changes 0 shows all)")
    return lines


def _metric(name: str, d: dict) -> str:
    values = " → ".join("undefined" if d[k] is None else f"{d[k]:.3f}" for k in "ab")
    by = d["difference"]
    change = f"{by['value']:+.3f} [{by['low']:+.3f} – {by['high']:+.3f}]" if by else ""
    verdict = d["verdict"] if d["verdict"] == NOISE else d["verdict"].upper()
    return f"  {name:<34} {values}  {change}  {verdict}{'' if d['gate'] else ' (not gated)'}, n = {d['pairs']}"


def _change(change: dict) -> list[str]:
    lines = [f"[{change['direction']}] {change['id']} {_short(change['text'])}"]
    if "failed" in change:
        lines.append(f"  failed: {change['failed'][0] or 'no'} → {change['failed'][1] or 'no'}")
    if "status" in change:
        lines.append(f"  status {change['status'][0]} → {change['status'][1]}")
    lines += [f"  key point {word}: {p}" for word in ("gained", "lost") for p in change.get(f"key_points_{word}", ())]
    lines += [f"  newly unsupported: {s}" for s in change.get("newly_unsupported", ())]
    scores = change.get("metrics", {})
    if change.get("other_sentences"):
        lines.append(f"  other sentences{'' if scores else ', scored the same'}")
    if scores and (len(lines) == 1 or "other_sentences" in change):
        lines += [f"  {name} {_mean(x)} → {_mean(y)}" for name, (x, y) in scores.items() if (x, y) != (None, None)]
    return lines


def _mean(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:89]}…"
