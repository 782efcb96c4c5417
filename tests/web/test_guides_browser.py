"""Guided advice in a real Chromium: each flow from the list to its memo, wide and on a phone, with axe at every page on the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.axe import violations
from tests.web.conftest import ARTEFACTS
from tests.web.test_pages_axe import ADD_STYLE, CUT_OFF, SPACING

pytestmark = pytest.mark.browser

LEVELS = ["draagvlak", "competenties", "regie", "vertrouwen", "gegevens", "leren"]
#: Flow → per step the ids of what is chosen, and words that its memo must hold.
JOURNEYS = {
    "keuzehulp": (
        [
            ["formeel-ja"],
            ["sectoren-ja"],
            ["vrijwillig-nee"],
            ["tijdelijk-ja"],
            ["delen-weet_niet"],
            ["doelen-ja"],
            ["alternatief-delegeren"],
        ],
        ["formeel samenwerkingsverband", "Op die punten past uw plan niet", "delegeren van de macht", "verder niets gevonden"],
    ),
    "ambitie": (
        [["waar-cyber", "waar-verm", "wie-markt"], ["vorm-meng", "inzet-strategisch"]]
        + [[f"{name}_nu-n1", f"{name}_wens-n{4 if name != 'leren' else 1}"] for name in LEVELS],
        ["Uw profiel als tabel", "Verschil: rollen en regie", "vier rollen moeten", "Project Melissa"],
    ),
    "uitdagingen": (
        [["uitdaging-info", "uitdaging-afspraken"], ["domein-ond", "domein-lokaal"]],
        ["Vragen om te stellen", "Veilig buitengebied", "Keurmerk Veilig Ondernemen", "geen grondslag"],
    ),
    "vergelijk-domeinen": (
        [["domein-cyber", "domein-verm", "domein-int"], ["onderwerp-praktijk", "onderwerp-opbrengst", "onderwerp-uitdaging"]],
        ["Deadbolt", "winkelovervallen", "JMLIT", "Collectieve winkelontzegging"],
    ),
}


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def width(request):
    return request.param


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("name", JOURNEYS)
def test_from_the_list_to_a_memo_that_can_be_kept(opened, width, name, tmp_path):
    steps, words = JOURNEYS[name]
    page = opened(width, "/advies")
    assert violations(page) == [] and fits(page)
    page.locator(f'a[href="/advies/{name}"]').click()
    for number, chosen in enumerate(steps, 1):
        expect(page.get_by_text(f"Stap {number} van {len(steps)}")).to_be_visible()
        for option in chosen:
            page.locator(f"#{option}").check()
        assert violations(page) == [] and fits(page)
        if number == 1:
            keep(page, f"advies-{name}-stap-{width}")
        page.get_by_role("button", name=re.compile("Verder|Naar het advies")).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert re.search(rf"/advies/{name}/memo\?", page.url)
    for said in words:
        expect(page.locator("main")).to_contain_text(said)
    assert violations(page) == [] and fits(page)
    keep(page, f"advies-{name}-memo-{width}")

    for label, kind in (("Opslaan voor Word", "docx"), ("Opslaan als Markdown", "md")):
        with page.expect_download() as download:
            page.get_by_role("link", name=label).click()
        assert download.value.suggested_filename == f"advies-{name}.{kind}"
        path = tmp_path / f"memo.{kind}"
        download.value.save_as(path)
        assert path.stat().st_size > 2000
    mark = page.get_by_role("link", name="Bron 1", exact=True).first
    mark.click()
    expect(page.locator("#bron-1")).to_be_in_viewport()
    page.locator("#bron-1 > a").click()
    expect(page.locator("#passage")).to_be_visible()


def keep(page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def test_every_sentence_of_the_page_has_a_source_or_is_told_as_ours(opened, width):
    page = opened(width, "/advies/uitdagingen/memo?uitdaging=info&uitdaging=recht&domein=cyber&domein=int")
    bare = page.locator(".part p, .part ul li").evaluate_all(
        "all => all.filter((e) => !e.querySelector('.ref') && !e.matches('.own')).length"
    )
    marks = page.locator(".ref").evaluate_all("all => all.filter((e) => !document.querySelector(e.getAttribute('href'))).length")
    assert bare == 0 and marks == 0 and page.locator(".ref").count() > 20


def test_a_forgotten_answer_is_told_and_reached_by_keyboard_alone(opened, width):
    page = opened(width, "/advies/ambitie?stap=2")
    page.get_by_role("button", name="Verder").focus()
    page.keyboard.press("Enter")
    errors = page.get_by_role("alert")
    expect(errors).to_be_focused()
    assert page.title().startswith("Fout: ") and violations(page) == []
    keep(page, f"advies-fout-{width}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#vorm-contract")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#inzet-strategisch")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Stap 3 van 8")).to_be_visible()
    page.get_by_role("link", name="Terug naar de vorige stap").click()
    expect(page.locator("#vorm-contract")).to_be_checked()


def test_an_answer_can_be_changed_from_the_memo(opened, width):
    page = opened(width, "/advies/vergelijk-domeinen/memo?domein=cyber&domein=fin&onderwerp=opbrengst")
    page.get_by_text("Uw antwoorden bekijken of wijzigen").click()
    page.get_by_role("link", name="Wijzig bij ‘Domeinen’").click()
    page.locator("#domein-lokaal").check()
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Naar het advies").click()
    expect(page.get_by_role("columnheader")).to_have_text(
        ["Onderwerp", "Cybercrime", "Financieel-economische criminaliteit", "Lokale veiligheid"]
    )


def test_the_whole_way_without_scripts(opened, width):
    page = opened(width, "/advies/uitdagingen", java_script_enabled=False)
    page.locator("#uitdaging-regie").check()
    page.get_by_role("button", name="Verder").click()
    page.locator("#domein-fin").check()
    page.get_by_role("button", name="Naar het advies").click()
    expect(page.get_by_role("heading", name="De regie organiseren")).to_be_visible()
    expect(page.get_by_role("button", name="Afdrukken")).to_have_count(0)
    page.get_by_text("Citaat en herkomst").first.click()
    expect(page.locator("#bron-1 blockquote")).to_be_visible()


MEMOS = [
    "/advies/keuzehulp?stap=7",
    "/advies/vergelijk-domeinen/memo?domein=cyber&domein=fin&domein=ond&onderwerp=wie&onderwerp=leren",
    "/advies/ambitie/memo?waar=int&wie=kennis&vorm=contract&inzet=weet_niet&"
    + "&".join(f"{n}_nu=n0&{n}_wens=n{i % 5}" for i, n in enumerate(LEVELS)),
]


@pytest.mark.parametrize("address_of", MEMOS, ids=["step", "table", "profile"])
@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"forced_colors": "active"}, {"reduced_motion": "reduce"}], ids=str)
def test_dark_and_high_contrast(opened, width, address_of, options):
    page = opened(width, address_of, **options)
    assert violations(page) == [] and fits(page)
    if "color_scheme" in options:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 31)"
        keep(page, f"advies-donker-{MEMOS.index(address_of)}-{width}")


@pytest.mark.parametrize("address_of", MEMOS, ids=["step", "table", "profile"])
def test_at_320_pixels_only_tables_scroll_sideways(opened, address_of):
    page = opened(320, address_of)
    assert fits(page)
    for region in page.locator(".scroll").all():
        assert region.get_attribute("tabindex") == "0" and region.get_attribute("role") == "region"


@pytest.mark.parametrize("address_of", ["/advies", "/advies/ambitie?na=2", *MEMOS], ids=["list", "error", "step", "table", "profile"])
def test_nothing_is_lost_with_wide_spacing(opened, address_of):
    page = opened(320, address_of)
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.evaluate(ADD_STYLE, SPACING)
    assert fits(page)
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("address_of", MEMOS, ids=["step", "table", "profile"])
def test_targets_are_large_enough(opened, width, address_of):
    page = opened(width, address_of)
    small = page.locator("main :is(button, summary, label, .ref, li > a, p.back > a, dd > a)").evaluate_all(
        """all => all.filter((e) => e.checkVisibility()).map((e) => [e.getBoundingClientRect(), e.outerHTML.slice(0, 80)])
        .filter(([box]) => box.width < 24 || box.height < 24).map(([box, told]) => `${told} ${box.width} x ${box.height}`)"""
    )
    assert small == []


def test_print_leaves_the_buttons_out_and_shows_the_quotes(opened):
    page = opened(1280, "/advies/uitdagingen/memo?uitdaging=belang&domein=verm")
    page.emulate_media(media="print")
    expect(page.locator(".actions")).to_be_hidden()
    expect(page.locator("#bron-1 blockquote")).to_be_visible()
    page.evaluate("window.print = () => { document.title = 'afgedrukt'; }")
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Afdrukken").click()
    assert page.title() == "afgedrukt"
