"""The side-by-side comparison: the sample, the recipe over a real HTTP model endpoint, equal scoring, and the whole task."""

import json
from xml.etree import ElementTree

import pytest

from eval.__main__ import main
from eval.answers.dataset import GOLD, GoldQuestion, load
from eval.exchange import gold
from eval.recipe import show
from eval.recipe.chain import Chunk, Recipe, langchain_model, split, status_of
from eval.recipe.dataset import CorpusText, corpus_texts, sample
from eval.recipe.evaluate import ADVISOR, RECIPE, WITH_MODEL, BySentence, cut, summarised, verdicts
from eval.recipe.generate import AdvisorSystem, RecipeSystem, one
from rag.compose.chat_models import load_chat_model
from rag.compose.stream import sentences
from rag.errors import IndexMissingError, PpsError
from rag.settings import get_settings
from rag.verify.verifier import Verdict
from tests.fakes import HashEmbedder, ModelServer, Script

QUESTION = GoldQuestion(
    "q1", "Hoeveel valse rekeningen zijn door project Lantaarn geblokkeerd?", "factual", ("project-lantaarn",), ("214",), "answered"
)
ABSENT = GoldQuestion("q2", "Wat kost een paspoort in project Lantaarn?", "near_miss", (), (), "not_in_corpus")
CHUNKS = [
    Chunk("a.1", "a", "Eerste", "Project Lantaarn blokkeerde 214 valse rekeningen. Het OM deed mee."),
    Chunk("b.1", "b", "Tweede", "Het havenoverleg vergadert elke zes weken."),
]


class Literal:
    """Supports what one piece of the evidence is, word for word."""

    name = "letterlijk"

    def judge(self, claim, evidence, about=""):
        return Verdict(float(claim in evidence))


class Broken:
    name = "stuk"

    def answer(self, question):
        raise self.error

    def __init__(self, error):
        self.error = error


@pytest.fixture
def server():
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def recipe(server, settings, tmp_path):
    """The recipe as a system, over two chunks and the scripted endpoint."""
    chat = load_chat_model(f"m@{server.url}", settings)
    return RecipeSystem(RECIPE, Recipe(CHUNKS, HashEmbedder(), tmp_path / "chroma", langchain_model(chat)), chat.name)


def row(**fields):
    base = {"system": RECIPE, "id": "q1", "status": "answered", "expected_status": "answered", "documents": ["a"], "key_points": ["214"]}
    base |= {"text": "", "sentences": [], "citations": [], "verbatim": [], "passages": [], "model": "m", "ms": {"answer": 5.0}}
    return base | fields


# The sample and the corpus


def test_the_sample_is_fixed_in_proportion_and_holds_every_kind():
    questions = load(GOLD / "test.jsonl")
    chosen = sample(questions, 60)
    assert chosen == sample(questions, 60) and len(chosen) == 60
    assert {q.kind for q in chosen} == {q.kind for q in questions}
    for kind in {q.kind for q in questions}:
        share = 60 * sum(q.kind == kind for q in questions) / len(questions)
        assert abs(sum(q.kind == kind for q in chosen) - share) < 1.01
    assert [q.id for q in chosen] == sorted(q.id for q in chosen)  # in the order of the file
    assert {q.id for q in sample(questions, 40)} <= {q.id for q in chosen}
    assert sample(questions, None) == questions == sample(questions, len(questions))
    assert [len(sample(questions, n)) for n in (1, 5, 17, len(questions) - 1)] == [1, 5, 17, len(questions) - 1]
    with pytest.raises(PpsError, match="at least one"):
        sample(questions, 0)


def test_the_corpus_is_read_as_clean_text_with_each_heading_once(corpus):
    haven, lantaarn = corpus_texts([corpus])
    assert haven.document_id == "havenoverleg-vuurtoren" and haven.title == "Havenoverleg Vuurtoren"
    assert lantaarn.text.count("# Project Lantaarn") == 1 and lantaarn.text.count("## Wie meedoen aan project Lantaarn") == 1
    assert "\n- Bank Noord\n- Bank Zuid\n" in lantaarn.text
    assert "@bron" not in lantaarn.text and "bronnen:" not in lantaarn.text


def test_a_folder_that_holds_nothing_is_told(tmp_path):
    with pytest.raises(PpsError, match="No document can be read"):
        corpus_texts([tmp_path])


