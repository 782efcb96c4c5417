"""The database behind all that is kept: opened at first use and brought to the newest layout by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from rag.errors import ConfigurationError, PpsError

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_S = 15
#: A session lasts some milliseconds, and a process does at most some forty things at once (its threads): of 50 readers few hold a session
#: at the same moment, and the others wait as long as that. Fifteen at most, for PostgreSQL lets in 100 by default: six processes fit.
_POOL = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 10}
_AWAY = "De database van de adviseur is nu niet te bereiken. Probeer het later opnieuw of vraag uw beheerder."
#: Alembic keeps what it works on in globals: two migrations in one process at once would mix up their connections, and hang.
_MIGRATING = threading.Lock()


class Database:
    """Sessions on the database at `url` (SQLAlchemy's form). Safe for many threads; nothing is opened before the first session."""

    def __init__(self, url: str) -> None:
        self._address = url
        self._engine: Engine | None = None
        self._lock = threading.Lock()
        self._failed = 0  # how often it could not be opened

    @property
    def exists(self) -> bool:
        """Whether there can be anything in it: a SQLite file that is not there yet holds nothing."""
        url = _parsed(self._address)
        return not _is_file(url) or Path(url.database or "").exists()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits at the end, or leaves everything as it was after an exception.

        Raises:
            ConfigurationError: the address is not one, or its driver is not installed.
            PpsError: the database cannot be reached or written.
        """
        try:
            with Session(self._opened()) as session, session.begin():
                yield session
        except DBAPIError as error:
            if error.connection_invalidated or type(error).__name__ in ("OperationalError", "DatabaseError", "InterfaceError"):
                # The driver's own words may hold the address with its password: they go to the log of the program, not to the reader.
                raise PpsError(_AWAY) from error
            raise
        except PoolTimeoutError as error:  # all connections are taken, for longer than anybody wants to wait
            raise PpsError(_AWAY) from error

    def close(self) -> None:
        with self._lock:
            if self._engine:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        failed = self._failed
        with self._lock:
            if self._engine is None:
                if self._failed != failed:  # who waited for a try that failed hears so: one after another they would wait for ever
                    raise PpsError(_AWAY)
                try:
                    self._engine = self._open()
                except Exception:
                    self._failed += 1
                    raise
            return self._engine

    def _open(self) -> Engine:
        url = _parsed(self._address)
        engine = _engine(url)
        try:
            _upgrade(engine, url)
        except Exception as error:
            engine.dispose()
            if not isinstance(error, CommandError):
                raise
            raise PpsError("De database is gemaakt door een nieuwere versie van de adviseur. Werk de adviseur bij.") from error
        return engine


def config(dialect: str = "sqlite") -> Config:
    """Alembic's settings for the migrations of this package; `dialect` is for writing SQL without a database."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("dialect", dialect)
    return made


def _parsed(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError:
        raise ConfigurationError(
            "PPS_DATABASE_URL is geen adres van een database. Schrijf bijvoorbeeld: sqlite:///pad/naar/bestand"
        ) from None


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and bool(url.database) and url.database != ":memory:"


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, **_POOL)
        pool: dict[str, Any] = {}
        if _is_file(url):
            Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
            pool = _POOL
        engine = create_engine(url, connect_args={"timeout": _BUSY_S}, **pool)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(
            f"Voor PPS_DATABASE_URL ontbreekt het onderdeel {getattr(error, 'name', None) or url.drivername}. "
            "Voor PostgreSQL: pip install 'pps-adviseur[postgres]'"
        ) from None
    except OSError as error:
        raise PpsError(f"De map voor de database kan niet worden gemaakt: {error.strerror}.") from error
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """What is erased is overwritten, so that it cannot be read back from the file."""
    connection.execute("PRAGMA secure_delete = ON")


def _upgrade(engine: Engine, url: URL) -> None:
    settings = config(engine.dialect.name)
    # SQLite's lock does not hold over the statements that make tables, so only one process at a time may do so.
    guard = FileLock(f"{url.database}.lock", timeout=60) if _is_file(url) else nullcontext()
    with guard, engine.connect() as connection, _MIGRATING:  # a server that does not answer keeps nobody else waiting
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()
