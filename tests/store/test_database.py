import subprocess
import sys
import threading
import time
from io import StringIO

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from rag.errors import ConfigurationError, PpsError
from rag.store import database as module
from rag.store.database import Database, config
from rag.store.feedback import Feedback, Policy
from rag.store.queue import FeedbackStore
from rag.store.tables import Base

SAID = Feedback("b" * 32, 1, "klopt")


def test_the_migrations_make_the_tables_of_the_code(database, path):
    with database.session():
        pass
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata) == []
        checks = {c["name"] for c in sa.inspect(connection).get_check_constraints("feedback")}
    assert checks == {c.name for c in Base.metadata.tables["feedback"].constraints if isinstance(c, sa.CheckConstraint)}
    engine.dispose()


def test_the_migrations_can_be_taken_back_and_done_again(path):
    path.parent.mkdir()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        command.downgrade(settings, "base")
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
        command.upgrade(settings, "head")
        assert "feedback" in sa.inspect(connection).get_table_names()
    engine.dispose()


def test_the_sql_for_postgresql_can_be_written_without_a_database():
    settings = config("postgresql")
    settings.output_buffer = StringIO()
    command.upgrade(settings, "head", sql=True)
    written = settings.output_buffer.getvalue()
    assert "CREATE TABLE feedback" in written and "TIMESTAMP WITH TIME ZONE" in written and "feedback_once UNIQUE" in written


def test_the_database_refuses_what_no_reader_can_say(database):
    with pytest.raises(sa.exc.IntegrityError), database.session() as session:
        session.execute(
            sa.insert(Base.metadata.tables["feedback"]).values(
                id="x",
                answer_id="y",
                sentence=1,
                verdict="misschien",
                remark="",
                question="",
                text="",
                passage_ids=[],
                corpus_version="",
                state="nieuw",
                created=SAID.created,
                changed=SAID.created,
            )
        )


def test_an_exception_leaves_everything_as_it_was(store, database):
    store.record(SAID)
    with pytest.raises(RuntimeError), database.session() as session:
        session.execute(sa.delete(Base.metadata.tables["feedback"]))
        raise RuntimeError
    assert store.listed()[1] == 1


def test_a_newer_database_is_told(database, path):
    with database.session():
        pass
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(PpsError, match="nieuwere versie"), Database(f"sqlite:///{path}").session():
        pass


def test_a_damaged_file_is_told(path):
    path.parent.mkdir()
    path.write_bytes(b"dit is geen database" * 100)
    with pytest.raises(PpsError, match="niet te bereiken") as error, Database(f"sqlite:///{path}").session():
        pass
    assert str(path) not in str(error.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "bestand").write_text("x")
    with pytest.raises(PpsError, match="map voor de database"), Database(f"sqlite:///{tmp_path}/bestand/x.sqlite").session():
        pass


@pytest.mark.parametrize("address", ["onzin", "bestaatniet://x/y", "mysql+onzin://x"])
def test_an_address_that_is_none_is_told(address):
    with pytest.raises(ConfigurationError, match="PPS_DATABASE_URL"), Database(address).session():
        pass


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch):
    def absent(*_, **__):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr(module, "create_engine", absent)
    with (
        pytest.raises(ConfigurationError, match=r"psycopg.*pps-adviseur\[postgres\]"),
        Database("postgresql+psycopg://a:geheim@b/c").session(),
    ):
        pass


def test_processes_that_start_at_once_make_one_database(path, database):
    program = (
        "import sys; from rag.store.database import Database; from rag.store.tokens import FormTokens;"
        "print(FormTokens(Database(sys.argv[1])).make('bezoeker', 1000.0))"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, f"sqlite:///{path}"], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    tokens = {p.communicate(timeout=120)[0] for p in started}
    assert all(p.returncode == 0 for p in started) and len(tokens) == 1  # they share one secret
    assert FeedbackStore(database, Policy()).record(SAID)


def test_who_waits_for_a_server_that_does_not_answer_hears_so_with_the_first(monkeypatch, database):
    tries = []

    def slow(*_):
        tries.append(time.monotonic())
        time.sleep(0.5)
        raise sa.exc.OperationalError("connect", None, Exception("no answer"))

    monkeypatch.setattr(module, "_upgrade", slow)
    start, told = threading.Barrier(8), []

    def use():
        start.wait()
        try:
            with database.session():
                pass
        except PpsError as error:
            told.append(str(error))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(tries) == 1 and len(told) == 8 and all("niet te bereiken" in t for t in told)
    with pytest.raises(PpsError), database.session():  # whoever comes later tries anew
        pass
    assert len(tries) == 2


def test_where_all_connections_are_taken_it_is_told(monkeypatch, path):
    monkeypatch.setattr(module, "_POOL", {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1})
    small = Database(f"sqlite:///{path}")
    with small.session() as session:
        session.execute(sa.text("SELECT 1"))
        with pytest.raises(PpsError, match="niet te bereiken"), small.session() as other:
            other.execute(sa.text("SELECT 1"))
    small.close()
