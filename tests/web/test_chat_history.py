"""Conversations stay in the browser, and nowhere else: they survive a reload, open again, and are erased."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.chat import ask, turns

pytestmark = pytest.mark.browser
MELISSA = "Wat is project Melissa?"
_NO_STORAGE = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new Error("off"); } });"""


def history(page):
    """The dialog with earlier conversations, opened."""
    page.get_by_role("button", name="Eerdere gesprekken").click()
    dialog = page.get_by_role("dialog", name="Eerdere gesprekken")
    expect(dialog.get_by_role("heading")).to_be_focused()
    return dialog


def test_nothing_is_lost_on_a_reload(page):
    turn = ask(page)
    page.get_by_label("Uw vraag").fill("Een half getypte vr")
    page.reload()
    expect(turns(page)).to_have_count(1)
    expect(turns(page)).to_contain_text("invorderen")
    expect(page.get_by_label("Uw vraag")).to_have_value("Een half getypte vr")
    turn.get_by_role("link", name="[1]").first.click()
    expect(turn.locator(".evidence[data-n='1'] > summary")).to_be_focused()
    turn.get_by_role("button", name="Vraag wijzigen").click()
    expect(page.get_by_label("Uw vraag")).to_have_value("Wat zijn alternatieven voor PPS?")


def test_an_earlier_conversation_opens_again(page):
    ask(page, MELISSA)
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(turns(page)).to_have_count(0)
    expect(page.get_by_role("heading", name="Voorbeelden")).to_be_visible()
    ask(page)
    dialog = history(page)
    expect(dialog.locator("li")).to_have_count(2)
    dialog.get_by_role("button", name=MELISSA, exact=True).click()
    expect(dialog).to_be_hidden()
    expect(turns(page)).to_have_count(1)
    expect(turns(page).locator("h2")).to_contain_text(MELISSA)


def test_conversations_are_erased_one_by_one_and_all(page):
    for question in (MELISSA, "Wat is PPS volgens TNO?", "Wat zijn alternatieven voor PPS?"):
        ask(page, question)
        page.get_by_role("button", name="Nieuw gesprek").click()
        expect(turns(page)).to_have_count(0)
    dialog = history(page)
    dialog.get_by_role("button", name=f"Wis: {MELISSA}").click()
    expect(dialog.locator("li")).to_have_count(2)
    expect(dialog.get_by_role("status")).to_have_text("Het gesprek is gewist.")
    dialog.get_by_role("button", name="Wis alle gesprekken").click()
    dialog.get_by_role("button", name="Nee, bewaar ze").click()
    expect(dialog.locator("li")).to_have_count(2)
    dialog.get_by_role("button", name="Wis alle gesprekken").click()
    dialog.get_by_role("button", name="Ja, wis alles").click()
    expect(dialog.get_by_role("status")).to_have_text("De gesprekken zijn gewist.")
    expect(dialog).to_contain_text("Er zijn geen bewaarde gesprekken.")
    dialog.get_by_role("button", name="Sluit").click()
    assert "PPS" not in page.evaluate("JSON.stringify({ ...localStorage })")


def test_erasing_takes_the_conversation_off_the_page_too(page):
    ask(page, MELISSA)
    dialog = history(page)
    dialog.get_by_role("button", name="Wis alle gesprekken").click()
    dialog.get_by_role("button", name="Ja, wis alles").click()
    expect(turns(page)).to_have_count(0)
    assert "Melissa" not in page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")


def test_nothing_is_kept_where_the_reader_does_not_want_it(page):
    history(page).get_by_label("Bewaar gesprekken in deze browser").uncheck()
    page.keyboard.press("Escape")
    ask(page, MELISSA)
    assert "Melissa" not in page.evaluate("JSON.stringify({ ...localStorage })")
    page.reload()
    expect(turns(page)).to_have_count(1)  # this tab still has it
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Uw vraag").wait_for()
    expect(turns(other)).to_have_count(0)


def test_a_browser_without_storage_still_answers(opened):
    page = opened(
        1280,
        before=_NO_STORAGE,
    )
    page.get_by_label("Uw vraag").wait_for()
    expect(ask(page)).to_contain_text("invorderen")
    expect(history(page)).to_contain_text("Er zijn geen bewaarde gesprekken.")
