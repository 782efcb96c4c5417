"""What a reader sees when the connection breaks or the server fails, and what is there again afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rag.errors import IndexMissingError
from rag.web.server import create_app
from tests.web.axe import violations
from tests.web.chat import PATIENCE, ask, put, turns
from tests.web.served import Served, served

pytestmark = pytest.mark.browser


def test_a_lost_connection_is_told_and_loses_nothing(page):
    ask(page)
    expect(page.locator("#verder button").first).to_be_visible(timeout=PATIENCE)  # nothing is under way any more
    page.context.set_offline(True)
    put(page, "Wat is project Melissa?")
    expect(turns(page)).to_have_count(2, timeout=PATIENCE)
    failed = turns(page).last
    expect(failed.locator("h2")).to_contain_text("Wat is project Melissa?")
    expect(failed).to_contain_text("Het antwoord is niet aangekomen")
    expect(page.locator("#verbinding")).to_contain_text("U hoeft niets te doen")
    expect(page.get_by_text("Attempting reconnection")).to_be_hidden()
    assert violations(page) == []
    page.get_by_label("Uw vraag").fill("Ondertussen getypt")
    with page.expect_event("load", timeout=30_000):  # the page opens again by itself
        page.context.set_offline(False)
    expect(turns(page)).to_have_count(2)
    expect(page.get_by_label("Uw vraag")).to_have_value("Ondertussen getypt")
    expect(page.locator("#verbinding")).to_have_count(0)
    turns(page).last.get_by_role("button", name="Opnieuw").click()
    expect(turns(page).last.locator(".zin").first).to_be_visible(timeout=PATIENCE)
    expect(turns(page)).to_have_count(2)


def test_a_question_whose_answer_a_reload_cut_off_is_still_there(page):
    page.evaluate("window.PPS.store.setPending({ question: 'Wat is project Melissa?', run: 'afgebroken' })")
    page.reload()
    expect(turns(page)).to_contain_text("Het antwoord is niet aangekomen")
    turns(page).get_by_role("button", name="Vraag wijzigen").click()
    expect(page.get_by_label("Uw vraag")).to_have_value("Wat is project Melissa?")


def test_a_server_that_starts_anew_goes_on_with_the_conversation(advisor, opened):
    server = Served(create_app(advisor))
    page = opened(1280, at=server.address)
    page.get_by_label("Uw vraag").wait_for()
    ask(page, "Wat is project Lantaarn?")
    page.wait_for_timeout(3_000)  # the search for suggestions is over by then: nothing is under way any more
    server.stop()
    put(page, "Wie doen daaraan mee?")
    expect(page.locator("#verbinding")).to_be_visible(timeout=PATIENCE)
    expect(turns(page)).to_have_count(2)
    again = Served(create_app(advisor), server.port)
    try:
        expect(page.locator("#verbinding")).to_have_count(0, timeout=30_000)
        turns(page).last.get_by_role("button", name="Opnieuw").click()
        expect(turns(page).last).to_contain_text("Bank Noord", timeout=PATIENCE)
    finally:
        again.stop()


class Failing:
    """An advisor's stream that ends in an error."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *_, **__):
        raise self.error
        yield


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (IndexMissingError("Er is nog geen index. Vraag uw beheerder."), "Er is nog geen index."),
        (RuntimeError("kapot"), "Er ging iets mis"),
    ],
)
def test_a_failure_of_the_server_is_told(advisor, opened, error, told):
    app = create_app(advisor)
    works = advisor.stream
    with served(app) as server:
        page = opened(1280, at=server.address)
        page.get_by_label("Uw vraag").wait_for()
        advisor.stream = Failing(error)
        put(page, "Wat is project Lantaarn?")
        expect(turns(page)).to_contain_text(told, timeout=PATIENCE)
        expect(turns(page)).not_to_contain_text("kapot")
        assert violations(page) == []
        expect(page.locator("body")).not_to_have_attribute("data-busy", "")
        advisor.stream = works
        turns(page).get_by_role("button", name="Opnieuw").click()
        expect(turns(page)).to_contain_text("factuurfraude", timeout=PATIENCE)
        expect(turns(page)).to_have_count(1)
