"""The passages and their vectors in SQLite: the part of the index that decides what is visible.

Every row carries the generation in which it was born and, once replaced, the one in which it was gone. A writer stages rows
of the next generation, which nobody sees; one small transaction raises the generation and all of them become visible. A
writer killed before that has changed nothing. Passages that are gone stay as the archive that old links open.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import numpy as np

from rag.errors import PpsError
from rag.knowledge.store_reader import NOW, SCHEMA_VERSION, VISIBLE, StoredDocument, StoreReader
from rag.types import Passage, passage_from_json, passage_to_json

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


class PassageStore(StoreReader):
    """Reading, and writing by the one process that holds the lock."""

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
        query = f"""SELECT rowid, vector_key, data FROM passages WHERE {"born = :g" if born else VISIBLE} AND rowid > :after
            AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.key = vector_key) ORDER BY rowid LIMIT :n"""
        yield from self._pages(query, generation, batch)

    def visible_pages(self, generation: int, batch: int = 500) -> Iterator[list[tuple[str, Passage]]]:
        """Batches of every (vector key, passage) of `generation`."""
        query = f"SELECT rowid, vector_key, data FROM passages WHERE {VISIBLE} AND rowid > :after ORDER BY rowid LIMIT :n"
        yield from self._pages(query, generation, batch)

    def _pages(self, query: str, generation: int, batch: int) -> Iterator[list[tuple[str, Passage]]]:
        after = -1
        while True:
            with self.reading() as db:
                rows = db.execute(query, {"g": generation, "after": after, "n": batch}).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            yield [(key, passage_from_json(data)) for _, key, data in rows]

    def count_without_vectors(self, generation: int, *, born: bool) -> int:
        where = "born = :g" if born else VISIBLE
        query = f"SELECT count(*) FROM passages WHERE {where} AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.key = vector_key)"
        with self.reading() as db:
            return db.execute(query, {"g": generation}).fetchone()[0]

    def rekey(self, generation: int, key_of: Callable[[Passage], str]) -> None:
        """Stage every passage that stays anew under the keys of another embedder."""
        staged = {r[0] for r in self._staged_documents(generation)}
        for stored in [d for i, d in self.documents(generation).items() if i not in staged]:
            whole = self.document(stored.id)
            passages = self.passages_of(stored.id)
            if whole:
                self.stage([(whole, [(p, key_of(p)) for p in passages])], generation)

    def _staged_documents(self, generation: int) -> list[tuple[str]]:
        with self.reading() as db:
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

    def forget(self, document_id: str) -> int:
        """Remove a document's old texts from the archive for good; how many passages that were."""
        with self.connect() as db:
            return db.execute(f"DELETE FROM passages WHERE document_id = :id AND gone <= {NOW}", {"id": document_id, "g": None}).rowcount


__all__ = ["SCHEMA_VERSION", "PassageStore", "StoredDocument"]
