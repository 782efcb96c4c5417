"""Import and export: round trips that lose nothing, and files that people really make, also broken ones."""

import argparse
import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.__main__ import main as evaluate
from eval.answers.dataset import GoldQuestion
from eval.answers.dataset import load as load_gold
from eval.exchange import beir, commands, gold, questions_csv, ragas
from rag.errors import IndexMissingError, PpsError
from rag.settings import get_settings

LANTAARN = GoldQuestion(
    "q1", "Hoeveel valse rekeningen zijn geblokkeerd?", "factual", ("project-lantaarn",), ("214 valse rekeningen",), "answered"
)
HAVEN = GoldQuestion(
    "q2", "Wie zit in het havenoverleg en hoe vaak?", "multi_hop", ("havenoverleg-vuurtoren",), ("gemeente, douane", "zes weken"), "partial"
)
ABSENT = GoldQuestion("q3", "Wat kost een paspoort?", "out_of_scope", (), (), "out_of_scope")
QUESTIONS = [LANTAARN, HAVEN, ABSENT]


@pytest.fixture
def index(run_sync, index_dir, monkeypatch):
    """An index over the small corpus, which the settings point to."""
    run_sync()
    monkeypatch.setenv("PPS_INDEX_DIR", str(index_dir))
    get_settings.cache_clear()
    return index_dir


@pytest.fixture
def run(index, tmp_path):
    """A run of the answers task, as it lies on disk."""
    passage = gold.open_store(index).passages_of("project-lantaarn")[0]
    told = {"status": "answered", "text": "Er zijn 214 valse rekeningen geblokkeerd. [1]", "sentences": []}
    rows = [
        gold.as_row(LANTAARN) | told | {"citations": [{"n": 1, "passage_id": passage.id}], "passages": [{"passage_id": passage.id}]},
        gold.as_row(ABSENT) | {"status": "out_of_scope", "text": "Dit gaat er niet over.", "citations": [], "passages": []},
        gold.as_row(HAVEN) | {"failed": "asking: ModelError: weg"},
    ]
    folder = tmp_path / "run"
    gold.write_lines(folder / "rows.jsonl", rows)
    return folder


