"""What a reader can do with an answer: copy, print, save as a file, ask again, edit the question."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.web.chat import PATIENCE, ask, first_source, turns

pytestmark = pytest.mark.browser
SOURCE = "Samen misdaad anders bestrijden"


def test_answer_and_sources_are_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page)
    turn.get_by_role("button", name="Kopieer").click()
    expect(turn.locator(".gedaan")).to_contain_text("gekopieerd")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("Wat zijn alternatieven voor PPS?") and "- invorderen [1]" in text
    assert f"[1] {SOURCE}" in text and "https://" in text


def test_copying_without_a_clipboard(page):
    """An intranet without https has no clipboard of its own."""
    turn = ask(page)
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    turn.get_by_role("button", name="Kopieer").click()
    expect(turn.locator(".gedaan")).to_contain_text("gekopieerd")
    page.get_by_label("Uw vraag").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Uw vraag")).to_have_value(re.compile(r"- invorderen \[1\]"))


@pytest.mark.parametrize("file", ["docx", "md"])
def test_an_answer_is_saved_with_numbered_sources_and_links(page, tmp_path, file):
    turn = ask(page)
    with page.expect_download() as download:
        turn.get_by_role("button", name={"docx": "Word", "md": "Markdown"}[file]).click()
    expect(turn.locator(".gedaan")).to_contain_text("gemaakt")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == f".{file}"
    if file == "md":
        text = path.read_text(encoding="utf-8")
    else:
        with zipfile.ZipFile(path) as archive:
            text = archive.read("word/document.xml").decode() + archive.read("word/_rels/document.xml.rels").decode()
    assert "invorderen" in text and SOURCE in text and "/bron/tno-samen-misdaad-anders-bestrijden" in text


def test_a_file_that_cannot_be_made_is_told(page):
    turn = ask(page)
    page.route("**/api/v1/export*", lambda route: route.fulfill(status=500))
    turn.get_by_role("button", name="Word").click()
    expect(turn.locator(".gedaan")).to_contain_text("kon niet worden gemaakt")


def test_one_answer_goes_on_paper_with_its_sources_open(page):
    ask(page, "Wat is project Melissa?")
    turn = ask(page)
    page.evaluate("""() => { window.print = () => {
        window.dispatchEvent(new Event("beforeprint"));
        window.open_then = document.querySelectorAll(".beurt.dit .evidence[data-n][open]").length;
        window.dispatchEvent(new Event("afterprint"));
    } }""")
    opened = turn.locator(".evidence[data-n][open]").count()
    turn.get_by_role("button", name="Afdrukken").click()
    assert page.evaluate("window.open_then") == turn.locator(".evidence[data-n]").count() >= 1
    assert turn.locator(".evidence[data-n][open]").count() == opened, "afterwards it is as it was"
    page.emulate_media(media="print")
    for hidden in ("#vragen", "#verder", "#instellingen", ".knoppen >> nth=0", ".waarom >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(turn.locator(".tekst")).to_be_visible()
    assert "http" in page.evaluate(
        "getComputedStyle(document.querySelector('.beurt:last-child .evidence a[href^=http]'), '::after').content"
    )


def test_an_answer_is_made_again_in_its_place(page):
    ask(page, "Wat is project Melissa?")
    turn = ask(page)
    first = turn.get_attribute("id")
    expect(turns(page).first.get_by_role("button", name="Opnieuw")).to_be_hidden()  # only the last one can be
    turn.get_by_role("button", name="Opnieuw").click()
    expect(page.locator(f"#{first}")).to_have_count(0, timeout=PATIENCE)
    expect(turns(page)).to_have_count(2, timeout=PATIENCE)
    expect(turns(page).last).to_contain_text("invorderen")


def test_a_question_is_edited_or_left_as_it_was(page):
    turn = ask(page, "Wat is project Melisa?")
    turn.get_by_role("button", name="Vraag wijzigen").click()
    expect(page.get_by_label("Uw vraag")).to_have_value("Wat is project Melisa?")
    expect(page.get_by_label("Uw vraag")).to_be_focused()
    page.get_by_role("button", name="Toch niet wijzigen").click()
    expect(page.get_by_label("Uw vraag")).to_have_value("")
    turn.get_by_role("button", name="Vraag wijzigen").click()
    page.get_by_label("Uw vraag").fill("Wat is project Melissa?")
    page.get_by_label("Uw vraag").press("Enter")
    expect(turns(page).locator("h2").last).to_contain_text("Wat is project Melissa?", timeout=PATIENCE)
    expect(turns(page)).to_have_count(1)
    expect(first_source(turns(page))).to_contain_text("Project Melissa")


def test_an_answer_goes_to_the_page_where_it_can_be_embedded(page):
    turn = ask(page)
    with page.context.expect_page() as opened:
        turn.get_by_role("button", name="Insluiten").click()
    check = opened.value
    expect(check.get_by_role("heading", level=1)).to_have_text("Kijk dit antwoord na", timeout=PATIENCE)
    expect(check.locator("main")).to_contain_text("invorderen")


def test_what_was_not_answered_cannot_be_embedded(page):
    turn = ask(page, "Wat is het weer morgen?")
    expect(turn.get_by_role("button", name="Kopieer")).to_be_visible(timeout=PATIENCE)
    expect(turn.get_by_role("button", name="Insluiten")).to_have_count(0)
