"""The pages on which editors publish answers: who may, from which page, and what becomes of it."""

import html
import json
import re

import pytest
from pydantic import SecretStr

from tests.web.embeds import HERE, INTRANET, codes_of, outsider, public_of, publish, send, serve, token_of, visitor


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


def hidden(page, name):
    return html.unescape(re.search(f'name="{name}" value="([^"]*)"', page)[1])


def edit(corpus, run_sync, encoder, before, after):
    path = corpus / "project-lantaarn.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    run_sync(encoder)


# Who may


def test_only_editors_see_the_pages(app, searcher, settings):
    anybody = outsider(app, Origin=HERE)
    for method, path in (("GET", ""), ("GET", f"/{'0' * 32}"), ("POST", ""), ("POST", "/publiceren"), ("POST", f"/{'0' * 32}/intrekken")):
        reply = anybody.request(method, f"/insluiten{path}", data={"antwoord": "{}"} if method == "POST" else None)
        assert reply.status_code == 403 and "opent alleen op de machine" in reply.text, path
    closed = serve(searcher, settings, editor_password=SecretStr("een lang wachtwoord"))
    with visitor(closed) as client:
        assert client.get("/insluiten").status_code == 401
        client.auth = ("redactie", "een lang wachtwoord")
        assert client.get("/insluiten").status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://kwaad.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": ""}]
)
def test_a_form_of_another_page_changes_nothing(editor, answer, headers):
    own, _ = publish(editor, answer)
    token = token_of(editor.get("/insluiten").text)
    fields = {"token": token, "antwoord": json.dumps(answer), "websites": INTRANET, "nagekeken": "ja", "zeker": "ja", "versie": "1"}
    for path in ("", "/publiceren", "/vraag", *(f"/{own}/{act}" for act in ("intrekken", "wissen", "websites", "opnieuw", "vervangen"))):
        reply = editor.post(f"/insluiten{path}", data=fields, headers=headers)
        assert reply.status_code == 403 and "komt niet van deze pagina" in reply.text, path
    page = editor.get("/insluiten").text
    assert "1 antwoord<" in page and "Ingetrokken" not in page


def test_a_form_without_its_token_or_cookie_changes_nothing(editor, answer):
    own, _ = publish(editor, answer)
    for token in ("", "0.0", "1" * 20):
        assert editor.post(f"/insluiten/{own}/intrekken", data={"token": token}).status_code == 403
    token = token_of(editor.get("/insluiten").text)
    editor.cookies.clear()
    assert editor.post(f"/insluiten/{own}/intrekken", data={"token": token}).status_code == 403


def test_the_pages_are_kept_by_nobody_and_held_by_no_frame(editor):
    reply = editor.get("/insluiten")
    assert reply.headers["cache-control"] == "no-store" and reply.headers["x-frame-options"] == "DENY"
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert "HttpOnly" in reply.headers["set-cookie"] and "Path=/insluiten" in reply.headers["set-cookie"]


# Asking, checking, publishing


def test_an_editor_asks_checks_and_publishes(editor):
    page = send(editor, "/vraag", vraag="Wat is project Lantaarn?").text
    assert "Kijk dit antwoord na" in page and "factuurfraude" in page and "Er is nog niets bewaard" in page
    assert "0 antwoorden" in editor.get("/insluiten").text
    given = hidden(page, "antwoord")
    assert '"passages"' not in given and len(given) < 10_000
    reply = send(editor, "/publiceren", antwoord=given, websites=f"{INTRANET}/sites/pps\nhttps://wiki.example.nl", nagekeken="ja")
    page = editor.get(reply.headers["location"]).text
    assert "Het antwoord is geplaatst." in page and INTRANET in page and "https://wiki.example.nl" in page and "/sites/pps" not in page


def test_a_question_without_an_answer_is_not_published(editor):
    reply = send(editor, "/vraag", vraag="Hoe bak ik een appeltaart?")
    assert reply.status_code == 422 and 'role="alert"' in reply.text and "Alleen een vraag die uit de bronnen is beantwoord" in reply.text
    assert ">Hoe bak ik een appeltaart?</textarea>" in reply.text
    assert "Schrijf een vraag." in send(editor, "/vraag", vraag="  ").text