def command(*words):
    """What `python -m eval` does with these words, as far as import and export go."""
    parser = argparse.ArgumentParser()
    commands.add(parser.add_subparsers(required=True))
    arguments = parser.parse_args([str(w) for w in words])
    return arguments.run(arguments)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def csv_file(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "vragen.csv"
    path.write_bytes(text.encode(encoding))
    return path


# RAGAS


def test_an_answer_becomes_a_sample_with_the_texts_of_its_passages(run, index, tmp_path):
    told = ragas.export(run, tmp_path / "samples.jsonl", index)
    first, second = lines(tmp_path / "samples.jsonl")
    assert first["user_input"] == LANTAARN.question and first["response"].startswith("Er zijn 214")
    assert first["reference"] == "214 valse rekeningen"
    assert len(first["retrieved_contexts"]) == len(first["retrieved_context_ids"]) == 1 and "Lantaarn" in first["retrieved_contexts"][0]
    assert all("214 valse rekeningen" in text for text in first["reference_contexts"]) and first["reference_contexts"]
    assert second["reference"].startswith("Deze vraag gaat niet over") and second["reference_contexts"] == []
    assert told.notes == ["1 questions could not be measured and are left out: q2."]


def test_ragas_there_and_back_loses_nothing(run, index, tmp_path, capsys):
    assert command("export", "ragas", run, "--out", tmp_path / "samples.jsonl") == 0
    assert command("import", "ragas", tmp_path / "samples.jsonl", "--out", tmp_path / "gold.jsonl", "--json") == 0
    assert load_gold(tmp_path / "gold.jsonl") == [LANTAARN, ABSENT]
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["questions"] == 2
    assert told["notes"] == ["Gold questions have no place for: response, retrieved_context_ids, retrieved_contexts."]


def test_samples_that_went_through_ragas_itself_find_their_documents_again(run, index, tmp_path):
    """RAGAS keeps its own fields only."""
    ragas.export(run, tmp_path / "samples.jsonl", index)
    own = ("user_input", "response", "retrieved_contexts", "reference", "reference_contexts")
    gold.write_lines(tmp_path / "bare.jsonl", ({k: s[k] for k in own} for s in lines(tmp_path / "samples.jsonl")))
    found = ragas.load(tmp_path / "bare.jsonl", index)
    assert [(q.id, q.documents, q.key_points, q.expected_status) for q in found.questions] == [
        ("r001", ("project-lantaarn",), ("214 valse rekeningen",), "answered"),
        ("r002", (), (), "out_of_scope"),
    ]
    assert "The reference answer was cut into sentences as key points: line 1." in found.notes


def test_a_csv_of_ragas_with_lists_in_its_cells(index, tmp_path):
    text = """user_input,reference_contexts,reference,synthesizer_name
Wat is het?,"['Havenoverleg Vuurtoren is een overleg van gemeente, douane en terminals over drugssmokkel.']","Een overleg. Het gaat
over drugssmokkel.",single_hop
Wie?,"[""x""]",De douane.,
"""
    found = ragas.load(csv_file(tmp_path, text, "utf-8-sig"), index)
    first, second = found.questions
    assert first.documents == ("havenoverleg-vuurtoren",) and first.key_points == ("Een overleg.", "Het gaat", "over drugssmokkel.")
    assert first.kind == "single_hop" and second.documents == ()
    assert "No document of the index holds the reference contexts: line 4." in found.notes


def test_names_of_before_and_samples_that_do_not_fit(index, tmp_path):
    rows = [
        {"question": "Oud?", "ground_truth": "Een antwoord.", "contexts": ["a"]},
        {"user_input": [{"type": "human", "content": "hallo"}]},
        {"user_input": "Niets bekend?"},
        {"user_input": " "},
    ]
    gold.write_lines(tmp_path / "old.jsonl", rows)
    found = ragas.load(tmp_path / "old.jsonl", index)
    assert [(q.question, q.key_points) for q in found.questions] == [("Oud?", ("Een antwoord.",))]
    told = " ".join(found.notes)
    assert "of several turns were left out: line 2" in told and "neither a reference nor an expected status were left out: line 3" in told
    assert "without a question were left out: line 4" in told and "retrieved_contexts" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"user_input": "a", "reference": "b"}\n{kapot', "line 2"),
        ('{"user_input": "a", "reference": "b", "reference_contexts": "c"}', "reference_contexts must be a list of texts"),
        ('{"user_input": "a", "reference": "b", "key_points": [{}]}', "key_points must be a list of texts"),
        ('{"user_input": "a", "expected_status": "misschien"}', "unknown expected_status misschien"),
        ('{"user_input": "a"}', "no question that can be carried over"),
        ("", "holds no samples"),
    ],
)
def test_broken_samples_are_told(index, tmp_path, content, told):
    path = tmp_path / "samples.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PpsError, match=told):
        ragas.load(path, index)


@pytest.mark.parametrize(("cell", "told"), [("\"['a'\"", "line 2"), ('"open', "line 2"), ("a,b", "line 2: more cells")])
def test_a_broken_csv_of_ragas_names_its_line(index, tmp_path, cell, told):
    with pytest.raises(PpsError, match=told):
        ragas.load(csv_file(tmp_path, f"user_input,reference_contexts\nWat?,{cell}\n"), index)


