from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from rag.errors import PpsError
from rag.store import queue
from rag.store.feedback import Feedback, FeedbackOffError, Filter, Policy
from rag.store.queue import FeedbackStore

ANSWER = "a" * 32
GIVEN = Feedback(ANSWER, 2, "klopt_niet", "Dit jaartal is fout.", "Wanneer is het getekend?", "Het is getekend.", ("lantaarn.abc",), "v1")


def test_what_was_said_is_kept(store):
    kept = store.get(store.record(GIVEN))
    assert (kept.answer_id, kept.sentence, kept.verdict, kept.state) == (ANSWER, 2, "klopt_niet", "nieuw")
    assert (kept.remark, kept.question, kept.text) == (GIVEN.remark, GIVEN.question, GIVEN.text)
    assert kept.passage_ids == ("lantaarn.abc",) and kept.corpus_version == "v1" and kept.gold is None
    assert kept.created == GIVEN.created and kept.created.tzinfo is not None


def test_personal_data_is_masked_before_it_is_written(store, path):
    said = Feedback(
        ANSWER, 1, "klopt", "Bel 06-12345678 of mail jan@voorbeeld.nl", "Is NL91ABNA0417164300 verdacht?", "Van jan@voorbeeld.nl."
    )
    kept = store.get(store.record(said))
    assert kept.remark == "Bel [telefoonnummer] of mail [e-mailadres]" and kept.question == "Is [rekening] verdacht?"
    assert kept.text == "Van [e-mailadres]."
    assert b"voorbeeld.nl" not in path.read_bytes() and b"0417164300" not in path.read_bytes()


def test_question_and_sentence_are_kept_only_where_the_organisation_says_so(database, path):
    kept = FeedbackStore(database, Policy(question=False))
    found = kept.get(kept.record(GIVEN))
    assert (found.question, found.text, found.remark) == ("", "", GIVEN.remark)
    assert b"Wanneer is het getekend" not in path.read_bytes()


def test_nothing_is_kept_where_it_is_off(database, path):
    with pytest.raises(FeedbackOffError):
        FeedbackStore(database, Policy(on=False)).record(GIVEN)
    assert not path.exists()


def test_a_second_verdict_replaces_the_first_and_is_new_again(store):
    first = store.record(GIVEN)
    store.set_state(first, "aangenomen")
    store.set_gold(first, {"question": "x"})
    assert store.record(Feedback(ANSWER, 2, "klopt")) == first
    found = store.get(first)
    assert (found.verdict, found.state, found.remark, found.gold) == ("klopt", "nieuw", "", None)
    assert store.record(Feedback(ANSWER, 3, "klopt")) != first


def test_what_is_past_its_term_is_not_shown_and_is_erased_from_the_file(store, path):
    old = Feedback(ANSWER, 1, "klopt", "Opmerking van vroeger", "Vraag van vroeger?", created=datetime.now(UTC) - timedelta(days=31))
    lasting = store.record(GIVEN)
    gone = store.record(old)
    assert store.get(gone) is None and store.listed()[1] == 1 and store.counts()["nieuw"] == 1
    assert not store.set_state(gone, "aangenomen") and not store.set_gold(gone, {"question": "x"})
    assert b"van vroeger" in path.read_bytes()
    assert store.erase_expired() == 1 and store.erase_expired() == 0
    assert b"van vroeger" not in path.read_bytes() and store.get(lasting)


def test_every_write_erases_what_is_past_its_term(store, path):
    store.record(Feedback(ANSWER, 1, "klopt", "Opmerking van vroeger", created=datetime.now(UTC) - timedelta(days=31)))
    store.record(GIVEN)
    assert b"van vroeger" not in path.read_bytes()


@pytest.mark.parametrize(("age", "there"), [(timedelta(days=30) - timedelta(minutes=1), True), (timedelta(days=30, minutes=1), False)])
def test_the_term_is_exact(store, age, there):
    assert bool(store.get(store.record(Feedback(ANSWER, 1, "klopt", created=datetime.now(UTC) - age)))) is there


def test_a_shorter_term_holds_for_what_was_kept_before(database, store):
    store.record(Feedback(ANSWER, 1, "klopt", created=datetime.now(UTC) - timedelta(days=8)))
    assert FeedbackStore(database, Policy(on=False, days=7)).erase_expired() == 1


def test_the_queue_is_filtered_and_paged_oldest_first(store):
    for n in range(5):
        moment = datetime.now(UTC) - timedelta(hours=n)
        store.record(Feedback(ANSWER, n, "klopt" if n % 2 else "klopt_niet", passage_ids=(f"doc{n}.x",), created=moment))
    found, count = store.listed(Filter(verdict="klopt_niet"), limit=2)
    assert ([f.sentence for f in found], count) == ([4, 2], 3)
    assert [f.sentence for f in store.listed(Filter(verdict="klopt_niet"), offset=2)[0]] == [0]
    assert [f.sentence for f in store.listed(Filter(document="doc3"))[0]] == [3] and store.listed(Filter(document="doc"))[1] == 0
    store.set_state(found[0].id, "in_behandeling")
    assert store.counts() == {"nieuw": 4, "in_behandeling": 1, "aangenomen": 0, "afgewezen": 0}
    assert [f.sentence for f in store.listed(Filter(state="in_behandeling"))[0]] == [4]
    assert store.get(found[0].id).changed > found[0].changed


def test_feedback_can_be_erased_at_once(store, path):
    made = store.record(GIVEN)
    assert store.delete([made]) == 1 and store.delete([made]) == 0 and b"jaartal" not in path.read_bytes()


def test_reading_makes_no_database(store, path):
    assert store.listed() == ([], 0) and store.get("x") is None and store.with_gold() == [] and store.erase_expired() == 0
    assert not store.set_state("x", "nieuw") and not path.exists()


def test_a_flood_does_not_push_out_what_others_wrote(store, monkeypatch):
    monkeypatch.setattr(queue, "MAX_WAITING", 2)
    first = store.record(GIVEN)
    store.record(Feedback(ANSWER, 1, "klopt"))
    with pytest.raises(PpsError, match="te veel"):
        store.record(Feedback(ANSWER, 3, "klopt"))
    store.record(Feedback(ANSWER, 1, "klopt_niet"))  # who has one already may change it
    store.set_state(first, "aangenomen")
    store.record(Feedback(ANSWER, 3, "klopt"))


def test_many_write_at_once(store):
    def write(n: int) -> str:
        return store.record(Feedback(ANSWER, n % 4, "klopt", f"opmerking {n}"))

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(write, range(40)))
    assert len(set(made)) == 4 and store.listed()[1] == 4


@pytest.mark.parametrize("wrong", [Feedback(ANSWER, 1, "misschien"), Feedback(ANSWER, -1, "klopt")])
def test_what_is_no_verdict_is_refused(store, wrong):
    with pytest.raises(ValueError, match="no verdict"):
        store.record(wrong)


def test_a_long_remark_is_cut(store):
    assert len(store.get(store.record(Feedback(ANSWER, 1, "klopt", "woord " * 1000))).remark) <= 2000
