"""Contrast of what is not text (WCAG 1.4.11) as the browser draws it: edges of controls, their states, focus and graphs; light and dark."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.web.chat import ask
from tests.web.test_chat_guide import start
from tests.web.test_guides_browser import LEVELS

pytestmark = pytest.mark.browser
PROFILE = "/advies/ambitie/memo?waar=cyber&wie=markt&vorm=meng&inzet=strategisch&" + "&".join(f"{n}_nu=n1&{n}_wens=n3" for n in LEVELS)
#: The lowest contrast between `property` of what `selector` finds and what lies behind it; also where an edge has no colour of its own.
_LOWEST = """([selector, property, within]) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (let at = e; at; at = at.parentElement || at.getRootNode().host) {
      const found = rgba(getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    return rgba(getComputedStyle(document.body).backgroundColor);
  };
  const root = within ? document.querySelector(within).shadowRoot : document;
  return [...root.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => {
    const own = rgba(getComputedStyle(e)[property]), on = behind(property === "backgroundColor" ? e.parentElement : e.parentElement || e);
    if (own[3] < 255) return [1, e.outerHTML.slice(0, 90)];
    const [a, b] = [light(own), light(on)].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.outerHTML.slice(0, 90)];
  });
}"""


def measured(page, selector: str, colour: str = "borderTopColor", within: str = "") -> list[tuple[float, str]]:
    found = page.evaluate(_LOWEST, [selector, colour, within])
    assert found, f"nothing is found by {selector}"
    return found


def faint(page, *asked: tuple[str, ...]) -> list[str]:
    """What stands out too little, for (selector, colour, within)."""
    return [f"{ratio:.2f} {html}" for one in asked for ratio, html in measured(page, *one) if ratio < 3]


def drawn(control: Locator) -> float:
    """The highest contrast within the picture of a control, against its corner: the browser draws some edges itself."""
    image = Image.open(BytesIO(control.screenshot())).convert("RGB")
    lights = [_light(pixel) for _, pixel in image.getcolors(1 << 20)]
    corner = _light(image.getpixel((0, 0)))
    return max((max(a, corner) + 0.05) / (min(a, corner) + 0.05) for a in lights)


def _light(pixel: tuple[int, int, int]) -> float:
    """Relative luminance, as WCAG defines it."""
    linear = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in pixel]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def focus_rings(page) -> list[str]:
    """The rings that are too faint, of everything that the keyboard reaches from where it is."""
    wrong, seen = [], 0
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        page.evaluate(
            """() => { let e = document.activeElement; while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
            document.querySelectorAll("[data-ring]").forEach((o) => o.removeAttribute("data-ring")); e.dataset.ring = ""; }"""
        )
        if page.locator("[data-ring]").count() and page.evaluate("!!document.querySelector('[data-ring]')"):
            seen += 1
            wrong += faint(page, ("[data-ring]:not(:has(input:focus)):not(.option input)", "outlineColor"))
    assert seen > 10
    return wrong


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


def test_controls_of_the_chat(opened, scheme):
    page = opened(1280, color_scheme=scheme)
    page.get_by_label("Uw vraag").wait_for()
    page.locator(".vragen button").first.wait_for()
    page.get_by_text("Filters op domein en rol").click()
    page.get_by_text("Taalmodel", exact=True).click()
    expect(page.get_by_label("Internationaal")).to_be_visible()
    page.get_by_label("Ondermijning").check()
    assert focus_rings(page) == []
    assert (
        faint(
            page,
            ("#vraag textarea",),
            ("#vraag .submit-button", "backgroundColor"),
            (".vragen button",),
            ("#instellingen input:not(:checked)",),
            ("#instellingen input[type=checkbox]:checked", "backgroundColor"),
            ("#instellingen button.label-wrap .icon", "color"),
            (".pps-kop a[aria-current]", "color"),
        )
        == []
    )


def test_parts_of_an_answer_and_its_dialogs(opened, scheme):
    page = opened(1280, color_scheme=scheme)
    turn = ask(page)
    assert faint(page, (".inleiding .melding", "borderLeftColor"), (".evidence[open] > summary", "color")) == []
    turn.get_by_role("link", name="[1]").first.click()
    assert faint(page, (".evidence.lit",)) == []
    turn.get_by_role("button", name="Klopt dit?").click()
    page.get_by_role("dialog").get_by_label("Klopt", exact=True).check()
    assert (
        faint(
            page, ("#oordeel select",), ("#oordeel textarea",), ("#oordeel button",), ("#oordeel",), ("#oordeel .hoofd", "backgroundColor")
        )
        == []
    )


def test_controls_and_graphs_of_guided_advice(opened, scheme):
    page = opened(1280, "/advies/keuzehulp", color_scheme=scheme)
    page.locator(".option input").first.check()
    own = page.locator(".option input").first.evaluate("e => getComputedStyle(e).accentColor")
    page.evaluate("(colour) => { document.querySelector('.option').style.setProperty('text-decoration-color', colour); }", own)
    assert (
        faint(page, (".option:has(:checked)",), (".option:has(:checked)", "textDecorationColor"), ("button.next", "backgroundColor")) == []
    )
    assert faint(page, (".option:not(:has(:checked))",)) != []  # adornment: what is chosen from is told by the edge of the button in it
    assert all(drawn(page.locator(".option input").nth(n)) >= 3 for n in (0, 1))
    assert focus_of_options(page) == []
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Verder").click()
    assert faint(page, (".errors",), (".wrong", "borderLeftColor")) == []
    page.goto(page.url.split("/advies")[0] + PROFILE)
    assert (
        faint(page, (".now", "fill"), (".wanted", "stroke"), ("line.scale", "stroke"), ("line.gap", "stroke"), (".actions .button",)) == []
    )


def focus_of_options(page) -> list[str]:
    page.locator(".option input").first.focus()
    page.keyboard.press("ArrowDown")
    return faint(page, (".option:has(:focus-visible)", "outlineColor"))


def test_guided_advice_within_the_chat(opened, scheme):
    page = opened(1280, color_scheme=scheme)
    start(page, "keuzehulp").locator(".option input").first.check()
    within = "#advies .vak"
    assert (
        faint(
            page, ("#advies .balk button",), (".option:has(:checked)", "borderTopColor", within), ("button.next", "backgroundColor", within)
        )
        == []
    )
