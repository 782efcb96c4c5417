"""The pages on which editors handle feedback: who may see them, what can be done, and that no other page can do it."""

import base64
import json
import re

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.web.test_feedback import ANSWER, HERE, say, serve, visitor


@pytest.fixture
def client(searcher, settings):
    with visitor(serve(searcher, settings)) as made:
        yield made


@pytest.fixture
def passage(searcher):
    return searcher.search("project Lantaarn", 1)[0].passage


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def only_id(client):
    return re.search(r'action="/terugkoppeling/([0-9a-f]{32})/staat"', client.get("/terugkoppeling?staat=").text)[1]


def handle(client, action, **fields):
    """Send a form of the page of the only item."""
    item = only_id(client)
    token = token_of(client.get(f"/terugkoppeling/{item}").text)
    return client.post(f"/terugkoppeling/{item}/{action}", data={"token": token, **fields})


# Who may see it


def test_without_a_password_only_the_machine_itself_sees_it(searcher, settings):
    app = serve(searcher, settings)
    with visitor(app) as client:
        assert client.get("/terugkoppeling").status_code == 200
        for headers in (
            {"Host": "pps.example.nl"},
            {"Host": "[::1"},
            {"X-Forwarded-For": "10.0.0.1"},
            {"Forwarded": "for=10.0.0.1"},
            {"Via": "1.1 proxy"},
        ):
            assert client.get("/terugkoppeling", headers=headers).status_code == 403, headers
    other = TestClient(app, base_url=HERE, client=("10.0.0.7", 50_000))
    for path in ("/terugkoppeling", "/terugkoppeling/goudvragen.jsonl", f"/terugkoppeling/{ANSWER}"):
        reply = other.get(path)
        assert reply.status_code == 403 and "opent alleen op de machine" in reply.text and "<h1>Geen toegang</h1>" in reply.text
    assert other.post(f"/terugkoppeling/{ANSWER}/staat", data={"staat": "nieuw"}).status_code == 403


def test_a_proxy_that_tells_nothing_opens_the_page_to_nobody(searcher, settings):
    """nginx as it comes asks as this machine itself, by its own name, over HTTP/1.0."""
    app = serve(searcher, settings)

    async def old(scope, receive, send):
        await app({**scope, "http_version": "1.0"} if scope["type"] == "http" else scope, receive, send)

    assert visitor(old).get("/terugkoppeling").status_code == 403
    with visitor(serve(searcher, settings, public_url="https://pps.example.nl")) as client:
        assert client.get("/terugkoppeling").status_code == 403


def test_with_a_password_editors_log_in(searcher, settings):
    app = serve(searcher, settings, editor_password=SecretStr("een lang wachtwoord é"))

    def status(given):
        header = {"Authorization": f"Basic {base64.b64encode(given).decode()}"} if given is not None else {}
        return other.get("/terugkoppeling", headers=header).status_code

    with TestClient(app, base_url="https://pps.example.nl", client=("10.0.0.7", 50_000)) as other:
        assert status("redactie:een lang wachtwoord é".encode()) == 200
        assert [status(g) for g in (None, b"", b"redactie:", b"redactie:een lang wachtwoord", b"\xff\xfe")] == [401] * 5
        refused = other.get("/terugkoppeling", headers={"Authorization": "Basic ###"})
        assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Basic")
    with visitor(app) as client:  # nor does the machine itself get in without
        assert client.get("/terugkoppeling").status_code == 401


def test_the_page_is_kept_by_nobody_and_loads_nothing_of_others(client):
    reply = client.get("/terugkoppeling")
    assert reply.headers["cache-control"] == "no-store" and reply.headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/terugkoppeling" in cookie


# What editors do


def test_an_editor_handles_feedback(client):
    say(client)
    reply = handle(client, "staat", staat="in_behandeling", lijst="staat=nieuw&oordeel=klopt_niet")
    assert reply.status_code == 303 and reply.headers["location"] == "/terugkoppeling?staat=nieuw&oordeel=klopt_niet&gedaan=stand"
    page = client.get(reply.headers["location"]).text
    assert "De stand is gewijzigd." in page and "In behandeling (1)" in page and "Er zijn geen oordelen" in page
    for state, words in (("aangenomen", "Aangenomen (1)"), ("in_behandeling", "In behandeling (1)"), ("afgewezen", "Afgewezen (1)")):
        handle(client, "staat", staat=state)
        assert words in client.get("/terugkoppeling").text and "jaartal" in client.get(f"/terugkoppeling?staat={state}").text
    assert handle(client, "staat", staat="weg").status_code == 422


def test_what_can_be_done_follows_from_the_state(client):
    say(client)
    offered = {}
    for state in ("nieuw", "in_behandeling", "aangenomen", "afgewezen"):
        handle(client, "staat", staat=state)
        offered[state] = re.findall(r'name="staat" value="(\w+)"', client.get(f"/terugkoppeling?staat={state}").text)
    assert offered == {
        "nieuw": ["in_behandeling", "aangenomen", "afgewezen"],
        "in_behandeling": ["aangenomen", "afgewezen", "nieuw"],
        "aangenomen": ["in_behandeling"],
        "afgewezen": ["in_behandeling"],
    }


