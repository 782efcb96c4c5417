"""What axe-core finds wrong with a page as it stands in the browser. Its script comes with the package axe-playwright-python."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

_SCRIPT = files("axe_playwright_python") / "axe.min.js"
#: WCAG 2.0, 2.1 and 2.2 at A and AA, and what axe holds for good practice beside them.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = """async ([tags, within]) => {
  const found = await axe.run(within || document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap((v) => v.nodes.map((n) => [v.id, n.target.flat().join(" "), n.failureSummary.replace(/\\s+/g, " ")]));
}"""


def violations(page: Page, within: str | None = None) -> list[str]:
    """One line for each element that breaks a rule: the rule, where, and what is wrong. `within` (a CSS selector) narrows it to a part.

    Nothing is fetched: the script is given to the page from the file.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_SCRIPT.read_text(encoding="utf-8"))
    # While a part of it is still being fetched, Gradio shows a "loading" of its own beside the page: no state that anyone reads.
    page.wait_for_function("!document.querySelector('body > .loading, gradio-app .loading, .gradio-container .loading')", timeout=10_000)
    return [f"{rule}: {where}: {told}" for rule, where, told in page.evaluate(_RUN, [TAGS, within])]
