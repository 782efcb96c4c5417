import json

import pytest

from eval.__main__ import main

CORPUS = [
    ("d1", "Haven", "De haven van Rotterdam heeft slimme camera's op de kade."),
    ("d2", "Bank", "De bank meldt ongebruikelijke transacties bij de FIU."),
    ("d3", "", "Zonder titel, over winkeldiefstal door bendes."),
]


@pytest.fixture
def beir(tmp_path):
    folder = tmp_path / "klein"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text("\n".join(json.dumps({"_id": i, "title": t, "text": x}) for i, t, x in CORPUS), encoding="utf-8")
    queries = [("q1", "camera's in de haven"), ("q2", "winkeldieven"), ("q3", "zonder oordeel")]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps({"_id": i, "text": t}) for i, t in queries), encoding="utf-8")
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n", encoding="utf-8")
    return folder


def test_the_task_end_to_end(beir, tmp_path, capsys):
    assert main(["retrieval", "--dataset", str(beir), "--json", "--out", str(tmp_path / "run")]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["n"] == 2 and set(summary["systems"]) == {"default", "bm25", "grams", "dense"}
    assert summary["systems"]["default"]["ndcg@10"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert set(summary["systems"]["default"]) == {"ndcg@10", "recall@5", "recall@10", "mrr@10", "p50_ms", "p95_ms"}
    assert summary["counts"]["bm25"]["recall@5"] == {"values": 2, "rows": 2, "undefined": 0}
    rows = [json.loads(line) for line in (tmp_path / "run" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 8 and rows[0]["ranking"][0] == "d1"


def test_broken_data_names_file_and_line(beir, capsys):
    (beir / "queries.jsonl").write_text('{"_id": "q1", "text": "x"}\n{kapot\n')
    assert main(["retrieval", "--dataset", str(beir)]) == 1
    assert "queries.jsonl, line 2" in capsys.readouterr().err
