"""An embedded answer for readers: the page for a frame, the API for allowed websites, and oEmbed."""

import json
import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.web.embeds import HERE, INTRANET, outsider, publish, send, serve, visitor


@pytest.fixture
def answer(advisor):
    return advisor.ask("Wat is project Lantaarn?").as_dict()


@pytest.fixture
def app(searcher, settings):
    return serve(searcher, settings)


@pytest.fixture
def editor(app):
    with visitor(app) as made:
        yield made


@pytest.fixture
def published(editor, answer):
    return publish(editor, answer)


@pytest.fixture
def public(published):
    return published[1]


@pytest.fixture
def reader(app):
    return outsider(app)


# The page for a frame


def test_the_page_shows_question_answer_sources_and_day(reader, public, answer):
    reply = reader.get(f"/embed/antwoord/{public}")
    assert reply.status_code == 200
    page = reply.text
    assert f'<h1 class="vraag">{answer["question"]}</h1>' in page and all(s["text"] in page for s in answer["sentences"])
    assert re.search(r"Nagekeken en geplaatst op \d+ \w+ 20\d\d", page) and answer["corpus_version"] in page
    assert f'href="{HERE}/bron/project-lantaarn?passage=' in page and "https://example.org/a" in page
    assert "Bekijk dit antwoord bij de adviseur" in page and "Stel zelf een vraag" in page and "Bronnen gewijzigd" not in page


def test_only_the_websites_of_the_embed_may_hold_it(reader, public):
    policy = reader.get(f"/embed/antwoord/{public}").headers["content-security-policy"]
    assert policy.endswith(f"; frame-ancestors 'self' {INTRANET}") and "default-src 'none'" in policy and "unsafe" not in policy
    assert "x-frame-options" not in reader.get(f"/embed/antwoord/{public}").headers


def test_it_carries_no_cookie_no_key_and_no_prompt(searcher, settings, answer):
    app = serve(searcher, settings, embed_secret=SecretStr("g" * 40), llm_api_key=SecretStr("sleutel-van-het-model"))
    with visitor(app) as client:
        _, public = publish(client, answer)
    for path in (f"/embed/antwoord/{public}", f"/api/v1/embeds/{public}", f"/oembed?url={quote(f'{HERE}/embed/antwoord/{public}')}"):
        reply = outsider(app).get(path)
        assert reply.status_code == 200 and "set-cookie" not in reply.headers
        for secret in ("g" * 40, "sleutel-van-het-model", 'name="token"', "passages", "timings", "scores"):
            assert secret not in reply.text


def test_the_page_needs_no_script_and_holds_none_of_its_own(reader, public):
    page = reader.get(f"/embed/antwoord/{public}").text
    assert re.findall(r"<script[^>]*>", page) == ['<script src="../antwoord.js" defer>'] and "style=" not in page and "onclick" not in page


@pytest.mark.parametrize(
    ("given", "shown"), [("licht", "licht"), ("donker", "donker"), ("auto", "auto"), ('"><script>', "auto"), ("", "auto")]
)
def test_the_look_can_be_chosen(reader, public, given, shown):
    assert f'<html lang="nl" data-thema="{shown}">' in reader.get(f"/embed/antwoord/{public}", params={"thema": given}).text


