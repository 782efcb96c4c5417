import re
from datetime import date
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.export.markdown import answer_markdown, escape, memo_markdown, turns_markdown
from rag.export.paper import clean
from rag.export.words import DUTCH, WORDS
from tests.export.conftest import BASE, FIRST, HOSTILE, hostile


def links(markdown):
    return set(re.findall(r'href="([^"]*)"', MarkdownIt("commonmark").render(markdown)))


def shown(markdown):
    return re.sub(r"<[^>]+>", "", MarkdownIt("commonmark").render(markdown))


def test_an_answer_as_markdown(answer):
    made = answer_markdown(answer, BASE, date(2026, 11, 25))
    assert made.startswith("# Antwoord van de Adviseur publiek-private samenwerking\n\n> Dit document is gemaakt met")
    assert (
        DUTCH.notice.split(". ")[1] in shown(made) and "- Gemaakt op 25 november 2026\n" in made and "- Versie van de bronnen: v7\n" in made
    )
    assert f"## Vraag: Wanneer en wie?\n\n### Wanneer?\n\n{FIRST} [\\[1\\]][1]\n\n### Wie?" in made
    assert "- Bank Noord [\\[2\\]][2]\n- Bank Zuid [\\[2\\]][2][\\[1\\]][1]\n" in made
    assert "1. [Project Lantaarn — Ondertekening, bladzijde 4][1]\n\n   > Het convenant" in made
    assert made.endswith(f"[2]: <{BASE}/bron/lantaarn?passage=abc123#passage>\n")
    assert links(made) == {f"{BASE}/bron/lantaarn?passage=abc123#passage", "https://example.org/a"}


def test_a_memo_as_markdown(memo):
    made = memo_markdown(memo, BASE + "/")
    assert "# Keuzehulp: \\<b\\>PPS\\</b\\>?" in made and "*De bronnen zeggen hierover niets.*" in made
    assert f"{BASE}/bron/lantaarn?passage=abc123#passage" in links(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_shows_as_itself(text):
    turn, library = hostile(text)
    made = turns_markdown([turn], BASE, library)
    html = MarkdownIt("commonmark").render(made)
    assert links(made) == {f"{BASE}/bron/vreemd?passage=abc#passage", "https://example.org/a"}
    assert "<img" not in html and "<script" not in html and "<!--" not in html
    assert html.count("<h1>") == 1 and "<code>" not in html and "<hr" not in html
    assert unescape(shown(made)).count(clean(text)) >= 5  # question, sentence twice, place and quote of the source


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2FFF), max_size=60))
def test_any_text_shows_as_itself(text):
    html = MarkdownIt("commonmark").render(f"x\n\n{escape(text)}\n")
    inner = html.removeprefix("<p>x</p>\n").removeprefix("<p>").removesuffix("</p>\n")
    assert unescape(inner) == clean(text)


def test_no_reader_makes_links_of_addresses_in_a_text():
    assert "://" not in escape("zie https://kwaad.example en www.kwaad.example") and "www." not in escape("www.kwaad.example")
    assert "@" not in escape("jan@kwaad.example").replace("\\@", "")


def test_around_an_answer_stand_words_of_the_readers_language(answer, library):
    turns = [
        {"question": answer.question, "answer": answer.as_dict() | {"sentences": [*answer.as_dict()["sentences"], {"text": "Anders."}]}}
    ]
    made = turns_markdown(turns, BASE, library, date(2026, 11, 25), WORDS["en"])
    assert made.startswith("# Answer of the Advisor on public-private partnership\n\n> This document was made with the Advisor on")
    assert "- Made on 25 November 2026\n- Answers of 20 November 2026\n- Version of the sources: v7\n- Each sentence was compared" in made
    assert "## Question: Wanneer en wie?" in made and "*1 sentence of this answer was left out" in made and "\n## Sources\n" in made
    assert "*Answered from the sources. Sentences taken from the sources, without a language model.*" in made
    assert "Ondertekening, page" not in made and "What this rests on:" in made and "(Uitgever A, 3 April 2024)" in made
    dutch = {w for w in DUTCH.__dataclass_fields__ if w != "language" and getattr(DUTCH, w) == getattr(WORDS["en"], w)}
    assert dutch == set()
