"""The chat tells the browser beforehand which parts of Gradio it needs, and the browser may keep them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.web.preload import hints
from rag.web.security import DIGESTED

pytestmark = pytest.mark.browser
PARTS = Path(__file__).parents[2] / "rag/web/static/gradio_parts.json"
_LOADED = "performance.getEntriesByType('resource').map((r) => [r.name, r.initiatorType, Math.round(r.startTime)])"


def loaded(page) -> set[str]:
    page.get_by_label("Uw vraag").wait_for()
    page.locator(".vragen button").first.wait_for()
    page.wait_for_timeout(2000)  # a heartbeat keeps the network busy for good
    return {url.rsplit("/", 1)[-1] for url, _, _ in page.evaluate(_LOADED) if DIGESTED.search(url)}


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_every_part_is_named_and_none_in_vain(opened, path):
    page = opened(1280, "/healthz")
    page.route(f"**{path}", lambda route: route.fulfill(body=route.fetch().text().replace(hints(), ""), content_type="text/html"))
    page.goto(page.url.replace("/healthz", path))
    page.locator("#vraag textarea, #question textarea").first.wait_for()
    page.wait_for_timeout(2000)  # a heartbeat keeps the network busy for good
    used = sorted({url.rsplit("/", 1)[-1] for url, _, _ in page.evaluate(_LOADED) if DIGESTED.search(url)})
    named = json.loads(PARTS.read_text(encoding="utf-8"))
    local = {n for n in {*used, *named} if n.split("-")[0] in ("nl", "en")}  # the words of Gradio in the browser's language
    assert set(used) - local == set(named) - local, f"write this to {PARTS.name}: {json.dumps(used)}"


def test_a_browser_keeps_what_has_a_digest_in_its_name(opened, address):
    page = opened()
    names = loaded(page)
    for name in sorted(names)[:5]:
        kept = page.request.get(f"{address}/assets/{name}")
        assert kept.ok and kept.headers["cache-control"] == "private, max-age=31536000, immutable"
    for path in ("/", "/theme.css", "/static/source.css", "/assets/bestaat-niet-12345678.js"):
        assert "immutable" not in page.request.get(f"{address}{path}").headers.get("cache-control", "")
    page.reload()
    loaded(page)
    asked = "performance.getEntriesByType('resource').filter((r) => r.transferSize > 0).map((r) => r.name)"
    assert [url for url in page.evaluate(asked) if DIGESTED.search(url)] == []
