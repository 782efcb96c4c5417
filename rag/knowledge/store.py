"""The passages and their vectors in SQLite: the part of the index that decides what is visible.

Every row carries the generation in which it was born and, once replaced, the one in which it was gone. A writer stages rows
of the next generation, which nobody sees; one small transaction raises the generation and all of them become visible. A
writer killed before that has changed nothing. Passages that are gone stay as the archive that old links open.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.errors import IndexMissingError, PpsError
from rag.types import Passage, passage_from_json, passage_to_json

SCHEMA_VERSION = "3"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS generations (generation INTEGER PRIMARY KEY, at TEXT NOT NULL, corpus_version TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
  id TEXT NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL, meta TEXT NOT NULL, body TEXT NOT NULL,
  stamp TEXT NOT NULL, born INTEGER NOT NULL, gone INTEGER, PRIMARY KEY (id, born));
CREATE INDEX IF NOT EXISTS documents_gone ON documents (gone) WHERE gone IS NOT NULL;
CREATE TABLE IF NOT EXISTS passages (
  id TEXT NOT NULL, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL, vector_key TEXT NOT NULL,
  born INTEGER NOT NULL, gone INTEGER, data BLOB NOT NULL, PRIMARY KEY (id, born));
CREATE INDEX IF NOT EXISTS passages_document ON passages (document_id, ordinal);
CREATE INDEX IF NOT EXISTS passages_vector ON passages (vector_key);
CREATE INDEX IF NOT EXISTS passages_seen ON passages (born, gone, id);
CREATE INDEX IF NOT EXISTS passages_gone ON passages (gone) WHERE gone IS NOT NULL;
CREATE TABLE IF NOT EXISTS failures (path TEXT, name TEXT, hash TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (path, name));
CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, passage BLOB NOT NULL, sentences BLOB);
"""
#: A row is visible in generation g when it was born by then and not gone yet; g is the current one unless asked otherwise.
_NOW = "coalesce(:g, (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'generation'))"
_VISIBLE = f"born <= {_NOW} AND (gone IS NULL OR gone > {_NOW})"


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
        """Throw the file away: it is damaged or of another layout, and the corpus can make it again."""
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
            with self._reading() as db:
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
        with self._reading() as db:
            rows = db.execute(f"SELECT id, path, hash, title, meta FROM documents WHERE {_VISIBLE} ORDER BY id", {"g": generation})
            return {r[0]: StoredDocument(r[0], r[1], r[2], r[3], json.loads(r[4])) for r in rows.fetchall()}

    def files(self, generation: int | None = None) -> list[tuple[str, str, str, str]]:
        """(document id, path, hash, stamp) of every document: what an index run compares files with."""
        with self._reading() as db:
            return db.execute(f"SELECT id, path, hash, stamp FROM documents WHERE {_VISIBLE} ORDER BY id", {"g": generation}).fetchall()

    def failures(self) -> dict[str, list[tuple[str, str, str]]]:
        """By path: (name, hash, message) of files, or files in a zip, that could not be read as they were then."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        with self._reading() as db:
            for path, name, digest, message in db.execute("SELECT path, name, hash, message FROM failures ORDER BY path, name"):
                found.setdefault(path, []).append((name, digest, message))
        return found

    def document(self, document_id: str) -> StoredDocument | None:
        query = f"SELECT id, path, hash, title, meta, body FROM documents WHERE id = :id AND {_VISIBLE}"
        with self._reading() as db:
            row = db.execute(query, {"id": document_id, "g": None}).fetchone()
        return StoredDocument(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5]) if row else None

    def passages(self, ids: Iterable[str], generation: int | None = None) -> dict[str, Passage]:
        """The passages with these ids that exist."""
        return {i: passage_from_json(data) for i, data in self._by("id", "id, data", "passages", ids, generation)}

    def passages_of(self, document_id: str) -> list[Passage]:
        query = f"SELECT data FROM passages WHERE document_id = :id AND {_VISIBLE} ORDER BY ordinal"
        with self._reading() as db:
            rows = db.execute(query, {"id": document_id, "g": None}).fetchall()
        return [passage_from_json(r[0]) for r in rows]

    def archived(self, passage_id: str) -> tuple[Passage, str] | None:
        """A passage that is gone, as it last was, and the day on which it went."""
        query = f"""SELECT data, (SELECT at FROM generations WHERE generation >= gone ORDER BY generation LIMIT 1) FROM passages
            WHERE id = :id AND gone <= {_NOW} ORDER BY gone DESC LIMIT 1"""
        with self._reading() as db:
            row = db.execute(query, {"id": passage_id, "g": None}).fetchone()
        return (passage_from_json(row[0]), (row[1] or "")[:10]) if row else None

    def iter_passages(self, generation: int | None = None, born: int | None = None) -> Iterator[tuple[str, Passage]]:
        """All passages with their vector key, in order of id; with `born` only those staged for that generation."""
        where = "born = :born" if born is not None else _VISIBLE
        query = f"SELECT vector_key, data FROM passages WHERE {where} ORDER BY id"
        with self._reading() as db:
            for key, data in db.execute(query, {"g": generation, "born": born}):
                yield key, passage_from_json(data)

    def passage_ids(self, generation: int | None = None) -> set[str]:
        with self._reading() as db:
            return {r[0] for r in db.execute(f"SELECT id FROM passages WHERE {_VISIBLE}", {"g": generation})}

    def count(self, table: str, generation: int | None = None) -> int:
        """How many documents or passages there are."""
        with self._reading() as db:
            return db.execute(f"SELECT count(*) FROM {table} WHERE {_VISIBLE}", {"g": generation}).fetchone()[0]

    def passages_per_document(self) -> dict[str, int]:
        query = f"SELECT document_id, count(*) FROM passages WHERE {_VISIBLE} GROUP BY document_id"
        with self._reading() as db:
            return dict(db.execute(query, {"g": None}).fetchall())

    def sentence_vectors(self, ids: Iterable[str], dimension: int) -> dict[str, np.ndarray]:
        """Vectors of the sentences of these passages where kept: id → array (sentences, dimension), float32."""
        found = self._by("p.id", "p.id, v.sentences", "passages p JOIN vectors v ON v.key = p.vector_key", ids, None)
        return {i: np.frombuffer(blob, np.float16).reshape(-1, dimension).astype(np.float32) for i, blob in found if blob is not None}

    def vectors(self, keys: Iterable[str]) -> dict[str, np.ndarray]:
        """Passage vectors by key, float32."""
        found = self._by("key", "key, passage", "vectors", keys, None, visible="1")
        return {k: np.frombuffer(blob, np.float32) for k, blob in found}

    def _by(self, column: str, columns: str, table: str, values: Iterable[str], generation: int | None, visible: str = _VISIBLE) -> list:
        rows: list[tuple] = []
        asked = list(values)
        with self._reading() as db:
            for i in range(0, len(asked), 500):
                part = asked[i : i + 500]
                marks = ",".join(f":v{n}" for n in range(len(part)))
                named = {"g": generation, **{f"v{n}": v for n, v in enumerate(part)}}
                rows += db.execute(f"SELECT {columns} FROM {table} WHERE {column} IN ({marks}) AND {visible}", named).fetchall()
        return rows

    # Writing, by the one process that holds the lock.

    def begin(self) -> int:
        """The current generation (0 without index), after removing what a killed run had staged."""
        current = int(self.meta().get("generation", "0"))
        with self.connect() as db:
            for table in ("documents", "passages"):
                db.execute(f"DELETE FROM {table} WHERE born > ?", (current,))
                db.execute(f"UPDATE {table} SET gone = NULL WHERE gone > ?", (current,))
        return current

    def stage(self, changes: Iterable[tuple[StoredDocument, list[tuple[Passage, str]]]], generation: int) -> None:
        """Documents with their passages (each with its vector key) as they will be in `generation`."""
        with self.connect() as db:
            for d, passages in changes:
                self._retire(db, d.id, generation)
                row = (d.id, d.path, d.hash, d.title, json.dumps(d.meta, ensure_ascii=False), d.body, d.stamp, generation)
                db.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", row)
                rows = ((p.id, p.document_id, p.ordinal, key, generation, passage_to_json(p)) for p, key in passages)
                db.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, NULL, ?)", rows)

    def retire(self, document_ids: Iterable[str], generation: int) -> None:
        """From `generation` on these documents are gone."""
        with self.connect() as db:
            for document_id in document_ids:
                self._retire(db, document_id, generation)

    @staticmethod
    def _retire(db: sqlite3.Connection, document_id: str, generation: int) -> None:
        for table, column in (("documents", "id"), ("passages", "document_id")):
            db.execute(
                f"UPDATE {table} SET gone = ? WHERE {column} = ? AND gone IS NULL AND born < ?", (generation, document_id, generation)
            )

    def retired(self, generation: int) -> list[str]:
        """Ids of passages that `generation` has no longer."""
        query = """SELECT DISTINCT id FROM passages p WHERE gone = :g
            AND NOT EXISTS (SELECT 1 FROM passages n WHERE n.id = p.id AND n.gone IS NULL) ORDER BY id"""
        with self.connect() as db:
            return [r[0] for r in db.execute(query, {"g": generation})]

    def staged(self, generation: int, *, fresh: bool = False, batch: int = 500) -> Iterator[list[tuple[str, Passage]]]:
        """Batches of (vector key, passage) born in `generation`; with `fresh` only those that the one before did not have.

        Read in pages, so that a long run neither holds all passages in memory nor keeps SQLite's log from shrinking.
        """
        known = "AND NOT EXISTS (SELECT 1 FROM passages o WHERE o.id = p.id AND o.gone = :g)" if fresh else ""
        query = f"SELECT rowid, vector_key, data FROM passages p WHERE born = :g AND rowid > :after {known} ORDER BY rowid LIMIT :n"
        yield from self._pages(query, generation, batch)

    def without_vectors(self, generation: int, *, born: bool, batch: int = 256) -> Iterator[list[tuple[str, Passage]]]:
        """Batches of (vector key, passage) of `generation`, or only of those born in it, that have no vector yet."""
        query = f"""SELECT rowid, vector_key, data FROM passages WHERE {"born = :g" if born else _VISIBLE} AND rowid > :after
            AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.key = vector_key) ORDER BY rowid LIMIT :n"""
        yield from self._pages(query, generation, batch)

    def visible_pages(self, generation: int, batch: int = 500) -> Iterator[list[tuple[str, Passage]]]:
        """Batches of every (vector key, passage) of `generation`."""
        query = f"SELECT rowid, vector_key, data FROM passages WHERE {_VISIBLE} AND rowid > :after ORDER BY rowid LIMIT :n"
        yield from self._pages(query, generation, batch)

    def _pages(self, query: str, generation: int, batch: int) -> Iterator[list[tuple[str, Passage]]]:
        after = -1
        while True:
            with self._reading() as db:
                rows = db.execute(query, {"g": generation, "after": after, "n": batch}).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            yield [(key, passage_from_json(data)) for _, key, data in rows]

    def count_without_vectors(self, generation: int, *, born: bool) -> int:
        where = "born = :g" if born else _VISIBLE
        query = f"SELECT count(*) FROM passages WHERE {where} AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.key = vector_key)"
        with self._reading() as db:
            return db.execute(query, {"g": generation}).fetchone()[0]

    def rekey(self, generation: int, key_of) -> None:  # noqa: ANN001 - Callable[[Passage], str]
        """Stage every passage that stays anew under the keys of another embedder."""
        staged = {r[0] for r in self._staged_documents(generation)}
        for stored in [d for i, d in self.documents(generation).items() if i not in staged]:
            whole = self.document(stored.id)
            passages = self.passages_of(stored.id)
            if whole:
                self.stage([(whole, [(p, key_of(p)) for p in passages])], generation)

    def _staged_documents(self, generation: int) -> list[tuple[str]]:
        with self._reading() as db:
            return db.execute("SELECT id FROM documents WHERE born = ?", (generation,)).fetchall()

    def keep_failures(self, rows: list[tuple[str, str, str, str]]) -> None:
        """All failures of this run (path, name, hash, message), in place of those of the run before."""
        with self.connect() as db:
            db.execute("DELETE FROM failures")
            db.executemany("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", rows)

    def add_vectors(self, rows: Iterable[tuple[str, np.ndarray, np.ndarray | None]]) -> None:
        """Keep vectors (key, passage vector, sentence vectors), committed at once: work that a killed run need not redo."""
        packed = [(k, p.astype(np.float32).tobytes(), None if s is None else s.astype(np.float16).tobytes()) for k, p, s in rows]
        with self.connect() as db:
            db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", packed)

    def drop_vectors(self) -> None:
        """Forget every vector: a rebuild makes them anew."""
        with self.connect() as db:
            db.execute("DELETE FROM vectors")

    def set_meta(self, values: dict[str, str]) -> None:
        with self.connect() as db:
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def commit(self, generation: int, meta: dict[str, str]) -> None:
        """Make `generation` the current one: seen whole or not at all."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        with self.connect() as db:
            db.execute("INSERT OR REPLACE INTO generations VALUES (?, ?, ?)", (generation, at, meta["corpus_version"]))
            values = {**meta, "generation": str(generation), "indexed_at": at}
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))

    def tidy(self, generation: int) -> None:
        """Drop what neither a reader of this generation or the one before, nor the archive, needs."""
        with self.connect() as db:
            gone_keys = [(r[0],) for r in db.execute("SELECT DISTINCT vector_key FROM passages WHERE gone = ?", (generation,))]
            live = "SELECT 1 FROM passages p WHERE p.vector_key = vectors.key AND p.gone IS NULL"
            db.executemany(f"DELETE FROM vectors WHERE key = ? AND NOT EXISTS ({live})", gone_keys)
            db.execute("DELETE FROM documents WHERE gone < ?", (generation,))
            again = "EXISTS (SELECT 1 FROM passages n WHERE n.id = passages.id AND n.born > passages.born)"
            db.execute(f"DELETE FROM passages WHERE gone < ? AND {again}", (generation,))

    def drop_unused_vectors(self) -> None:
        """Vectors of no live passage, which a killed run may have left."""
        with self.connect() as db:
            db.execute("DELETE FROM vectors WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.vector_key = key AND p.gone IS NULL)")

    def archive_size(self) -> int:
        with self._reading() as db:
            return db.execute(f"SELECT count(DISTINCT id) FROM passages WHERE gone <= {_NOW}", {"g": None}).fetchone()[0]

    def forget(self, document_id: str) -> int:
        """Remove a document's old texts from the archive for good; how many passages that were."""
        with self.connect() as db:
            return db.execute(f"DELETE FROM passages WHERE document_id = :id AND gone <= {_NOW}", {"id": document_id, "g": None}).rowcount