def test_chunks_are_no_longer_than_the_recipe_says_and_overlap():
    words = " ".join(f"woord{n:04}" for n in range(400))
    chunks = split([CorpusText("d", "Titel", words), CorpusText("e", "Kort", "Eén zin.")])
    assert [c.id for c in chunks] == ["d.1", "d.2", "d.3", "d.4", "d.5", "e.1"]
    assert all(len(c.text) <= 1000 for c in chunks)
    assert chunks[0].text.split()[-1] in chunks[1].text and chunks[5] == Chunk("e.1", "e", "Kort", "Eén zin.")


# What the model writes


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Dat weet ik niet.", "not_in_corpus"),
        ("De context bevat geen informatie over paspoorten. Vraag het de gemeente.", "not_in_corpus"),
        ("I don’t know.", "not_in_corpus"),
        ("", "not_in_corpus"),
        ("[1]", "not_in_corpus"),
        ("Er zijn 214 rekeningen geblokkeerd. Over de kosten is geen informatie.", "partial"),
        ("Er zijn 214 rekeningen geblokkeerd [1].", "answered"),
        ("Het OM weet niet hoeveel rekeningen er zijn.", "answered"),
    ],
)
def test_refusals_are_known_by_their_words(written, status):
    assert status_of(list(sentences([written]))) == status


def test_marks_become_citations_of_chunks(recipe, server):
    server.script = Script(
        pieces=["Er zijn 214 ", "rekeningen geblokkeerd [1]. Het OM", " deed mee. Verzonnen [7].", " En nog iets [1][2]."]
    )
    (found,) = one(QUESTION, [recipe])
    assert found["sentences"] == [
        {"text": "Er zijn 214 rekeningen geblokkeerd.", "citations": [1]},
        {"text": "Het OM deed mee.", "citations": []},
        {"text": "Verzonnen.", "citations": []},
        {"text": "En nog iets.", "citations": [1, 2]},
    ]
    assert found["citations"][0] == {"n": 1, "passage_id": "a.1", "document_id": "a", "section": "Eerste"}
    assert found["stray_marks"] == 1 and found["status"] == "answered" and found["model"] == "m"
    assert [p["passage_id"] for p in found["passages"]] == ["a.1", "b.1"]
    assert 0 < found["ms"]["evidence"] <= found["ms"]["sentence"] <= found["ms"]["answer"]


def test_the_prompt_is_the_plain_one(recipe, server):
    server.script = Script(pieces=["Dat weet ik niet."])
    assert one(ABSENT, [recipe])[0]["status"] == "not_in_corpus"
    (asked,) = server.script.history
    system, human = (m["content"] for m in asked["messages"])
    assert "alleen de context" in system and f"[1] Eerste\n{CHUNKS[0].text}" in system and "[2] Tweede" in system
    assert ABSENT.question in human and asked["temperature"] == 0


def test_what_fails_in_one_system_costs_no_other(recipe, server, advisor):
    server.script = Script(status=500)
    failed, answered = one(QUESTION, [recipe, AdvisorSystem(ADVISOR, advisor)])
    assert failed["failed"].startswith("asking: ") and "500" in failed["failed"] and failed["system"] == RECIPE
    assert answered["system"] == ADVISOR and "214" in answered["text"]
    with pytest.raises(IndexMissingError):
        one(QUESTION, [Broken(IndexMissingError("geen index"))])


# Scoring


def test_evidence_is_cut_into_sentences_for_the_judge():
    assert cut(["## Kop\n\nEen zin. Nog een.", "- punt"]) == ["Kop", "Een zin.", "Nog een.", "punt"]
    assert BySentence(Literal()).judge("Het OM deed mee.", [CHUNKS[0].text]).supported


def test_a_sentence_without_a_mark_is_grounded_but_not_supported_by_a_citation():
    told = [
        {"text": "Het OM deed mee.", "citations": []},
        {"text": "Het OM deed mee", "citations": [1]},
        {"text": "Onzin.", "citations": [1]},
    ]
    found = verdicts(
        row(
            text="214 rekeningen",
            sentences=told,
            citations=[{"n": 1, "passage_id": "a.1", "document_id": "a", "section": "Eerste"}],
            passages=[{"passage_id": "a.1", "title": "Eerste"}],
        ),
        BySentence(Literal()),
        lambda r: [CHUNKS[0].text],
    )
    expected = {"grounded": [True, True, False], "supported": [False, True, False], "useful": [True, False], "covered": [True]}
    assert {name: found[name] for name in expected} == expected


