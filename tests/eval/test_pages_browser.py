"""The report and the comparison in a real Chromium: axe with every case opened, nothing asked of outside, and no wider than a phone."""

import pytest

from eval import report
from eval.compare.folders import compare
from eval.compare.page import page
from tests.eval.test_compare_page import pair  # noqa: F401 - a fixture
from tests.eval.test_report import folder  # noqa: F401 - a fixture
from tests.web.axe import violations
from tests.web.conftest import ARTEFACTS, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def file(request, name, tmp_path):
    """The file of the page `name`."""
    if name == "report":
        return report.write(request.getfixturevalue("folder"))
    runs = request.getfixturevalue("pair")
    compared = tmp_path / "compare.html"
    compared.write_text(page(*runs, compare(*runs)), encoding="utf-8")
    return compared


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["report", "compare"])
def test_axe_finds_nothing_with_every_case_opened(browser, file, name, width, scheme):  # noqa: F811 - a fixture
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened, asked, wrong = context.new_page(), [], []
    opened.on("request", lambda r: asked.append(r.url))
    opened.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    opened.goto(file.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert violations(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    assert asked == [file.as_uri()] and wrong == []
    ARTEFACTS.mkdir(exist_ok=True)
    opened.screenshot(path=ARTEFACTS / f"eval-{name}-{width}-{scheme}.png", full_page=True)
    context.close()
