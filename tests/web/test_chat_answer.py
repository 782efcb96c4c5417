"""An answer in the browser: its order, its quotes, its reasons, where its sources stand, and the questions to go on with."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.chat import PATIENCE, ask, first_source, put, turns

pytestmark = pytest.mark.browser
#: Keeps what #nu showed, in order: how many passages and how many sentences there were.
_WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const turn = document.querySelector("#nu article");
    if (turn) window.seen.push([turn.querySelectorAll(".evidence").length, turn.querySelectorAll(".zin").length]);
  }).observe(document.querySelector("#nu"), { childList: true, subtree: true });
}"""


def test_evidence_comes_first_and_then_sentences(page):
    page.evaluate(_WATCH)
    ask(page)
    seen = page.evaluate("window.seen")
    assert seen[0] == [0, 0] and [n for n in seen if n[0] and not n[1]], seen
    sentences = [s for _, s in seen]
    assert sentences == sorted(sentences) and sentences[-1] >= 5


def test_the_source_opens_beside_the_answer_or_below_it(page):
    turn = ask(page)
    wide = page.viewport_size["width"] > 960
    source = first_source(turn)
    assert (source.get_attribute("open") is not None) == wide
    turn.get_by_role("link", name="[1]").first.click()
    text, evidence = turn.locator(".tekst").bounding_box(), source.bounding_box()
    if wide:
        assert evidence["x"] > text["x"] + text["width"] and evidence["y"] < text["y"] + text["height"]
    else:
        assert evidence["y"] > text["y"] + text["height"] and evidence["x"] < text["x"] + 40
    expect(source.locator("mark").first).to_be_in_viewport()
    source.get_by_text("Lees de hele passage").click()
    expect(source.locator(".rond .passage")).to_contain_text("geen criteria om tussen PPS en de alternatieven te kiezen")


def test_a_sentence_shows_its_quote_while_pointed_at_or_focused(page):
    turn = ask(page)
    quote = page.get_by_role("tooltip")
    turn.locator(".zin").nth(1).hover(position={"x": 5, "y": 5})
    expect(quote).to_contain_text("TNO noemt vier alternatieven")
    expect(quote).to_contain_text("Deze zin staat zo in de bron.")
    quote.hover()
    page.wait_for_timeout(500)
    expect(quote).to_be_visible()  # what is shown can itself be pointed at
    page.keyboard.press("Escape")
    expect(quote).to_have_count(0)
    mark = turn.get_by_role("link", name="[1]").nth(2)
    mark.focus()
    expect(quote).to_be_visible()
    assert mark.get_attribute("aria-describedby") == quote.get_attribute("id")
    box, width = quote.bounding_box(), page.viewport_size["width"]
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    page.get_by_label("Uw vraag").focus()
    expect(quote).to_have_count(0)


def test_why_this_answer_shows_steps_times_and_scores(page):
    turn = ask(page)
    why = turn.get_by_text("Waarom dit antwoord")
    why.click()
    tables = turn.locator(".waarom table")
    expect(tables).to_have_count(2)
    expect(tables.first).to_contain_text("Vraag controleren")
    times = [float(t) for t in tables.first.locator("td.number").all_inner_texts()]
    assert len(times) >= 5 and all(t >= 0 for t in times) and times[-1] >= max(times[:-1])
    expect(tables.last.locator("tbody tr").first).to_contain_text("Samen misdaad anders bestrijden")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_suggestions_are_answered_as_they_stand(page):
    ask(page)
    offered = page.locator("#verder button")
    expect(page.get_by_role("heading", name="De bronnen beantwoorden ook")).to_be_visible(timeout=PATIENCE)
    assert 1 <= offered.count() <= 3
    question = offered.first.inner_text()
    offered.first.click()
    expect(turns(page)).to_have_count(2, timeout=PATIENCE)
    expect(turns(page).last.locator("h2")).to_contain_text(question)
    expect(turns(page).last.locator(".stand")).to_contain_text("Beantwoord uit de bronnen")


def test_what_is_typed_while_an_answer_is_made_stays(page):
    put(page, "Wat is project Melissa en wie doen mee?")
    expect(page.get_by_label("Uw vraag")).to_have_value("", timeout=PATIENCE)
    page.get_by_label("Uw vraag").type("en wat leverde", delay=15)
    expect(turns(page)).to_have_count(1, timeout=PATIENCE)
    page.wait_for_timeout(500)
    expect(page.get_by_label("Uw vraag")).to_have_value("en wat leverde")