def test_the_summary_lays_the_systems_side_by_side():
    good = {"supported": [True], "useful": [True], "covered": [True], "grounded": [True], "sentences": [{"text": "x", "citations": [1]}]}
    bare = good | {"supported": [False], "useful": [], "covered": [False], "sentences": [{"text": "x", "citations": []}]}
    rows = [row(system=ADVISOR, verbatim=[True], **good), row(**bare)]
    rows += [row(id="q2", system=ADVISOR, **good), {"id": "q2", "system": RECIPE, "failed": "asking: weg"}]
    found = summarised(rows)
    mine, theirs = found["systems"][ADVISOR], found["systems"][RECIPE]
    assert mine["faithfulness"]["value"] == 1.0 and theirs["faithfulness"]["value"] == 0.0
    assert theirs["grounded_in_retrieved"]["value"] == 1.0 and theirs["sentences_with_citation"]["value"] == 0.0
    assert theirs["quotes_verbatim"] is None and found["reasons"]["langchain_recipe.quotes_verbatim"] == "does not apply to this system"
    assert theirs["citation_precision"] is None and found["counts"][RECIPE]["faithfulness"]["values"] == 1
    assert found["differences"][ADVISOR]["faithfulness"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert found["differences"][ADVISOR]["citation_precision"] is None


# The whole task


@pytest.fixture
def command(searcher, corpus, index_dir, server, tmp_path, monkeypatch):
    """Runs the task on two questions with the scripted endpoint."""
    monkeypatch.setenv("PPS_CORPUS", str(corpus))
    monkeypatch.setenv("PPS_INDEX_DIR", str(index_dir))
    get_settings.cache_clear()
    gold.write_lines(tmp_path / "vragen.jsonl", map(gold.as_row, [QUESTION, ABSENT]))
    server.script = Script(pieces=["Door project Lantaarn zijn 214 valse rekeningen geblokkeerd [1]."])
    own = ["--dataset", str(tmp_path / "vragen.jsonl"), "--llm", f"m@{server.url}", "--out", str(tmp_path / "run"), "--json"]
    return lambda *more: main(["recipe", *own, *more])


def test_the_task_end_to_end_and_a_second_call_asks_nothing(command, server, tmp_path, capsys):
    assert command() == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["task"], summary["n"], set(summary["systems"])) == ("recipe", 2, {ADVISOR, WITH_MODEL, RECIPE})
    assert summary["systems"][RECIPE]["key_point_recall"]["value"] == summary["systems"][ADVISOR]["key_point_recall"]["value"] == 1.0
    assert summary["systems"][RECIPE]["wrongly_answered"]["value"] == 1.0
    assert summary["parameters"]["recipe"]["chunks"] >= 2 and summary["parameters"]["model"] == "m"
    rows = [json.loads(line) for line in (tmp_path / "run" / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(r["id"], r["system"]) for r in rows] == [(q, s) for q in ("q1", "q2") for s in (ADVISOR, WITH_MODEL, RECIPE)]
    assert "korte lijnen" not in json.dumps([r for r in rows if r["system"] == RECIPE])  # chunks are not kept in the rows
    asked = len(server.script.history)
    assert command() == 0 and command("--score-only") == 0
    assert len(server.script.history) == asked


def test_a_failing_model_is_counted_and_ends_with_an_exit_code(command, server, tmp_path, capsys):
    command("--limit", "1")
    capsys.readouterr()
    server.script = Script(status=500)
    assert command("--restart") != 0
    server.script = Script(pieces=["Dat weet ik niet."])
    assert command() == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["systems"][RECIPE]["wrongly_refused"]["value"] == 1.0


def test_the_picture_and_the_table_show_what_the_summary_says(command, tmp_path, capsys):
    command()
    capsys.readouterr()
    assert show.main([str(tmp_path / "run"), "--svg", str(tmp_path / "beeld.svg")]) == 0
    table = capsys.readouterr().out
    assert table.splitlines()[0].count("|") == 5 and "| key points held (higher is better) | 1.00 [1.00–1.00], n = 1 |" in table
    drawing = ElementTree.fromstring((tmp_path / "beeld.svg").read_text(encoding="utf-8"))
    names = [e.tag.rsplit("}", 1)[-1] for e in drawing.iter()]
    assert names.count("circle") > 5 and names.count("path") > 5 and "image" not in names and "script" not in names
    assert "prefers-color-scheme: dark" in ElementTree.tostring(drawing, encoding="unicode")


def test_another_folder_is_no_comparison(tmp_path, capsys):
    (tmp_path / "summary.json").write_text("{}", encoding="utf-8")
    assert show.main([str(tmp_path)]) == 1
    assert "no side-by-side comparison" in capsys.readouterr().err
