"""The whole chat in a frame of another page: for the websites of the settings, narrowed to domains, and for no others."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from rag.advisor import Advisor
from rag.settings import Settings
from rag.web.embed_chat import asked_for
from rag.web.server import create_app
from tests.web.intranet import intranet as intranet
from tests.web.intranet import opened_at as opened_at
from tests.web.served import served

PATIENCE = 20_000


@pytest.fixture
def site(searcher, settings, intranet):
    app = create_app(Advisor(searcher, None, settings.model_copy(update={"embed_origins": [intranet.allowed]})))
    with served(app) as made:
        intranet.put(
            "/chat", f'<iframe src="{made.address}/embed/chat?domein=ondermijning" title="Adviseur" width="800" height="800"></iframe>'
        )
        yield made.address


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (["ondermijning"], ["ondermijning"]),
        (["cybercrime,ondermijning", "cybercrime"], ["cybercrime", "ondermijning"]),
        (["<script>", "", "x" * 5000], []),
        ([], []),
    ],
)
def test_domains_of_an_address(named, found):
    assert asked_for(named) == found


def test_the_websites_are_read_from_the_settings(monkeypatch):
    monkeypatch.setenv("PPS_EMBED_ORIGINS", "https://intranet.example.nl/sites https://wiki.example.nl")
    assert Settings(_env_file=None).embed_origins == ["https://intranet.example.nl", "https://wiki.example.nl"]
    monkeypatch.setenv("PPS_EMBED_ORIGINS", "*")
    with pytest.raises(ValueError, match="sterretje"):
        Settings(_env_file=None)


@pytest.mark.browser
def test_the_chat_answers_in_a_frame_within_its_domain(opened_at, intranet, site):
    page = opened_at(f"{intranet.allowed}/chat")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Filters op domein en rol").click(timeout=PATIENCE)
    expect(frame.get_by_label("Ondermijning")).to_be_checked(timeout=PATIENCE)
    assert frame.get_by_role("checkbox", checked=True).count() == 1
    box = frame.get_by_label("Uw vraag", exact=True)
    box.fill("Wat is project Lantaarn?")  # in another domain
    box.press("Enter")
    turn = frame.locator("#beurten > .beurt")
    expect(turn).to_have_count(1, timeout=PATIENCE)
    assert "factuurfraude" not in turn.inner_text()
    box.fill("Hoe vaak vergadert havenoverleg Vuurtoren?")
    box.press("Enter")
    expect(turn).to_have_count(2, timeout=PATIENCE)
    assert "zes weken" in turn.last.inner_text()


@pytest.mark.browser
def test_pages_of_the_site_open_beside_the_frame(opened_at, intranet, site):
    page = opened_at(f"{intranet.allowed}/chat")
    link = page.frame_locator("iframe").locator("a[href='/corpus']").first
    link.wait_for(timeout=PATIENCE)
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.url.startswith(site) and "/embed/chat" in page.frames[1].url


@pytest.mark.browser
def test_guided_advice_opens_beside_the_frame_too(opened_at, intranet, site):
    page = opened_at(f"{intranet.allowed}/chat")
    frame = page.frame_locator("iframe")
    link = frame.locator("a[href='/advies/keuzehulp']")
    link.wait_for(timeout=PATIENCE)
    with page.context.expect_page() as opened:
        link.click()
    assert opened.value.url == f"{site}/advies/keuzehulp"
    expect(frame.locator("#advies")).to_have_count(0)


@pytest.mark.browser
def test_another_page_may_not_hold_the_chat(opened_at, intranet, site):
    page = opened_at(f"{intranet.other}/chat")
    page.wait_for_timeout(1000)
    assert page.frames[1].url.startswith("chrome-error:")


def test_the_chat_itself_is_held_by_no_other_page(site, intranet):
    policies = {path: httpx.get(f"{site}{path}").headers["content-security-policy"] for path in ("/", "/en/", "/embed/chat/", "/over")}
    assert [p for p, policy in policies.items() if intranet.allowed in policy] == ["/embed/chat/"]
    assert policies["/embed/chat/"].count("frame-ancestors") == 1 and "default-src" in policies["/embed/chat/"]


def test_without_websites_there_is_no_chat_to_embed(searcher, settings):
    with served(create_app(Advisor(searcher, None, settings))) as made:
        assert httpx.get(f"{made.address}/embed/chat/", headers={"Accept": "text/html"}).status_code == 404
