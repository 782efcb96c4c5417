"""What the tests of embeds share: the routes over the small corpus, and an editor who publishes."""

from __future__ import annotations

import html
import json
import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.advisor import Advisor
from rag.store.database import Database
from rag.web import embed

HERE = "http://127.0.0.1:7860"
INTRANET = "https://intranet.example.nl"


def serve(searcher, settings, **changes):
    """The routes of embeds alone: the chat around them takes seconds to build."""
    app = FastAPI()
    own = settings.model_copy(update=changes)
    app.include_router(embed.router(Advisor(searcher, None, own), Database(own.database)))
    return app


def visitor(app, **options):
    return TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000), follow_redirects=False, headers={"Origin": HERE}, **options)


def outsider(app, **headers):
    """Anybody on another machine, with a browser that tells nothing unless asked to."""
    return TestClient(app, base_url=HERE, client=("10.0.0.7", 50_000), follow_redirects=False, headers=headers)


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def send(client, path, **fields):
    """Send a form with a token of the list."""
    token = token_of(client.get("/insluiten").text)
    return client.post(f"/insluiten{path}", data={"token": token, **fields})


def publish(client, answer, websites=INTRANET):
    """Publish `answer` (its public JSON); the editor's id and the public id."""
    reply = send(client, "/publiceren", antwoord=json.dumps(answer), websites=websites, nagekeken="ja")
    assert reply.status_code == 303, reply.text
    own = re.fullmatch(r"/insluiten/([0-9a-f]{32})\?gedaan=geplaatst", reply.headers["location"])[1]
    return own, public_of(client, own)


def public_of(client, own):
    return re.search(r"/embed/antwoord/([0-9a-f]{64})", client.get(f"/insluiten/{own}").text)[1]


def codes_of(page):
    """What an editor copies, by form: iframe, oembed, component and html."""
    found = re.findall(r'<textarea class="code" id="code-(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return {name: html.unescape(code) for name, code in found}
