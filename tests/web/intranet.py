"""Another website, served by the tests, and a browser that visits it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

_PAGE = """<!doctype html><html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Intranet</title></head><body><main><h1>Intranet</h1>{}</main></body></html>"""


class Intranet:
    """Pages of another website. It has two origins: `allowed` is named when publishing, `other` is not."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.policy = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = site.pages.get(self.path, "")
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_address[1]
        self.allowed, self.other = f"http://localhost:{port}", f"http://127.0.0.1:{port}"

    def put(self, path: str, content: str) -> None:
        self.pages[path] = _PAGE.format(content)


@pytest.fixture
def intranet():
    made = Intranet()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def opened_at(browser):
    """Opens a page in a context of its own; `console` holds what the browser said, `errors` what scripts did wrong."""
    contexts = []

    def go(url, width=1280, **options):
        context = browser.new_context(**{"viewport": {"width": width, "height": 900}, "locale": "nl-NL", **options})
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.console, page.errors = [], []
        page.on("console", lambda m: page.console.append(m.text))
        page.on("pageerror", lambda e: page.errors.append(str(e)))
        page.goto(url)
        return page

    yield go
    errors = [e for c in contexts for p in c.pages for e in getattr(p, "errors", [])]
    for context in contexts:
        context.close()
    assert errors == [], "a script of a page failed"
