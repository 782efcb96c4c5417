"""Requests made up from the API's own description: none of them makes the advisor fail, and every reply is what the description says."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from rag.advisor import Advisor
from rag.search.embedder import UniversalSentenceEncoder
from rag.search.searcher import Searcher
from rag.search.vectors import connect
from rag.settings import Settings
from rag.web.server import create_app
from tests.conftest import LANTAARN, write_document


@pytest.fixture(scope="module")
def app():
    """The application over one document, without limits to how much may be asked."""
    from rag.knowledge.sync import sync

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "corpus").mkdir()
        write_document(folder / "corpus", "project-lantaarn", LANTAARN, titel="Project Lantaarn")
        index, encoder = folder / "index", UniversalSentenceEncoder()
        sync([folder / "corpus"], index, encoder, lambda: connect(index / "chroma"))
        chosen = Settings(corpus=[folder / "corpus"], index_dir=index, rate_per_minute=0, answers_minutes=1, _env_file=None)
        yield create_app(Advisor(Searcher(index, connect(index / "chroma"), encoder), None, chosen), with_chat=False)


#: Of the routes of rag.web.api, openai_api and health also whether the reply is one that the description names.
STRICT = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OURS = {"Advisor", "OpenAI-compatible", "Health", "Pages"}
#: The same requests every time. Sound and unsound ones both.
HOW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def without_collector():
    """Python 3.11 loses count where the collector runs while it parses, and Hypothesis parses the strategies' own code."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_makes_it_fail(app, mode):
    """Schemathesis's own pytest plugin does not know this pytest: its strategies are handed to Hypothesis here."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    tried, statuses = [], set()
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE or operation.body or operation.query or operation.path_parameters or operation.headers:
            got = try_out(operation, mode)
            statuses |= got
            tried += [operation.label] if got else []
    assert "POST /api/v1/ask" in tried and "POST /v1/chat/completions" in tried
    assert (200 in statuses) if mode is GenerationMode.POSITIVE else (422 in statuses)


def try_out(operation, mode):
    """The statuses of the replies; raises at the first one that is wrong."""
    statuses = set()
    checks = STRICT if OURS & set(operation.tags or ()) else [not_a_server_error]

    @HOW
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case):
        reply = case.call()
        if reply.status_code != 501:  # what oEmbed's specification asks for a format that is not offered
            case.validate_response(reply, checks=checks)
        statuses.add(reply.status_code)

    try:
        each()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE  # nothing unsound can be thought of for it
    return statuses
