"""Every page that is not the chat, in a real Chromium: axe, keyboard, narrow and enlarged, print; light and dark, wide and on a phone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from rag.knowledge.stats import DocumentRow, Stats
from rag.types import Source
from rag.web.render import templates
from tests.web.axe import violations
from tests.web.conftest import ARTEFACTS

pytestmark = pytest.mark.browser
#: Path and the words of its h1. `PASSAGE` stands for the end of an id in the shipped corpus.
PAGES = {
    "over": ("/over", "Over deze adviseur"),
    "about": ("/en/over", "About this advisor"),
    "toegankelijkheid": ("/toegankelijkheid", "Toegankelijkheid"),
    "corpus": ("/corpus", "Wat de adviseur weet"),
    "kennisgaten": ("/kennisgaten", "Kennisgaten"),
    "bron": ("/bron/begrippenlijst", "Begrippenlijst"),
    "bron-lang": ("/bron/tno-samen-misdaad-anders-bestrijden", "Samen misdaad anders bestrijden"),
    "bron-gekozen": ("/bron/tno-samen-misdaad-anders-bestrijden?passage=PASSAGE", "Samen misdaad anders bestrijden"),
    "bron-tabel": ("/bron/vergelijking-internationaal", "PPS in het buitenland"),
    "bron-weg": ("/bron/tno-samen-misdaad-anders-bestrijden?passage=weg", "Samen misdaad anders bestrijden"),
    "geen-bron": ("/bron/bestaat-niet", "Document niet gevonden"),
    "geen-pagina": ("/nergens", "Pagina niet gevonden"),
}
every_page = pytest.mark.parametrize("name", PAGES)
#: What a reader may set without losing text (WCAG 1.4.12).
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
#: As a reader's own style sheet: the page's policy blocks a style element.
ADD_STYLE = "(css) => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"
#: What is larger than what is shown of it.
CUT_OFF = """[...document.querySelectorAll("main *")].filter((e) => {
  const style = getComputedStyle(e), hides = (overflow) => !["visible", "auto"].includes(overflow);
  return e.clientWidth > 0 && !e.matches(".vo") && !(e instanceof SVGElement)
    && ((e.scrollWidth > e.clientWidth + 1 && hides(style.overflowX)) || (e.scrollHeight > e.clientHeight + 1 && hides(style.overflowY)));
}).map((e) => e.outerHTML.slice(0, 80))"""
_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  const top = Math.max(r.top, 0), bottom = Math.min(r.bottom, innerHeight);  // of the part in sight
  const at = document.elementFromPoint(r.left + Math.min(r.width, 20) / 2, (top + Math.min(bottom, top + 20)) / 2);
  e.dataset.reached = "yes";
  return { name: e.outerHTML.slice(0, 80), outline: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2,
           seen: bottom > top && (e.contains(at) || at?.contains(e)) };
}"""


@pytest.fixture
def visit(opened, address):
    """Opens a page of PAGES by name."""

    def go(name, width=1280, **options):
        path, heading = PAGES[name]
        page = opened(width, "/healthz", **options)
        if "PASSAGE" in path:
            found = page.request.get(f"{address}/api/v1/search?q=alternatieven+voor+PPS&k=20").json()["passages"]
            document = path.split("/")[2].split("?")[0]
            path = path.replace("PASSAGE", next(p["passage_id"] for p in found if p["document_id"] == document).rsplit(".", 1)[-1])
        if name == "kennisgaten":
            page.request.post(f"{address}/api/v1/ask", data={"question": "Hoeveel budget kreeg het project Melissa in 2031?"})
        page.goto(address + path)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        return page

    return go


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(visit, name, width, scheme):
    page = visit(name, width, color_scheme=scheme)
    assert violations(page) == []
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"pagina-{name}-{width}-{scheme}.png", full_page=True)


def archived() -> dict:
    """What a page shows of a passage that is no longer in use."""
    blocks = [
        {"kind": "paragraph", "sentences": [{"text": "Zo stond het er.", "sources": [1]}]},
        {"kind": "heading", "text": "Wie doen mee?", "level": 3},
        {"kind": "list", "sentences": [{"text": "Bank Noord", "sources": [1]}, {"text": "Bank Zuid", "sources": []}]},
    ]
    return {"blocks": blocks, "gone": "3 april 2026", "heading": "Wat het was", "page": 4}


