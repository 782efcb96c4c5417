"""What a reader does with the chat, for the tests in a browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

#: An answer takes well under a second; a busy machine more.
PATIENCE = 15_000
ALTERNATIVES = "Wat zijn alternatieven voor PPS?"


def put(page: Page, question: str, label: str = "Uw vraag") -> None:
    """Type a question and send it."""
    page.get_by_label(label, exact=True).fill(question)
    page.get_by_label(label, exact=True).press("Enter")


def turns(page: Page) -> Locator:
    """The finished turns on the page."""
    return page.locator("#beurten > .beurt")


def ask(page: Page, question: str = ALTERNATIVES, label: str = "Uw vraag") -> Locator:
    """Ask, and wait until the answer is whole. Gives the turn."""
    before = turns(page).count()
    put(page, question, label)
    expect(turns(page)).to_have_count(before + 1, timeout=PATIENCE)
    return turns(page).last


def first_source(turn: Locator) -> Locator:
    """The evidence under number 1 of a turn."""
    return turn.locator(".evidence[data-n='1']")
