"""A page of another origin shows an embedded answer in a real Chromium, in every form; one that is not allowed is refused."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import expect

from rag.advisor import Advisor
from rag.web.server import create_app
from tests.web.axe import violations
from tests.web.conftest import ARTEFACTS
from tests.web.embeds import codes_of, publish, send
from tests.web.intranet import intranet as intranet
from tests.web.intranet import opened_at as opened_at
from tests.web.served import served

pytestmark = pytest.mark.browser
QUESTION = "Wat is project Lantaarn?"


@pytest.fixture
def site(searcher, settings):
    """The whole application, but for the chat."""
    with served(create_app(Advisor(searcher, None, settings), with_chat=False)) as made:
        yield made.address


@pytest.fixture
def editor(site):
    with httpx.Client(base_url=site, headers={"Origin": site}) as client:
        yield client


@pytest.fixture
def answer(editor):
    return editor.post("/api/v1/ask", json={"question": QUESTION}).json()


@pytest.fixture
def published(editor, answer, intranet):
    """The ids of an answer that the intranet may show, with pages there for each form of it."""
    own, public = publish(editor, answer, intranet.allowed)
    codes = codes_of(editor.get(f"/insluiten/{own}").text)
    # As WordPress does: from the address to the page, to the link in it, to the HTML that oEmbed gives.
    link = re.search(r'type="application/json\+oembed" href="([^"]+)"', httpx.get(codes["oembed"].strip()).text)[1].replace("&amp;", "&")
    for path, content in {**codes, "oembed": httpx.get(link).json()["html"]}.items():
        intranet.put(f"/{path}", content)
    return own, public


def shot(page, name):
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def in_frame(page):
    return page.frame_locator("iframe")


# Allowed


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("form", ["iframe", "oembed"])
def test_an_allowed_page_shows_the_answer_in_a_frame(opened_at, intranet, published, answer, form, scripts, width):
    page = opened_at(f"{intranet.allowed}/{form}", width, java_script_enabled=scripts)
    frame = in_frame(page)
    expect(frame.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(frame.get_by_text(answer["sentences"][0]["text"]).first).to_be_visible()
    expect(frame.get_by_role("link", name="Project Lantaarn").first).to_be_visible()
    if scripts:
        shot(page, f"insluiten-{form}-{width}")
    assert page.context.cookies() == []


def test_the_frame_grows_with_its_answer(opened_at, intranet, published):
    page = opened_at(f"{intranet.allowed}/iframe", 390)
    expect(in_frame(page).get_by_role("heading", level=1)).to_be_visible()
    inside = page.frames[1]
    measure = "document.documentElement.getBoundingClientRect().height"

    def fits():
        page.wait_for_function(
            "(needed) => Math.abs(document.querySelector('iframe').clientHeight - needed) <= 1",
            arg=inside.evaluate(f"Math.ceil({measure})"),
        )

    fits()
    before = inside.evaluate(measure)
    in_frame(page).get_by_text("Dit staat in de bron").first.click()
    inside.wait_for_function(f"{measure} > {before} + 10")
    fits()


def test_a_frame_that_hears_nothing_keeps_the_height_it_was_given(opened_at, intranet, published):
    page = opened_at(f"{intranet.allowed}/oembed", 1280)
    expect(in_frame(page).get_by_role("heading", level=1)).to_be_visible()
    frame = page.locator("iframe")
    assert frame.evaluate("e => e.clientHeight") == int(frame.get_attribute("height"))
    needed = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
    assert needed <= int(frame.get_attribute("height")) <= 2.5 * needed


def test_only_the_frame_of_the_advisor_sets_its_height(opened_at, intranet, published):
    """Another frame on the page, or the page itself, says a height and is not heard."""
    intranet.put("/kwaad", "<script>parent.postMessage({type: 'pps-antwoord-hoogte', hoogte: 9999}, '*')</script>")
    intranet.put("/iframe", intranet.pages["/iframe"] + '<iframe src="/kwaad" title="anders"></iframe>')
    page = opened_at(f"{intranet.allowed}/iframe")
    expect(page.frame_locator("iframe >> nth=0").get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("window.postMessage({type: 'pps-antwoord-hoogte', hoogte: 9999}, '*')")
    page.wait_for_timeout(300)
    assert max(page.locator("iframe").evaluate_all("all => all.map((e) => e.clientHeight)")) < 3000


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("policy", ["", "default-src 'none'; script-src {site}; connect-src {site}"], ids=["open", "strict"])
def test_an_allowed_page_shows_the_answer_as_a_part_of_itself(opened_at, intranet, published, answer, site, policy, width):
    intranet.policy = policy.format(site=site)
    page = opened_at(f"{intranet.allowed}/component", width)
    expect(page.get_by_role("heading", name=QUESTION, level=2)).to_be_visible()
    expect(page.get_by_text(answer["sentences"][0]["text"]).first).to_be_visible()
    article = page.get_by_role("article", name=QUESTION)
    assert article.evaluate("e => getComputedStyle(e).paddingTop") == "16px"  # its own style, whatever the policy of the page
    sources = article.get_by_role("link", name=re.compile("Project Lantaarn"))
    assert sources.first.get_attribute("href").startswith(f"{site}/bron/project-lantaarn?passage=")
    shot(page, f"insluiten-onderdeel-{width}")


def test_without_scripts_the_component_is_a_link(opened_at, intranet, published, site):
    page = opened_at(f"{intranet.allowed}/component", java_script_enabled=False)
    page.get_by_role("link", name=QUESTION).click()
    assert page.url == f"{site}/embed/antwoord/{published[1]}"


def test_pasted_html_stands_alone(opened_at, intranet, published, answer):
    page = opened_at(f"{intranet.allowed}/html", java_script_enabled=False)
    expect(page.get_by_role("heading", name=QUESTION, level=2)).to_be_visible()
    expect(page.get_by_text(answer["sentences"][0]["text"]).first).to_be_visible()


def test_markup_in_a_question_stays_text(opened_at, intranet, editor, answer):
    question = "Wat is <img src=x onerror=alert(1)> project <b>Lantaarn</b>?"
    own, _ = publish(editor, {**answer, "question": question, "standalone_question": ""}, intranet.allowed)
    for form, code in codes_of(editor.get(f"/insluiten/{own}").text).items():
        intranet.put(f"/{form}", code)
    page = opened_at(f"{intranet.allowed}/component")
    page.on("dialog", lambda d: pytest.fail(d.message))
    expect(page.get_by_role("heading", name=question, level=2)).to_be_visible()
    page.goto(f"{intranet.allowed}/html")
    expect(page.get_by_role("heading", name=question, level=2)).to_be_visible()
    page.goto(f"{intranet.allowed}/iframe")
    expect(in_frame(page).get_by_role("heading", level=1)).to_have_text(question)
    assert page.locator("img").count() == 0 and in_frame(page).locator("img").count() == 0


# Refused


@pytest.mark.parametrize("form", ["iframe", "oembed"])
def test_a_frame_on_a_page_that_is_not_allowed_stays_empty(opened_at, intranet, published, form):
    page = opened_at(f"{intranet.other}/{form}")
    page.wait_for_timeout(500)
    assert page.frames[1].url.startswith("chrome-error:") and in_frame(page).get_by_text("Lantaarn").count() == 0
    assert any("frame-ancestors" in said for said in page.console)
    if form == "iframe":
        expect(page.get_by_role("link", name="Bekijk dit antwoord bij de adviseur")).to_be_visible()


def test_a_frame_within_a_frame_of_a_page_that_is_not_allowed_stays_empty(opened_at, intranet, published):
    intranet.put("/om", f'<iframe src="{intranet.allowed}/iframe" title="om"></iframe>')
    page = opened_at(f"{intranet.other}/om")
    page.wait_for_timeout(500)
    assert [f.url.split(":")[0] for f in page.frames] == ["http", "http", "chrome-error"]


def test_the_component_on_a_page_that_is_not_allowed_says_so(opened_at, intranet, published, site):
    page = opened_at(f"{intranet.other}/component")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Misschien is deze website niet toegestaan")
    assert page.get_by_text("factuurfraude").count() == 0 and any("CORS" in said for said in page.console)
    assert page.get_by_role("link", name="Bekijk het antwoord").get_attribute("href") == f"{site}/embed/antwoord/{published[1]}"
    shot(page, "insluiten-geweigerd")


def test_a_withdrawn_answer_says_so_everywhere(opened_at, intranet, published, editor):
    assert send(editor, f"/{published[0]}/intrekken").status_code == 303
    page = opened_at(f"{intranet.allowed}/iframe")
    expect(in_frame(page).get_by_role("heading", level=1)).to_have_text("Dit antwoord is ingetrokken")
    assert in_frame(page).get_by_text("factuurfraude").count() == 0
    page.goto(f"{intranet.allowed}/component")
    expect(page.get_by_role("alert")).to_contain_text("De redactie heeft dit antwoord ingetrokken")


def test_the_advisor_out_of_reach_is_told(opened_at, intranet, published, site):
    page = opened_at(f"{intranet.allowed}/iframe")
    page.route(f"{site}/api/**", lambda route: route.abort())
    page.goto(f"{intranet.allowed}/component")
    expect(page.get_by_role("alert")).to_contain_text("de adviseur nu niet te bereiken")


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wrong_with_what_readers_see(opened_at, intranet, published, editor, site, corpus, run_sync, encoder, width, scheme):
    own, public = published
    page = opened_at(f"{site}/embed/antwoord/{public}", width, color_scheme=scheme)

    def check(state):
        assert violations(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "20px"  # the policy lets its own style in
    check("answer")
    page.get_by_text("Dit staat in de bron").first.click()
    check("opened")
    page.goto(f"{intranet.allowed}/component")
    expect(page.get_by_role("article", name=QUESTION)).to_be_visible()
    check("component")
    page.goto(f"{intranet.allowed}/html")
    check("html")
    path = corpus / "project-lantaarn.md"
    path.write_text(path.read_text(encoding="utf-8").replace("factuurfraude", "phishing"), encoding="utf-8")
    run_sync(encoder)
    page.goto(f"{site}/embed/antwoord/{public}")
    expect(page.get_by_text("Bronnen gewijzigd sinds")).to_be_visible()
    check("changed")
    shot(page, f"insluiten-gewijzigd-{width}-{scheme}")
    send(editor, f"/{own}/intrekken")
    page.goto(f"{site}/embed/antwoord/{public}")
    check("withdrawn")
    page.goto(f"{site}/embed/antwoord/{'0' * 64}")
    check("unknown")


@pytest.mark.parametrize(("look", "dark"), [("licht", False), ("donker", True)])
def test_a_chosen_look_counts_whatever_the_browser_prefers(opened_at, intranet, published, site, look, dark):
    brightness = "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
    page = opened_at(f"{site}/embed/antwoord/{published[1]}?thema={look}", color_scheme="light" if dark else "dark")
    assert (page.locator("body").evaluate(brightness) < 200) is dark and violations(page) == []
    intranet.put("/component", intranet.pages["/component"].replace("<pps-antwoord ", f'<pps-antwoord thema="{look}" kop="3" '))
    page.goto(f"{intranet.allowed}/component")
    expect(page.get_by_role("heading", name=QUESTION, level=3)).to_be_visible()
    assert (page.get_by_role("article", name=QUESTION).evaluate(brightness) < 200) is dark


# Editors


@pytest.mark.parametrize("width", [1280, 390])
def test_an_editor_goes_all_the_way_without_javascript(opened_at, intranet, site, width, corpus, run_sync, encoder):
    page = opened_at(f"{site}/insluiten", width, java_script_enabled=False)
    page.get_by_label("Vraag, zonder persoonsgegevens").fill(QUESTION)
    page.get_by_role("button", name="Stel de vraag").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Kijk dit antwoord na"
    page.get_by_label("Websites die dit antwoord mogen tonen").fill("geen website")
    page.get_by_label("Ik heb het antwoord en de bronnen nagekeken").check()
    page.get_by_role("button", name="Plaatsen").click()
    assert "geen adres van een website" in page.get_by_role("alert").inner_text()
    page.get_by_label("Websites die dit antwoord mogen tonen").fill(intranet.allowed)
    page.get_by_label("Ik heb het antwoord en de bronnen nagekeken").check()
    page.get_by_role("button", name="Plaatsen").click()
    assert page.get_by_role("status").first.inner_text().startswith("Het antwoord is geplaatst.")
    expect(in_frame(page).get_by_role("heading", level=1)).to_have_text(QUESTION)
    intranet.put("/echt", page.get_by_label("Kader (iframe)").input_value())
    shot(page, f"insluiten-een-{width}")
    path = corpus / "project-lantaarn.md"
    path.write_text(path.read_text(encoding="utf-8").replace("tegen factuurfraude", "tegen factuurfraude en phishing"), encoding="utf-8")
    run_sync(encoder)
    page.get_by_role("link", name="Naar de lijst").click()
    assert "Bij 1 antwoord zijn de bronnen gewijzigd." in page.locator("main").inner_text()
    page.get_by_role("button", name="Vraag opnieuw stellen").click()
    expect(page.get_by_role("table", name="Zin voor zin").get_by_text("Zin gewijzigd")).to_be_visible()
    shot(page, f"insluiten-vergelijken-{width}")
    page.get_by_label("Ik heb het antwoord en de bronnen nagekeken").check()
    page.get_by_role("button", name="Plaats het nieuwe antwoord").click()
    assert page.get_by_role("status").first.inner_text().startswith("Het nieuwe antwoord is geplaatst.")
    other = opened_at(f"{intranet.allowed}/echt")
    expect(in_frame(other).get_by_text("factuurfraude en phishing").first).to_be_visible()
    page.get_by_role("button", name="Intrekken").click()
    assert page.get_by_role("status").first.inner_text().startswith("Het antwoord is ingetrokken.")
    page.get_by_label("Ik weet zeker").check()
    page.get_by_role("button", name="Antwoord wissen").click()
    assert "Er is nog geen antwoord geplaatst." in page.locator("main").inner_text()


def test_the_code_is_copied_with_a_button(opened_at, published, site):
    page = opened_at(f"{site}/insluiten/{published[0]}", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopieer").nth(2).click()
    expect(page.locator("#gekopieerd")).to_have_text("De code is gekopieerd.")
    assert "<pps-antwoord" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wrong_with_the_pages_of_editors(opened_at, published, editor, site, corpus, run_sync, encoder, width, scheme):
    page = opened_at(f"{site}/insluiten", width, color_scheme=scheme)

    def check(state):
        assert violations(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    check("list")
    page.get_by_label("Vraag, zonder persoonsgegevens").fill("Hoe bak ik een appeltaart?")
    page.get_by_role("button", name="Stel de vraag").click()
    page.get_by_role("alert").wait_for()
    check("no answer")
    page.get_by_label("Vraag, zonder persoonsgegevens").fill(QUESTION)
    page.get_by_role("button", name="Stel de vraag").click()
    page.get_by_role("heading", name="Kijk dit antwoord na").wait_for()
    check("check")
    page.get_by_label("Websites die dit antwoord mogen tonen").fill("x")
    page.get_by_label("Ik heb het antwoord en de bronnen nagekeken").check()
    page.get_by_role("button", name="Plaatsen").click()
    page.get_by_role("alert").wait_for()
    check("refused")
    path = corpus / "project-lantaarn.md"
    path.write_text(path.read_text(encoding="utf-8").replace("factuurfraude", "phishing"), encoding="utf-8")
    run_sync(encoder)
    page.goto(f"{site}/insluiten/{published[0]}")
    page.get_by_role("heading", name="Wat er in de bronnen is gewijzigd").wait_for()
    check("changed")
    shot(page, f"insluiten-gewijzigd-redactie-{width}-{scheme}")
    page.get_by_role("button", name="Vraag opnieuw stellen en vergelijken").click()
    page.get_by_role("table").wait_for()
    check("compared")
    send(editor, f"/{published[0]}/intrekken")
    page.goto(f"{site}/insluiten/{published[0]}")
    check("withdrawn")
    page.goto(f"{site}/insluiten/{'0' * 32}")
    check("not there")
