from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from rag.knowledge.documents import Block, Document, FrontMatter, SourceEntry
from rag.knowledge.splitter import MAX_WORDS, MIN_WORDS, split_document

META = FrontMatter(
    id="doc",
    titel="Een document",
    soort="kennis",
    domein=["algemeen"],
    rol=["om"],
    fase=["inrichten"],
    laatst_gecontroleerd=date(2026, 1, 1),
    bronnen=[SourceEntry(id="a", titel="A", uitgever="U", datum="2024", url="https://example.org")],
)


def document(*blocks):
    return Document(META, tuple(blocks), "doc.md")


def sentence(words, tail="."):
    return ("Woord " + " ".join(f"w{i}" for i in range(words - 1))) + tail


def paragraph(count, words=20, headings=("Een document", "Kop"), start=0):
    text = " ".join(sentence(words) for _ in range(count))
    return Block(text, start, start + len(text), headings=headings, cites=((len(text), ("a",)),))


def test_a_long_section_is_cut_in_about_equal_parts():
    passages = split_document(document(paragraph(20)))
    assert [len(p.text.split()) for p in passages] == [140, 120, 140] or all(
        MIN_WORDS <= len(p.text.split()) <= MAX_WORDS for p in passages
    )
    assert sum(len(p.sentences) for p in passages) == 20


def test_short_sections_under_one_parent_are_joined():
    blocks = [paragraph(2, headings=("Een document", f"Kop {n}")) for n in range(4)]
    passages = split_document(document(*blocks))
    assert [len(p.text.split()) for p in passages] == [120, 40] or [len(p.text.split()) for p in passages] == [160]
    assert {s.heading for s in passages[0].sentences} >= {"Kop 0", "Kop 1"}


def test_a_list_stays_whole_with_its_introduction():
    lead = Block("De vier zijn:", 0, 10, "lead", ("Een document", "Kop"), 1)
    items = [Block(sentence(30), 0, 10, "item", ("Een document", "Kop"), 1) for _ in range(4)]
    passages = split_document(document(paragraph(6), lead, *items, paragraph(3)))
    holding = [p for p in passages if "De vier zijn:" in p.text]
    assert len(holding) == 1 and holding[0].text.count("\n- ") == 4


def test_quotes_are_verbatim_at_their_offsets():
    for p in split_document(document(paragraph(20))):
        assert all(p.text[s.start : s.end] == s.text for s in p.sentences)


def test_an_id_survives_a_change_elsewhere():
    first, last = paragraph(8, headings=("Een document", "A")), paragraph(7, headings=("Een document", "B"))
    before = split_document(document(first, last))
    after = split_document(document(paragraph(9, words=19, headings=("Een document", "A")), last))
    assert before[-1].id == after[-1].id and before[0].id != after[0].id


def test_equal_passages_get_different_ids():
    same = [paragraph(7, headings=("Een document", "A")), paragraph(7, headings=("Een document", "A"))]
    ids = [p.id for p in split_document(document(*same))]
    assert len(ids) == len(set(ids)) >= 2


lengths = st.lists(st.integers(3, 60), min_size=1, max_size=25)


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), lengths), min_size=1, max_size=6))
def test_nothing_is_lost_and_sizes_hold(sections):
    blocks = []
    for heading, words in sections:
        text = " ".join(sentence(n) for n in words)
        blocks.append(Block(text, 0, len(text), headings=("Een document", heading)))
    passages = split_document(document(*blocks))
    assert " ".join(p.text.replace("\n\n", " ") for p in passages) == " ".join(b.text for b in blocks)
    assert all(len(p.text.split()) <= MAX_WORDS for p in passages)
    assert len({p.id for p in passages}) == len(passages)
    assert [p.ordinal for p in passages] == list(range(len(passages)))
    assert [p.id for p in passages] == [p.id for p in split_document(document(*blocks))]
