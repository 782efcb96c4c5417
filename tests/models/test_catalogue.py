"""The catalogue, and the command and the doctor that read it."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rag.doctor import Check
from rag.errors import ConfigurationError
from rag.models import engine
from rag.models.catalogue import SHIPPED, Catalogue
from rag.models.folder import ModelFolder, readable_size
from rag.models.health import language_models
from rag.models.pull import pull
from rag.settings import Settings
from tests.fakes import ModelServer
from tests.models.conftest import write_catalogue

ROOT = Path(__file__).resolve().parents[2]


def test_the_shipped_catalogue_is_whole(tmp_path):
    catalogue = Catalogue(tmp_path)
    model = catalogue.get()
    assert model is catalogue.get("qwen2.5-coder-1.5b") and model.licence == "Apache-2.0"
    assert model.size == 1_117_320_768 == sum(p.size for p in model.parts) and len(model.parts) == 22
    assert model.sha256.startswith("cc324af0") and len({p.sha256 for p in model.parts}) == 22
    assert SHIPPED.is_file()


def test_the_engine_is_the_one_of_pyproject():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras["local"] == [engine.REQUIREMENT]


def test_own_models_join_and_replace(small):
    path = small.folder.path
    (path / "losse-8b.gguf").write_bytes(b"GGUF")
    (path / "-vreemd.gguf").write_bytes(b"GGUF")
    own = [{"name": "qwen2.5-coder-1.5b", "file": "anders.gguf"}, {"name": "groot", "title": "Groot", "file": "groot.gguf"}]
    write_catalogue(path, {"default": "groot", "models": own})
    catalogue = Catalogue(path)
    assert list(catalogue.models) == ["qwen2.5-coder-1.5b", "groot", "losse-8b"] and catalogue.get().name == "groot"
    assert catalogue.get("qwen2.5-coder-1.5b").filename == "anders.gguf"
    assert small.folder.condition(catalogue.get("losse-8b")).state == "ready"
    with pytest.raises(ConfigurationError, match="Wel: qwen2.5-coder-1.5b, groot, losse-8b"):
        catalogue.get("weg")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"models": [{"name": "x"}]}, "geef 'parts' of 'file'"),
        ({"models": [{"name": "../x", "file": "x.gguf"}]}, "models.0.name"),
        ({"models": [{"name": "x", "file": "../x.gguf"}]}, "models.0.file"),
        ({"models": [{"name": "x", "file": "x.bin"}]}, "eindigt op .gguf"),
        ({"models": [{"name": "x", "file": "x.gguf", "maat": 3}]}, "models.0.maat"),
        ({"models": [{"name": "x", "file": "x.gguf", "sha256": "abc"}]}, "models.0.sha256"),
        ([], "klopt iets niet"),
    ],
)
def test_a_catalogue_that_is_wrong_names_the_place(tmp_path, content, told):
    write_catalogue(tmp_path, content or ["x"])
    with pytest.raises(ConfigurationError, match=told):
        Catalogue(tmp_path)


def test_parts_need_a_hash_and_add_up(small):
    entry = small.model.model_dump(mode="json") | {"size": 1}
    write_catalogue(small.folder.path, {"models": [entry]})
    with pytest.raises(ConfigurationError, match="som is van de delen"):
        Catalogue(small.folder.path)
    (small.folder.path / "catalogue.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="niet te lezen"):
        Catalogue(small.folder.path)


@pytest.mark.parametrize(("count", "told"), [(1_117_320_768, "1,1 GB"), (52_428_800, "52 MB"), (2_000, "2 kB"), (7, "7 bytes")])
def test_sizes_as_readers_write_them(count, told):
    assert readable_size(count) == told


def test_list_pull_and_remove(small):
    def rag(*arguments):
        command = [sys.executable, "-m", "rag", "models", *arguments]
        return subprocess.run(command, env=small.environment(), capture_output=True, text=True, timeout=120)

    def state():
        rows = json.loads(rag("list", "--json").stdout)["models"]
        return next((r["state"], r["bytes"]) for r in rows if r["name"] == "klein")

    assert state() == ("absent", 0)
    told = rag("list")
    assert told.returncode == 0 and "python -m rag models pull klein" in told.stdout and "licentie CC0-1.0" in told.stdout
    fetched = rag("pull")
    assert fetched.returncode == 0 and "staat klaar" in fetched.stdout and "Ophalen" in fetched.stderr
    assert state() == ("ready", len(small.data))
    small.folder.file(small.model).write_bytes(b"x")
    assert state() == ("damaged", 1) and "beschadigd" in rag("list").stdout
    gone = rag("remove", "klein", "--json")
    assert gone.returncode == 0 and json.loads(gone.stdout)["removed"] == "klein" and state() == ("absent", 0)
    for arguments, said in ((("remove", "klein"), "staat hier niet"), (("pull", "weg"), "Er is geen taalmodel")):
        result = rag(*arguments)
        assert result.returncode == 1 and said in result.stderr and "Traceback" not in result.stderr


def checks(small, *, deep=False, **options) -> dict[str, Check]:
    settings = Settings(_env_file=None, models_dir=small.folder.path, **options)
    return {c.name: c for c in language_models(settings, deep)}


def test_doctor_wants_a_local_model_only_where_it_is_asked_for(small, monkeypatch):
    monkeypatch.setattr(engine, "installed", lambda: None)
    assert all(c.ok for c in checks(small).values())
    found = checks(small, llm="lokaal")
    assert [c.ok for c in found.values()] == [False, False, False]
    assert "models pull klein" in found["taalmodel klein"].advice and "make run LLM=lokaal" in found["pakket xllamacpp"].advice


def test_doctor_sees_damage_by_size_and_deep_by_content(small, monkeypatch):
    monkeypatch.setattr(engine, "installed", lambda: "1")
    path = pull(small.model, small.folder)
    found = checks(small, llm="lokaal", deep=True)
    assert all(c.ok for c in found.values()) and "gecontroleerd" in found["taalmodel klein"].found
    path.write_bytes(bytes(len(small.data)))
    assert checks(small)["taalmodel klein"].ok and not checks(small, deep=True)["taalmodel klein"].ok
    path.write_bytes(b"x")
    assert "models pull klein" in checks(small)["taalmodel klein"].advice


def test_doctor_asks_the_endpoint(small):
    server = ModelServer()
    reached = checks(small, llm=f"proef@{server.url}")["taalmodel"]
    assert not reached.ok and "501" in reached.found, "the double answers no GET"
    server.close()
    assert "Start het taalmodel" in checks(small, llm=f"proef@{server.url}")["taalmodel"].advice
    assert "naam@adres" in checks(small, llm="proef")["taalmodel"].found


def test_doctor_tells_a_wrong_catalogue(small):
    (small.folder.path / "catalogue.yml").write_text("a: [", encoding="utf-8")
    assert not checks(small)["taalmodel"].ok


def test_a_model_folder_needs_not_exist(tmp_path):
    folder = ModelFolder(tmp_path / "nog" / "niet")
    assert folder.condition(Catalogue(folder.path).get()).state == "absent"
