"""The chat by keyboard, enlarged, without motion, read aloud, and in the language of the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.chat import PATIENCE, ask, put, turns

pytestmark = pytest.mark.browser
_FOCUSED = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const seen = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2);
  return [e.tagName, e.id || e.textContent.trim().slice(0, 40), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    Boolean(seen && (e.contains(seen) || seen.contains(e)))];
}"""
_ENGLISH = re.compile(
    r"\b(submit|clear|copy|loading|error|settings|close|fullscreen|download|share|undo|retry|processing|queue|built with)\b", re.I
)
_WORDS = """() => [document.title, document.body.innerText, ...[...document.querySelectorAll("body *")].flatMap((e) =>
  ["aria-label", "title", "placeholder", "alt"].map((name) => e.getAttribute(name) || ""))].join("\\n")"""


def test_the_whole_page_by_keyboard_without_a_trap(page):
    turn = ask(page)
    page.reload()
    expect(turns(page)).to_have_count(1)
    way = []
    for _ in range(120):
        page.keyboard.press("Tab")
        tag, name, outlined, seen = page.evaluate(_FOCUSED)
        if tag == "BODY":
            break
        assert outlined, f"the focus on {tag} {name} is not to be seen"
        assert seen, f"{name} has the focus and is covered"
        way.append(name)
    else:
        raise AssertionError("the focus never leaves the page")
    names = " ".join(way)
    assert way[0] == "Naar het vak voor uw vraag"
    for part in (
        "Eerdere gesprekken",
        "Kopieer",
        "Klopt dit?",
        "Waarom dit antwoord",
        "Open in het hele document",
        "Filters",
        "Toegankelijkheid",
    ):
        assert part in names or (part == "Open in het hele document" and page.viewport_size["width"] < 960), part
    assert len(way) > turn.locator(".mark").count() + 15
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") != "BODY"


def test_the_skip_link_leads_to_the_question_box(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar het vak voor uw vraag")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Uw vraag")).to_be_focused()


def test_a_dialog_keeps_the_focus_and_gives_it_back(page):
    button = page.get_by_role("button", name="Eerdere gesprekken")
    button.focus()
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(640, 450), (320, 256)], ids=["200 %", "400 %"])
def test_enlarged_nothing_is_cut_off_or_scrolls_sideways(opened, width, height):
    page = opened(width, viewport={"width": width, "height": height})
    page.get_by_label("Uw vraag").wait_for()
    turn = ask(page)
    turn.get_by_text("Waarom dit antwoord").click()
    turn.get_by_role("link", name="[1]").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = """() => [...document.querySelectorAll("button, h1, h2, h3, p, summary, a")]
      .filter((e) => e.offsetParent && !e.closest(".vo, .rol") && !e.matches(".skip"))
      .filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1
        || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow === "hidden"))
      .map((e) => e.textContent.trim().slice(0, 40))"""
    assert page.evaluate(cut) == []
    page.get_by_role("button", name="Eerdere gesprekken").click()
    dialog = page.get_by_role("dialog").bounding_box()
    assert dialog["x"] >= 0 and dialog["x"] + dialog["width"] <= width
    page.get_by_role("dialog").get_by_role("button", name="Sluit").click()


def test_wider_spaced_text_still_fits(page):
    """WCAG 1.4.12."""
    turn = ask(page)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
        "p { margin-bottom: 2em !important; }"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(turn.get_by_role("button", name="Kopieer")).to_be_visible()


def test_nothing_moves_for_who_wants_no_motion(opened):
    page = opened(1280, reduced_motion="reduce")
    page.get_by_label("Uw vraag").wait_for()
    page.route("**/gradio_api/queue/data*", lambda route: None)
    put(page, "Wat is PPS volgens TNO?")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    assert page.evaluate("document.getAnimations().filter((a) => a.playState === 'running').length") == 0


def test_an_answer_is_announced_once_when_it_is_complete(page):
    page.evaluate("""() => {
      window.said = [];
      const live = [...document.querySelectorAll("[aria-live], [role=status], [role=alert]")];
      live.forEach((region) => new MutationObserver(() => {
        const text = region.textContent.trim();
        if (text) window.said.push([region.id, text, document.querySelectorAll("#beurten .beurt").length]);
      }).observe(region, { childList: true, subtree: true, characterData: true }));
    }""")
    turn = ask(page)
    page.wait_for_timeout(800)
    said = page.evaluate("window.said")
    assert len(said) == 1, said
    region, text, finished = said[0]
    assert region == "voorlezen" and finished == 1 and text.startswith("Het antwoord is klaar. Beantwoord uit de bronnen.")
    assert "invorderen" in text and turn.get_attribute("aria-busy") is None


def test_only_dutch_also_in_an_english_browser(opened):
    page = opened(1280, locale="en-US")
    page.get_by_label("Uw vraag").wait_for()
    assert page.evaluate("document.documentElement.lang") == "nl"
    turn = ask(page)
    for summary in ("Waarom dit antwoord", "Taalmodel", "Filters op domein en rol"):
        page.get_by_text(summary, exact=True).click()
    assert turn.evaluate("document.documentElement.lang") == "nl"
    assert _ENGLISH.findall(page.evaluate(_WORDS)) == []


def test_the_english_switch(page):
    page.get_by_role("link", name="English").click()
    page.get_by_label("Your question").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"
    expect(page.get_by_role("note", name="Please note")).to_contain_text("not a person")
    page.get_by_text("Language model", exact=True).click()
    expect(page.get_by_label("Without a language model (sentences from the sources)")).to_be_checked()
    turn = ask(page, "What is project Melissa?", "Your question")
    expect(turn.get_by_role("button", name="Edit question")).to_be_visible()
    assert turn.locator(".tekst").get_attribute("lang") == "nl"  # the sentences are those of the Dutch sources
    page.get_by_role("link", name="Nederlands").click()
    expect(page.get_by_label("Uw vraag")).to_be_visible()
    expect(turns(page)).to_have_count(1, timeout=PATIENCE)
