"""How long until the opened chat can be used, in a real Chromium whose processor is slowed as many times as named.

Usable is: the question box stands there, enabled, and the page's thread has had two seconds without a task of over 50 ms; the end of
the last such task before that, or the moment of the box, whichever is later (after Chrome's "time to interactive").
"""

from __future__ import annotations

import argparse
import os
import shutil

from eval.load.server import advisors
from eval.metrics import interval, percentile
from rag.errors import PpsError

#: Milliseconds without a long task, and what is waited for one after the box is there.
QUIET_MS, WATCHED_MS = 2000, 6000
AIM_MS = 3000
_WATCH = """
window.longTasks = [];
new PerformanceObserver(list => list.getEntries().forEach(e => window.longTasks.push([e.startTime, e.startTime + e.duration])))
  .observe({type: "longtask", buffered: true});
"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """Open the chat `times` times at each slowness, each in a browser without anything kept.

    Raises:
        PpsError: there is no Chromium, or no Playwright.
    """
    if arguments.url:
        rows = _opened(arguments.url.rstrip("/"), arguments.slow, arguments.times)
    else:
        with advisors(1) as (address,):
            rows = _opened(address, arguments.slow, arguments.times)
    systems = {
        f"slowed {slow:g} times": {
            name: interval([r[name] for r in rows if r["slow"] == slow], percentile(50)) for name in ("painted_ms", "box_ms", "usable_ms")
        }
        for slow in arguments.slow
    }
    parameters = {"times": arguments.times, "cores": os.cpu_count(), "window": "1280 x 800", "aim": f"usable within {AIM_MS} ms"}
    return {"task": "page", "dataset": "chat", "n": len(rows), "failed": 0, "parameters": parameters, "systems": systems}, rows


def usable(box_ms: float, painted_ms: float, tasks: list[list[float]]) -> float:
    """When the page could be used; `tasks` are beginning and end of its long tasks, in ms since the page was asked for."""
    end = painted_ms
    for began, ended in sorted(tasks):
        if began - end > QUIET_MS:
            break
        end = max(end, ended)
    return max(box_ms, end)


def _opened(address: str, slownesses: list[float], times: int) -> list[dict]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise PpsError("Playwright ontbreekt; installeer het met: pip install -e '.[test]'") from error
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not chromium:
        raise PpsError("Er is geen Chromium gevonden; tests/install-system.sh installeert hem.")
    rows = []
    with sync_playwright() as playwright:
        for slow in slownesses:
            for _ in range(times):
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                rows.append({"slow": slow, **_once(browser, address, slow)})
                browser.close()
    return rows


def _once(browser, address: str, slow: float) -> dict[str, float]:  # noqa: ANN001 - Playwright's Browser
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="commit")
    page.wait_for_selector("textarea:not([disabled])", state="visible")
    box, painted = page.evaluate("performance.now()"), page.evaluate(_PAINTED)
    page.wait_for_timeout(WATCHED_MS)
    tasks = page.evaluate("window.longTasks")
    return {"painted_ms": painted, "box_ms": box, "usable_ms": usable(box, painted, tasks)}
