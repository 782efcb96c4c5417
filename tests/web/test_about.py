"""The system card, the accessibility statement and the page for what is not there; without the chat, which they do not need."""

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.compose.chat_models import ChatModel
from rag.errors import DocumentError
from rag.knowledge.store import PassageStore
from rag.settings import Settings
from rag.web import about, figures
from rag.web.conformance import PARTS, STATEMENT, statement
from rag.web.lost import LostPages
from tests.conftest import write_document

ROOT = Path(__file__).resolve().parent.parent.parent
#: All success criteria of WCAG 2.2 at A and AA: guideline, and the last number there; without those of AAA and the withdrawn 4.1.1.
WCAG = {
    "1.1": [1],
    "1.2": [1, 2, 3, 4, 5],
    "1.3": [1, 2, 3, 4, 5],
    "1.4": [1, 2, 3, 4, 5, 10, 11, 12, 13],
    "2.1": [1, 2, 4],
    "2.2": [1, 2],
    "2.3": [1],
    "2.4": [1, 2, 3, 4, 5, 6, 7, 11],
    "2.5": [1, 2, 3, 4, 7, 8],
    "3.1": [1, 2],
    "3.2": [1, 2, 3, 4, 6],
    "3.3": [1, 2, 3, 4, 7, 8],
    "4.1": [2, 3],
}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def serve(advisor, corpus, index_dir):
    """Makes a client; keyword arguments are settings."""

    def make(**settings) -> TestClient:
        advisor.settings = Settings(corpus=[corpus], index_dir=index_dir, _env_file=None, **settings)
        app = FastAPI()
        app.add_middleware(LostPages)
        app.include_router(about.router(advisor))
        return TestClient(app)

    return make


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# The system card


def test_the_card_tells_what_the_index_holds_now(serve, searcher):
    text = words(serve().get("/over").text)
    assert f"Documenten 2 Passages {sum(searcher.store.passages_per_document().values())}" in text
    assert searcher.store.meta()["corpus_version"] in text and "op 24 november 2026 met hun bronnen vergeleken" in text


def test_an_index_without_documents_is_told(tmp_path, settings):
    store = PassageStore(tmp_path)
    app = FastAPI()
    empty = SimpleNamespace(searcher=SimpleNamespace(store=store), settings=settings, chat_model=None)
    app.include_router(about.router(empty))
    text = words(TestClient(app).get("/over").text)
    assert "Er zijn nog geen bronnen ingelezen" in text and "zijn er geen bronnen in gebruik" in text


def test_nobody_responsible_is_told_as_not_filled_in(serve):
    text = words(serve().get("/over").text)
    assert text.count("nog niet ingevuld") == 2 and "PPS_ORGANISATION" in text and "Er is nog geen contact ingevuld" in text


def test_who_is_responsible_is_told(serve):
    page = serve(organisation="Gemeente <Voorbeeld>", contact="redactie@voorbeeld.example").get("/over").text
    assert "Gemeente &lt;Voorbeeld&gt;" in page and 'href="mailto:redactie@voorbeeld.example"' in page and "nog niet ingevuld" not in page


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("https://voorbeeld.example/contact", 'href="https://voorbeeld.example/contact"'),
        ("javascript:alert(1)", None),
        ("Bel de balie; mail@x", None),
        ('"><script>alert(1)</script>', None),
    ],
)
def test_only_addresses_become_links(serve, contact, link):
    page = serve(contact=contact).get("/over").text
    assert "<script>" not in page and 'href="javascript' not in page and 'href="mailto:' not in page
    assert (link in page) if link else words(contact.split("<")[0]) in words(page)


def test_empty_settings_count_as_not_filled_in(monkeypatch):
    monkeypatch.setenv("PPS_ORGANISATION", " ")
    monkeypatch.setenv("PPS_CONTACT", "")
    assert Settings(_env_file=None).organisation is None and Settings(_env_file=None).contact is None


