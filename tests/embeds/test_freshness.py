"""When an embed says that its sources changed, and since when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rag.embeds.embed import Embed, fingerprint
from rag.embeds.freshness import freshness_of
from tests.conftest import LANTAARN, VUURTOREN, write_document

TODAY = date.today()


def rewrite(corpus, body=LANTAARN, **fields):
    write_document(
        corpus, "project-lantaarn", body, **{"titel": "Project Lantaarn", "domein": "financieel-economisch", "rol": "om, privaat", **fields}
    )


def edit(corpus, before, after):
    path = corpus / "project-lantaarn.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def fresh(embed, advisor, today=None):
    return freshness_of([embed], advisor.searcher.store, today)[0]


def test_an_embed_is_fresh_while_its_sources_stay(embed, advisor, corpus, run_sync, encoder):
    assert fresh(embed, advisor) and fresh(embed, advisor).since == ""
    write_document(corpus, "havenoverleg-vuurtoren", VUURTOREN.replace("zes weken", "acht weken"), titel="Havenoverleg Vuurtoren")
    edit(corpus, "laatst_gecontroleerd: 2026-11-24", "laatst_gecontroleerd: 2026-11-25")  # looked at again: nothing changed
    run_sync(encoder)
    assert fresh(embed, advisor)


def test_a_passage_that_changed_is_told_with_its_day(embed, advisor, corpus, run_sync, encoder):
    edit(corpus, "factuurfraude", "phishing")
    run_sync(encoder)
    found = fresh(embed, advisor)
    assert not found and found.since == TODAY.isoformat()
    assert {c.kind for c in found.changes} == {"gewijzigd"} and not found.changes[0].stands


def test_words_that_moved_to_another_passage_still_stand(embed, advisor, corpus, run_sync, encoder):
    edit(corpus, "# Project Lantaarn\n", "# Project Lantaarn\n\nEen zin die erbij is gekomen over iets anders. [@bron-a]\n")
    run_sync(encoder)
    assert [(c.kind, c.stands) for c in fresh(embed, advisor).changes][0] == ("gewijzigd", True)


def test_a_source_that_changed_under_the_same_words_is_told(embed, advisor, corpus, run_sync, encoder):
    edit(corpus, 'datum: "2024-04-03"', 'datum: "2025-01-01"')
    run_sync(encoder)
    found = fresh(embed, advisor)
    assert [c.kind for c in found.changes] == ["gewijzigd"] * len(embed.content.cited) and found.changes[0].stands


def test_a_document_that_is_gone_is_told(embed, advisor, corpus, run_sync, encoder):
    (corpus / "project-lantaarn.md").unlink()
    run_sync(encoder)
    assert {(c.kind, c.stands) for c in fresh(embed, advisor).changes} == {("verdwenen", False)}


def test_a_document_that_is_no_longer_in_use_is_told(embed, advisor, corpus, run_sync, encoder):
    edit(corpus, "taal: nl", "taal: nl\nstatus: vervallen")
    run_sync(encoder)
    assert {c.kind for c in fresh(embed, advisor).changes} == {"vervallen"}


def test_a_document_past_its_last_day_is_told_without_a_new_index(advisor, corpus, run_sync, encoder, confirmer):
    from rag.embeds.confirm import Given

    edit(corpus, "taal: nl", f"taal: nl\ngeldig_tot: {(TODAY + timedelta(days=10)).isoformat()}")
    run_sync(encoder)
    content = confirmer.confirmed(Given.model_validate(advisor.ask("Wat is project Lantaarn?").as_dict())).content
    embed = Embed(content, ())
    assert fresh(embed, advisor)
    found = fresh(embed, advisor, TODAY + timedelta(days=11))
    assert {c.kind for c in found.changes} == {"vervallen"} and found.since == (TODAY + timedelta(days=10)).isoformat()


def test_an_index_without_a_past_tells_the_day_of_publishing(content, advisor, corpus, run_sync, encoder):
    published = datetime.now(UTC) - timedelta(days=40)
    embed = Embed(content, (), published=published)
    edit(corpus, "factuurfraude", "phishing")
    run_sync(encoder, rebuild=True)
    for path in advisor.searcher.store.path.parent.glob("passages.sqlite*"):
        assert path.exists()
    with advisor.searcher.store.connect() as db:
        db.execute("DELETE FROM passages WHERE gone IS NOT NULL")
    assert fresh(embed, advisor).since == published.date().isoformat()


@pytest.mark.parametrize("times", [1, 2])
def test_the_passages_of_many_embeds_are_looked_up_together(embed, advisor, monkeypatch, times):
    asked = []
    real = advisor.searcher.store.passages
    monkeypatch.setattr(advisor.searcher.store, "passages", lambda ids, *a: asked.append(ids) or real(ids, *a))
    assert all(freshness_of([embed] * times, advisor.searcher.store)) and len(asked) == 1


def test_a_fingerprint_holds_what_is_shown(advisor):
    from dataclasses import replace

    passage = advisor.searcher.search("project Lantaarn", 1)[0].passage
    same = replace(passage, checked="2030-01-01", ordinal=9, start=5, review_by="2031-01-01")
    assert fingerprint(same) == fingerprint(passage)
    for change in ({"text": "x"}, {"title": "x"}, {"headings": ("x",)}, {"page": 3}, {"sources": ()}):
        assert fingerprint(replace(passage, **change)) != fingerprint(passage), change
