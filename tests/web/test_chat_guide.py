"""Guided advice within the chat: each flow from the chat to its memo and back, by mouse and by keyboard, wide and on a phone."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.web.axe import violations
from tests.web.chat import ask, turns
from tests.web.conftest import ARTEFACTS
from tests.web.test_guides_browser import JOURNEYS

pytestmark = pytest.mark.browser
TITLES = {
    "keuzehulp": "Keuzehulp",
    "ambitie": "Ambitie en ondersteuning",
    "uitdagingen": "Uitdagingen",
    "vergelijk-domeinen": "Vergelijk domeinen",
}
MEMO = "/advies/uitdagingen/memo?uitdaging=regie&domein=fin"


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def width(request):
    return request.param


@pytest.fixture
def chat(opened, width):
    made = opened(width)
    made.get_by_label("Uw vraag").wait_for()
    return made


def start(page, name="uitdagingen"):
    """The dialog with the flow `name`, opened from the page."""
    page.locator(f".hulpen a[href='/advies/{name}']").click()
    dialog = page.get_by_role("dialog", name="Advies in stappen")
    expect(dialog.get_by_role("heading", level=1)).to_be_focused()
    return dialog


def walk(dialog, steps):
    """Choose what `steps` name, page by page."""
    for number, chosen in enumerate(steps, 1):
        expect(dialog.get_by_text(f"Stap {number} van {len(steps)}")).to_be_visible()
        for option in chosen:
            dialog.locator(f"#{option}").check()
        dialog.get_by_role("button", name=re.compile("Verder|Naar het advies")).click()
    expect(dialog.get_by_role("heading", name="Bronnen", exact=True)).to_be_visible()


def to_memo(page):
    dialog = start(page)
    walk(dialog, [["uitdaging-regie"], ["domein-fin"]])
    return dialog


def fits(page) -> bool:
    return page.evaluate(
        """() => { const box = document.querySelector("#advies .vak");
        return document.documentElement.scrollWidth <= innerWidth && box.scrollWidth <= box.clientWidth; }"""
    )


def keep(page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png")


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_flow_ends_in_a_memo_within_the_chat(chat, width, name, tmp_path):
    steps, words = JOURNEYS[name]
    before = chat.url
    dialog = start(chat, name)
    assert violations(chat) == [] and fits(chat)
    keep(chat, f"chat-advies-{name}-stap-{width}")
    walk(dialog, steps)
    for said in words:
        expect(dialog).to_contain_text(said)
    assert dialog.get_by_role("main").count() == 0, "a second main on the page"
    assert violations(chat) == [] and fits(chat)
    keep(chat, f"chat-advies-{name}-memo-{width}")
    for label, kind in (("Opslaan voor Word", "docx"), ("Opslaan als Markdown", "md")):
        with chat.expect_download() as download:
            dialog.get_by_role("link", name=label).click()
        path = tmp_path / f"memo.{kind}"
        download.value.save_as(path)
        assert path.stat().st_size > 2000 and download.value.suggested_filename == f"advies-{name}.{kind}"
    assert chat.url == before


def test_a_source_opens_over_the_memo_and_leads_back_to_it(chat):
    dialog = to_memo(chat)
    dialog.get_by_role("link", name="Bron 1", exact=True).first.click()
    expect(dialog.locator("#bron-1")).to_be_focused()
    expect(dialog.locator("#bron-1")).to_be_in_viewport()
    dialog.locator("#bron-1 summary").click()
    link = dialog.locator("#bron-1 > a")
    link.click()
    expect(dialog.locator("#passage")).to_be_focused()
    expect(dialog.locator("#passage")).to_be_in_viewport()
    assert violations(chat) == [] and fits(chat)
    dialog.get_by_role("button", name="Terug naar de memo").click()
    expect(link).to_be_focused()
    expect(dialog.locator("#bron-1 blockquote")).to_be_visible()
    expect(dialog.get_by_role("button", name="Terug naar de memo")).to_be_hidden()


def test_the_memo_stays_in_the_conversation(chat):
    ask(chat, "Wat is project Melissa?")
    chat.get_by_role("link", name="Advies in stappen").click()
    dialog = chat.get_by_role("dialog", name="Advies in stappen")
    dialog.get_by_role("link", name="Uitdagingen").click()
    walk(dialog, [["uitdaging-regie"], ["domein-fin"]])
    title = dialog.get_by_role("heading", level=1).first.inner_text()
    expect(dialog.get_by_role("status")).to_have_text("U vindt deze memo terug in uw gesprek.")
    dialog.get_by_role("button", name="Terug naar de chat").click()
    expect(dialog).to_be_hidden()
    expect(turns(chat)).to_have_count(2)
    expect(turns(chat).last).to_contain_text(title)
    assert violations(chat) == []
    chat.reload()
    expect(turns(chat)).to_have_count(2)
    turns(chat).last.get_by_role("link", name="Open de memo").click()
    expect(dialog.get_by_role("heading", level=1, name=title)).to_be_focused()
    chat.keyboard.press("Escape")
    expect(turns(chat)).to_have_count(2), "the same memo is kept once"
    with chat.expect_download() as download:
        turns(chat).last.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename == "advies-uitdagingen.docx"
    ask(chat, "Wie doen daaraan mee?")  # a follow-up on the answer before the memo
    expect(turns(chat).last).to_contain_text("Melissa")


def test_a_memo_takes_the_place_of_no_answer(chat):
    ask(chat, "Wat is project Melissa?")
    turns(chat).last.get_by_role("button", name="Vraag wijzigen").click()
    chat.get_by_role("link", name="Advies in stappen").click()
    dialog = chat.get_by_role("dialog", name="Advies in stappen")
    dialog.get_by_role("link", name="Uitdagingen").click()
    walk(dialog, [["uitdaging-regie"], ["domein-fin"]])
    chat.keyboard.press("Escape")
    ask(chat, "Wat is PPS volgens TNO?")
    expect(turns(chat)).to_have_count(3)


def test_an_earlier_conversation_of_a_memo_alone_opens_again(chat):
    to_memo(chat)
    chat.keyboard.press("Escape")
    chat.get_by_role("button", name="Nieuw gesprek").click()
    expect(turns(chat)).to_have_count(0)
    chat.get_by_role("button", name="Eerdere gesprekken").click()
    earlier = chat.get_by_role("dialog", name="Eerdere gesprekken").locator("li")
    expect(earlier).to_have_count(1)
    earlier.get_by_role("button").first.click()
    expect(turns(chat).get_by_role("link", name="Open de memo")).to_be_visible()


def test_the_keyboard_alone_in_and_back_to_where_it_was(chat):
    link = chat.locator(".hulpen a[href='/advies/uitdagingen']")
    link.focus()
    chat.keyboard.press("Enter")
    dialog = chat.get_by_role("dialog", name="Advies in stappen")
    expect(dialog.get_by_role("heading", level=1)).to_be_focused()
    chat.keyboard.press("Tab")
    chat.keyboard.press("Space")
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    for _ in range(30):
        chat.keyboard.press("Tab")
        within = chat.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#advies')")
        assert within, "the focus is behind the dialog"
    chat.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()
    chat.keyboard.press("Enter")  # goes on where it was left
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(1)
    dialog.get_by_role("button", name="Terug naar de chat").click()
    expect(link).to_be_focused()


def test_a_forgotten_answer_is_told_where_the_reader_is(chat):
    dialog = start(chat)
    dialog.get_by_role("button", name="Verder").click()
    expect(dialog.get_by_role("alert")).to_be_focused()
    assert violations(chat) == []
    dialog.get_by_role("alert").get_by_role("link").first.click()
    expect(dialog.get_by_role("checkbox").first).to_be_focused()


def test_back_of_the_browser_goes_a_step_back_and_not_out_of_the_chat(chat):
    before = chat.url
    dialog = start(chat)
    dialog.locator("#uitdaging-regie").check()
    dialog.get_by_role("button", name="Verder").click()
    expect(dialog.get_by_text("Stap 2 van 2")).to_be_visible()
    chat.go_back()
    expect(dialog.locator("#uitdaging-regie")).to_be_checked()
    chat.go_back()
    expect(dialog.get_by_role("heading", name="Advies in stappen")).to_be_visible()
    chat.go_back()
    expect(dialog).to_be_hidden()
    assert chat.url == before and chat.get_by_label("Uw vraag").is_visible()


def test_a_reload_half_way_loses_nothing(chat):
    dialog = start(chat)
    dialog.locator("#uitdaging-regie").check()
    dialog.get_by_role("button", name="Verder").click()
    expect(dialog.get_by_text("Stap 2 van 2")).to_be_visible()
    chat.reload()
    expect(dialog.get_by_text("Stap 2 van 2")).to_be_visible()
    expect(dialog.get_by_role("heading", level=1)).to_be_focused()
    chat.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(chat.locator(".hulpen a[href='/advies/uitdagingen']")).to_be_focused()
    chat.reload()  # what was closed stays closed, and goes on where it was left once it is opened
    chat.get_by_label("Uw vraag").wait_for()
    expect(dialog).to_be_hidden()
    chat.locator(".hulpen a[href='/advies/uitdagingen']").click()
    dialog.locator("#domein-fin").check()
    dialog.get_by_role("button", name="Naar het advies").click()
    expect(dialog.get_by_role("heading", name="Bronnen", exact=True)).to_be_visible()
    chat.reload()
    expect(dialog.get_by_role("heading", name="Bronnen", exact=True)).to_be_visible()
    assert turns(chat).count() == 1


def test_a_new_conversation_begins_without_the_advice_that_was_left(chat):
    dialog = start(chat)
    dialog.locator("#uitdaging-regie").check()
    dialog.get_by_role("button", name="Verder").click()
    expect(dialog.get_by_text("Stap 2 van 2")).to_be_visible()
    chat.keyboard.press("Escape")
    ask(chat, "Wat is een PVO?")
    chat.get_by_role("button", name="Nieuw gesprek").click()
    start(chat)
    expect(dialog.get_by_text("Stap 1 van 2")).to_be_visible()


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}], ids=str)
def test_dark_and_high_contrast(opened, width, options):
    page = opened(width, **options)
    dialog = start(page, "vergelijk-domeinen")
    assert violations(page) == [] and fits(page)
    walk(dialog, JOURNEYS["vergelijk-domeinen"][0])
    assert violations(page) == [] and fits(page)
    if "color_scheme" in options:
        paper = dialog.locator(".blad").evaluate("e => getComputedStyle(e.getRootNode().host.closest('dialog')).backgroundColor")
        assert paper == "rgb(16, 22, 31)"
        keep(page, f"chat-advies-donker-{width}")


def test_only_the_memo_is_printed(chat):
    dialog = to_memo(chat)
    chat.evaluate("window.print = () => { window.printed = true; }")
    dialog.get_by_role("button", name="Afdrukken").click()
    assert chat.evaluate("window.printed")
    chat.emulate_media(media="print")
    expect(dialog.get_by_role("heading", name="Bronnen", exact=True)).to_be_visible()
    expect(dialog.locator("blockquote").first).to_be_visible()
    expect(dialog.get_by_role("button", name="Terug naar de chat")).to_be_hidden()
    expect(chat.get_by_label("Uw vraag")).to_be_hidden()
    paper = pypdfium2.PdfDocument(chat.pdf())
    printed = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in paper)
    assert len(paper) > 1 and "De regie organiseren" in printed and "Versie van de bronnen" in printed
    assert "Wat wilt u weten?" not in printed and "Terug naar de chat" not in printed


def test_a_page_that_does_not_come_is_told_with_a_way_on(chat, address):
    chat.route(f"{address}/advies/uitdagingen*", lambda route: route.abort())
    chat.locator(".hulpen a[href='/advies/uitdagingen']").click()
    dialog = chat.get_by_role("dialog", name="Advies in stappen")
    expect(dialog.get_by_role("status")).to_contain_text("kan nu niet worden getoond")
    assert dialog.get_by_role("link", name="Open het als pagina").get_attribute("target") == "_blank"
    assert violations(chat) == []


def test_with_a_modifier_key_the_page_itself_opens(chat):
    with chat.context.expect_page() as other:
        chat.locator(".hulpen a[href='/advies/uitdagingen']").click(modifiers=["ControlOrMeta"])
    assert other.value.url.endswith("/advies/uitdagingen")
    expect(chat.locator("#advies")).to_have_count(0)


def test_in_the_english_chat_the_advice_is_told_to_be_dutch(opened, width):
    page = opened(width, "/en/")
    page.get_by_role("link", name="Advice in steps (in Dutch)").click()
    dialog = page.get_by_role("dialog", name="Advice in steps")
    expect(dialog.get_by_role("heading", name="Advies in stappen")).to_be_focused()
    assert dialog.locator(".blad").get_attribute("lang") == "nl" and violations(page) == []
    dialog.get_by_role("button", name="Back to the chat").click()
    expect(dialog).to_be_hidden()
