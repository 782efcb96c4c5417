"""Known questions in search: what they ask for, and documents that have none."""

import numpy as np
import pytest

from rag.knowledge.questions import Target
from rag.search.known_questions import KnownQuestions, Near
from rag.search.question_asks import QuestionAsks
from rag.search.question_terms import QuestionTerms
from tests.fakes import HashEmbedder


def known(*targets):
    found = [Target(q, d, sentences, missing) for q, d, sentences, missing in targets]
    return KnownQuestions(found, HashEmbedder().encode([t.question for t in found]))


def test_another_year_or_kind_is_less_alike():
    asks = QuestionAsks(["Hoeveel meldingen waren er in 2023?", "Hoeveel meldingen waren er in 2024?", "Wie telde de meldingen in 2024?"])
    same, year, kind = asks.likeness("Hoeveel meldingen kwamen er in 2023?")
    assert same == 1.0 and 0 < kind < year < same


def test_words_are_alike_with_typing_errors_and_small_words_count():
    terms = QuestionTerms.of(["Wie doen mee aan Lantaarn?", "Wanneer begon Lantaarn?", "Wat is een convenant?"])
    likeness = terms.likeness("wie doen mee aan Lantarn")
    assert likeness.argmax() == 0 and 0.5 < likeness[0] < 1 and likeness[2] < 0.2
    assert terms.likeness("Wanneer begon Lantaarn?")[1] == pytest.approx(1, abs=1e-5)


def test_a_known_question_without_an_answer_outvotes_only_its_twins():
    found = known(
        ("Wie doen mee aan Lantaarn?", "a", (("a.1", 0),), ""),
        ("Wat kostte Lantaarn?", "a", (), "kosten"),
        ("Hoeveel geld kostte Lantaarn de politie?", "a", (), "kosten voor de politie"),
    )
    embedder = HashEmbedder()
    costs = found.near("Wat heeft Lantaarn gekost?", embedder.encode_query("Wat heeft Lantaarn gekost?"))
    members = found.near("wie doen er mee aan Lantaarn", embedder.encode_query("wie doen er mee aan Lantaarn"))
    assert members.vote > 0.5 > costs.vote and members.answered_near > members.missing_near
    assert costs.missing == "kosten"


def test_a_document_without_known_questions_is_neither_better_nor_worse_off():
    near = Near(passages={"a.1": 0.8, "a.2": 0.4}, sentences={("a.1", 0): 0.8}, documents=frozenset({"a"}))
    assert near.of_passages(["a.1", "a.2", "b.1"]) == {"a.1": 0.8, "a.2": 0.4, "b.1": pytest.approx(0.6)}
    assert near.of_sentences([("a.1", 0), ("a.1", 1), ("b.1", 0)]) == [0.8, 0.0, pytest.approx(0.4)]


def test_with_enough_questions_common_meaning_is_damped_and_kept_in_the_file(tmp_path):
    generator = np.random.default_rng(0)
    common = np.ones(32) / np.sqrt(32)
    vectors = generator.normal(size=(1200, 32)) * 0.1 + common
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    targets = [Target(f"vraag nummer {n}", "a", (("a.1", n),)) for n in range(1200)]
    whole = KnownQuestions(targets, vectors, "test")
    whole.save(tmp_path / "q.npz")
    again = KnownQuestions.load(tmp_path / "q.npz")
    first, second = (q.near("vraag nummer 7", vectors[7].astype(np.float32)) for q in (whole, again))
    assert max(first.sentences, key=first.sentences.get) == ("a.1", 7)
    assert second.nearest == pytest.approx(first.nearest, abs=2e-3) and again.embedder == "test"
    assert set(again.by_text()) == {t.question for t in targets}


def asked_of_many():
    """150 projects, of each what is told (who, since when) and what is not (costs, telephone number)."""
    told, untold = ("Wie doen mee aan {}?", "Sinds wanneer bestaat {}?"), ("Wat kost {} per jaar?", "Wat is het telefoonnummer van {}?")
    names = [f"project {chr(97 + n % 26)}{chr(97 + n // 26)}o" for n in range(150)]
    answered = [(f.format(name), name, ((f"{name}.1", 0),), "") for name in names for f in told]
    return answered + [(f.format(name), name, (), "niet vermeld") for name in names for f in untold]


def test_what_is_never_told_is_learned_for_names_that_were_never_seen(tmp_path):
    embedder, found = HashEmbedder(), known(*asked_of_many())

    def usual(question, of=found):
        return of.near(question, embedder.encode_query(question)).usual

    assert usual("Wie doen mee aan Lantaarn?") > 1 > -1 > usual("Wat kost Lantaarn per jaar?")
    assert usual("En het telefoonnummer van Lantaarn?") < 0
    found.save(tmp_path / "q.npz")
    again = KnownQuestions.load(tmp_path / "q.npz")
    assert usual("Wat kost Lantaarn per jaar?", again) == pytest.approx(usual("Wat kost Lantaarn per jaar?"), abs=0.05)


def test_from_a_few_questions_nothing_is_learned():
    few = known(("Wie doen mee aan Lantaarn?", "a", (("a.1", 0),), ""), ("Wat kostte Lantaarn?", "a", (), "kosten"))
    assert few.near("Wat kostte Lantaarn?", HashEmbedder().encode_query("Wat kostte Lantaarn?")).usual == 0.0


def test_the_subject_is_learned_from_questions_on_others(tmp_path):
    embedder, own = HashEmbedder(), [Target(q, d, s, m) for q, d, s, m in asked_of_many()]
    things = ("appeltaart", "printer", "paspoort", "tuin", "vakantie", "hypotheek", "fiets", "wasmachine", "gitaar", "kleuterklas")
    ways = ("Hoe maak ik een {} schoon?", "waar koop ik een goedkope {}", "Welke {} is het beste?", "Mijn {} is kapot, wat nu?")
    elsewhere = [f"{way.format(thing)} {extra}".strip() for way in ways for thing in things for extra in ("", "graag snel", "in Utrecht")]
    questions = embedder.encode([t.question for t in own])
    whole = KnownQuestions(own, questions, "test", others=(elsewhere, embedder.encode(elsewhere)))
    whole.save(tmp_path / "q.npz")

    def subject(question, of):
        return of.near(question, embedder.encode_query(question)).subject

    for found in (whole, KnownQuestions.load(tmp_path / "q.npz")):
        assert subject("Sinds wanneer bestaat Lantaarn?", found) > 1 > -1 > subject("Welke koelkast is het beste?", found)
    assert subject("Welke koelkast is het beste?", KnownQuestions(own, questions)) == 0, "nothing to tell it from"
