"""The whole way of a reader in a real Chromium: sent to log in, back in the chat, a question answered, and out again."""

import pytest
from playwright.sync_api import expect

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


@pytest.mark.parametrize("width", [1280, 390])
def test_a_login_that_ends_is_told_and_the_question_comes_back_after_a_new_one(browser, advisor, width):
    context = browser.new_context(locale="nl-NL", viewport={"width": width, "height": 800})
    page = context.new_page()
    page.set_default_timeout(30_000)
    try:
        page.goto(f"{advisor}/")
        log_in(page, "jan")
        question = page.get_by_label("Uw vraag", exact=True)
        question.fill("Wat is project Lantaarn?")
        question.press("Enter")
        turns = page.locator("#beurten > .beurt")
        expect(turns).to_have_count(1)
        turns.get_by_role("button", name="Vraag wijzigen").click()

        kept = context.cookies()
        context.clear_cookies()
        question.fill("Hoeveel banken doen mee aan Lantaarn?")
        question.press("Enter")
        told = page.get_by_role("alert").filter(has_text="U bent niet meer ingelogd")
        expect(told).to_be_visible()
        expect(question).to_have_value("Hoeveel banken doen mee aan Lantaarn?")
        expect(turns).to_have_count(1)
        expect(turns).to_contain_text("Wat is project Lantaarn?")
        expect(page.get_by_text("Ik zoek in de bronnen")).to_have_count(0)
        assert violations(page) == [] and page.locator("#verbinding").count() == 0
        told.get_by_role("link", name="Log opnieuw in").click()
        page.wait_for_url("http://localhost:*/**")
        log_in(page, "jan")
        expect(turns).to_have_count(1)
        expect(question).to_have_value("Hoeveel banken doen mee aan Lantaarn?")
        expect(told).to_have_count(0)
        question.press("Enter")
        expect(turns).to_have_count(2)
        assert "vier private partijen" in turns.last.inner_text()

        context.clear_cookies()  # and told before anything is asked, once the page is looked at again
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(told).to_be_visible()
        context.add_cookies(kept)  # logged in in another tab
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(told).to_have_count(0)
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
