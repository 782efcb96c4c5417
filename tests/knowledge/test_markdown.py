from pathlib import Path

import pytest

from rag.errors import DocumentError
from rag.knowledge.markdown import clean_inline, read_markdown
from tests.conftest import DOCUMENT


def read(body, **fields):
    values = {"id": "een-document", "titel": "Een document", "soort": "praktijk", "domein": "cybercrime", "rol": "om", **fields}
    return read_markdown(Path("een-document.md"), DOCUMENT.format(**values, body=body))


def test_inline_marks_go_and_sources_stay_with_their_stretch():
    text, cites = clean_inline("Zin **een** met [link](https://x.nl/a_(b)). [@a; @b] Zin *twee*. [@c]")
    assert text == "Zin een met link. Zin twee."
    assert cites == ((len("Zin een met link."), ("a", "b")), (len(text), ("c",)))


def test_marker_before_the_full_stop_keeps_the_stop():
    assert clean_inline("Een zin zonder punt [@a].")[0] == "Een zin zonder punt."


def test_blocks_know_kind_headings_group_and_position():
    document = read("# Titel\n\nInleiding.\n\n## Kop\n\nEr zijn er twee:\n\n- een [@bron-a]\n- twee\n  loopt door [@bron-b]\n\nSlot.")
    assert [(b.kind, b.text) for b in document.blocks] == [
        ("sentence", "Inleiding."),
        ("lead", "Er zijn er twee:"),
        ("item", "een"),
        ("item", "twee loopt door"),
        ("sentence", "Slot."),
    ]
    assert [b.headings for b in document.blocks][:2] == [("Titel",), ("Titel", "Kop")]
    groups = [b.group for b in document.blocks]
    assert groups[1] == groups[2] == groups[3] >= 0 and groups[0] == groups[4] == -1
    assert all("een" in document.text[b.start : b.end] for b in document.blocks if b.text == "een")


def test_two_lists_do_not_share_a_group():
    document = read("# T\n\n- a [@bron-a]\n- b [@bron-a]\n\nTussenzin. [@bron-a]\n\n- c [@bron-a]")
    groups = [b.group for b in document.blocks if b.kind == "item"]
    assert groups[0] == groups[1] != groups[2]


def test_table_rows_become_sentences_with_their_headers():
    document = read("# T\n\n| Domein | Grondslag | Let op |\n|---|---|---|\n| Cyber [@bron-a] | convenant [@bron-b] | |")
    (row,) = document.blocks
    assert (row.kind, row.text) == ("row", "Cyber: Grondslag: convenant")
    assert [ids for _, ids in row.cites] == [("bron-a",), ("bron-b",)]


def test_comments_are_not_text():
    assert [b.text for b in read("# T\n\n<!-- geheim\n\nook geheim -->\n\nZin. [@bron-a]").blocks] == ["Zin."]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("geen kenmerken", "ontbreekt het blok met kenmerken"),
        ("---\nid: [\n---\ntekst", "geen geldige YAML"),
        ("---\n- een\n---\ntekst", "geen lijst van velden"),
        ("---\nid: Hoofd Letter\n---\ntekst", "kloppen niet"),
    ],
)
def test_broken_front_matter_names_the_file(text, message):
    with pytest.raises(DocumentError, match=message) as error:
        read_markdown(Path("stuk.md"), text)
    assert str(error.value).startswith("stuk.md:")


def test_unknown_source_is_an_error():
    with pytest.raises(DocumentError, match="bron-x"):
        read("# T\n\nZin. [@bron-x]")


def test_no_body_is_an_error():
    with pytest.raises(DocumentError, match="geen tekst"):
        read("# Alleen een kop")