def test_what_the_question_holds_is_text(editor, reader, answer):
    _, public = publish(editor, {**answer, "question": 'Wat is <script>alert(1)</script> "Lantaarn" \'?', "standalone_question": ""})
    page = reader.get(f"/embed/antwoord/{public}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    code = editor.get("/insluiten").text
    assert "<script>alert" not in code
    assert reader.get(f"/api/v1/embeds/{public}").json()["question"].startswith("Wat is <script>")


@pytest.mark.parametrize(
    "change", [lambda p: p[:-1] + ("0" if p[-1] != "0" else "1"), lambda p: "0" * 64, lambda p: "x", lambda p: p + "0", lambda p: p[:32]]
)
def test_an_id_that_was_made_up_is_told_in_any_frame(reader, public, change, monkeypatch):
    from rag.store.embeds import EmbedStore

    monkeypatch.setattr(EmbedStore, "get", lambda *_: pytest.fail("a made-up id reached the database"))
    reply = reader.get(f"/embed/antwoord/{change(public)}")
    assert reply.status_code == 404 and "Antwoord niet gevonden" in reply.text and "beheerder van deze pagina" in reply.text
    assert reply.headers["content-security-policy"].endswith("frame-ancestors *")
    assert reader.get(f"/api/v1/embeds/{change(public)}").status_code == 404


def test_a_withdrawn_answer_says_so_and_shows_nothing(editor, reader, published, answer):
    own, public = published
    assert send(editor, f"/{own}/intrekken").status_code == 303
    reply = reader.get(f"/embed/antwoord/{public}")
    assert reply.status_code == 410 and "Dit antwoord is ingetrokken" in reply.text and answer["sentences"][0]["text"] not in reply.text
    assert answer["question"] not in reply.text and reply.headers["content-security-policy"].endswith(f"'self' {INTRANET}")
    told = reader.get(f"/api/v1/embeds/{public}", headers={"Origin": INTRANET})
    assert told.status_code == 410 and told.headers["access-control-allow-origin"] == INTRANET and "ingetrokken" in told.json()["title"]
    assert reader.get("/oembed", params={"url": f"{HERE}/embed/antwoord/{public}"}).status_code == 404


def test_an_erased_answer_is_not_found(editor, reader, published):
    own, public = published
    assert send(editor, f"/{own}/wissen", zeker="ja").status_code == 303
    assert reader.get(f"/embed/antwoord/{public}").status_code == 404 and editor.get(f"/insluiten/{own}").status_code == 404


def test_a_changed_source_is_told(editor, reader, published, corpus, run_sync, encoder):
    path = corpus / "project-lantaarn.md"
    path.write_text(path.read_text(encoding="utf-8").replace("factuurfraude", "phishing"), encoding="utf-8")
    run_sync(encoder)
    own, public = published
    assert re.search(r"Bronnen gewijzigd sinds \d+ \w+ 20\d\d\.", reader.get(f"/embed/antwoord/{public}").text)
    fresh = reader.get(f"/api/v1/embeds/{public}").json()["freshness"]
    assert fresh["state"] == "gewijzigd" and fresh["since"] and fresh["text"].startswith("Bronnen gewijzigd sinds")
    assert "Bij 1 antwoord zijn de bronnen gewijzigd" in editor.get("/insluiten").text


def test_without_an_index_the_page_says_so(reader, public, searcher):
    searcher.store.path.rename(searcher.store.path.with_suffix(".weg"))
    reply = reader.get(f"/embed/antwoord/{public}")
    assert (
        reply.status_code == 503 and "niet te bereiken" in reply.text and reply.headers["content-security-policy"].endswith("ancestors *")
    )


# The API


def test_an_allowed_website_gets_the_answer(reader, public, answer):
    reply = reader.get(f"/api/v1/embeds/{public}", headers={"Origin": INTRANET, "Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 200 and reply.headers["access-control-allow-origin"] == INTRANET and reply.headers["vary"] == "Origin"
    told = reply.json()
    assert told["question"] == answer["question"] and told["urls"]["page"] == f"{HERE}/embed/antwoord/{public}"
    assert [line["text"] for b in told["blocks"] if b["kind"] != "heading" for line in b["lines"]] == [
        s["text"] for s in answer["sentences"]
    ]
    assert told["citations"][0]["url"].startswith(f"{HERE}/bron/project-lantaarn") and told["freshness"]["state"] == "actueel"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://kwaad.example"},
        {"Origin": "null"},
        {"Origin": "https://intranet.example.nl.kwaad.example"},
        {"Origin": "http://intranet.example.nl"},
        {"Origin": "https://intranet.example.nl:8443"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_website_gets_nothing(reader, public, headers, answer):
    reply = reader.get(f"/api/v1/embeds/{public}", headers=headers)
    assert reply.status_code == 403 and "access-control-allow-origin" not in reply.headers
    assert answer["sentences"][0]["text"] not in reply.text and reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "website_not_allowed"


def test_a_page_of_the_advisor_and_a_program_get_it(reader, public):
    assert reader.get(f"/api/v1/embeds/{public}").status_code == 200
    assert reader.get(f"/api/v1/embeds/{public}", headers={"Origin": HERE, "Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_addresses_are_those_of_the_public_site(searcher, settings, answer):
    app = serve(searcher, settings, public_url="https://pps.example.nl/adviseur", editor_password=SecretStr("een lang wachtwoord"))
    with TestClient(app, base_url="https://pps.example.nl", follow_redirects=False, headers={"Origin": "https://pps.example.nl"}) as client:
        client.auth = ("redactie", "een lang wachtwoord")
        _, public = publish(client, answer)
    told = outsider(app).get(f"/api/v1/embeds/{public}").json()
    assert told["urls"] == {"page": f"https://pps.example.nl/adviseur/embed/antwoord/{public}", "chat": "https://pps.example.nl/adviseur/"}
    assert told["citations"][0]["url"].startswith("https://pps.example.nl/adviseur/bron/")
    found = outsider(app).get("/oembed", params={"url": told["urls"]["page"]})
    assert found.status_code == 200 and f'src="{told["urls"]["page"]}"' in found.json()["html"]
    assert outsider(app).get("/oembed", params={"url": f"{HERE}/embed/antwoord/{public}"}).status_code == 404


# oEmbed


def test_the_page_tells_where_its_oembed_is(reader, public):
    link = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', reader.get(f"/embed/antwoord/{public}").text)[
        1
    ]
    found = reader.get(link.replace("&amp;", "&").removeprefix(HERE)).json()
    assert found["type"] == "rich" and found["version"] == "1.0" and found["title"] == "Wat is project Lantaarn?"
    assert found["provider_url"] == f"{HERE}/" and found["width"] == 640 and found["height"] > 200
    assert f'src="{HERE}/embed/antwoord/{public}"' in found["html"] and 'title="Wat is project Lantaarn?"' in found["html"]
    assert f'width="{found["width"]}" height="{found["height"]}"' in found["html"] and "<script" not in found["html"]


def test_oembed_keeps_within_what_is_asked(reader, public):
    url = f"{HERE}/embed/antwoord/{public}?thema=donker"
    found = reader.get("/oembed", params={"url": url, "format": "json", "maxwidth": 300, "maxheight": 200}).json()
    assert (found["width"], found["height"]) == (300, 200) and f"{public}?thema=donker" in found["html"]
    wide = reader.get("/oembed", params={"url": url, "maxwidth": 300}).json()["height"]
    assert wide > reader.get("/oembed", params={"url": url}).json()["height"]
    assert reader.get("/oembed", params={"url": url, "format": "xml"}).status_code == 501
    for wrong in ({"maxwidth": 0}, {"maxwidth": "breed"}, {"maxheight": -1}):
        assert reader.get("/oembed", params={"url": url, **wrong}).status_code == 422
    assert reader.get("/oembed").status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "https://kwaad.example/embed/antwoord/{p}",
        "http://127.0.0.1:7860.kwaad.example/embed/antwoord/{p}",
        "http://127.0.0.1:7860@kwaad.example/embed/antwoord/{p}",
        "file:///embed/antwoord/{p}",
        "http://127.0.0.1:7860/insluiten",
        "http://127.0.0.1:7860/embed/antwoord/../antwoord/{p}",
        "http://127.0.0.1:7860/embed/antwoord/",
        "http://[::1/embed/antwoord/{p}",
        "",
        "/embed/antwoord/{p}",
    ],
)
def test_oembed_knows_only_addresses_of_this_advisor(reader, public, url):
    assert reader.get("/oembed", params={"url": url.format(p=public)}).status_code == 404


# What pages of others load


@pytest.mark.parametrize("name", ["antwoord.css", "antwoord.js", "hoogte.js", "pps-antwoord.js"])
def test_any_page_may_load_the_files(reader, name):
    reply = reader.get(f"/embed/{name}?name=../../settings.py", headers={"Origin": "https://elders.example"})
    assert reply.status_code == 200 and reply.headers["access-control-allow-origin"] == "*" and len(reply.text) > 500
    assert reply.headers["cross-origin-resource-policy"] == "cross-origin" and ("css" in reply.headers["content-type"]) == name.endswith(
        "css"
    )


def test_the_scripts_set_text_only_and_fetch_nothing_of_others(reader):
    for name in ("antwoord.js", "hoogte.js", "pps-antwoord.js"):
        script = reader.get(f"/embed/{name}").text
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|https?://[a-z]", script), name
    assert "import" not in reader.get("/embed/antwoord.css").text.split("*/", 1)[1].replace("important", "")


def test_an_english_answer_has_english_words_around_it(editor, reader, advisor):
    answer = advisor.ask("What is project Lantaarn?").as_dict()
    assert answer["language"] == "en"
    _, public = publish(editor, answer)
    page = reader.get(f"/embed/antwoord/{public}").text
    assert '<html lang="en"' in page and "Checked and published on" in page and '<div class="tekst" lang="nl">' in page


def test_the_api_tells_of_itself(app):
    paths = app.openapi()["paths"]
    assert {"/api/v1/embeds/{public}", "/oembed"} <= set(paths) and not any(p.startswith("/insluiten") for p in paths)
    assert json.dumps(paths["/oembed"]).count("maxwidth") == 1
