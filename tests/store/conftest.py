import shutil
import tempfile
import uuid
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from rag.store.database import Database
from rag.store.feedback import Policy
from rag.store.queue import FeedbackStore
from tests.scale.services import postgres


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


@pytest.fixture(scope="session")
def postgres_server():
    """The address of a PostgreSQL server of our own, up to the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="pps-store-"))  # pytest's own folders are closed to the user of PostgreSQL
    server = postgres(folder)
    try:
        server.start()
        yield f"postgresql+psycopg://pps@127.0.0.1:{server.port}/"
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request, path) -> str:
    """The address of a new, empty database: of a file, and of a server."""
    if request.param == "sqlite":
        return f"sqlite:///{path}"
    server, name = request.getfixturevalue("postgres_server"), f"d{uuid.uuid4().hex}"
    engine = create_engine(f"{server}postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server + name


@pytest.fixture
def any_database(any_url):
    made = Database(any_url)
    yield made
    made.close()
