from pathlib import Path

import pytest

from rag.store.database import Database
from rag.store.feedback import Policy
from rag.store.queue import FeedbackStore


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "data" / "adviseur.sqlite"


@pytest.fixture
def database(path):
    made = Database(f"sqlite:///{path}")
    yield made
    made.close()


@pytest.fixture
def store(database) -> FeedbackStore:
    return FeedbackStore(database, Policy(question=True, days=30))
