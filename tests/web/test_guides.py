"""The pages of guided advice without a browser: steps, errors, the memo and its exports, on a flow of an organisation's own."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.export.paper import passage_path
from rag.web import guides
from tests.guides.conftest import FLOW

DONE = "keus=laag&doel=hoog&plaats=rivier&plaats=zee"


@pytest.fixture
def client(advisor, tmp_path, monkeypatch):
    folder = tmp_path / "stromen"
    folder.mkdir()
    (folder / "proef.yml").write_text(FLOW, encoding="utf-8")
    (folder / "tabel.yml").write_text(FLOW.replace("naam: proef", "naam: tabel\ntabel: true"), encoding="utf-8")
    (folder / "stuk.yml").write_text("naam: stuk", encoding="utf-8")
    monkeypatch.setenv("PPS_GUIDES_DIR", str(folder))
    app = FastAPI()
    app.include_router(guides.guides_router(advisor))
    with TestClient(app, follow_redirects=False) as made:
        yield made


def test_the_list_names_every_flow(client):
    page = client.get("/advies").text
    assert all(f'href="/advies/{name}"' in page for name in ("keuzehulp", "ambitie", "uitdagingen", "vergelijk-domeinen", "proef"))
    assert "/advies/stuk" not in page and client.get("/advies/").text == page


def test_a_wrong_file_is_told_at_the_start(client, capfd, advisor):
    guides.guides_router(advisor)
    assert "niet ingelezen — stuk.yml, regel 1" in capfd.readouterr().err


def test_the_first_step_is_a_form_with_labels(client):
    page = client.get("/advies/proef").text
    assert "<legend>Wat kiest u?</legend>" in page and page.count("<fieldset") == 2 and "Stap 1 van 2" in page
    for name, value in re.findall(r'<input type="radio" id="[^"]+" name="([^"]+)" value="([^"]+)"', page):
        assert f'<label class="option" for="{name}-{value}">' in page
    assert 'aria-describedby="keus_hulp"' in page and 'id="keus_hulp"' in page and " checked" not in page


def test_a_step_keeps_earlier_answers_in_the_form(client):
    page = client.get("/advies/proef?na=1&keus=laag&doel=hoog").text
    assert "Stap 2 van 2" in page and '<input type="hidden" name="keus" value="laag">' in page and 'type="checkbox"' in page
    assert 'href="/advies/proef?stap=1&amp;keus=laag&amp;doel=hoog"' in page
    assert page.count("Naar het advies") == 1


def test_going_back_shows_what_was_chosen(client):
    page = client.get(f"/advies/proef?stap=1&{DONE}").text
    assert re.search(r'id="keus-laag"[^>]* checked', page) and not re.search(r'id="keus-hoog"[^>]* checked', page)
    assert page.count('type="hidden" name="plaats"') == 2


@pytest.mark.parametrize(
    ("query", "told", "links"),
    [("na=1&keus=laag", "kies een antwoord", ["doel-laag"]), ("na=2&plaats=zee", "kies ten minste 2 antwoorden", ["plaats-rivier"])],
)
def test_a_missing_answer_is_told_above_with_a_link_and_at_the_question(client, query, told, links):
    page = client.get(f"/advies/proef?{query}").text
    assert "<title>Fout: " in page and told in page and 'role="alert"' in page
    assert re.findall(r'<li><a href="#([^"]+)">', page) == links and all(f'id="{link}"' in page for link in links)
    assert re.search(rf'aria-describedby="[^"]*{links[0].split("-")[0]}_fout"', page)


def test_the_last_step_leads_to_the_memo(client):
    reply = client.get(f"/advies/proef?na=2&{DONE}")
    assert reply.status_code == 303 and reply.headers["location"] == f"/advies/proef/memo?{DONE}"


@pytest.mark.parametrize("kind", ["memo", "memo.md", "memo.docx"])
def test_an_unfinished_memo_leads_to_the_first_missing_answer(client, kind):
    reply = client.get(f"/advies/proef/{kind}?keus=laag&doel=hoog&plaats=zee")
    assert reply.status_code == 303 and reply.headers["location"].startswith("/advies/proef?na=2&keus=laag")
    assert client.get(f"/advies/proef/{kind}").headers["location"] == "/advies/proef?na=1"


@pytest.mark.parametrize("query", ["na=9", "na=-1", "stap=x", "stap=%C2%B2", "na=99999999999999999999", "keus=%3Cscript%3E", "plaats="])
def test_strange_addresses_show_the_first_step(client, query):
    page = client.get(f"/advies/proef?{query}").text
    assert "Stap 1 van 2" in page and "<script>" not in page and "role=" not in page


@pytest.mark.parametrize("address", ["/advies/weg", "/advies/weg/memo", "/advies/weg/memo.md", "/advies/..%2fproef", "/advies/%3Cb%3E"])
def test_a_flow_that_is_not_there(client, address):
    reply = client.get(address, headers={"accept": "text/html"})
    assert reply.status_code == 404 and "<b>" not in reply.text


def test_the_memo_shows_sentences_with_links_to_their_sources(client, advisor):
    page = client.get(f"/advies/proef/memo?{DONE}").text
    assert "<h1>Proefmemo</h1>" in page and "Project Lantaarn is een samenwerking van het OM" in page
    marks = set(re.findall(r'href="#(bron-\d+)" aria-label="Bron \d+"', page))
    assert marks and marks == set(re.findall(r'<li id="(bron-\d+)">', page))
    for address in re.findall(r'<li id="bron-\d+"><a href="([^"]+)"', page):
        document, passage = re.fullmatch(r"/bron/([^?]+)\?passage=([0-9a-f]+)#passage", address).groups()
        assert advisor.searcher.store.passages([f"{document}.{passage}"]) and address == passage_path(document, passage)
    assert "Zee</h3>" in page and "hierover niets gevonden" in page
    levels = [int(n) for n in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:], strict=False))


def test_the_profile_is_a_picture_and_a_table(client):
    page = client.get(f"/advies/proef/memo?{DONE}").text
    assert 'aria-label="De as: nu ‘Laag’, gewenst ‘Hoog’."' in page and 'class="gap"' in page
    assert re.search(r'<th scope="row">De as</th><td>Laag</td><td>Hoog</td><td><strong>Ja</strong>', page)
    without = client.get(f"/advies/proef/memo?{DONE}".replace("keus=laag", "keus=hoog")).text
    assert 'class="gap"' not in without and "bij geen enkel onderwerp een verschil" in without


def test_a_table_has_a_cell_for_each_column_and_region_to_scroll(client):
    page = client.get(f"/advies/tabel/memo?{DONE}").text
    table = re.search(r'<table class="cells">.*?</table>', page, re.S)[0]
    assert re.findall(r'<th scope="col">([^<]+)', table) == ["Onderwerp", "Rivier", "Zee"]
    assert table.count("<td>") == 2 and "hierover niets gevonden" in table
    assert 'tabindex="0" role="region" aria-labelledby="tabel"' in page and 'id="tabel"' in page


def test_the_memo_in_markdown(client):
    reply = client.get(f"/advies/proef/memo.md?{DONE}")
    assert reply.headers["content-type"].startswith("text/markdown")
    assert reply.headers["content-disposition"] == 'attachment; filename="advies-proef.md"'
    assert reply.text.startswith("# Proefmemo") and "http://testserver/bron/project-lantaarn?passage=" in reply.text
    assert "## Bronnen" in reply.text and "*De as: nu ‘Laag’, gewenst ‘Hoog’.*" in reply.text


def test_the_memo_in_word_holds_the_links(client, advisor, monkeypatch):
    monkeypatch.setattr(advisor.settings, "public_url", "https://pps.example.org/hulp")
    reply = client.get(f"/advies/proef/memo.docx?{DONE}")
    assert reply.headers["content-disposition"] == 'attachment; filename="advies-proef.docx"'
    document = Document(BytesIO(reply.content))
    text = "\n".join(p.text for p in document.paragraphs)
    assert "Proefmemo" in text and "drie banken tegen factuurfraude" in text and "nu ‘Laag’, gewenst ‘Hoog’" in text
    links = [r.target_ref for r in document.part.rels.values() if r.reltype.endswith("/hyperlink")]
    assert any(link.startswith("https://pps.example.org/hulp/bron/project-lantaarn?passage=") for link in links)


def test_text_of_a_document_stays_text(client, corpus, run_sync, encoder):
    from tests.conftest import LANTAARN, write_document

    body = LANTAARN.replace("drie banken", "drie <script>alert(1)</script> banken")
    write_document(corpus, "project-lantaarn", body, titel="Lantaarn <b>x</b>")
    run_sync(encoder)
    page = client.get(f"/advies/proef/memo?{DONE}").text
    assert "<script>alert" not in page and "<b>x" not in page and "Lantaarn &lt;b&gt;" in page


def test_without_an_index_the_page_says_so(client, index_dir):
    (index_dir / "passages.sqlite").unlink()
    reply = client.get(f"/advies/proef/memo?{DONE}")
    assert reply.status_code == 503 and "index" in reply.text and "text/html" in reply.headers["content-type"]
