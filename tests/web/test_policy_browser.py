"""The headers in a real browser: nothing of a page is blocked, and the page of the API is accessible."""

import pytest

from tests.web.axe import violations

pytestmark = pytest.mark.browser

BLOCKED = """window.blocked = [];
document.addEventListener("securitypolicyviolation", (e) => window.blocked.push(`${e.violatedDirective} ${e.blockedURI}`));"""


@pytest.fixture
def watched(opened):
    """Opens a page and keeps what the browser blocked."""

    def make(path, **options):
        return opened(path=path, before=BLOCKED, **options)

    return make


@pytest.mark.parametrize(
    "path", ["/docs", "/corpus", "/kennisgaten", "/over", "/toegankelijkheid", "/advies", "/bron/begrippenlijst", "/weg"]
)
def test_nothing_of_our_pages_is_blocked(watched, path):
    page = watched(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.blocked") == []


def test_nothing_of_the_chat_is_blocked(watched):
    page = watched("/")
    page.get_by_label("Uw vraag").fill("Wat is publiek-private samenwerking?")
    page.get_by_label("Uw vraag").press("Enter")
    page.get_by_text("Bronnen").first.wait_for()
    assert page.evaluate("window.blocked") == []


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_everything_that_the_chat_asks_for_is_there(opened, path):
    page = opened(path="/healthz")
    missing = []
    page.on("response", lambda r: missing.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.on("console", lambda m: missing.append(m.text) if m.type == "error" else None)
    page.goto(page.url.replace("/healthz", path))
    page.locator("#vraag textarea, #question textarea").first.wait_for()
    page.wait_for_timeout(2000)  # a heartbeat keeps the network busy for good
    assert missing == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_api_is_accessible(watched, width, scheme):
    page = watched("/docs", width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
