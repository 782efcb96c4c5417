import pytest

from rag.export.said import Library
from rag.guides.memo import Memo, MemoSection
from rag.types import Answer, AnswerSentence, Citation, Passage, PassageSentence, Source
from rag.verify.verifier import Verdict

BASE = "https://pps.example.nl"
TEXT = "Het convenant is op 3 oktober 2023 getekend. Er doen drie banken mee:\n\n- Bank Noord\n- Bank Zuid"
FIRST, LEAD = TEXT[:44], TEXT[45:69]


def passage(ident="lantaarn.abc123", text=TEXT):
    sentences = (
        PassageSentence(FIRST, 0, 44, sources=("b",), heading="Ondertekening"),
        PassageSentence(LEAD, 45, 69, "lead", 0),
        PassageSentence("Bank Noord", 73, 83, "item", 0, sources=("a",)),
        PassageSentence("Bank Zuid", 86, 95, "item", 0),
    )
    sources = (Source("a", "Eerste bron", "Uitgever A", "2024-04-03", "https://example.org/a"), Source("b", "Tweede bron", "Uitgever B"))
    return Passage(
        ident, ident.rsplit(".", 1)[0], "Project Lantaarn", ("Project Lantaarn", "Wie"), text, 0, 95, sentences=sentences, sources=sources
    )


@pytest.fixture
def answer():
    p = passage()
    first = Citation(1, p, FIRST, (FIRST,), 4, (p.sources[1],), "Ondertekening")
    rest = Citation(2, p, TEXT[45:], (), None, p.sources, "")
    sentences = (
        AnswerSentence(FIRST, (1,), 1.0, heading="Wanneer?"),
        AnswerSentence(LEAD, (2,), 1.0, "lead", "Wie?"),
        AnswerSentence("Bank Noord", (2,), 1.0, "item", "Wie?"),
        AnswerSentence("Bank Zuid", (2, 1), 1.0, "item", "Wie?"),
    )
    from rag.compose.draft import markdown

    return Answer(
        "Wanneer en wie?",
        "answered",
        markdown(sentences),
        sentences=sentences,
        citations=(first, rest),
        notice="Het is niet zeker dat dit precies uw vraag beantwoordt; kijk het na in de bron.",
        corpus_version="v7",
        created_at="2026-11-20T10:00:00+00:00",
    )


class Judge:
    """A verifier that believes what it was told to believe, and counts what it is asked."""

    name = "fake"

    def __init__(self, *believed):
        self.believed, self.asked = believed, 0

    def judge(self, claim, evidence, about=""):
        self.asked += 1
        return Verdict(0.9 if claim in self.believed else 0.1)


def library_of(*believed):
    judge = Judge(*believed)
    held = {p.id: p for p in (passage(), passage("vuurtoren.fff"))}
    return Library(held.get, lambda: judge, lambda: frozenset({"Project Lantaarn"}), lambda: frozenset({"hoe vaak"}), "v8")


@pytest.fixture
def library():
    return library_of()


@pytest.fixture
def memo(answer):
    sections = (
        MemoSection("Vrijwillig", answer.sentences[:1], "U antwoordde:  ja.\nDat past."),
        MemoSection("Tijdelijk", (), "De bronnen zeggen hierover niets."),
    )
    return Memo("Keuzehulp: <b>PPS</b>?", "Wat u invulde.", sections, answer.citations, "2026-11-25", "v7")


def hostile(text):
    """A turn and a library in which everything that can be hostile is `text`, what the corpus holds too."""
    sentence = PassageSentence(text, 0, len(text), heading=text)
    source = Source("a", text, text, text, "https://example.org/a")
    held = Passage("vreemd.abc", "vreemd", text, (text,), text, 0, len(text), sentences=(sentence,), sources=(source,))
    cited = {"n": 1, "passage_id": held.id, "title": text, "quote": text, "url": "https://kwaad.example"}
    answer = {
        "status": text[:500],
        "text": f"### {text}\n\n{text} [1]",
        "notice": text,
        "model": text,
        "created_at": text,
        "corpus_version": text,
        "sentences": [{"text": text, "citations": [1]}, {"text": f"Anders: {text}", "citations": [1]}],
        "choices": [text],
        "citations": [cited],
    }
    library = Library({held.id: held}.get, lambda: Judge(f"Anders: {text}"), lambda: frozenset({text}))
    return {"question": text, "answer": answer}, library


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[klik](https://kwaad.example)",
    "![x](https://kwaad.example/x.png)",
    "](https://kwaad.example)",
    "<https://kwaad.example>",
    "# Kop",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "> citaat",
    "`code`",
    "***vet***",
    "| a | b |",
    "a\n\n# Kop\n\n[1]: https://kwaad.example",
    "&lt;script&gt;",
    "~~weg~~",
    "---",
    "===",
    "[1]",
    "\\",
    "\\[x](https://kwaad.example)",
    "<!-- weg",
    "    code",
    "```",
    "$x$",
]
