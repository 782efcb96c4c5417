"""Corpus folders → index, incrementally and safe against being killed at any moment.

Order of work: (1) read and split what changed, and stage it in SQLite; (2) embed, keeping vectors as they come; (3) add them
to Chroma, where nobody sees them yet; (4) write the word index of the next generation; (5) one SQLite transaction makes it
all visible; (6) clean up what no generation uses; (7) bind the known questions to the passages. A kill before 5 leaves the
old index as it was, a kill after it only leaves rubbish. The mark `unfinished` tells the next run to look for it; without
that mark no run looks at more than what changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import numpy as np

from rag.errors import IndexMissingError, PpsError
from rag.knowledge.changes import Change, Comparison, Progress, Report
from rag.knowledge.disk import full_disk_told
from rag.knowledge.isolation import IsolatedReader
from rag.knowledge.lock import writer_lock
from rag.knowledge.question_writer import QuestionWriter
from rag.knowledge.questions import question_files
from rag.knowledge.readers import corpus_files
from rag.knowledge.splitter import VERSION as SPLITTER
from rag.knowledge.store import SCHEMA_VERSION, PassageStore, StoredDocument
from rag.knowledge.words import WordIndexWriter
from rag.search.embedder import Embedder
from rag.search.vectors import SEARCHED, VectorStore
from rag.types import Passage

#: Documents staged, and passages embedded, between two commits.
STAGE_BATCH, EMBED_BATCH = 100, 1024
#: An index with more passages than this has sentence vectors made when a question needs them (docs/adr/0007).
EAGER_SENTENCES_UP_TO = 1000


def sync(
    folders: list[Path],
    index_dir: Path,
    embedder: Embedder,
    open_chroma: Callable,
    *,
    rebuild: bool = False,
    threads: int = 1,
    max_file_mb: int = 200,
    file_limit_s: float = 60.0,
    wait_s: float = 0.0,
    progress: Progress = lambda what, done, total: None,
) -> Report:
    """Bring the index up to date with `folders`. `open_chroma` gives a chromadb client; called only while the lock is held.

    Raises:
        IndexBusyError: another process is writing.
        DocumentError: a corpus folder does not exist.
        PpsError: the index folder cannot be written or is full, or the corpus holds nothing usable and there is no index yet.
    """
    paths = corpus_files(folders)
    with full_disk_told(index_dir), writer_lock(index_dir, wait_s):
        run = _Run(index_dir, embedder, open_chroma, rebuild, threads, progress)
        with IsolatedReader(max_file_mb, file_limit_s) as reader:
            run.stage(paths, reader, max_file_mb)
        run.finish()
        run.learn_questions(question_files(folders))
        return run.report


def compare(folders: list[Path], index_dir: Path, max_file_mb: int, file_limit_s: float = 60.0) -> Report:
    """What `sync` would do, without doing it: reads files and the index, writes nothing.

    Raises:
        DocumentError: a corpus folder does not exist.
        PpsError: the index is damaged.
    """
    paths = corpus_files(folders)
    store = PassageStore(index_dir)
    meta = store.meta()
    same = meta.get("schema") == SCHEMA_VERSION and meta.get("splitter") == SPLITTER
    known = store.files() if same else []
    report = Report()
    comparison = Comparison(known, store.failures() if same else {}, report)
    with IsolatedReader(max_file_mb, file_limit_s) as reader:
        for change in comparison.changes(paths, reader, max_file_mb, lambda what, done, total: None):
            report.passages += len(change.parsed.passages)
    report.documents = len(report.created) + len(report.updated) + len(comparison.kept)
    return report


class _Run:
    """One index run. `upcoming` is the generation it prepares; `whole` means: trust nothing that is not in SQLite."""

    def __init__(self, index_dir: Path, embedder: Embedder, open_chroma: Callable, rebuild: bool, threads: int, progress: Progress) -> None:
        self.index_dir, self.embedder, self.rebuild, self.threads, self.progress = index_dir, embedder, rebuild, threads, progress
        self.report = Report()
        self.store = PassageStore(index_dir)
        self.meta = self._opened()
        self.store.create()
        self.upcoming = self.store.begin() + 1
        self.has_index = bool(self.meta.get("generation"))
        self.same = self.has_index and self.meta.get("splitter") == SPLITTER and not rebuild
        self.other_embedder = self.same and self.meta["embedder"] != embedder.fingerprint
        self.collection = _collection(embedder, self.meta.get("collection", ""), rebuild)
        self.open_chroma = open_chroma
        self.words = WordIndexWriter(index_dir / "lexical", self.meta)
        self.questions = QuestionWriter(index_dir / "questions", self.meta)
        self.changed = False

    def _opened(self) -> dict[str, str]:
        try:
            meta = self.store.meta()
        except IndexMissingError:  # damaged: the corpus is the source of truth, so begin again
            if not self.rebuild:
                raise
            self.store.remove()
            return {}
        if meta.get("schema", SCHEMA_VERSION) != SCHEMA_VERSION:
            self.store.remove()
            return {}
        return meta

    def stage(self, paths: list[Path], reader: IsolatedReader, max_mb: int) -> None:
        """Phase 1."""
        comparison = Comparison(self.store.files() if self.same else [], self.store.failures() if self.same else {}, self.report)
        staged: set[str] = set()
        for batch in _batches(comparison.changes(paths, reader, max_mb, self.progress), STAGE_BATCH):
            if not staged:
                self.store.set_meta({"unfinished": "1"})
                threading.Thread(target=self._load_embedder, daemon=True).start()
            staged |= {c.parsed.meta.id for c in batch}
            self.store.stage([(_stored(c), [(p, self._key(p)) for p in c.parsed.passages]) for c in batch], self.upcoming)
        if not staged and not comparison.kept and not self.same:
            names = "; ".join(e["message"] for e in self.report.errors[:3]) or "de map is leeg"
            raise PpsError(f"Er is geen enkel bruikbaar document gevonden ({names}). De index is niet gewijzigd.")
        if comparison.failures or self.store.failures():
            self.store.keep_failures(comparison.failures)
        removed = self.report.deleted if self.same else [i for i, *_ in self.store.files() if i not in staged]
        if removed or self.other_embedder:
            self.store.set_meta({"unfinished": "1"})
        self.store.retire(removed, self.upcoming)
        if self.other_embedder:
            self.store.rekey(self.upcoming, self._key)
        self.changed = bool(staged or removed or self.other_embedder)

    def _load_embedder(self) -> None:
        # Loading the model takes as long as importing Chroma: both at once. Trouble shows again, and is told, when it is used.
        with suppress(Exception):
            self.embedder.encode_query("")

    def _open_vectors(self) -> None:
        self.vectors = VectorStore(self.open_chroma(), self.collection)
        self.vectors.create()
        self.whole = (
            not self.same
            or self.meta.get("unfinished") == "1"
            or self.meta.get("collection") != self.collection
            or self.vectors.count() != self.store.count("passages")
        )

    def finish(self) -> None:
        """Phases 2 to 6; nothing at all when nothing changed."""
        self._open_vectors()
        settled = not self.changed and self.has_index and self.meta.get("collection") == self.collection and self.words.present
        self.report.corpus_version = self._corpus_version()
        self.report.documents = self.store.count("documents", self.upcoming)
        self.report.passages = self.store.count("passages", self.upcoming)
        if settled and not self.whole:
            return
        self.store.set_meta({"unfinished": "1"})
        if self.rebuild:
            self.store.drop_vectors()
        self._embed()
        stale = self._fill_whole() if self.whole else self._fill_changes()
        if not settled:
            self.store.commit(self.upcoming, self._new_meta(self._write_words()))
        self._tidy(stale, self.upcoming - 1 if settled else self.upcoming)

    def learn_questions(self, files: list[Path]) -> None:
        """Phase 7: the known questions follow the passages that are visible by now. A kill before it leaves questions that lead to a
        passage which is gone; they are passed over until the next run."""
        made_from = self.questions.fingerprint(files, self.report.corpus_version, self.embedder)
        if not self.questions.is_current(made_from):
            before = len(self.report.errors)
            name = self.questions.write(files, self.store, self.embedder, self.threads, self.report, self.progress)
            wrong = len(self.report.errors) > before  # then the next run tries, and tells, again
            self.store.set_meta({"questions": name, "questions_from": "" if wrong else made_from})
            self.questions.tidy()

    def _tidy(self, stale: list[str], current: int) -> None:
        """Phase 6."""
        self.vectors.delete(stale)
        self.vectors.drop_other_collections(self.collection)
        self.store.tidy(current)
        if self.whole:
            self.store.drop_unused_vectors()
        self.words.tidy()
        self.store.set_meta({"unfinished": "0"})

    def _embed(self) -> None:
        """Phase 2."""
        total = self.store.count_without_vectors(self.upcoming, born=not self.whole)
        eager = self.report.passages <= EAGER_SENTENCES_UP_TO
        done = 0
        for batch in self.store.without_vectors(self.upcoming, born=not self.whole, batch=EMBED_BATCH):
            self.progress("Vectoren maken", done, total)
            self.store.add_vectors(self._vector_rows(batch, eager))
            done += len(batch)
        if total:
            self.progress("Vectoren maken", total, total)

    def _vector_rows(self, batch: list[tuple[str, Passage]], eager: bool) -> list[tuple[str, np.ndarray, np.ndarray | None]]:
        texts = [embedding_text(p) for _, p in batch]
        sentences = [s.text for _, p in batch for s in p.sentences] if eager else []
        found = self.embedder.encode(texts + sentences, threads=self.threads)
        rows, offset = [], len(batch)
        for n, (key, passage) in enumerate(batch):
            count = len(passage.sentences) if eager else 0
            rows.append((key, found[n], found[offset : offset + count] if eager else None))
            offset += count
        return rows

    def _fill_whole(self) -> list[str]:
        """Phase 3, trusting nothing: what Chroma lacks is added; the ids it holds too many, to be deleted after the commit."""
        present = self.vectors.ids()
        wanted = self.store.passage_ids(self.upcoming)
        total, done = len(wanted - present), 0
        for batch in self.store.visible_pages(self.upcoming) if total else ():
            missing = [(key, p) for key, p in batch if p.id not in present]
            self._add(missing)
            done += len(missing)
            self.progress("Vectoren opslaan", done, total)
        changed = (p for batch in self.store.staged(self.upcoming) for _, p in batch if p.id in present)
        for batch in _batches(changed, 1000):
            self.vectors.update_metadata(batch)
        return sorted(present - wanted)

    def _fill_changes(self) -> list[str]:
        """Phase 3 with only what is new in this generation: the one before is in Chroma as a whole."""
        fresh = set()
        for batch in self.store.staged(self.upcoming, fresh=True):
            fresh |= {p.id for _, p in batch}
            self._add(batch)
        for batch in self.store.staged(self.upcoming):
            self.vectors.update_metadata([p for _, p in batch if p.id not in fresh])
        return self.store.retired(self.upcoming)

    def _add(self, passages: list[tuple[str, Passage]]) -> None:
        if passages:
            by_key = self.store.vectors(key for key, _ in passages)
            self.vectors.add([p for _, p in passages], np.stack([by_key[key] for key, _ in passages]))

    def _write_words(self) -> dict[str, str]:
        if self.whole or not self.words.present:
            passages = (p for _, p in self.store.iter_passages(self.upcoming))
            return self.words.write_all(passages, self.upcoming, self.report.passages, self.progress)
        added = (p for batch in self.store.staged(self.upcoming) for _, p in batch)
        return self.words.write_changes(self.store.retired(self.upcoming), added, self.upcoming)

    def _new_meta(self, names: dict[str, str]) -> dict[str, str]:
        fixed = {"collection": self.collection, "embedder": self.embedder.fingerprint, "schema": SCHEMA_VERSION, "splitter": SPLITTER}
        return {**fixed, **names, "corpus_version": self.report.corpus_version}

    def _corpus_version(self) -> str:
        hashes = sorted(f"{i}:{digest}" for i, _, digest, _ in self.store.files(self.upcoming))
        return blake2b("\n".join(hashes).encode(), digest_size=6).hexdigest()

    def _key(self, passage: Passage) -> str:
        content = "\0".join((self.embedder.fingerprint, embedding_text(passage), *(s.text for s in passage.sentences)))
        return blake2b(content.encode(), digest_size=16).hexdigest()


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: where it stands, then what it says."""
    return f"{passage.title}. {passage.headings[-1]}. {passage.text}"


def _stored(change: Change) -> StoredDocument:
    parsed = change.parsed
    meta = parsed.meta.model_dump(mode="json")
    return StoredDocument(parsed.meta.id, parsed.path, change.digest, parsed.meta.titel, meta, parsed.body, change.stamp)


def _batches(items: Iterable, size: int) -> Iterator[list]:
    held = []
    for item in items:
        held.append(item)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def _collection(embedder: Embedder, current: str, rebuild: bool) -> str:
    """The collection to fill: one per embedder; a rebuild fills another one beside it, so that readers keep the old one."""
    made = f"{embedder.fingerprint}:{SEARCHED}"  # a collection keeps the settings it was made with
    name = f"pps-{blake2b(made.encode(), digest_size=8).hexdigest()}"
    if not current.startswith(name):
        return name
    return current if not rebuild else name if current != name else f"{name}-b"
