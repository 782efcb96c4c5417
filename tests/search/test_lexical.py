import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.language.words import terms
from rag.search.lexical import Delta, LexicalIndex, open_lexical
from rag.search.lexical_base import LexicalBase, base_rows, counted, write_base

LABELS = ("kennis", ("algemeen",), ("om",), ("inrichten",), "actueel", "")


def build(texts, folder):
    write_base(((i, LABELS, counted(text)) for i, text in sorted(texts.items())), folder)
    return LexicalIndex(LexicalBase(folder))


TEXTS = {
    "a": "De politie en het OM tekenden een convenant over informatiedeling.",
    "b": "Banken delen informatie over transacties met de FIU.",
    "c": "De haven van Rotterdam heeft camera's.",
}


@pytest.fixture
def index(tmp_path):
    return build(TEXTS, tmp_path / "lexical")


def test_inflected_words_match(index):
    scores = dict(zip(index.ids, index.score_words("convenanten"), strict=True))
    assert scores["a"] > 0 and scores["b"] == scores["c"] == 0


def test_bm25_value_of_one_word(tmp_path):
    # lucene's BM25: idf = ln(1 + (N - df + .5) / (df + .5)); tf part 1 / (1 + k1 (1 - b + b L / avg)), here L = avg
    scores = build({"x": "haven schip", "y": "bank geld"}, tmp_path / "two").score_words("haven")
    assert scores == pytest.approx([np.log(1 + 1.5 / 1.5) / (1 + 1.2), 0.0], rel=1e-3)


def test_a_misspelled_word_finds_the_known_ones(index):
    assert not index.knows("convenand") and index.alike("convenand")[0][0] == "convenant"
    assert index.ids[int(index.score_words("convenand").argmax())] == "a"


def test_parts_of_compounds_match_by_grams(index):
    scores = index.score_grams("delen van informatie", np.arange(3))
    assert scores[0] > scores[2] and scores[1] > scores[2]


def test_positions_outside_the_mask_get_nothing(index):
    assert index.score_words("informatie", np.array([False, False, True])).tolist() == [0, 0, 0]


def test_an_empty_index_answers_nothing(tmp_path):
    empty = build({}, tmp_path / "empty")
    assert empty.score_words("haven").tolist() == [] and empty.score_grams("haven", np.zeros(0, int)).tolist() == []


def test_words_nobody_knows_give_no_score(index):
    assert index.score_words("xyzzyqwv").max() == 0 and index.alike("xyzzyqwv") == []


def test_scores_equal_those_of_bm25s(index):
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index([terms(TEXTS[i]) for i in index.ids], show_progress=False)
    asked = "convenant informatie haven politie"
    assert index.score_words(asked) == pytest.approx(model.get_scores(terms(asked)), rel=1e-4)


WORDS = "haven bank politie convenant informatie camera drugs boete havens banken onderzoek meldkamer".split()
texts_of_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
corpora = st.dictionaries(st.sampled_from("abcdefgh"), texts_of_words, min_size=1, max_size=8)


def answers(index):
    """Everything a search asks of the word index, by passage id."""
    everything = np.array(sorted(index.position.values()), int)
    asked = ("haven en banken", "politi convenant", "camera")
    words = {q: {index.ids[n]: float(s) for n, s in enumerate(index.score_words(q)) if s} for q in asked}
    grams = {q: dict(zip([index.ids[n] for n in everything], index.score_grams(q, everything).tolist(), strict=True)) for q in asked}
    return words, grams, {w: (index.knows(w), index.idf(w)) for w in WORDS}, index.alike("havenn"), len(index)


def near(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(near(x, y) for x, y in zip(a, b, strict=True))
    return abs(a - b) < 1e-4 if isinstance(a, float) else a == b


@settings(max_examples=60, deadline=None)
@given(corpora, corpora, st.sets(st.sampled_from("abcdefgh")))
def test_base_and_delta_answer_as_one_fresh_base(tmp_path_factory, before, changed, removed):
    folder = tmp_path_factory.mktemp("lexical")
    build(before, folder / "base")
    base = LexicalBase(folder / "base")
    delta = Delta()
    delta.apply(base.row_of, removed, ((i, LABELS, counted(text)) for i, text in changed.items()))
    delta.save(folder / "delta.json")
    after = {i: t for i, t in before.items() if i not in removed} | changed
    fresh = answers(build(after, folder / "fresh"))
    opened, _ = open_lexical(folder, "base", "delta.json")
    assert near(answers(opened), fresh)
    rows = sorted([*base_rows(base, delta.removed), *((i, *row) for i, row in delta.added.items())])
    write_base(rows, folder / "merged")
    assert near(answers(LexicalIndex(LexicalBase(folder / "merged"))), fresh)