def test_the_button_of_the_chat_hands_in_an_answer(editor, answer):
    for given in (answer, {"question": answer["question"], "answer": answer}):
        reply = editor.post("/insluiten", data={"antwoord": json.dumps(given)})
        assert reply.status_code == 200 and "Kijk dit antwoord na" in reply.text
    for given in ("", "x", "[]"):
        assert editor.post("/insluiten", data={"antwoord": given}).status_code == 422
    assert "geen antwoord van de adviseur" in editor.post("/insluiten", data={"antwoord": "[]"}).text
    assert "0 antwoorden" in editor.get("/insluiten").text


def test_what_was_left_out_is_told_before_publishing(editor, answer):
    given = {
        **answer,
        "sentences": [*answer["sentences"], {"text": "De politie betaalde 900 miljoen euro aan project Lantaarn.", "citations": [1]}],
    }
    page = editor.post("/insluiten", data={"antwoord": json.dumps(given)}).text
    assert "Eén zin van het antwoord staat niet meer zo in de bronnen" in page and "900 miljoen" not in page.split("<h2>Plaatsen")[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"websites": ""}, "Noem ten minste één website"),
        ({"websites": "intranet"}, "“intranet” is geen adres van een website"),
        ({"websites": "https://*.nl"}, "een sterretje kan niet"),
        ({"nagekeken": ""}, "vink aan dat u dat hebt gedaan"),
    ],
)
def test_a_form_that_is_not_right_is_shown_again(editor, answer, fields, told):
    given = {"antwoord": json.dumps(answer), "websites": INTRANET, "nagekeken": "ja", **fields}
    reply = send(editor, "/publiceren", **given)
    assert (
        reply.status_code == 422
        and told in html.unescape(reply.text)
        and 'role="alert"' in reply.text
        and 'aria-invalid="true"' in reply.text
    )
    assert "0 antwoorden" in editor.get("/insluiten").text


def test_a_question_with_markup_cannot_leave_the_form(editor, answer):
    given = {**answer, "question": 'Wat is "><script>alert(1)</script> Lantaarn?', "standalone_question": ""}
    page = editor.post("/insluiten", data={"antwoord": json.dumps(given)}).text
    assert "<script>alert" not in page and json.loads(hidden(page, "antwoord"))["question"] == given["question"]


def test_without_a_secret_for_all_replicas_nothing_is_published(searcher, settings, answer, monkeypatch):
    from rag.embeds import signing

    real = signing.make_url
    monkeypatch.setattr(signing, "make_url", lambda _: real("postgresql+psycopg://db/adviseur"))
    with visitor(serve(searcher, settings)) as client:
        reply = send(client, "/publiceren", antwoord=json.dumps(answer), websites=INTRANET, nagekeken="ja")
        assert reply.status_code == 503 and "PPS_EMBED_SECRET" in reply.text and "0 antwoorden" in client.get("/insluiten").text


# The page of one embed


def test_four_forms_to_copy(editor, answer):
    own, public = publish(editor, answer)
    page = editor.get(f"/insluiten/{own}").text
    codes = codes_of(page)
    address = f"{HERE}/embed/antwoord/{public}"
    assert list(codes) == ["iframe", "oembed", "component", "html"] and codes["oembed"] == address
    assert f'<iframe src="{address}"' in codes["iframe"] and f'<script src="{HERE}/embed/hoogte.js" async></script>' in codes["iframe"]
    assert f'<pps-antwoord antwoord="{public}">' in codes["component"] and f'src="{HERE}/embed/pps-antwoord.js"' in codes["component"]
    static = codes["html"]
    assert all(s["text"] in html.unescape(static) for s in answer["sentences"]) and f'<a href="{HERE}/bron/project-lantaarn' in static
    assert "<script" not in static and "style" not in static and " id=" not in static and " class=" not in static
    assert f'src="/embed/antwoord/{public}"' in page


def test_other_websites_count_at_once(editor, answer):
    own, public = publish(editor, answer)
    assert send(editor, f"/{own}/websites", websites="https://nieuw.example.nl").status_code == 303
    assert editor.get(f"/embed/antwoord/{public}").headers["content-security-policy"].endswith("'self' https://nieuw.example.nl")
    refused = send(editor, f"/{own}/websites", websites="geen website")
    assert refused.status_code == 422 and ">geen website</textarea>" in refused.text


