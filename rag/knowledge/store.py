"""The passages and their vectors in SQLite: the part of the index that decides what is visible.

Readers see a generation: everything a writer prepares (vectors, Chroma rows, the lexical files) stays invisible until one
transaction replaces the changed documents and raises the generation. A writer killed before that has changed nothing.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from rag.errors import IndexMissingError, PpsError
from rag.types import Passage, passage_from_json, passage_to_json

SCHEMA_VERSION = "1"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  id TEXT PRIMARY KEY, path TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL, meta TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
  id TEXT PRIMARY KEY, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, data TEXT NOT NULL, vector_key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passages_document ON passages (document_id, ordinal);
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the index remembers of one source file."""

    id: str
    path: str
    hash: str
    title: str
    meta: dict
    body: str = ""


class PassageStore:
    """One SQLite file. Each thread reads over a connection of its own, kept open; writes open one for the occasion."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "passages.sqlite"
        self._local = threading.local()

    def create(self) -> None:
        """Make the tables where they are missing.

        Raises:
            PpsError: the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.connect() as db:
                db.execute("PRAGMA journal_mode=WAL")
                db.executescript(_SCHEMA)
        except (OSError, sqlite3.OperationalError) as error:
            raise PpsError(f"De map {self.path.parent} kan niet worden beschreven: {error}.") from error

    def remove(self) -> None:
        """Throw the file away: it is damaged, and the corpus can make it again."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30)
        try:
            with db:
                yield db
        finally:
            db.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection; opened anew when the file was replaced by another one."""
        stat = self.path.stat()
        held = getattr(self._local, "held", None)
        if held is None or held[0] != (stat.st_dev, stat.st_ino):
            if held:
                held[1].close()
            held = ((stat.st_dev, stat.st_ino), sqlite3.connect(self.path, timeout=30))
            self._local.held = held
        yield held[1]

    def meta(self) -> dict[str, str]:
        """Generation, collection, corpus version and more; empty when there is no index.

        Raises:
            IndexMissingError: no index, or one of another layout.
        """
        if not self.path.exists():
            return {}
        try:
            with self._reading() as db:
                return dict(db.execute("SELECT key, value FROM meta").fetchall())
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return {}
            raise IndexMissingError(
                f"De index in {self.path.parent} is beschadigd. Maak hem opnieuw met: python -m rag index --rebuild"
            ) from error

    def documents(self) -> dict[str, StoredDocument]:
        """By document id, without the source text."""
        with self._reading() as db:
            rows = db.execute("SELECT id, path, hash, title, meta FROM documents ORDER BY id").fetchall()
            return {r[0]: StoredDocument(r[0], r[1], r[2], r[3], json.loads(r[4])) for r in rows}

    def document(self, document_id: str) -> StoredDocument | None:
        with self._reading() as db:
            row = db.execute("SELECT id, path, hash, title, meta, body FROM documents WHERE id = ?", (document_id,)).fetchone()
        return StoredDocument(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5]) if row else None

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The passages with these ids that exist."""
        found = self._by_ids("SELECT id, data FROM passages WHERE id IN", list(ids))
        return {i: passage_from_json(orjson.loads(data)) for i, data in found}

    def passages_of(self, document_id: str) -> list[Passage]:
        with self._reading() as db:
            rows = db.execute("SELECT data FROM passages WHERE document_id = ? ORDER BY ordinal", (document_id,)).fetchall()
        return [passage_from_json(orjson.loads(r[0])) for r in rows]

    def iter_passages(self) -> Iterator[tuple[str, Passage]]:
        """All passages with their vector key, in order of id."""
        with self._reading() as db:
            for key, data in db.execute("SELECT vector_key, data FROM passages ORDER BY id"):
                yield key, passage_from_json(orjson.loads(data))

    def sentence_vectors(self, ids: Iterable[str], dimension: int) -> dict[str, np.ndarray]:
        """Vectors of the sentences of these passages: id → array (sentences, dimension), float32."""
        query = "SELECT p.id, v.sentences FROM passages p JOIN vectors v ON v.key = p.vector_key WHERE p.id IN"
        found = self._by_ids(query, list(ids))
        return {i: np.frombuffer(blob, np.float16).reshape(-1, dimension).astype(np.float32) for i, blob in found}

    def vectors(self, keys: Iterable[str]) -> dict[str, np.ndarray]:
        """Passage vectors by key, float32."""
        found = self._by_ids("SELECT key, passage FROM vectors WHERE key IN", list(keys))
        return {k: np.frombuffer(blob, np.float32) for k, blob in found}

    def known_keys(self, keys: Iterable[str]) -> set[str]:
        return {row[0] for row in self._by_ids("SELECT key FROM vectors WHERE key IN", list(keys))}

    def add_vectors(self, rows: Iterable[tuple[str, np.ndarray, np.ndarray]]) -> None:
        """Keep vectors (key, passage vector, sentence vectors), committed at once: work that a killed run need not redo."""
        packed = [(k, p.astype(np.float32).tobytes(), s.astype(np.float16).tobytes()) for k, p, s in rows]
        with self.connect() as db:
            db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", packed)

    def commit(
        self,
        documents: list[StoredDocument],
        passages: list[tuple[Passage, str]],
        removed: list[str],
        meta: dict[str, str],
    ) -> None:
        """Replace `documents` with their `passages`, drop `removed`, set `meta`: in one transaction, seen whole or not at all."""
        gone = [(i,) for i in [*removed, *(d.id for d in documents)]]
        with self.connect() as db:
            db.executemany("DELETE FROM passages WHERE document_id = ?", gone)
            db.executemany("DELETE FROM documents WHERE id = ?", gone)
            rows = [(d.id, d.path, d.hash, d.title, json.dumps(d.meta, ensure_ascii=False), d.body) for d in documents]
            db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?)", rows)
            encoded = ((p.id, p.document_id, p.ordinal, json.dumps(passage_to_json(p), ensure_ascii=False), key) for p, key in passages)
            db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?)", encoded)
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))

    def drop_unused_vectors(self) -> None:
        with self.connect() as db:
            db.execute("DELETE FROM vectors WHERE key NOT IN (SELECT vector_key FROM passages)")

    def _by_ids(self, query: str, ids: list[str]) -> list[tuple]:
        rows: list[tuple] = []
        with self._reading() as db:
            for i in range(0, len(ids), 500):
                part = ids[i : i + 500]
                rows += db.execute(f"{query} ({','.join('?' * len(part))})", part).fetchall()
        return rows
