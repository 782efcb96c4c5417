import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.sentences import sentence_spans, split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eerste zin. Tweede zin.", ["Eerste zin.", "Tweede zin."]),
        ("Dit is art. 19 Wpg. Dat mag.", ["Dit is art. 19 Wpg.", "Dat mag."]),
        ("Volgens mr. J.M. Fröberg (OM) kan het. Ja!", ["Volgens mr. J.M. Fröberg (OM) kan het.", "Ja!"]),
        ("Sinds 1 jan. 2024 o.a. Rabobank. Ook ING.", ["Sinds 1 jan. 2024 o.a. Rabobank.", "Ook ING."]),
        ('Hij zei: "Dat kan." Toen ging hij.', ['Hij zei: "Dat kan."', "Toen ging hij."]),
        ("Wat is PPS? Wie doet mee?", ["Wat is PPS?", "Wie doet mee?"]),
        ("1. Eerste stap", ["1. Eerste stap"]),
        ("Het is 3.5 miljoen. Meer niet.", ["Het is 3.5 miljoen.", "Meer niet."]),
        ("", []),
        ("   ", []),
    ],
)
def test_splits_where_a_reader_would(text, expected):
    assert split_sentences(text) == expected


@given(st.text(alphabet=st.sampled_from("abcA B.!?\"')\n1é"), max_size=200))
def test_spans_are_ordered_disjoint_and_lose_nothing(text):
    spans = sentence_spans(text)
    position = 0
    for start, end in spans:
        assert text[position:start].strip() == ""
        assert start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position:].strip() == ""
