"""End to end through the command line, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def rag(corpus, index_dir, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PPS_CORPUS": str(corpus), "PPS_INDEX_DIR": str(index_dir)}

    def run(*arguments, **extra):
        command = [sys.executable, "-m", "rag", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment | extra, cwd=tmp_path, timeout=120)

    return run


def test_index_search_ask_and_doctor(rag, corpus):
    first = rag("index", "--json")
    assert first.returncode == 0 and json.loads(first.stdout)["created"] == 2
    assert json.loads(rag("index", "--json").stdout)["skipped"] == 2
    found = json.loads(rag("search", "project Lantaarn", "-k", "1", "--json").stdout)["passages"]
    assert [p["document_id"] for p in found] == ["project-lantaarn"] and set(found[0]["scores"]) <= {"words", "grams", "vectors"}
    answer = json.loads(rag("ask", "Wat is project Lantaarn?", "--json").stdout)
    assert answer["status"] == "answered" and answer["citations"][0]["document_id"] == "project-lantaarn"
    narrowed = json.loads(rag("ask", "Wat is project Lantaarn?", "--domein", "ai", "--json").stdout)
    assert narrowed["status"] == "not_in_corpus"
    doctor = rag("doctor", "--json")
    assert doctor.returncode == 0 and json.loads(doctor.stdout)["ok"] is True
    assert "Project Lantaarn" in rag("ask", "Wat is project Lantaarn?").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "iets"), "nog geen index"),
        (("ask", "iets over PPS"), "nog geen index"),
        (("search", ""), "geen zoekvraag"),
        (("ask", "x", "--domein", "zee"), "bestaat niet"),
        (("ask", "x", "--llm", "gpt"), "naam@adres"),
        (("index", "--corpus", "weg"), "bestaat niet"),
    ],
)
def test_failures_are_told_without_a_trace(rag, arguments, said):
    result = rag(*arguments)
    assert result.returncode == 1 and said in result.stderr and "Traceback" not in result.stderr


def test_bad_files_give_exit_code_one_and_their_names(rag, corpus):
    (corpus / "leeg.md").write_text("")
    result = rag("index", "--json")
    data = json.loads(result.stdout)
    assert result.returncode == 1 and data["created"] == 2 and data["errors"][0]["file"] == "leeg.md" and "leeg.md" in result.stderr


def test_a_wrong_setting_names_the_variable(rag):
    result = rag("doctor", PPS_PORT="hoi")
    assert result.returncode == 1 and "PPS_PORT" in result.stdout


def test_doctor_says_what_to_do(rag):
    result = rag("doctor")
    assert result.returncode == 1 and "python -m rag index" in result.stdout


def test_the_default_path_imports_neither_torch_nor_sentence_transformers(rag, corpus, index_dir):
    rag("index", "--json")
    code = (
        "import sys; from rag.advisor import Advisor; from rag.web.server import create_app; a = Advisor.from_settings(); create_app(a); "
        "a.ask('Wat is project Lantaarn?'); print([m for m in ('torch', 'sentence_transformers', 'langchain_openai') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PPS_CORPUS": str(corpus), "PPS_INDEX_DIR": str(index_dir)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120)
    assert result.stdout.strip() == "[]", result.stderr


def test_dry_run_check_stats_and_forget(rag, corpus):
    tried = json.loads(rag("index", "--dry-run", "--json").stdout)
    assert (tried["created"], tried["dry_run"]) == (2, True) and tried["ids"]["created"] == ["havenoverleg-vuurtoren", "project-lantaarn"]
    assert rag("corpus", "stats").returncode == 1, "a dry run makes no index"
    assert rag("index").returncode == 0
    stats = json.loads(rag("corpus", "stats", "--json").stdout)
    assert (stats["documents"], stats["passages"], stats["status"]) == (2, 2, {"actueel": 2})
    assert "2 documenten" in rag("corpus", "stats").stdout
    clean = rag("corpus", "check")
    assert clean.returncode == 0 and "geen problemen gevonden" in clean.stdout
    (corpus / "leeg.md").write_text("")
    wrong = rag("corpus", "check", "--json")
    assert wrong.returncode == 1 and json.loads(wrong.stdout)["findings"][0]["where"] == "leeg.md"
    assert "0 oude passage(s)" in rag("corpus", "forget", "project-lantaarn").stdout
    assert rag("corpus", "clear-gaps").returncode == 0
