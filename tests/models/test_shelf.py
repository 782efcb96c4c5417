"""The models that a reader can choose between, as they come and go."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.compose.chat_models import ChatModel, load_chat_model
from rag.errors import ConfigurationError, ModelError, PpsError
from rag.models import engine
from rag.models.pull import pull
from rag.models.shelf import CONFIGURED, INSTALL, LOCAL, NONE, ModelShelf
from rag.settings import Settings


@pytest.fixture
def settings(small, monkeypatch):
    monkeypatch.setattr(engine, "installed", lambda: "1")
    return Settings(_env_file=None, models_dir=small.folder.path)


def test_a_model_is_ready_as_soon_as_it_was_fetched(settings, small):
    shelf = ModelShelf(settings)
    assert [(c.key, c.ready) for c in shelf.choices()] == [(NONE, True), (LOCAL, False)] and shelf.default == NONE
    assert shelf.choices()[1].state == "absent" and shelf.get(NONE) is None
    with pytest.raises(ConfigurationError, match="models pull klein"):
        shelf.get(LOCAL)
    steps = []
    made = shelf.fetch(lambda *step: steps.append(step))
    assert made.key == LOCAL and made.ready and shelf.to_fetch() is None and steps
    model = shelf.get(LOCAL)
    assert model.name == "klein" and model.grammars
    with ThreadPoolExecutor(4) as threads:
        assert all(m is model for m in threads.map(shelf.get, [LOCAL] * 8)), "one server for all"
    shelf.close()


def test_own_models_show_when_they_are_there(settings, small):
    (small.folder.path / "groot-8b.gguf").write_bytes(b"GGUF")
    shelf = ModelShelf(settings)
    assert [c.key for c in shelf.choices()] == [NONE, LOCAL, "lokaal:groot-8b"]
    assert shelf.get("lokaal:groot-8b").name == "groot-8b"


@pytest.mark.parametrize("key", ["", "weg", CONFIGURED, "lokaal:weg", "proef@http://127.0.0.1:9/v1", "llama.cpp:x.gguf"])
def test_a_key_from_outside_reaches_nothing_else(settings, key):
    with pytest.raises(ConfigurationError):
        ModelShelf(settings).get(key)


def test_the_configured_model_is_one_of_them(settings, small):
    there = ChatModel("gpt-nl", object())
    shelf = ModelShelf(settings, there)
    assert shelf.default == CONFIGURED and [c.key for c in shelf.choices()] == [NONE, CONFIGURED, LOCAL] and shelf.get(CONFIGURED) is there
    pull(small.model, small.folder)
    here = load_chat_model("lokaal", settings)
    assert [c.key for c in ModelShelf(settings, here).choices()] == [NONE, CONFIGURED], "a local model is not loaded twice"


def test_fetching_is_for_who_runs_the_advisor(settings):
    shelf = ModelShelf(settings.model_copy(update={"host": "0.0.0.0"}))
    assert not shelf.may_fetch
    with pytest.raises(PpsError, match="beheerder"):
        shelf.fetch()
    assert all(ModelShelf(settings.model_copy(update={"host": h})).may_fetch for h in ("127.0.0.1", "::1", "localhost"))


def test_the_engine_is_installed_where_it_is_missing(settings, monkeypatch):
    there = []
    monkeypatch.setattr(engine, "installed", lambda: there[0] if there else None)
    monkeypatch.setattr(engine, "install", lambda: there.append("1"))
    steps = []
    assert ModelShelf(settings).fetch(lambda *step: steps.append(step)).ready and steps[0][0] == INSTALL


def test_an_engine_that_cannot_be_installed_is_told(small, monkeypatch):
    monkeypatch.setattr(engine, "REQUIREMENT", "klein-motor==1.0")
    with pytest.raises(PpsError, match="klein-motor==1.0 is niet geïnstalleerd.*make run LLM=lokaal.*No matching distribution"):
        engine.install()


def test_a_file_that_was_swapped_is_not_run(settings, small):
    path = pull(small.model, small.folder)
    shelf = ModelShelf(settings)
    model = shelf.get(LOCAL)
    path.write_bytes(bytes(len(small.data)))
    with pytest.raises(ModelError, match="beschadigd"):
        list(model.stream([("human", "x")]))


def test_choosing_a_model_loads_it_behind_the_scenes(settings, small):
    pull(small.model, small.folder)
    shelf = ModelShelf(settings)
    loaded = threading.Event()
    shelf.get(LOCAL).runner.chat = lambda wait_s: loaded.set()
    shelf.warm(LOCAL)
    assert loaded.wait(5)
    shelf.warm(NONE)
    shelf.warm("weg")
