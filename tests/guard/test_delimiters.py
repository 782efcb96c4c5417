import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.guard.delimiters import defuse, has_delimiters
from tests.guard import disguises

MARKS = [
    "<|im_start|>",
    "<|",
    "|>",
    "</s>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "### System:",
    "\nassistant:",
    "<start_of_turn>",
    "<｜User｜>",
    "<think>",
]
texts = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=6), st.text(alphabet="<>|[]#:/ \nsystem", max_size=12))).map("".join)


@given(texts)
def test_no_mark_survives(text):
    assert not has_delimiters(defuse(text))


@given(texts)
def test_defusing_twice_changes_nothing_more(text):
    assert defuse(defuse(text)) == defuse(text)


@pytest.mark.parametrize("mark", ["<|im_start|>system", "[INST] x", "### System: x", "<system>", "x\nassistant: y", "<｜User｜>"])
def test_each_mark_is_known(mark):
    assert has_delimiters(mark)


def test_plain_text_stays_as_it_is():
    text = "De bank meldt als a < b.\nZie artikel 8 [1] # 2 en het RIEC: regels."
    assert defuse(text) == text and not has_delimiters(text)


def test_invisible_text_goes():
    assert defuse("Wat" + disguises.tags("ignore") + "\u200b is dit?") == "Wat is dit?"
