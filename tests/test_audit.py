"""The check on known weaknesses fails on one, and never takes silence for safety. pip-audit is played by a module of the same name."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(audit.__file__).resolve().parent
WEAK = {"id": "PYSEC-2021-66", "aliases": ["CVE-2020-28493"], "fix_versions": ["2.11.3"], "description": "…"}
SAFE = {"name": "fastapi", "version": "1.0", "vulns": []}


def report(*listed):
    return json.dumps({"dependencies": list(listed), "fixes": []})


def skipped(name):
    return {"name": name, "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the program with what pip-audit says at each service, and gives its exit code and output."""

    def go(pypi, osv=("", 1), **environment):
        (tmp_path / "pip_audit.py").write_text(
            "import sys\n"
            f"out, code = {{'pypi': {pypi!r}, 'osv': {osv!r}}}[sys.argv[sys.argv.index('-s') + 1]]\n"
            "print(out) if out else print('ERROR: Could not connect to the feed', file=sys.stderr)\n"
            "sys.exit(code)\n"
        )
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        done = subprocess.run([sys.executable, str(ROOT / "audit.py")], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return go


def test_a_known_weakness_fails_and_is_named(run):
    code, told = run((report(SAFE, {"name": "jinja2", "version": "2.11.2", "vulns": [WEAK]}), 1))
    assert code == 1 and "BEKENDE ZWAKTE  jinja2 2.11.2: PYSEC-2021-66, verholpen in 2.11.3" in told


def test_without_any_it_passes_and_tells_what_it_could_not_check(run):
    code, told = run((report(SAFE, skipped("eigen")), 0))
    assert code == 0 and "1 pakketten gecontroleerd bij pypi: 0" in told and "niet gecontroleerd: eigen." in told


@pytest.mark.parametrize("pypi", [("", 1), (report(skipped("a"), skipped("b")), 0)], ids=["away", "knows nothing"])
def test_another_service_is_asked_where_the_first_says_nothing(run, pypi):
    assert run(pypi, (report(SAFE), 0))[0] == 0
    assert run(pypi, (report({"name": "x", "version": "1", "vulns": [WEAK]}), 1))[0] == 1


@pytest.mark.parametrize("pypi", [("", 1), (report(skipped("a")), 0)], ids=["away", "knows nothing"])
def test_silence_is_told_and_fails_only_where_an_answer_is_required(run, pypi):
    code, told = run(pypi)
    assert code == 0 and "NIET gecontroleerd" in told and "gecontroleerd bij" not in told
    assert run(pypi, AUDIT="verplicht")[0] == 2


def test_it_does_not_hang(monkeypatch, tmp_path):
    (tmp_path / "pip_audit.py").write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(audit, "ALL_S", 1)
    started = time.monotonic()
    assert audit.main([]) == 0 and time.monotonic() - started < 20


def test_what_is_accepted_has_a_reason_and_passes(monkeypatch):
    assert all(len(why) > 20 for why in audit.ACCEPTED.values())
    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-2020-28493": "Only in a filter that no template of ours uses."})
    assert audit.read(report({"name": "jinja2", "version": "2.11.2", "vulns": [WEAK]})).weak == ()
