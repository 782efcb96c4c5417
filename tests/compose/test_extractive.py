from rag.compose.draft import Draft, markdown
from rag.compose.extractive import choose, write
from rag.compose.selection import Candidate
from rag.types import Hit, Passage, PassageSentence


def passage(name, *sentences):
    text, made = "", []
    for kind, group, words in sentences:
        text += "\n- " if kind == "item" else " " if text else ""
        made.append(PassageSentence(words, len(text), len(text) + len(words), kind, group, "Kop"))
        text += words
    return Passage(f"{name}.x", name, name, ("Kop",), text, 0, len(text), sentences=tuple(made))


def candidates(p, **scores):
    hit = Hit(p, 1.0, rank=1)
    found = [Candidate(hit, int(i[1:]), p.sentences[int(i[1:])], {}, s) for i, s in scores.items()]
    return sorted(found, key=lambda c: -c.score)


LIST = passage(
    "a",
    ("sentence", -1, "Inleiding over honden."),
    ("lead", 1, "Er zijn drie soorten:"),
    ("item", 1, "groot"),
    ("item", 1, "klein"),
    ("item", 1, "middel"),
)


def test_a_list_is_taken_whole_with_its_introduction():
    (run,) = choose(candidates(LIST, s2=0.9))
    assert (run.first, run.last) == (1, 4)


def test_a_sentence_that_leans_back_brings_the_one_before():
    p = passage("a", ("sentence", -1, "Project X is van de politie."), ("sentence", -1, "Dat begon in 2019."))
    (run,) = choose(candidates(p, s1=0.9))
    assert (run.first, run.last) == (0, 1)


def test_weak_and_repeated_sentences_are_left_out():
    p = passage(
        "a",
        ("sentence", -1, "De politie doet mee."),
        ("sentence", -1, "De politie doet mee."),
        ("sentence", -1, "Over iets anders gaat dit verhaal."),
    )
    assert [(r.first, r.last) for r in choose(candidates(p, s0=0.9, s1=0.89, s2=0.2))] == [(0, 0)]


def test_nothing_found_gives_nothing():
    assert choose([]) == []


def test_quotes_are_contiguous_and_verbatim_and_markdown_keeps_the_list():
    draft = Draft()
    list(write(draft, choose(candidates(LIST, s0=0.9, s2=0.85))))
    assert all(c.quote in LIST.text for c in draft.citations)
    assert markdown(draft.sentences) == (
        "Inleiding over honden. [1]\n\nEr zijn drie soorten: [1]\n\n- groot [1]\n- klein [1]\n- middel [1]"
    )


def test_numbers_follow_the_order_of_first_use():
    draft = Draft()
    draft.cite(LIST, 0, 0)
    second = draft.cite(LIST, 1, 4)
    draft.add("zin", (second,), 1.0)
    renumbered = draft.renumbered()
    assert [c.n for c in renumbered.citations] == [1] and renumbered.sentences[0].citations == (1,)
    assert draft.cite(LIST, 1, 4) == second


def test_a_long_sentence_is_not_lost_because_a_short_one_is_within_it():
    p = passage(
        "a", ("sentence", -1, "De samenwerking is formeel."), ("sentence", -1, "Samenwerking is formeel, vrijwillig, tijdelijk en breed.")
    )
    assert [(r.first, r.last) for r in choose(candidates(p, s0=0.9, s1=0.89))] == [(0, 1)]
