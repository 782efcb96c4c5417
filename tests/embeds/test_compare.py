"""Two answers beside each other."""

from dataclasses import replace

import pytest

from rag.embeds.compare import Piece, Row, compare
from rag.embeds.embed import Cited, Content
from rag.export.paper import Line, Reference
from rag.types import Source


def content(*texts, mark=1, path="/bron/d?passage=1#passage", quote=None, **fields):
    """An answer of `texts`, all of one source that holds them to the letter unless `quote` says otherwise."""
    reference = Reference(mark, "Titel", fields.get("section", ""), None, quote or texts, path, fields.get("sources", ()))
    return Content("Wat is dat?", tuple(Line(t, (mark,)) for t in texts), (Cited(reference, "d.1", "a"),))


def kinds(old, new):
    return [r.kind for r in compare(old, new)]


A, B, C = "De politie werkt samen met banken.", "Het convenant is in 2023 getekend.", "Er zijn vier partijen."


def test_the_same_answer_is_the_same():
    assert kinds(content(A, B), content(A, B)) == ["gelijk", "gelijk"]


def test_the_number_of_a_source_does_not_count_but_the_source_does():
    assert kinds(content(A), content(A, mark=2)) == ["gelijk"]
    assert kinds(content(A), content(A, path="/bron/d?passage=2#passage", quote=(A, B))) == ["gelijk"]  # cut otherwise
    assert kinds(content(A), content(A, path="/bron/e?passage=1#passage")) == ["bron_anders"]
    assert kinds(content(A), content(A, section="Ander kopje")) == ["bron_anders"]
    assert kinds(content(A), content(A, sources=(Source("x", "Andere bron"),))) == ["bron_anders"]


def test_words_of_a_model_rest_on_their_quote():
    assert kinds(content(A, quote=(B,)), content(A, quote=(C,))) == ["bron_anders"]
    assert kinds(content(A, quote=(B,)), content(A, quote=(B,))) == ["gelijk"]


def test_what_went_what_came_and_what_changed():
    changed = "Het convenant is in 2024 getekend."
    assert kinds(content(A, B), content(A, changed, C)) == ["gelijk", "gewijzigd", "nieuw"]
    assert kinds(content(A, B, C), content(C)) == ["vervallen", "vervallen", "gelijk"]
    assert kinds(content(A), content("Iets heel anders over water.")) == ["vervallen", "nieuw"]
    assert kinds(content(A, B), content(C, changed)) == ["vervallen", "nieuw", "gewijzigd"]


def test_the_words_that_differ_are_marked():
    row = compare(content(B), content("Het convenant is in mei 2024 getekend."))[0]
    assert row.old == (Piece("Het convenant is in", False), Piece("2023", True), Piece("getekend.", False))
    assert row.new == (Piece("Het convenant is in", False), Piece("mei 2024", True), Piece("getekend.", False))


@pytest.mark.parametrize("old", [content(), content(A)])
def test_an_empty_side_is_empty(old):
    assert compare(old, content()) == [Row("vervallen", (Piece(line.text, False),)) for line in old.lines]


def test_every_sentence_stands_in_the_comparison_once():
    old, new = content(A, B, C, A), content(C, B.replace("2023", "2025"), A, "Nieuw.", C)
    rows = compare(old, new)
    assert [" ".join(p.text for p in r.old) for r in rows if r.old] == [line.text for line in old.lines]
    assert [" ".join(p.text for p in r.new) for r in rows if r.new] == [line.text for line in new.lines]
    assert compare(replace(old, question="Anders?"), old) == compare(old, old)