def rare() -> dict[str, str]:
    """Pages that the shipped corpus does not lead to, made with the templates: archive, findings, nothing there."""
    source = Source("a", "Eerste bron", "Uitgever", "2024-04-03", "https://example.org/a", "officieel")
    finding = SimpleNamespace(level="fout", where="een-document.md", message="De link werkt niet.")
    row = DocumentRow("x", "Een document", "kennis", ("ai",), 3, "2024-01-01", "2025-01-01", "actueel", True, "x.md")
    found = Stats([row], 2, [("y.pdf", "y.pdf is een scan zonder tekst.")], "abc", "2026-11-24")
    named = {"charts": [{"title": "Documenten per soort", "bars": [("Kennis", 1, 100)]}], "indexed_at": "24 november 2026", "overdue": 1}
    meta = {"soort": "kennis", "domein": ["ai"]}
    listed = [{"titel": "Eerste bron", "uitgever": "Uitgever", "datum": "2024-04-03", "url": "", "soort": "officieel"}]
    changed = {"notice": "Dit document is vervallen.", "checked": "3 april 2026", "sections": [], "sources": listed, "chosen": True}
    report = {**named, "date": str, "check": SimpleNamespace(findings=[finding])}
    make = {
        "archived.html": {"title": "Een document", "archived": archived(), "sources": [source]},
        "source.html": {"title": "Een document", "meta": meta, "archived": archived(), "missing": False, **changed},
        "report.html": {"stats": found, "rows": [row], **report},
        "gaps.html": {"themes": [], "count": 0, "days": 180, "on": False, "date": str},
    }
    return {name: templates().get_template(name).render(**values) for name, values in make.items()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", rare())
def test_axe_finds_nothing_on_pages_that_few_see(opened, address, name, scheme):
    page = opened(390, "/healthz", color_scheme=scheme)
    page.route(f"{address}/zelden", lambda route: route.fulfill(body=rare()[name], content_type="text/html; charset=utf-8"))
    page.goto(f"{address}/zelden")
    assert violations(page) == [] and fits(page)


def test_dark_is_dark_and_light_is_light(visit):
    paper = [visit("over", color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor") for scheme in ("light", "dark")]
    assert paper[0] == "rgb(255, 255, 255)" and paper[1] != paper[0]


@every_page
def test_text_flows_at_400_percent_and_with_wide_spacing(visit, name):
    page = visit(name, 320)
    assert fits(page)
    page.evaluate(ADD_STYLE, SPACING)
    assert fits(page)
    assert page.evaluate(CUT_OFF) == []


@every_page
def test_tables_scroll_in_a_region_that_the_keyboard_reaches(visit, name):
    page = visit(name, 320)
    for table in page.locator("table").all():
        region = table.locator("xpath=..")
        assert region.get_attribute("tabindex") == "0" and region.get_attribute("aria-label")


@every_page
def test_the_keyboard_reaches_everything_in_sight_and_gets_out(visit, name):
    page = visit(name, 390)
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    expect(first).to_have_class("skip")
    expect(first).to_be_in_viewport()
    told = page.evaluate(_FOCUSED)
    stops = []
    while told and len(stops) < 1500:
        stops.append(told)
        page.keyboard.press("Tab")
        told = page.evaluate(_FOCUSED)
        if told and page.locator(":focus").evaluate("e => e.matches('.skip')"):
            break
    assert len(stops) < 1500, "the keyboard does not get out"
    assert [s["name"] for s in stops if not s["outline"]] == [], "focus that cannot be seen"
    assert [s["name"] for s in stops if not s["seen"]] == [], "focus out of sight"
    missed = "[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')]"
    assert page.evaluate(f"{missed}.filter(e => !e.dataset.reached).map(e => e.outerHTML.slice(0, 80))") == []


@every_page
def test_the_skip_link_goes_past_the_menu(visit, name):
    page = visit(name)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    target = page.locator(":focus")
    assert target.get_attribute("id") == ("passage" if name == "bron-gekozen" else "inhoud")
    page.keyboard.press("Tab")
    assert page.locator(":focus").evaluate("e => !e.closest('header')")


@every_page
def test_every_page_has_the_same_frame(visit, name):
    page = visit(name)
    english = name == "about"
    assert page.evaluate("document.documentElement.lang") == ("en" if english else "nl")
    menu = page.get_by_role("banner").get_by_role("navigation").get_by_role("link")
    addresses = menu.evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert addresses == (["/en/", "/advies", "/corpus", "/en/over"] if english else ["/", "/advies", "/corpus", "/over"])
    assert page.get_by_role("contentinfo").get_by_role("link").count() == 3
    assert page.get_by_role("heading", level=1).count() == 1 and page.get_by_role("main").count() == 1
    title = page.title()
    assert title.startswith(page.get_by_role("heading", level=1).inner_text()) and " — " in title


@every_page
def test_print_has_the_text_without_the_menu(visit, name):
    page = visit(name, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("navigation").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_reader_looks_up_what_the_advisor_is_and_how_well_it_does(visit, address, width):
    page = visit("over", width)
    page.get_by_role("navigation", name="Op deze pagina").get_by_role("link", name="Hoe goed het gaat").click()
    expect(page.get_by_role("heading", name="Hoe goed het gaat")).to_be_in_viewport()
    marks = page.get_by_role("img", name="Onzekerheid: tussen")
    assert marks.count() == 7 and all(m.bounding_box()["width"] > 200 for m in marks.all())
    expect(page.get_by_role("img", name="Van vraag naar antwoord")).to_be_visible()
    page.get_by_role("link", name="De AI-verordening, opsporing en chatbots").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("AI-verordening")
    page.get_by_role("contentinfo").get_by_role("link", name="Toegankelijkheid").click()
    expect(page.get_by_role("region", name="Waarneembaar").get_by_role("row")).to_have_count(21)
    page.get_by_role("contentinfo").get_by_role("link", name="Fout melden").click()
    expect(page.get_by_role("heading", name="Een fout melden")).to_be_in_viewport()


def test_a_table_of_a_source_is_a_table(visit):
    page = visit("bron-tabel", 390)
    table = page.get_by_role("region", name="Tabel 1: Wat is het verschil").get_by_role("table")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Praktijk", "Begin", "Gastheer", "Wat partijen doen"]
    row = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name="JMLIT (VK)"))
    expect(row.get_by_role("cell").first).to_contain_text("pilot in februari 2015")
    row.get_by_role("cell").first.get_by_role("link", name="bron").first.click()
    expect(page.locator(".sources li:target")).to_be_in_viewport()


def test_titles_in_english_are_marked(visit):
    page = visit("bron-tabel")
    marked = page.locator(".sources [lang=en]").all_inner_texts()
    assert "JMLIT Toolkit: introduction" in marked and len(marked) > 5
    dutch = page.locator(".sources li").filter(has_not=page.locator("[lang=en]"))
    assert dutch.count() > 0


def test_the_chosen_passage_is_in_sight(visit):
    page = visit("bron-gekozen", 390)
    page.goto(f"{page.url}#passage")
    expect(page.get_by_role("region", name="Aangehaalde passage")).to_be_in_viewport()
