"""A verdict on a sentence, from the button to what editors see."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rag.web.chat import stored
from rag.web.labels import texts
from tests.web.chat import ask

pytestmark = pytest.mark.browser


def form(page, turn):
    """The dialog for a verdict, opened."""
    turn.get_by_role("button", name="Klopt dit?").click()
    dialog = page.get_by_role("dialog", name="Wat vindt u van dit antwoord?")
    expect(dialog.get_by_role("heading", level=2)).to_be_focused()
    return dialog


def test_a_verdict_on_a_sentence_reaches_the_editors(page, address):
    turn = ask(page)
    turn.get_by_role("link", name="[1]").nth(1).focus()  # the sentence that was looked at is the one that is meant
    page.keyboard.press("Escape")
    dialog = form(page, turn)
    chosen = dialog.get_by_label("Over welke zin gaat het?")
    expect(chosen).to_have_value("2")
    assert "TNO noemt vier alternatieven" in chosen.locator("option:checked").inner_text()
    expect(dialog).to_contain_text("Bewaard worden uw oordeel, uw opmerking, uw vraag, de zin")
    expect(dialog).to_contain_text("Na 180 dagen wordt alles gewist")
    dialog.get_by_label("Bron past niet").check()
    remark = f"Past niet bij de bron ({page.viewport_size['width']})"
    dialog.get_by_label("Opmerking").fill(remark)
    with page.expect_response("**/feedback") as answered:
        dialog.get_by_role("button", name="Verstuur").click()
    assert answered.value.status == 201
    expect(dialog.get_by_role("status")).to_contain_text("Bedankt")
    expect(dialog.get_by_role("button", name="Verstuur")).to_be_disabled()
    dialog.get_by_role("button", name="Sluit").click()
    expect(turn.get_by_role("button", name="Klopt dit?")).to_be_focused()
    page.goto(f"{address}/terugkoppeling")
    expect(page.locator("body")).to_contain_text(remark)


def test_a_verdict_is_asked_for_and_a_failure_is_told(page):
    turn = ask(page)
    dialog = form(page, turn)
    dialog.get_by_role("button", name="Verstuur").click()
    expect(dialog.get_by_role("status")).to_have_text("Kies eerst een oordeel.")
    expect(dialog.get_by_label("Klopt", exact=True)).to_be_focused()
    dialog.get_by_label("Klopt", exact=True).check()
    page.route("**/feedback", lambda route: route.abort())
    dialog.get_by_role("button", name="Verstuur").click()
    expect(dialog.get_by_role("status")).to_contain_text("niet aangekomen")
    expect(dialog.get_by_role("button", name="Verstuur")).to_be_enabled()
    page.unroute("**/feedback")
    dialog.get_by_role("button", name="Verstuur").click()
    expect(dialog.get_by_role("status")).to_contain_text("Bedankt")


def test_nothing_to_judge_where_nothing_was_said(page):
    turn = ask(page, "Hoe bak ik een appeltaart?")
    expect(turn.get_by_role("button", name="Klopt dit?")).to_have_count(0)
    expect(turn.get_by_role("button", name="Word")).to_have_count(0)


@pytest.mark.parametrize(("kept", "told"), [("zonder_vraag", "wordt niet bewaard"), ("met_vraag", "uw vraag, de zin")])
def test_what_is_kept_is_told_as_the_organisation_chose(settings, kept, told):
    chosen = settings.model_copy(update={"feedback": kept, "feedback_days": 31})
    text = stored(chosen, texts("nl"))
    assert told in text and "Na 31 dagen" in text
    assert "31 days" in stored(chosen, texts("en"))
