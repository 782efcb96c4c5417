"""Which sentences a question asks for, learned from the known questions."""

import numpy as np
from scipy import sparse

from rag.knowledge.questions import Target
from rag.search.known_questions import KnownQuestions
from rag.search.question_terms import QuestionTerms
from rag.search.sentence_model import ENOUGH, SentenceModel
from tests.fakes import HashEmbedder

#: Each sentence is asked for in several words; none of the questions asked below is among them.
ASKED = {
    ("a.1", 0): ["Wie doen mee aan {}", "Welke partijen zitten in {}", "Wie zijn de deelnemers van {}", "Welke banken doen mee aan {}"],
    ("a.1", 1): ["Wanneer begon {}", "Sinds welk jaar bestaat {}", "In welk jaar startte {}", "Hoe lang bestaat {} al"],
    ("a.2", 0): ["Wat kost {}", "Hoeveel geld ging naar {}", "Welk bedrag kreeg {}", "Hoe duur is {}"],
}
NAMES = ["Lantaarn", "het havenoverleg", "de proef", "dit project", "het netwerk", "de afspraak", "het meldpunt", "de coalitie", "de pilot"]


def targets():
    return [Target(asked.format(name) + "?", "a", (key,)) for key, ways in ASKED.items() for asked in ways for name in NAMES]


def learned(n=None):
    found = targets()[:n]
    embedder = HashEmbedder()
    questions = [t.question for t in found]
    terms, keys = QuestionTerms.of(questions), list(ASKED)
    columns = [keys.index(t.sentences[0]) for t in found]
    leads = sparse.csr_matrix((np.ones(len(found), np.float32), (range(len(found)), columns)), (len(found), len(keys)))
    return SentenceModel.of(questions, terms, embedder.encode(questions), leads), terms, embedder


def test_a_question_leads_to_the_sentence_that_questions_alike_have_in_common():
    model, terms, embedder = learned()
    for question, right in [
        ("Welke banken zitten in de kopgroep?", 0),
        ("Sinds welk jaar bestaat de kopgroep?", 1),
        ("Hoeveel geld kreeg de kopgroep?", 2),
    ]:
        scores = model.scores(question, terms, embedder.encode_query(question))
        assert scores.shape == (3,) and scores.argmax() == right
        assert scores[right] > 0.3 > np.delete(scores, right).max()


def test_too_few_questions_teach_nothing():
    assert len(targets()) >= ENOUGH
    model, terms, embedder = learned(ENOUGH - 1)
    assert len(model.scores("Wat kost het?", terms, embedder.encode_query("Wat kost het?"))) == 0


def test_it_is_kept_in_the_file_and_told_for_sentences_of_documents_that_have_questions(tmp_path):
    embedder = HashEmbedder()
    whole = KnownQuestions(targets(), embedder.encode([t.question for t in targets()]), "test")
    whole.save(tmp_path / "q.npz")
    question = "Sinds welk jaar bestaat de kopgroep?"
    query = embedder.encode_query(question)
    first, again = (q.near(question, query) for q in (whole, KnownQuestions.load(tmp_path / "q.npz")))
    assert max(first.learned, key=first.learned.get) == ("a.1", 1)
    np.testing.assert_allclose(list(first.learned.values()), list(again.learned.values()), atol=2e-3)
    keys = [("a.1", 1), ("a.9", 0), ("b.1", 0)]
    told = first.learned_of(keys)
    assert told[0] == first.learned["a.1", 1] and told[1] == 0.0
    assert told[2] == (told[0] + told[1]) / 2  # nobody wrote questions for document b: neither better nor worse off
