"""Which role opens which address. What nobody thought of is for readers, never for everybody."""

import pytest

from rag.identity.policy import need


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/readyz",
        "/inloggen",
        "/inloggen/terug",
        "/uitgelogd",
        "/static/source.css",
        "/oembed",
        "/embed/antwoord/ab12.cd-34_x",
        "/embed/pps-antwoord.js",
        "/embed/antwoord.css",
        "/api/v1/embeds/ab12.cd",
    ],
)
def test_public_to_read_and_only_to_read(path):
    assert need("GET", path) == need("HEAD", path) == "public"
    assert need("POST", path) != "public" and need("DELETE", path) != "public"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/corpus",
        "/metrics",
        "/docs",
        "/openapi.json",
        "/api/v1/ask",
        "/v1/models",
        "/gradio_api/queue/join",
        "/static/",
        "/static/chat.css",
        "/static/../healthz",
        "/Healthz",
        "/healthz/",
        "//healthz",
        "/healthz/../corpus",
        "/embed/chat",
        "/embed/chat/gradio_api/queue/join",
        "/embed/antwoord",
        "/embed/antwoord/",
        "/embed/antwoord/x/../../../corpus",
        "/embed/antwoord/x/y",
        "/embed/x.css/../../corpus",
        "/embed/pps-antwoord.js\n",
        "/healthz\n",
        "/inloggen/iets",
        "/oembed/x",
        "",
        "corpus",
    ],
)
def test_for_readers(path):
    assert need("GET", path) == "reader"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "IETS"])
@pytest.mark.parametrize(
    "path", ["/terugkoppeling", "/terugkoppeling/goudvragen.jsonl", "/terugkoppeling/x/staat", "/insluiten", "/insluiten/x"]
)
def test_for_editors(method, path):
    assert need(method, path) == "editor"


def test_embeds_are_changed_by_editors_and_listed_by_editors():
    assert need("POST", "/api/v1/embeds") == need("GET", "/api/v1/embeds") == need("DELETE", "/api/v1/embeds/ab12") == "editor"
    assert need("GET", "/api/v1/embeds/ab12/versies") == "editor"


def test_logging_out_needs_no_role_but_an_identity():
    assert need("GET", "/uitloggen") == need("POST", "/uitloggen") == "known"
