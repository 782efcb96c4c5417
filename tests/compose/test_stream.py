from hypothesis import given
from hypothesis import strategies as st

from rag.compose.stream import Written, sentences

TEXT = "De politie doet mee [1]. Het OM leidt. [2][3] De banken zijn:\n- ABN AMRO [1]\n- ING [2, 3]\n\nVolgens art. 19 Wpg mag dat. [4]"
EXPECTED = [
    Written("De politie doet mee.", (1,)),
    Written("Het OM leidt.", (2, 3)),
    Written("De banken zijn:", ()),
    Written("ABN AMRO", (1,), "item"),
    Written("ING", (2, 3), "item"),
    Written("Volgens art. 19 Wpg mag dat.", (4,)),
]


def test_one_character_at_a_time_gives_the_same_as_all_at_once():
    assert list(sentences([TEXT])) == EXPECTED
    assert list(sentences(TEXT)) == EXPECTED


@given(st.lists(st.integers(0, len(TEXT)), max_size=12))
def test_any_cutting_gives_the_same(cuts):
    borders = [0, *sorted(cuts), len(TEXT)]
    assert list(sentences(TEXT[a:b] for a, b in zip(borders, borders[1:], strict=False))) == EXPECTED


def test_a_sentence_is_given_as_soon_as_the_next_one_starts():
    seen = []

    def pieces():
        yield "Eerste zin. [1] "
        yield "Tweede"
        seen.append(list(given_so_far))
        yield " zin. [2]"

    given_so_far = []
    for written in sentences(pieces()):
        given_so_far.append(written.text)
    assert seen == [["Eerste zin."]] and given_so_far == ["Eerste zin.", "Tweede zin."]


def test_markup_of_the_model_is_not_text():
    assert list(sentences(["## Antwoord\n**De politie** doet `mee`."])) == [Written("Antwoord", ()), Written("De politie doet mee.", ())]


def test_nothing_gives_nothing():
    assert list(sentences([])) == list(sentences(["  \n [1] \n"])) == []
