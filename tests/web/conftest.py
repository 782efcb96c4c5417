"""One server and one Chromium for every test in a browser; each test runs wide and on a phone and leaves a screenshot."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
ARTEFACTS = ROOT / "artefacts"


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The product as a newcomer starts it, on the shipped corpus, on a free port."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PPS_")}
    environment = {**own, "PPS_INDEX_DIR": str(folder / "index"), "PPS_PORT": str(port)}
    log = (folder / "log").open("w")
    process = subprocess.Popen([sys.executable, str(ROOT / "app.py")], env=environment, cwd=folder, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    while True:
        try:
            urlopen(f"{url}/readyz", timeout=2).read()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()[-3000:]
            time.sleep(0.3)
    yield url
    process.terminate()
    process.wait(15)
    log.close()


@pytest.fixture(scope="module")
def browser():
    """One Chromium a module: Playwright holds an event loop, which other modules must be free of."""
    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    assert found, "no Chromium: run tests/install-system.sh"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def opened(browser, address):
    """Makes pages, in a context of their own, with what the page asked of other machines (`outside`) and its errors (`errors`)."""
    contexts = []

    def make(width: int = 1280, path: str = "/", before: str = "", at: str = address, **options):
        """`before` is a script that runs before those of the page; `at` another server; `options` go to the context."""
        context = browser.new_context(**{"viewport": {"width": width, "height": 900}, "locale": "nl-NL", **options})
        contexts.append(context)
        context.set_default_timeout(15_000)
        made = context.new_page()
        made.outside, made.errors = [], []
        made.on("request", lambda r: made.outside.append(r.url) if not r.url.startswith((at, "data:", "blob:")) else None)
        made.on("pageerror", lambda e: made.errors.append(str(e)))
        if before:
            made.add_init_script(before)
        made.goto(at + path)
        return made

    yield make
    asked = [url for context in contexts for p in context.pages for url in getattr(p, "outside", [])]
    failed = [error for context in contexts for p in context.pages for error in getattr(p, "errors", [])]
    for context in contexts:
        context.close()
    assert asked == [], "a page asked something of another machine"
    assert failed == [], "a script of a page failed"


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def page(opened, request):
    """The chat, ready for a question."""
    made = opened(request.param)
    made.get_by_label("Uw vraag").wait_for()
    yield made
    ARTEFACTS.mkdir(exist_ok=True)
    made.screenshot(path=ARTEFACTS / f"{request.node.name}.png", full_page=True)