@pytest.mark.parametrize(
    ("given", "there", "absent"),
    [
        ({"keep_gaps": True}, "180 dagen", "Nee, dat staat uit"),
        ({"keep_gaps": False}, "Nee, dat staat uit", "niet wie het vroeg"),
        ({"feedback": "uit"}, "Nee, dat staat uit", "Klopt dit?"),
        ({"feedback": "zonder_vraag", "feedback_days": 33}, "33 dagen", "met de tekst van uw vraag"),
        ({"feedback": "met_vraag"}, "met de tekst van uw vraag", "zonder de tekst van uw vraag"),
    ],
)
def test_what_is_kept_is_as_the_settings_say(serve, given, there, absent):
    text = words(serve(**given).get("/over").text)
    assert there in text and absent not in text


def test_the_model_in_use_is_told(serve, advisor):
    assert "werkt nu zonder taalmodel" in words(serve().get("/over").text)
    advisor.chat_model = ChatModel("gpt-nl", model=object())
    text = words(serve().get("/over").text)
    assert "taalmodel gpt-nl" in text and "gaan daarvoor naar de server" in text


@pytest.mark.parametrize("path", ["/over", "/en/over"])
def test_every_figure_stands_on_the_page_with_its_interval_and_number(serve, path):
    text = words(serve().get(path).text)
    for figure in figures.card("en" if path.startswith("/en") else "nl").figures:
        assert f"{figure.name} {figure.value}% {figure.low}–{figure.high}%" in text and f"{figure.n} {figure.unit}" in text


def test_aims_that_are_not_reached_are_told_as_such(serve):
    page = serve().get("/over").text
    data = {f["key"]: f for f in json.loads(figures.CARD.read_text(encoding="utf-8"))["figures"]}
    missed = [key for key in figures.CHARTED if data[key]["met"] is False]
    assert f"Van de {len(figures.CHARTED)} doelen" in page and f" {len(missed)} niet gehaald" in page
    assert page.count('class="verdict short"') == len(missed) and page.count("<strong>niet gehaald</strong>") == sum(
        f["met"] is False for f in data.values()
    )


def test_the_chart_can_be_read_without_seeing_it(serve):
    page = serve().get("/over").text
    charts = re.findall(r'<svg class="measure"[^>]*aria-label="([^"]+)"', page)
    assert len(charts) == len(figures.CHARTED) and all("Onzekerheid: tussen" in label and "Doel:" in label for label in charts)
    assert 'aria-labelledby="flow-title flow-told"' in page


def test_marks_of_the_chart_stay_on_it():
    card = figures.card()
    assert card.at(0) == 2 and card.at(100) == 98
    assert all(2 <= card.at(v) <= 98 for f in card.figures for v in (f.low, f.value, f.high))
    with pytest.raises(KeyError):
        card["bestaat_niet"]


def test_figures_of_other_sources_are_told(serve, searcher, monkeypatch):
    told = "Deze cijfers zijn gemeten met versie"
    assert told in words(serve().get("/over").text), "the small corpus is another one than that of the test"
    same = replace(figures.card(), corpus_version=searcher.store.meta()["corpus_version"])
    monkeypatch.setattr(about, "card", lambda language: same)
    assert told not in words(serve().get("/over").text)


def test_failures_on_the_page_are_those_of_the_test(serve):
    told = (ROOT / "docs" / "worst-cases.md").read_text(encoding="utf-8")
    for path in ("/over", "/en/over"):
        quoted = [unescape(q) for q in re.findall(r"<q[^>]*>(.*?)</q>", serve().get(path).text)]
        assert len(quoted) == 5 and all(q in told for q in quoted), "a failure that docs/worst-cases.md does not know"


def test_the_page_says_nothing_of_the_law_without_the_document(serve):
    assert about.LAW not in serve().get("/over").text


def test_the_page_leads_to_the_document_on_the_law(serve, corpus, run_sync, encoder):
    write_document(corpus, about.LAW, "# De wet\n\nEen chatbot zegt dat hij een chatbot is. [@bron-a]", titel="De wet & chatbots")
    run_sync(encoder)
    assert f'<a href="/bron/{about.LAW}">De wet &amp; chatbots</a>' in serve().get("/over").text
    assert (ROOT / "corpus" / f"{about.LAW}.md").is_file(), "the shipped corpus holds it"


