"""The card that ships says what the committed runs say."""

import json
import shutil

import pytest

from eval.__main__ import main
from eval.card import CARD, FIGURES, RESULTS, make, text
from eval.run_files import read_summary
from rag.errors import PpsError


def test_the_card_that_ships_is_that_of_the_committed_runs():
    assert CARD.read_text(encoding="utf-8") == text(make()), "the runs changed: python -m eval card"


@pytest.mark.parametrize("wanted", FIGURES, ids=lambda w: w.key)
def test_every_figure_is_the_metric_of_its_run(wanted):
    metric = read_summary(RESULTS / wanted.run)["metrics"][wanted.metric]
    figure = next(f for f in json.loads(CARD.read_text(encoding="utf-8"))["figures"] if f["key"] == wanted.key)
    assert [figure[k] for k in ("value", "low", "high")] == pytest.approx([metric[k] for k in ("value", "low", "high")], abs=5e-5)


def test_the_baseline_says_the_same_as_the_run_of_the_test_half():
    """docs/measured.md tells of one, the page of the other."""
    baseline, half = (read_summary(RESULTS / name)["metrics"] for name in ("baseline/answers", "answers-test"))
    for wanted in FIGURES:
        if wanted.run == "baseline/answers":
            assert baseline[wanted.metric] == half[wanted.metric]


@pytest.fixture
def results(tmp_path):
    """A copy of the runs that the card uses, to change."""
    for name in dict.fromkeys(w.run for w in FIGURES):
        (tmp_path / "results" / name).mkdir(parents=True)
        for file in ("summary.json", "run.json", "times.json"):
            if (RESULTS / name / file).exists():
                shutil.copy(RESULTS / name / file, tmp_path / "results" / name)
    return tmp_path / "results"


def change(results, name, **values):
    path = results / name / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    parameters = {**summary["parameters"], **values.pop("parameters", {})}
    metrics = {**summary["metrics"], **values.pop("metrics", {})}
    path.write_text(json.dumps({**summary, **values, "parameters": parameters, "metrics": metrics}), encoding="utf-8")


def made(results, key):
    return next(f for f in make(results)["figures"] if f["key"] == key)


@pytest.mark.parametrize(("value", "met"), [(0.80, True), (0.7999, False)])
def test_an_aim_is_reached_at_its_value(results, value, met):
    change(results, "baseline/answers", metrics={"key_point_recall": {"value": value, "low": 0.7, "high": 0.9}})
    assert made(results, "key_points")["met"] is met


@pytest.mark.parametrize(("value", "met"), [(0.05, True), (0.0501, False)])
def test_an_aim_may_be_that_less_is_better(results, value, met):
    change(results, "baseline/answers", metrics={"wrongly_refused": {"value": value, "low": 0.0, "high": 0.1}})
    assert made(results, "wrongly_refused")["met"] is met


def test_without_an_aim_nothing_is_reached_or_missed(results):
    assert made(results, "legal_cases_second")["met"] is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"failed": 2}, "2 measurements failed"),
        ({"parameters": {"model": "qwen"}}, "with a language model"),
        ({"parameters": {"corpus_version": "other"}}, "different versions"),
        ({"metrics": {"faithfulness": None}}, "has no faithfulness"),
    ],
)
def test_runs_that_make_no_card_are_told(results, values, told):
    change(results, "baseline/answers", **values)
    with pytest.raises(PpsError, match=told):
        make(results)


def test_the_command_writes_the_file(results, tmp_path, capsys):
    out = tmp_path / "card.json"
    assert main(["card", "--results", str(results), "--out", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8")) == make(results) and str(out) in capsys.readouterr().out
    shutil.rmtree(results / "guard-late")
    assert main(["card", "--results", str(results), "--out", str(out)]) == 1
