"""Stopping an answer, with the button or by closing the page, also stops the language model that writes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from rag.advisor import Advisor
from rag.compose.chat_models import load_chat_model
from rag.web.server import create_app
from tests.fakes import ModelServer, Script
from tests.web.axe import violations
from tests.web.chat import PATIENCE, put, turns
from tests.web.served import served

pytestmark = pytest.mark.browser
QUESTION = "Wat is project Lantaarn?"
SLOW = [
    "Project Lantaarn is een samenwerking van het OM, de politie en drie banken tegen factuurfraude [1]. ",
    "Het convenant ",
    *["en zo voort "] * 600,
]


@pytest.fixture
def model():
    made = ModelServer()
    made.script = Script(pieces=SLOW, delay_s=0.05)
    yield made
    made.close()


@pytest.fixture
def page(searcher, settings, model, opened):
    advisor = Advisor(searcher, load_chat_model(f"proefmodel@{model.url}", settings), settings)
    with served(create_app(advisor)) as server:
        made = opened(1280, at=server.address)
        made.get_by_label("Uw vraag").wait_for()
        yield made


def test_stop_ends_the_answer_and_the_model(page, model):
    put(page, QUESTION)
    expect(page.locator("#nu .zin")).to_contain_text("drie banken", timeout=PATIENCE)  # the first sentence shows while the rest is written
    expect(page.locator("#nu article")).to_have_attribute("aria-busy", "true")
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(turns(page)).to_have_count(1, timeout=5_000)
    expect(turns(page)).to_contain_text("U hebt dit antwoord gestopt. Het is niet af.")
    expect(turns(page)).to_contain_text("drie banken")
    assert model.script.gone.wait(5), "the model goes on writing"
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.reload()
    expect(turns(page)).to_contain_text("U hebt dit antwoord gestopt")
    model.script = Script(pieces=SLOW[:1])
    turns(page).get_by_role("button", name="Opnieuw").click()
    expect(turns(page)).to_contain_text("proefmodel", timeout=PATIENCE)
    expect(turns(page)).to_have_count(1)


def test_closing_the_page_stops_the_model(page, model):
    put(page, QUESTION)
    expect(page.locator("#nu .zin").first).to_be_visible(timeout=PATIENCE)
    page.close()
    assert model.script.gone.wait(10), "the model goes on writing for nobody"


def test_a_new_conversation_stops_what_was_being_answered(page, model):
    put(page, QUESTION)
    expect(page.locator("#nu .zin").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Nieuw gesprek").click()
    assert model.script.gone.wait(5)
    expect(page.locator("body")).not_to_have_attribute("data-busy", "", timeout=5_000)
    expect(page.locator(".beurt")).to_have_count(0)
    expect(page.get_by_role("heading", name="Voorbeelden")).to_be_visible()


def test_a_model_that_fails_is_told_and_the_sources_answer(page, model):
    model.script = Script(status=500)
    put(page, QUESTION)
    expect(turns(page)).to_contain_text("zonder taalmodel", timeout=PATIENCE)
    expect(turns(page).locator(".melding")).to_contain_text("taalmodel")
