"""Reading the passages, their vectors and the archive from SQLite: what is visible in a generation, and what once was."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import IndexMissingError
from rag.types import Passage, passage_from_json

SCHEMA_VERSION = "3"
#: A row is visible in generation g when it was born by then and not gone yet; g is the current one unless asked otherwise.
NOW = "coalesce(:g, (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'generation'))"
VISIBLE = f"born <= {NOW} AND (gone IS NULL OR gone > {NOW})"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the index remembers of one source document."""

    id: str
    path: str
    hash: str
    title: str
    meta: dict
    body: str = ""
    stamp: str = ""


class StoreReader:
    """One SQLite file. Each thread reads over a connection of its own, kept open; writes open one for the occasion."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "passages.sqlite"
        self._local = threading.local()

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30)
        try:
            with db:
                yield db
        finally:
            db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; opened anew when the file was replaced by another one."""
        stat = self.path.stat()
        held = getattr(self._local, "held", None)
        if held is None or held[0] != (stat.st_dev, stat.st_ino):
            if held:
                held[1].close()
            db, lasting = self._open()
            if not lasting:
                self._local.held = None
                with closing(db):
                    yield db
                return
            held = ((stat.st_dev, stat.st_ino), db)
            self._local.held = held
        yield held[1]

    def _open(self) -> tuple[sqlite3.Connection, bool]:
        """A connection to read with, and whether it sees what is written later."""
        db = sqlite3.connect(self.path, timeout=30)
        try:
            db.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.OperationalError:
            # Reading beside a writer takes a small file next to the database, which a full disk has no room for.
            log = self.path.with_name(self.path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise
            db.close()
            return sqlite3.connect(f"{self.path.resolve().as_uri()}?immutable=1", uri=True), False
        except sqlite3.DatabaseError:
            pass  # damaged: the first real query tells
        return db, True

    def meta(self) -> dict[str, str]:
        """Generation, collection, corpus version and more; empty when there is no index.

        Raises:
            IndexMissingError: the file is damaged.
        """
        if not self.path.exists():
            return {}
        try:
            with self.reading() as db:
                return dict(db.execute("SELECT key, value FROM meta").fetchall())
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return {}
            raise IndexMissingError(
                f"De index in {self.path.parent} is beschadigd. Maak hem opnieuw met: python -m rag index --rebuild"
            ) from error

    # Reading. `generation` None is the current one.

    def documents(self, generation: int | None = None) -> dict[str, StoredDocument]:
        """By document id, without the source text."""
        with self.reading() as db:
            rows = db.execute(f"SELECT id, path, hash, title, meta FROM documents WHERE {VISIBLE} ORDER BY id", {"g": generation})
            return {r[0]: StoredDocument(r[0], r[1], r[2], r[3], json.loads(r[4])) for r in rows.fetchall()}

    def files(self, generation: int | None = None) -> list[tuple[str, str, str, str]]:
        """(document id, path, hash, stamp) of every document: what an index run compares files with."""
        with self.reading() as db:
            return db.execute(f"SELECT id, path, hash, stamp FROM documents WHERE {VISIBLE} ORDER BY id", {"g": generation}).fetchall()

    def failures(self) -> dict[str, list[tuple[str, str, str]]]:
        """By path: (name, hash, message) of files, or files in a zip, that could not be read as they were then."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        with self.reading() as db:
            for path, name, digest, message in db.execute("SELECT path, name, hash, message FROM failures ORDER BY path, name"):
                found.setdefault(path, []).append((name, digest, message))
        return found

    def document(self, document_id: str) -> StoredDocument | None:
        query = f"SELECT id, path, hash, title, meta, body FROM documents WHERE id = :id AND {VISIBLE}"
        with self.reading() as db:
            row = db.execute(query, {"id": document_id, "g": None}).fetchone()
        return StoredDocument(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5]) if row else None

    def passages(self, ids: Iterable[str], generation: int | None = None) -> dict[str, Passage]:
        """The passages with these ids that exist."""
        return {i: passage_from_json(data) for i, data in self._by("id", "id, data", "passages", ids, generation)}

    def passages_of(self, document_id: str) -> list[Passage]:
        query = f"SELECT data FROM passages WHERE document_id = :id AND {VISIBLE} ORDER BY ordinal"
        with self.reading() as db:
            rows = db.execute(query, {"id": document_id, "g": None}).fetchall()
        return [passage_from_json(r[0]) for r in rows]

    def archived(self, passage_id: str) -> tuple[Passage, str] | None:
        """A passage that is gone, as it last was, and the day on which it went."""
        query = f"""SELECT data, (SELECT at FROM generations WHERE generation >= gone ORDER BY generation LIMIT 1) FROM passages
            WHERE id = :id AND gone <= {NOW} ORDER BY gone DESC LIMIT 1"""
        with self.reading() as db:
            row = db.execute(query, {"id": passage_id, "g": None}).fetchone()
        return (passage_from_json(row[0]), (row[1] or "")[:10]) if row else None

    def iter_passages(self, generation: int | None = None) -> Iterator[tuple[str, Passage]]:
        """All passages with their vector key, in order of id."""
        query = f"SELECT vector_key, data FROM passages WHERE {VISIBLE} ORDER BY id"
        with self.reading() as db:
            for key, data in db.execute(query, {"g": generation}):
                yield key, passage_from_json(data)

    def passage_ids(self, generation: int | None = None) -> set[str]:
        with self.reading() as db:
            return {r[0] for r in db.execute(f"SELECT id FROM passages WHERE {VISIBLE}", {"g": generation})}

    def count(self, table: str, generation: int | None = None) -> int:
        """How many documents or passages there are."""
        with self.reading() as db:
            return db.execute(f"SELECT count(*) FROM {table} WHERE {VISIBLE}", {"g": generation}).fetchone()[0]

    def passages_per_document(self) -> dict[str, int]:
        query = f"SELECT document_id, count(*) FROM passages WHERE {VISIBLE} GROUP BY document_id"
        with self.reading() as db:
            return dict(db.execute(query, {"g": None}).fetchall())

    def sentence_vectors(self, ids: Iterable[str], dimension: int) -> dict[str, np.ndarray]:
        """Vectors of the sentences of these passages where kept: id → array (sentences, dimension), float32."""
        found = self._by("p.id", "p.id, v.sentences", "passages p JOIN vectors v ON v.key = p.vector_key", ids, None)
        return {i: np.frombuffer(blob, np.float16).reshape(-1, dimension).astype(np.float32) for i, blob in found if blob is not None}

    def vectors(self, keys: Iterable[str]) -> dict[str, np.ndarray]:
        """Passage vectors by key, float32."""
        found = self._by("key", "key, passage", "vectors", keys, None, visible="1")
        return {k: np.frombuffer(blob, np.float32) for k, blob in found}

    def _by(self, column: str, columns: str, table: str, values: Iterable[str], generation: int | None, visible: str = VISIBLE) -> list:
        rows: list[tuple] = []
        asked = list(values)
        with self.reading() as db:
            for i in range(0, len(asked), 500):
                part = asked[i : i + 500]
                marks = ",".join(f":v{n}" for n in range(len(part)))
                named = {"g": generation, **{f"v{n}": v for n, v in enumerate(part)}}
                rows += db.execute(f"SELECT {columns} FROM {table} WHERE {column} IN ({marks}) AND {visible}", named).fetchall()
        return rows

    def archive_size(self) -> int:
        with self.reading() as db:
            return db.execute(f"SELECT count(DISTINCT id) FROM passages WHERE gone <= {NOW}", {"g": None}).fetchone()[0]
