"""The whole way of a reader in a real Chromium: sent to log in, back in the chat, a question answered, and out again."""

import pytest

from rag.advisor import Advisor
from rag.settings import Settings
from rag.web.server import create_app
from tests.identity.provider import free_port, provider
from tests.web.axe import violations
from tests.web.served import Served

pytestmark = pytest.mark.browser
USERS = {"jan": {"name": "Jan de Vries", "roles": ["redactie"]}, "piet": {"name": "Piet", "roles": []}}


@pytest.fixture
def advisor(searcher, index_dir):
    with provider(USERS) as service:
        port = free_port()
        settings = Settings(
            _env_file=None,
            index_dir=index_dir,
            port=port,
            public_url=f"http://127.0.0.1:{port}",
            oidc_issuer=service.issuer,
            oidc_client_id="pps-adviseur",
            oidc_client_secret="geheim-van-de-dienst",
            session_secret="s" * 40,
            roles={"*": "reader", "redactie": "editor"},
        )
        running = Served(create_app(Advisor(searcher, None, settings)), port)
        yield running.address
        running.stop()


def log_in(page, who):
    page.get_by_role("button", name=who, exact=True).first.click()


def test_a_reader_logs_in_asks_and_logs_out(browser, advisor):
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.set_default_timeout(30_000)
    failed = []
    page.on("response", lambda r: failed.append((r.status, r.url)) if r.url.startswith(advisor) and r.status in (401, 403, 500) else None)
    try:
        page.goto(f"{advisor}/")
        assert page.url.startswith("http://localhost:")
        log_in(page, "jan")
        question = page.get_by_label("Uw vraag")
        question.wait_for()
        assert page.url == f"{advisor}/"
        question.fill("Wat is project Lantaarn?")
        question.press("Enter")
        page.get_by_text("samenwerking van het OM").first.wait_for()
        assert failed == []
        assert page.evaluate("document.cookie") == "", "a script can read the session"
        page.goto(f"{advisor}/terugkoppeling")
        assert "Terugkoppeling" in page.title()

        page.goto(f"{advisor}/uitloggen")
        assert violations(page) == []
        page.get_by_role("button", name="Uitloggen").click()
        page.wait_for_url("http://localhost:*/oauth2/end_session*")
        page.goto(f"{advisor}/uitgelogd")
        assert violations(page) == [] and page.get_by_role("link", name="Inloggen").is_visible()
        page.goto(f"{advisor}/corpus")
        assert page.url.startswith("http://localhost:")
    finally:
        context.close()


def test_who_may_not_is_told_in_a_page_that_all_can_read(browser, advisor):
    context = browser.new_context(locale="nl-NL", viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)
    try:
        page.goto(f"{advisor}/terugkoppeling")
        log_in(page, "piet")
        page.get_by_role("heading", name="Geen toegang").wait_for()
        assert "Piet" in page.locator("main").inner_text() and violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("getComputedStyle(document.body).fontFamily") != "", "the style is not public"
    finally:
        context.close()
