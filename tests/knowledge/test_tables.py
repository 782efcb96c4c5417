"""Rows of a passage as the table that they were, for Markdown and for what the other readers write."""

from pathlib import Path

from rag.knowledge.markdown import read_markdown
from rag.knowledge.splitter import split_document
from rag.knowledge.tables import Cell, as_table, rows_of
from rag.knowledge.writer import BlockWriter
from tests.conftest import DOCUMENT

HEAD = DOCUMENT.format(id="vergeleken", titel="Vergeleken", soort="vergelijking", domein="ai", rol="om", body="")
TABLE = """
# Vergeleken

## Wat verschilt?

| Praktijk | Begin | Wie doet mee |
| --- | --- | --- |
| Melissa [@bron-a] | 2023 [@bron-a] | politie; OM: ook |
| Vuurtoren |  | haven |
"""


def passages(text):
    return split_document(read_markdown(Path("x.md"), text))


def tables(found, body):
    rows = rows_of(body)
    return [as_table(p, [s for s in p.sentences if s.kind == "row"], rows) for p in found]


def test_a_table_of_markdown_has_its_heads_cells_and_sources_back():
    source = HEAD + TABLE
    (table,) = tables(passages(source), source)
    assert table.heads == ("Praktijk", "Begin", "Wie doet mee")
    named = ("bron-a",)  # a cell without a source of its own has that of its row
    assert table.rows[0] == (Cell("Melissa", named), Cell("2023", named), Cell("politie; OM: ook", named))
    assert [c.text for c in table.rows[1]] == ["Vuurtoren", "", "haven"]


def test_a_row_that_is_cut_in_sentences_and_over_passages_keeps_every_word_in_its_own_cell():
    long = " ".join(f"Dit is zin {n} van een lange cel over de samenwerking met anderen." for n in range(30))
    source = HEAD + f"\n# Vergeleken\n\n| Praktijk | Wat | Slot |\n|---|---|---|\n| Melissa | {long} | klaar |\n"
    found = passages(source)
    assert len(found) > 1
    shown = tables(found, source)
    assert all(t.heads == ("Praktijk", "Wat", "Slot") and len(t.rows) == 1 for t in shown)
    assert " ".join(t.rows[0][1].text for t in shown) == long
    assert [t.rows[0][0].text for t in shown] == ["Melissa", *[""] * (len(shown) - 1)]
    assert shown[-1].rows[0][2].text == "klaar"


def test_tables_of_other_formats():
    writer = BlockWriter()
    writer.table([["Vorm", "Voor wie"], ["Convenant", "partners"], ["Overleg", ""], ["", "allen"]])
    writer.paragraph("Er is nog een tabel.")
    writer.table([["Fase", "Duur"], ["Verkennen", "kort"]])
    document = read_markdown(Path("x.md"), HEAD + "\n# Kop\n\nEen zin.\n")
    made = type(document)(document.meta, tuple(writer.blocks), "x.docx", writer.text)
    (passage,) = split_document(made)
    groups = [[s for s in passage.sentences if s.group == g] for g in (1, 2)]
    first, second = (as_table(passage, group, rows_of(writer.text)) for group in groups)
    assert first.heads == ("Vorm", "Voor wie")
    assert [[c.text for c in row] for row in first.rows] == [["Convenant", "partners"], ["Overleg", ""], ["", "allen"]]
    assert second.heads == ("Fase", "Duur") and second.rows[0][1].text == "kort"


def test_rows_that_are_no_longer_in_the_text_are_no_table():
    (passage,) = passages(HEAD + "\n# Kop\n\n| A | B |\n|---|---|\n| een | twee |\n")
    assert as_table(passage, passage.sentences, rows_of("iets anders")) is None
    assert as_table(passage, passage.sentences, rows_of("| A | C |\n|---|---|\n| een | twee |")) is None
