"""Embeds in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rag.embeds.embed import new_id
from rag.store.audit import Actor, AuditTrail
from rag.store.database import Database
from rag.store.embeds import ChangedMeanwhileError, EmbedStore

EDITOR = Actor("redactie", "wachtwoord")


@pytest.fixture
def store(tmp_path):
    made = EmbedStore(Database(f"sqlite:///{tmp_path / 'data' / 'adviseur.sqlite'}"))
    yield made
    made.database.close()


def test_reading_makes_no_database(store, tmp_path):
    assert store.listed() == [] and store.get(new_id()) is None and not (tmp_path / "data").exists()


def test_an_embed_comes_back_as_it_was_kept(store, embed):
    store.publish(embed, EDITOR)
    assert store.get(embed.id) == embed and store.listed() == [embed]


def test_the_list_begins_with_the_one_published_last(store, embed):
    old = replace(embed, id=new_id(), published=datetime.now(UTC) - timedelta(days=3))
    store.publish(old, EDITOR)
    store.publish(embed, EDITOR)
    assert [e.id for e in store.listed()] == [embed.id, old.id]


def test_withdrawing_and_publishing_anew(store, embed):
    store.publish(embed, EDITOR)
    store.revoke(embed.id, EDITOR)
    first = store.get(embed.id).revoked
    store.revoke(embed.id, EDITOR)
    assert first and store.get(embed.id).revoked == first
    store.replace(embed.id, 1, replace(embed.content, question="Wat is nu project Lantaarn?"), EDITOR)
    again = store.get(embed.id)
    assert (
        again.revoked is None and again.version == 2 and again.content.question.startswith("Wat is nu") and again.created == embed.created
    )
    assert again.published >= embed.published and again.origins == embed.origins


def test_of_two_editors_the_second_is_told(store, embed):
    store.publish(embed, EDITOR)
    store.replace(embed.id, 1, embed.content, EDITOR)
    with pytest.raises(ChangedMeanwhileError, match="intussen"):
        store.replace(embed.id, 1, embed.content, EDITOR)
    assert store.get(embed.id).version == 2


def test_other_websites_and_erasing(store, embed):
    store.publish(embed, EDITOR)
    store.allow(embed.id, ("https://b.nl",), EDITOR)
    assert store.get(embed.id).origins == ("https://b.nl",)
    store.erase(embed.id, EDITOR)
    assert store.get(embed.id) is None
    acts = (
        lambda i: store.erase(i, EDITOR),
        lambda i: store.revoke(i, EDITOR),
        lambda i: store.allow(i, (), EDITOR),
        lambda i: store.replace(i, 1, embed.content, EDITOR),
    )
    for act in acts:
        with pytest.raises(ChangedMeanwhileError):
            act(embed.id)


def test_every_act_of_an_editor_stands_in_the_trail(store, embed):
    store.publish(embed, EDITOR)
    store.replace(embed.id, 1, embed.content, EDITOR)
    store.allow(embed.id, ("https://b.nl",), EDITOR)
    store.revoke(embed.id, EDITOR)
    store.revoke(embed.id, EDITOR)  # it was already: nothing was done
    store.erase(embed.id, EDITOR)
    acts = AuditTrail(store.database, 30).listed()
    found = sorted((a.act.removeprefix("insluiting."), a.detail) for a in acts)
    assert found == [
        ("gepubliceerd", ""),
        ("ingetrokken", ""),
        ("ingetrokken", "gewist"),
        ("vernieuwd", "antwoord"),
        ("vernieuwd", "websites"),
    ]
    assert {(a.actor, a.object) for a in acts} == {(EDITOR, embed.id)}
