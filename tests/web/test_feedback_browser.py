"""The journey of an editor in a real browser, without JavaScript, and what axe finds on every state of those pages."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.web.axe import violations
from tests.web.conftest import ARTEFACTS

pytestmark = pytest.mark.browser
PAGE = "/terugkoppeling"


@pytest.fixture
def said(opened, address):
    """A verdict on a sentence of an answer of the shipped corpus, and what tells it from those of other tests."""
    page = opened(path="/over")
    mark = f"Opmerking {uuid4().hex[:8]}: het jaartal is fout. Mail jan@voorbeeld.nl."
    answer = page.request.post(f"{address}/api/v1/ask", data={"question": "Wat is project Melissa?"}).json()
    cited = answer["citations"][0]
    given = {"sentence": 1, "verdict": "klopt_niet", "remark": mark, "question": answer["question"], "text": answer["sentences"][0]["text"]}
    reply = page.request.post(
        f"{address}/api/v1/answers/{answer['id']}/feedback",
        data={**given, "passage_ids": [cited["passage_id"]], "corpus_version": answer["corpus_version"]},
    )
    assert reply.status == 201
    return {"answer": answer, "remark": mark.replace("jan@voorbeeld.nl", "[e-mailadres]"), "document": cited["document_id"]}


def shown(page, said):
    """The article of the verdict on a list."""
    return page.get_by_role("article").filter(has_text=said["remark"])


def shot(page, name):
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_editor_handles_a_verdict_without_javascript(opened, address, said, width, tmp_path):
    page = opened(width, PAGE, java_script_enabled=False)
    page.get_by_label("Oordeel").select_option("klopt_niet")
    page.get_by_label("Document").fill(said["document"])
    page.get_by_role("button", name="Toon").click()
    shot(page, f"terugkoppeling-lijst-{width}")
    shown(page, said).get_by_role("button", name="In behandeling nemen").click()
    assert page.get_by_role("status").inner_text() == "De stand is gewijzigd." and shown(page, said).count() == 0
    page.get_by_label("Stand").select_option("in_behandeling")
    page.get_by_role("button", name="Toon").click()
    shown(page, said).get_by_role("link", name="Goudvraag maken").click()
    page.get_by_label("Vraag, zonder persoonsgegevens").fill("Tegen welk soort misdaad is project Melissa gericht?")
    page.get_by_label("Kenmerken van de documenten").fill(said["document"])
    page.get_by_label("Kernpunten").fill("dit staat nergens")
    page.get_by_role("button", name="Goudvraag bewaren").click()
    assert "staat niet letterlijk" in page.get_by_role("alert").inner_text()
    shot(page, f"terugkoppeling-fout-{width}")
    page.get_by_label("Kernpunten").fill("ransomware")
    page.get_by_role("button", name="Goudvraag bewaren").click()
    assert page.get_by_role("status").inner_text() == "De goudvraag is bewaard."
    shot(page, f"terugkoppeling-oordeel-{width}")
    page.get_by_role("button", name="Aannemen").click()
    page.get_by_label("Stand").select_option("aangenomen")
    page.get_by_role("button", name="Toon").click()
    assert shown(page, said).count() == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal").click()
    rows = [json.loads(line) for line in download.value.path().read_text(encoding="utf-8").splitlines()]
    assert {"Tegen welk soort misdaad is project Melissa gericht?"} <= {row["question"] for row in rows}
    shown(page, said).get_by_role("link", name="Goudvraag bekijken").click()
    page.get_by_label("Ik weet zeker").check()
    page.get_by_role("button", name="Oordeel wissen").click()
    assert page.get_by_role("status").inner_text() == "Het oordeel is gewist."
    page.goto(f"{address}{PAGE}?staat=")
    assert shown(page, said).count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wrong_with_the_pages_of_editors(opened, address, said, width, scheme):
    """On the list, an empty list, one verdict, a refused form and a page that is not there; nothing scrolls sideways."""
    page = opened(width, PAGE, color_scheme=scheme)

    def check(state):
        assert violations(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), state

    assert page.locator(".filter").evaluate("e => getComputedStyle(e).display") == "flex"  # the policy lets its own style in
    check("list")
    shown(page, said).get_by_role("link", name="Goudvraag maken").click()
    check("one")
    page.get_by_label("Kernpunten").fill("dit staat nergens")
    page.get_by_role("button", name="Goudvraag bewaren").click()
    page.get_by_role("alert").wait_for()
    check("refused")
    page.get_by_role("button", name="Afwijzen").click()
    page.get_by_role("status").wait_for()
    check("done")
    if scheme == "dark":
        shot(page, f"terugkoppeling-donker-{width}")
    page.goto(f"{address}{PAGE}?document=bestaat-niet")
    check("empty")
    page.goto(f"{address}{PAGE}/{'0' * 32}")
    assert page.get_by_role("heading", level=1).inner_text() == "Niet gevonden"
    check("not there")


def test_the_keyboard_reaches_everything_and_leaves(opened, said):
    """Tab goes on from the skip link through every control to the foot of the page: there is no trap."""
    page = opened(1280, PAGE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    controls = page.locator("a[href]:visible, button:visible, select:visible, input:not([type=hidden]):visible").count()
    reached = set()
    for _ in range(controls + 1):
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        page.keyboard.press("Tab")
    assert len(reached) >= controls
