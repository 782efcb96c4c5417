import numpy as np
import pytest

from rag.search.lexical import LexicalIndex

TEXTS = {
    "a": "De politie en het OM tekenden een convenant over informatiedeling.",
    "b": "Banken delen informatie over transacties met de FIU.",
    "c": "De haven van Rotterdam heeft camera's.",
}


@pytest.fixture
def index(tmp_path):
    LexicalIndex.build(TEXTS.items(), tmp_path / "lexical")
    return LexicalIndex(tmp_path / "lexical")


def test_inflected_words_match(index):
    scores = dict(zip(index.ids, index.score_words("convenanten"), strict=True))
    assert scores["a"] > 0 and scores["b"] == scores["c"] == 0


def test_bm25_value_of_one_word(tmp_path):
    # lucene's BM25: idf = ln(1 + (N - df + .5) / (df + .5)); tf part 1 / (1 + k1 (1 - b + b L / avg)), here L = avg
    LexicalIndex.build([("x", "haven schip"), ("y", "bank geld")], tmp_path / "two")
    scores = LexicalIndex(tmp_path / "two").score_words("haven")
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
    LexicalIndex.build([], tmp_path / "empty")
    empty = LexicalIndex(tmp_path / "empty")
    assert empty.score_words("haven").tolist() == [] and empty.score_grams("haven", np.zeros(0, int)).tolist() == []


def test_words_nobody_knows_give_no_score(index):
    assert index.score_words("xyzzyqwv").max() == 0 and index.alike("xyzzyqwv") == []
