"""axe finds nothing in any state of the chat: wide and on a phone, light and dark, in Dutch and in English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.axe import violations
from tests.web.chat import ask, put, turns
from tests.web.conftest import ARTEFACTS

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark"])
def page(request, opened, width):
    made = opened(width, color_scheme=request.param)
    made.get_by_label("Uw vraag").wait_for()
    yield made
    ARTEFACTS.mkdir(exist_ok=True)
    made.screenshot(path=ARTEFACTS / f"{request.node.name}.png", full_page=True)


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def width(request):
    return request.param


def test_dark_is_dark(page):
    light = page.evaluate("getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    assert light != page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


def test_empty_with_everything_open(page):
    assert violations(page) == []
    page.get_by_text("Filters op domein en rol").click()
    page.get_by_text("Taalmodel", exact=True).click()
    expect(page.get_by_label("Internationaal")).to_be_visible()
    assert violations(page) == []


def test_while_searching(page):
    page.route("**/gradio_api/queue/data*", lambda route: None)  # no event ever comes
    put(page, "Wat is PPS volgens TNO?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert violations(page) == []


def test_answered_with_quote_sources_and_reasons(page):
    turn = ask(page)
    assert violations(page) == []
    turn.get_by_role("link", name="[1]").first.focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    for summary in ("Waarom dit antwoord", "Ook gevonden"):
        turn.get_by_text(summary).click()
    turn.get_by_role("link", name="[1]").first.click()
    turn.locator("details:not([open])").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    assert violations(page) == []


@pytest.mark.parametrize(
    "question",
    [
        "Hoe bak ik een appeltaart?",
        "Hoe zit het met de regels?",
        "Hoeveel medewerkers had project Melissa in 2031?",
        "Mijn BSN is 999951750",
    ],
    ids=["out of scope", "vague", "not there", "personal data"],
)
def test_not_answered(page, question):
    ask(page, question)
    assert violations(page) == []


def test_dialogs(page):
    turn = ask(page)
    turn.get_by_role("button", name="Klopt dit?").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Verstuur").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Eerdere gesprekken").click()
    expect(page.get_by_role("dialog").locator("li")).to_have_count(1)
    assert violations(page) == []
    page.get_by_role("button", name="Wis alle gesprekken").click()
    assert violations(page) == []


def test_editing_and_a_conversation_of_two(page):
    ask(page, "Wat is project Melissa?")
    ask(page, "Wie doen daaraan mee?")
    turns(page).last.get_by_role("button", name="Vraag wijzigen").click()
    expect(page.locator("#wijzigen")).to_be_visible()
    assert violations(page) == []


def test_in_english(page, address):
    page.goto(f"{address}/en/")
    page.get_by_label("Your question").wait_for()
    assert violations(page) == []
    ask(page, "What is project Melissa?", "Your question").get_by_text("Why this answer").click()
    assert violations(page) == []