def test_a_passage_that_is_gone_is_taken_from_the_archive_and_an_unknown_one_is_told(run, index, corpus, run_sync, tmp_path):
    (corpus / "project-lantaarn.md").unlink()
    run_sync()
    ragas.export(run, tmp_path / "samples.jsonl", index)
    first = lines(tmp_path / "samples.jsonl")[0]
    assert "Lantaarn" in first["retrieved_contexts"][0] and first["reference_contexts"] == []
    row = lines(run / "rows.jsonl")[0] | {"passages": [{"passage_id": "nergens.1"}]}
    gold.write_lines(run / "rows.jsonl", [row])
    with pytest.raises(PpsError, match="does not hold passage nergens.1"):
        ragas.export(run, tmp_path / "samples.jsonl", index)


def test_other_runs_and_no_index_are_told(run, tmp_path):
    with pytest.raises(IndexMissingError, match="python -m rag index"):
        ragas.export(run, tmp_path / "x.jsonl", tmp_path / "leeg")
    gold.write_lines(run / "rows.jsonl", [{"system": "default", "query": "1"}])
    with pytest.raises(PpsError, match="no run of the answers task"):
        ragas.export(run, tmp_path / "x.jsonl", tmp_path / "leeg")


# BEIR


def test_beir_there_and_back_loses_nothing(index, tmp_path):
    told = beir.export(QUESTIONS, tmp_path / "beir", index)
    assert told.notes == ["1 questions have no document that answers them: queries without judgement (q3)."]
    found = beir.load(tmp_path / "beir", index)
    assert found.questions == QUESTIONS and found.notes == []
    assert (tmp_path / "beir" / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines() == [
        "query-id\tcorpus-id\tscore",
        "q1\tproject-lantaarn\t1",
        "q2\thavenoverleg-vuurtoren\t1",
    ]


def test_the_folder_can_be_measured_with(index, tmp_path, capsys):
    gold.write_lines(tmp_path / "gold.jsonl", map(gold.as_row, QUESTIONS))
    assert command("export", "beir", "--dataset", tmp_path / "gold.jsonl", "--out", tmp_path / "beir") == 0
    capsys.readouterr()
    assert evaluate(["retrieval", "--dataset", str(tmp_path / "beir"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["n"] == 2 and summary["systems"]["default"]["recall@5"]["value"] == 1.0


def test_passages_as_the_unit_are_judged_by_key_point_and_come_back_as_documents(index, tmp_path):
    beir.export(QUESTIONS, tmp_path / "beir", index, "passages")
    texts = {row["_id"]: row["text"] for row in lines(tmp_path / "beir" / "corpus.jsonl")}
    judged = [line.split("\t") for line in (tmp_path / "beir" / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    assert all("214 valse rekeningen" in texts[i] for q, i, _ in judged if q == "q1")
    rows = [{k: row[k] for k in ("_id", "text")} for row in lines(tmp_path / "beir" / "queries.jsonl")]
    gold.write_lines(tmp_path / "beir" / "queries.jsonl", rows)
    found = beir.load(tmp_path / "beir", index)
    assert [(q.id, q.documents, q.expected_status) for q in found.questions] == [
        ("q1", ("project-lantaarn",), "answered"),
        ("q2", ("havenoverleg-vuurtoren",), "answered"),
    ]
    assert found.notes == [
        "1 queries without a relevant document were left out: q3.",
        "BEIR holds no key points, so 2 questions have none: only documents and refusals can be scored.",
    ]


def test_somebody_elses_folder_with_grades(index, tmp_path, capsys):
    folder = tmp_path / "ander"
    gold.write_lines(folder / "corpus.jsonl", [{"_id": "d1", "title": "T", "text": "tekst"}])
    gold.write_lines(folder / "queries.jsonl", [{"_id": 7, "text": "vraag"}])
    (folder / "qrels.tsv").write_text("7\td1\t2\n", encoding="utf-8")
    assert command("import", "beir", folder, "--out", tmp_path / "gold.jsonl") == 0
    out = capsys.readouterr().out
    assert "1 questions" in out and "Grades of relevance" in out and "not in the index: d1" in out
    assert load_gold(tmp_path / "gold.jsonl") == [GoldQuestion("7", "vraag", "", ("d1",), (), "answered")]


def test_changed_judgements_win_from_what_rode_along(index, tmp_path):
    beir.export([LANTAARN, HAVEN, ABSENT], tmp_path / "beir", index)
    (tmp_path / "beir" / "qrels" / "test.tsv").write_text("q1\thavenoverleg-vuurtoren\t1\nq3\tproject-lantaarn\t1\n", encoding="utf-8")
    found = {q.id: q for q in beir.load(tmp_path / "beir", index).questions}
    assert found["q1"].documents == ("havenoverleg-vuurtoren",) and found["q1"].key_points == LANTAARN.key_points
    assert (found["q3"].documents, found["q3"].expected_status) == (("project-lantaarn",), "answered")
    assert found["q2"].documents == () and found["q2"].expected_status == "partial"


def test_documents_that_the_index_does_not_hold_are_told_and_come_back(index, tmp_path):
    question = GoldQuestion("q1", "Wat?", "factual", ("spook", "project-lantaarn"), ("214",), "answered")
    assert beir.export([question], tmp_path / "beir", index).notes == ["1 documents of the questions are not in the index: spook."]
    assert beir.load(tmp_path / "beir", index).questions == [question]


def test_metadata_of_other_tools_is_passed_over(index, tmp_path):
    beir.export([LANTAARN], tmp_path / "beir", index)
    odd = {"_id": "q1", "text": "Wat?", "metadata": {"kind": 3, "documents": "abc", "expected_status": "silver", "key_points": [1]}}
    gold.write_lines(tmp_path / "beir" / "queries.jsonl", [odd])
    assert beir.load(tmp_path / "beir", index).questions == [GoldQuestion("q1", "Wat?", "", ("project-lantaarn",), (), "answered")]


def test_a_broken_beir_folder_is_told(index, tmp_path):
    with pytest.raises(PpsError, match="corpus.jsonl does not exist"):
        beir.load(tmp_path / "nergens", index)
    with pytest.raises(PpsError, match="no query has a judgement"):
        beir.export([ABSENT], tmp_path / "beir", index)


# CSV


def test_dutch_and_english_columns_mean_the_same(tmp_path):
    dutch = csv_file(
        tmp_path, "Vraag;Verwacht;Documenten;Kernpunten;Soort\nWat?;beantwoord;a|b;een punt|twee; en meer;feit\n".replace("; en", "|en")
    )
    expected = [GoldQuestion("v001", "Wat?", "factual", ("a", "b"), ("een punt", "twee", "en meer"), "answered")]
    assert questions_csv.load(dutch) == load_gold(dutch) == expected
    english = csv_file(tmp_path, "question,expected_status,documents,key_points,kind\nWat?,answered,a;b,een punt;twee;en meer,factual\n")
    assert questions_csv.load(english) == expected


def test_what_excel_saves(tmp_path):
    """A BOM, a hint of the separator, line ends of Windows, lines within a cell, and rows that are empty but for separators."""
    text = (
        'sep=;\r\nid;vraag;verwacht;kernpunten\r\n1;"Zei hij ""nee""; of niet?";deels;"één; half\r\ntwee"\r\n'
        ";;;\r\n2;Wie?;Buiten het onderwerp;\r\n"
    )
    for encoding in ("utf-8-sig", "cp1252", "utf-16"):
        found = questions_csv.load(csv_file(tmp_path, text, encoding))
        assert found == [
            GoldQuestion("1", 'Zei hij "nee"; of niet?', "", (), ("één", "half", "twee"), "partial"),
            GoldQuestion("2", "Wie?", "", (), (), "out_of_scope"),
        ]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).map(str.strip).filter(bool)
POINT = TEXT.map(lambda t: " ".join(t.replace("|", " ").split())).filter(bool)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, st.lists(POINT, unique=True, max_size=3)), min_size=1, max_size=4), st.sampled_from(";,\t"))
def test_whatever_stands_in_the_cells_comes_through_and_is_the_same_as_jsonl(rows, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(["vraag", "verwacht", "kernpunten"])
    writer.writerows([question, "beantwoord", "".join(f"{p}|" for p in points)] for question, points in rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vragen.csv"
        path.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")
        found = questions_csv.load(path)
        assert [(q.question, list(q.key_points)) for q in found] == rows
        gold.write_lines(path.with_suffix(".jsonl"), map(gold.as_row, found))
        assert load_gold(path.with_suffix(".jsonl")) == found


def test_a_semicolon_within_a_key_point_stays_where_bars_separate(tmp_path):
    found = questions_csv.load(csv_file(tmp_path, "vraag,kernpunten\nWat?,2019: 12; 2020: 14|twee\n"))
    assert found[0].key_points == ("2019: 12; 2020: 14", "twee") and found[0].expected_status == "answered"


def test_columns_without_a_place_are_told(tmp_path, capsys, index):
    path = csv_file(tmp_path, "vraag\tdocumenten\topmerking\ttaal\nWat?\tproject-lantaarn, spook\tvan Jan\tnl\n")
    assert command("import", "csv", path, "--out", tmp_path / "gold.jsonl") == 0
    out = capsys.readouterr().out
    assert "no place for: opmerking" in out and "not in the index: spook" in out and "language is seen" in out
    assert lines(tmp_path / "gold.jsonl")[0]["documents"] == ["project-lantaarn", "spook"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("een;twee\n1;2\n", "line 1: no column vraag"),
        ("vraag;question;verwacht\na;b;ja\n", "line 1: two columns hold the same thing"),
        ("vraag;verwacht\nWat?;misschien\n", "line 2: “misschien” is no status"),
        ("vraag;verwacht\nWat?;ja\n\n;nee\n", "line 4: there is no question in this row"),
        ("vraag;verwacht\nWat?;ja;nog iets\n", "line 2: 3 cells, but there are 2 columns"),
        ("vraag;verwacht\nWat?;\n", "line 2: nothing says whether"),
        ('vraag;verwacht\n"een\ntwee";ja\nWat?;misschien\n', "line 4: “misschien”"),
        ('vraag;verwacht\nGoed?;ja\n"open;ja\nnog;ja\n', "line 3: a quotation mark is not closed"),
        ("vraag;kernpunten;verwacht\nWat?;punt;nee\n", "line 2: there are key points, but no answer is expected"),
        ("id;vraag;verwacht\n1;Wat?;ja\n1;Wie?;ja\n", "line 3: the id 1 is used on line 2 too"),
        ("vraag;verwacht\n", "no question that can be carried over"),
    ],
)
def test_a_broken_table_names_the_line(tmp_path, text, told):
    with pytest.raises(PpsError, match=told):
        questions_csv.load(csv_file(tmp_path, text))


def test_a_spreadsheet_and_a_missing_file_are_told(tmp_path):
    path = tmp_path / "vragen.csv"
    path.write_bytes(b"PK\x03\x04rest")
    with pytest.raises(PpsError, match="Save it as CSV"):
        questions_csv.load(path)
    path.write_bytes(b"vraag\x00\x81;ja")
    with pytest.raises(PpsError, match="no text in UTF-8"):
        questions_csv.load(path)
    with pytest.raises(PpsError, match="does not exist"):
        questions_csv.load(tmp_path / "weg.csv")


def test_a_failed_import_leaves_the_old_file(tmp_path, index):
    target = tmp_path / "gold.jsonl"
    target.write_text("oud", encoding="utf-8")
    with pytest.raises(PpsError):
        command("import", "csv", csv_file(tmp_path, "x\n1\n"), "--out", target)
    assert target.read_text(encoding="utf-8") == "oud"
    with pytest.raises(PpsError, match="Choose another place with --out"):
        gold.write_text(target / "onder" / "een-bestand.jsonl", "x")
