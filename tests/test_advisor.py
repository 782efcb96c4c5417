import pytest

from rag.statuses import statuses
from rag.types import Filters


def test_an_answer_cites_every_sentence_verbatim(advisor):
    answer = advisor.ask("Wat is project Lantaarn?")
    assert answer.status == "answered" and answer.sentences
    by_n = {c.n: c for c in answer.citations}
    for s in answer.sentences:
        assert s.citations and all(s.text in by_n[n].quote for n in s.citations)
    assert all(c.quote in c.passage.text and c.sources for c in answer.citations)


def test_a_list_comes_whole(advisor):
    text = advisor.ask("Wie doen er mee aan project Lantaarn?").text
    assert all(bank in text for bank in ("Bank Noord", "Bank Zuid", "Bank West", "boekhouders"))


def test_several_questions_get_headings(advisor):
    text = advisor.ask("Wat is havenoverleg Vuurtoren en hoe vaak vergadert het?").text
    assert "### Wat is havenoverleg Vuurtoren?" in text and "zes weken" in text


@pytest.mark.parametrize("question", ["Hoe bak ik een appeltaart?", "Wie won het WK voetbal in 2022?"])
def test_what_the_corpus_does_not_hold_is_not_answered(advisor, question):
    answer = advisor.ask(question)
    assert answer.status in ("not_in_corpus", "out_of_scope")
    assert answer.sentences == () and answer.citations == () and answer.text == statuses()[answer.status].message["nl"]


@pytest.mark.parametrize(
    ("question", "said"),
    [("", "geen vraag ingevuld"), ("   \n", "geen vraag ingevuld"), ("🎉🎉🎉", "onduidelijk"), ("\x00\x01\u202e", "geen vraag")],
)
def test_what_is_no_question_is_asked_back(advisor, question, said):
    answer = advisor.ask(question)
    assert answer.status == "clarification_needed" and said in answer.text


def test_a_question_of_100_000_characters(advisor):
    answer = advisor.ask("waarom " * 14_300)
    assert answer.status == "clarification_needed" and "100100 tekens" in answer.text and len(answer.question) <= 2000


def test_control_characters_do_not_change_the_answer(advisor):
    clean, dirty = advisor.ask("Wat is project Lantaarn?"), advisor.ask("Wat\x00 is \u200bproject\x07 Lan\u00adtaarn?")
    assert clean.text == dirty.text


def test_filters_without_a_match_say_so(advisor):
    answer = advisor.ask("Wat is project Lantaarn?", Filters(domein=("ai",)))
    assert answer.status == "not_in_corpus" and "filter" in answer.text


def test_every_step_is_timed(advisor):
    assert set(advisor.ask("Wat is project Lantaarn?").timings_ms) == {"guard", "rephrase", "retrieve", "decide", "compose", "total"}


def test_evidence_comes_before_the_first_sentence(advisor):
    kinds = [e.kind for e in advisor.stream("Wat is project Lantaarn?")]
    assert kinds[0] == "evidence" and kinds[-1] == "answer" and set(kinds[1:-1]) == {"sentence"}


def test_an_english_question_is_told_that_sources_are_dutch(advisor):
    answer = advisor.ask("Who takes part in project Lantaarn?")
    assert answer.language == "en" and "Dutch" in answer.notice


def test_the_chain_is_a_langchain_runnable(advisor):
    from langchain_core.runnables import Runnable

    chain = advisor.as_runnable()
    assert isinstance(chain, Runnable)
    answer = chain.invoke("Wat is project Lantaarn?")
    assert answer.text == advisor.ask("Wat is project Lantaarn?").text
    filtered = chain.invoke({"question": "Wat is project Lantaarn?", "filters": Filters(domein=("ai",))})
    assert filtered.status == "not_in_corpus"


def test_json_has_the_public_fields(advisor):
    data = advisor.ask("Wat is project Lantaarn?").as_dict()
    assert list(data) == [
        "id",
        "question",
        "standalone_question",
        "status",
        "language",
        "text",
        "notice",
        "sentences",
        "citations",
        "passages",
        "model",
        "corpus_version",
        "created_at",
        "timings_ms",
        "choices",
    ]
    assert {"n", "passage_id", "document_id", "title", "section", "page", "quote", "url", "sources"} <= set(data["citations"][0])
    assert list(data["citations"][0]["sources"][0]) == ["title", "publisher", "date", "url"]
    assert list(data["sentences"][0]) == ["text", "citations", "support"]


def test_every_status_has_its_texts():
    expected = {
        "answered",
        "partial",
        "not_in_corpus",
        "clarification_needed",
        "out_of_scope",
        "refused_personal_data",
        "refused_unsafe",
        "error_model",
        "error_timeout",
    }
    assert set(statuses()) == expected
    assert all(s.label[lang] and (s.message[lang] or s.name == "answered") for s in statuses().values() for lang in ("nl", "en"))
