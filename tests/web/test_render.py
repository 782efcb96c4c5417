from rag.types import AnswerSentence, Citation, Hit, Passage, PassageSentence, Source
from rag.web.render import escape_markdown, evidence_html, marked, passage_url, sentences_markdown

HOSTILE = "<img src=x onerror=alert(1)> [klik](javascript:alert(1)) **vet** `code` & <script>alert(1)</script>"


def passage(text):
    return Passage(
        "doc.abc",
        "doc",
        text,
        (text,),
        text,
        0,
        len(text),
        sentences=(PassageSentence(text, 0, len(text)),),
        sources=(Source("a", text, text, "2024", "https://example.org/?a=1&b=2"),),
    )


def test_markdown_of_documents_shows_as_text():
    escaped = escape_markdown(HOSTILE)
    assert "<" not in escaped and "](" not in escaped.replace("\\", "\0") and "\\*\\*vet" in escaped


def test_marks_link_to_the_passage():
    p = passage("Een zin.")
    text = sentences_markdown((AnswerSentence("Een zin.", (1,), 1.0),), (Citation(1, p, "Een zin."),))
    assert text == "Een zin. [\\[1\\]](/bron/doc?passage=abc#passage-1)"


def test_evidence_escapes_everything_and_marks_the_quote():
    p = passage(HOSTILE)
    html = evidence_html((Citation(1, p, "**vet**", sources=p.sources),), (Hit(p, 0.5, {"words": 1.0}, 1),))
    assert "<img" not in html and "<script" not in html and "<mark>**vet**</mark>" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html and "woorden 1.00" in html


def test_a_quote_is_marked_where_it_stands():
    p = passage("Eerst dit. Dan dat.")
    assert marked(Citation(1, p, "Dan dat.")) == ("Eerst dit. ", "Dan dat.", "")


def test_urls_are_quoted():
    assert passage_url(passage("x")) == "/bron/doc?passage=abc#passage"