def test_both_languages_lead_to_each_other(serve):
    client = serve()
    dutch, english = client.get("/over").text, client.get("/en/over").text
    assert '<html lang="nl">' in dutch and '<html lang="en">' in english
    assert 'href="/en/over" lang="en"' in dutch and 'href="/over" lang="nl"' in english
    assert client.get("/over?taal=en", follow_redirects=False).headers["location"] == "/en/over"
    assert client.get("/en/toegankelijkheid", follow_redirects=False).headers["location"] == "/toegankelijkheid"
    ids = [set(re.findall(r'<h2 id="(\w+)"', page)) for page in (dutch, english)]
    assert ids[0] == ids[1] and len(ids[0]) == 9


# The accessibility statement


def test_the_statement_covers_every_criterion_once():
    wanted = [f"{guideline}.{number}" for guideline, numbers in WCAG.items() for number in numbers]
    assert [c.number for c in statement().criteria] == wanted and len(wanted) == 55
    assert {c.level for c in statement().criteria} == {"A", "AA"} and sum(c.level == "A" for c in statement().criteria) == 31


@pytest.mark.parametrize("failing", [False, True], ids=["as it is", "with a criterion that fails"])
def test_the_statement_is_shown_with_what_fails_first(serve, monkeypatch, tmp_path, failing):
    told = statement()
    if failing:
        data = yaml.safe_load(STATEMENT.read_text(encoding="utf-8"))
        data["criteria"]["Robuust"][0] |= {"chat": "nee", "opmerking": "Een knop heeft geen naam."}
        path = tmp_path / "toegankelijkheid.yml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        told = statement(path)
        monkeypatch.setattr(about, "statement", lambda: told)
    page = serve(contact="https://voorbeeld.example/").get("/toegankelijkheid").text
    text = words(page)
    for criterion in told.criteria:
        assert f"{criterion.number} {criterion.name}" in text
    assert ("Wat niet voldoet" in text[: text.index("Per criterium")]) == failing == ("voldoet nog niet helemaal" in text)
    assert all(unescape(c.remark) in text for c in told.failing) and len(told.failing) == failing
    assert page.count('class="no"') == sum(list(c.verdicts.values()).count("nee") for c in told.criteria)
    assert "niet getest met mensen" in text and 'href="https://voorbeeld.example/"' in page
    for part, name in PARTS.items():
        assert f"{name} {' '.join(map(str, told.counts(part).values()))}" in text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"naam": None}, "naam ontbreekt"),
        ({"chat": "misschien"}, "“misschien” bestaat niet"),
        ({"chat": "nee", "opmerking": ""}, "schrijf in een opmerking"),
    ],
)
def test_an_error_in_the_statement_names_the_criterion(tmp_path, change, told):
    data = yaml.safe_load(STATEMENT.read_text(encoding="utf-8"))
    entry = data["criteria"]["Robuust"][0]
    entry.update(change)
    data["criteria"]["Robuust"][0] = {k: v for k, v in entry.items() if v is not None}
    path = tmp_path / "toegankelijkheid.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DocumentError, match=f"criterium 4.1.2: .*{told}"):
        statement(path)


# What is not there


@pytest.mark.parametrize("path", ["/bestaat-niet", "/over/weg", "/<script>alert(1)</script>"])
def test_an_unknown_address_is_a_page(serve, path):
    reply = serve().get(path, headers=PAGE)
    assert reply.status_code == 404 and "<h1>Pagina niet gevonden</h1>" in reply.text and "<script>alert" not in reply.text


def test_programs_keep_their_own_404(serve):
    client = serve()
    assert client.get("/bestaat-niet", headers={"Accept": "application/json"}).json() == {"detail": "Not Found"}
    assert client.get("/api/v1/bestaat-niet", headers=PAGE).json() == {"detail": "Not Found"}
    assert client.post("/bestaat-niet", headers=PAGE).json() == {"detail": "Not Found"}
    assert client.head("/bestaat-niet", headers=PAGE).content == b""