def test_withdrawing_and_erasing(editor, answer):
    own, _ = publish(editor, answer)
    assert send(editor, f"/{own}/intrekken").headers["location"] == f"/insluiten/{own}?gedaan=ingetrokken"
    page = editor.get(f"/insluiten/{own}?gedaan=ingetrokken").text
    assert "Het antwoord is ingetrokken." in page and "Ingetrokken op" in page and "Code voor uw pagina" not in page
    assert send(editor, f"/{own}/wissen").status_code == 400
    assert send(editor, f"/{own}/wissen", zeker="ja").headers["location"] == "/insluiten?gedaan=gewist"
    for path in ("", "/intrekken"):
        reply = editor.get(f"/insluiten/{own}") if not path else send(editor, f"/{own}{path}")
        assert reply.status_code == 404 and "<h1>Niet gevonden</h1>" in reply.text


# After the sources changed


def test_a_changed_answer_is_compared_and_published_anew(editor, answer, corpus, run_sync, encoder):
    own, public = publish(editor, answer)
    edit(corpus, run_sync, encoder, "tegen factuurfraude.", "tegen factuurfraude en phishing.")
    item = editor.get(f"/insluiten/{own}").text
    assert "Wat er in de bronnen is gewijzigd" in item and "De passage is gewijzigd. Sinds" in item and "Gewijzigd sinds" in item
    page = send(editor, f"/{own}/opnieuw").text
    assert "Zin gewijzigd" in page and re.search(r"<ins>.*phishing", page) and re.search(r"<del>.*factuurfraude", page)
    assert re.search(r"Zinnen: .*1 gewijzigd", page) and "phishing" not in editor.get(f"/embed/antwoord/{public}").text
    fields = {"antwoord": hidden(page, "antwoord"), "versie": hidden(page, "versie")}
    assert send(editor, f"/{own}/vervangen", **fields).status_code == 422
    assert send(editor, f"/{own}/vervangen", **fields, nagekeken="ja").headers["location"] == f"/insluiten/{own}?gedaan=vervangen"
    shown = editor.get(f"/embed/antwoord/{public}").text
    assert "factuurfraude en phishing" in shown and "Bronnen gewijzigd" not in shown and public_of(editor, own) == public
    again = send(editor, f"/{own}/vervangen", **fields, nagekeken="ja")
    assert again.status_code == 503 and "intussen door iemand anders" in again.text


def test_a_question_that_is_no_longer_answered_can_only_be_withdrawn(editor, answer, corpus, run_sync, encoder):
    own, _ = publish(editor, answer)
    (corpus / "project-lantaarn.md").unlink()
    run_sync(encoder)
    assert "Het document staat niet meer in de bronnen." in editor.get(f"/insluiten/{own}").text
    page = send(editor, f"/{own}/opnieuw").text
    assert "nu geen antwoord dat u kunt plaatsen" in page and f'action="/insluiten/{own}/intrekken"' in page and "/vervangen" not in page


def test_a_withdrawn_answer_comes_back_only_by_asking_again(editor, answer):
    own, public = publish(editor, answer)
    send(editor, f"/{own}/intrekken")
    page = send(editor, f"/{own}/opnieuw").text
    assert re.search(r"Zinnen: \d+ gelijk\.", page)
    send(editor, f"/{own}/vervangen", antwoord=hidden(page, "antwoord"), versie=hidden(page, "versie"), nagekeken="ja")
    assert editor.get(f"/embed/antwoord/{public}").status_code == 200


def test_the_list_shows_what_changed_first(editor, advisor, answer, corpus, run_sync, encoder, monkeypatch):
    publish(editor, answer)
    publish(editor, advisor.ask("Hoe vaak vergadert havenoverleg Vuurtoren?").as_dict())
    order = re.findall(r"<h3[^>]*><a[^>]*>([^<]+)</a>", editor.get("/insluiten").text)
    assert order == ["Hoe vaak vergadert havenoverleg Vuurtoren?", "Wat is project Lantaarn?"]
    edit(corpus, run_sync, encoder, "factuurfraude", "phishing")
    assert re.findall(r"<h3[^>]*><a[^>]*>([^<]+)</a>", editor.get("/insluiten").text) == order[::-1]
    monkeypatch.setattr("rag.web.embed_pages.PER_PAGE", 1)
    second = editor.get("/insluiten?pagina=2").text
    assert "pagina 2 van 2" in second and order[0] in second and order[1] not in second and 'rel="prev"' in second