def test_the_address_to_go_back_to_is_made_anew(client):
    say(client)
    reply = handle(client, "staat", staat="aangenomen", lijst="staat=x&pagina=9e9&https://kwaad.example\r\nX: y")
    assert reply.headers["location"] == "/terugkoppeling?staat=&gedaan=stand"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://kwaad.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": ""}]
)
def test_a_form_of_another_page_changes_nothing(client, headers):
    say(client)
    item = only_id(client)
    token = token_of(client.get(f"/terugkoppeling/{item}").text)
    reply = client.post(f"/terugkoppeling/{item}/staat", data={"token": token, "staat": "aangenomen"}, headers=headers)
    assert reply.status_code == 403 and "Aangenomen (0)" in client.get("/terugkoppeling").text


def test_a_form_without_its_token_or_cookie_changes_nothing(client):
    say(client)
    item = only_id(client)
    token = token_of(client.get(f"/terugkoppeling/{item}").text)
    for action, fields in (
        ("staat", {"staat": "aangenomen"}),
        ("wissen", {"zeker": "ja"}),
        ("goud", {"vraag": "x y", "soort": "near_miss"}),
    ):
        for given in ("", "x", token[:-1] + ("0" if token[-1] != "0" else "1")):
            assert client.post(f"/terugkoppeling/{item}/{action}", data={"token": given, **fields}).status_code == 403
    client.cookies.clear()
    assert client.post(f"/terugkoppeling/{item}/staat", data={"token": token, "staat": "aangenomen"}).status_code == 403
    assert "Aangenomen (0)" in client.get("/terugkoppeling").text


def test_feedback_can_be_erased_when_the_editor_is_sure(client):
    say(client)
    assert handle(client, "wissen").status_code == 400
    reply = handle(client, "wissen", zeker="ja", lijst="staat=nieuw")
    assert "gedaan=gewist" in reply.headers["location"] and "jaartal" not in client.get(reply.headers["location"]).text


@pytest.mark.parametrize("path", [f"/terugkoppeling/{ANSWER}", "/terugkoppeling/onzin"])
def test_what_is_not_there_is_told_as_a_page(client, path):
    reply = client.get(path)
    assert reply.status_code in (404, 422) and "<h1>" in reply.text


def test_the_list_is_narrowed_and_paged(client, passage):
    for n in range(30):
        say(
            client,
            sentence=n,
            verdict="klopt" if n % 2 else "bron_past_niet",
            remark=f"opmerking-{n}.",
            passage_ids=[passage.id] if n == 7 else [],
        )
    page = client.get("/terugkoppeling").text
    assert page.count("<article") == 25 and "30 oordelen, pagina 1 van 2" in page and 'rel="next"' in page
    assert client.get("/terugkoppeling?staat=nieuw&pagina=2").text.count("<article") == 5
    assert client.get("/terugkoppeling?oordeel=klopt").text.count("<article") == 15
    found = client.get(f"/terugkoppeling?staat=&document={passage.document_id}").text
    assert found.count("<article") == 1 and "opmerking-7." in found
    assert client.get("/terugkoppeling?staat=onzin&oordeel=onzin&pagina=-3&document=<script>").text.count("<script>") == 0


def test_an_editor_makes_a_gold_question(client, passage, tmp_path):
    say(client, question="Hoeveel rekeningen zijn geblokkeerd?", passage_ids=[passage.id])
    item = client.get(f"/terugkoppeling/{only_id(client)}").text
    assert "Hoeveel rekeningen zijn geblokkeerd?</textarea>" in item and "project-lantaarn</textarea>" in item
    fields = {"vraag": "Hoeveel rekeningen zijn geblokkeerd?", "soort": "factual", "documenten": "project-lantaarn"}
    wrong = handle(client, "goud", **fields, kernpunten="999 rekeningen")
    assert wrong.status_code == 422 and "staat niet letterlijk" in wrong.text and 'role="alert"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text and "999 rekeningen</textarea>" in wrong.text
    assert client.get("/terugkoppeling/goudvragen.jsonl").text == ""
    assert "gedaan=goud" in handle(client, "goud", **fields, kernpunten="214 valse rekeningen").headers["location"]
    written = client.get("/terugkoppeling/goudvragen.jsonl")
    assert written.headers["content-disposition"] == 'attachment; filename="goudvragen.jsonl"'
    row = json.loads(written.text)
    assert row["key_points"] == ["214 valse rekeningen"] and row["documents"] == ["project-lantaarn"] and row["language"] == "nl"
    from eval.answers.dataset import load

    (tmp_path / "goud.jsonl").write_text(written.text, encoding="utf-8")
    assert load(tmp_path / "goud.jsonl")[0].answerable
    assert "Haal 1 goudvraag op" in client.get("/terugkoppeling").text
    handle(client, "staat", staat="afgewezen")
    assert client.get("/terugkoppeling/goudvragen.jsonl").text == ""  # what was rejected is no measure
    handle(client, "staat", staat="aangenomen")
    assert "gedaan=geen_goud" in handle(client, "goud", **fields, weg="ja").headers["location"]
    assert client.get("/terugkoppeling/goudvragen.jsonl").text == ""


def test_hostile_text_stays_text(client):
    bad = "<script>alert(1)</script>\"'><img src=x>{{ 7*7 }}"
    say(client, remark=bad, question=bad, text=bad, passage_ids=[bad])
    for page in (client.get("/terugkoppeling").text, client.get(f"/terugkoppeling/{only_id(client)}").text):
        assert "<script>" not in page and "<img" not in page and "&lt;script&gt;" in page and "{{ 7*7 }}" in page
