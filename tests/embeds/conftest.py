"""An answer of the small corpus, as a browser hands it in, and what becomes of it."""

from __future__ import annotations

import pytest

from rag.embeds.confirm import Confirmer, Given
from rag.embeds.embed import Embed
from rag.web.export import library


@pytest.fixture
def answer(advisor):
    """The public JSON of an answer."""
    return advisor.ask("Wat is project Lantaarn?").as_dict()


@pytest.fixture
def confirmer(advisor):
    return Confirmer(lambda: library(advisor), advisor.searcher.store)


@pytest.fixture
def content(answer, confirmer):
    return confirmer.confirmed(Given.model_validate(answer)).content


@pytest.fixture
def embed(content):
    return Embed(content, ("https://intranet.example.nl",))
