"""Known weaknesses in what is installed: make audit. Asks pip-audit, and says plainly where nothing could be checked.

0: nothing known, or nothing could be checked (with AUDIT=verplicht that is 2); 1: something known is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

#: Where pip-audit asks, in this order: PyPI, and OSV where PyPI does not say anything.
SERVICES = ("pypi", "osv")
#: Seconds for one question, and for all of them to one service.
EACH_S, ALL_S = 10, 300
#: Weaknesses that do not touch the advisor: the id, and why not. Nothing stands here without a reason.
ACCEPTED: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Found:
    """What one service said: `audited` packages, the names of those it did not know, and what is weak as lines for people."""

    audited: int
    unknown: tuple[str, ...]
    weak: tuple[str, ...]


def read(report: str) -> Found:
    """The report of pip-audit (--format json). What it skips counts as unknown, never as checked: it ends with 0 all the same."""
    listed = json.loads(report)["dependencies"]
    weak = [
        f"{d['name']} {d['version']}: {v['id']}" + (f", verholpen in {', '.join(v['fix_versions'])}" if v["fix_versions"] else "")
        for d in listed
        for v in d.get("vulns", ())
        if not {v["id"], *v.get("aliases", ())} & ACCEPTED.keys()
    ]
    unknown = tuple(d["name"] for d in listed if "skip_reason" in d)
    return Found(len(listed) - len(unknown), unknown, tuple(weak))


def ask(service: str, options: list[str]) -> Found | str:
    """What `service` says of the packages of this Python, or why it says nothing."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable"]
    try:
        done = subprocess.run(
            [*command, "-s", service, "--timeout", str(EACH_S), *options], capture_output=True, text=True, timeout=ALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"geen antwoord binnen {ALL_S} seconden"
    try:
        found = read(done.stdout)
    except (ValueError, KeyError):
        told = done.stderr.strip().splitlines()
        return told[-1][:300] if told else f"pip-audit eindigde met {done.returncode}"
    return found if found.audited or found.weak else "kent geen van de pakketten"


def main(options: list[str]) -> int:
    """Ask the services until one answers; `options` go to pip-audit. The exit code."""
    for service in SERVICES:
        found = ask(service, options)
        if isinstance(found, Found):
            for line in found.weak:
                print(f"BEKENDE ZWAKTE  {line}")
            if found.unknown:
                print(f"Niet bekend bij {service}, dus niet gecontroleerd: {', '.join(found.unknown)}.")
            print(f"{found.audited} pakketten gecontroleerd bij {service}: {len(found.weak)} bekende zwakte(n).")
            return 1 if found.weak else 0
        print(f"{service}: {found}", file=sys.stderr)
    print("LET OP: de pakketten zijn NIET gecontroleerd op bekende zwaktes; geen dienst gaf antwoord. Doe het waar internet is: make audit")
    return 2 if os.environ.get("AUDIT") == "verplicht" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
