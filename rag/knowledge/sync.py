"""Corpus folders → index, incrementally and safe against being killed at any moment.

Order of work: (1) read and split what changed; (2) embed, keeping vectors as they come; (3) add them to Chroma, where
nobody sees them yet; (4) write the lexical files of the next generation; (5) one SQLite transaction makes it all visible;
(6) clean up what no generation uses. A kill before 5 leaves the old index as it was, a kill after it only leaves rubbish that the next
run removes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import numpy as np

from rag.errors import DocumentError, IndexMissingError, PpsError
from rag.knowledge.documents import Document
from rag.knowledge.lock import writer_lock
from rag.knowledge.readers import corpus_files, file_hash, read_document
from rag.knowledge.splitter import VERSION as SPLITTER
from rag.knowledge.splitter import split_document
from rag.knowledge.store import SCHEMA_VERSION, PassageStore, StoredDocument
from rag.language.words import VERSION as WORDS
from rag.search.embedder import Embedder
from rag.search.lexical import LexicalIndex, lexical_text
from rag.search.vectors import VectorStore
from rag.types import Passage

#: Passages embedded between two commits of vectors.
EMBED_BATCH = 32
Progress = Callable[[str, int, int], None]


@dataclass
class Report:
    """What one run did, by document id, and which files could not be used."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    documents: int = 0
    passages: int = 0
    corpus_version: str = ""

    def as_dict(self) -> dict:
        counts = {k: len(getattr(self, k)) for k in ("created", "updated", "skipped", "deleted")}
        totals = {"documents": self.documents, "passages": self.passages, "corpus_version": self.corpus_version}
        return {**counts, **totals, "errors": self.errors}


@dataclass(frozen=True)
class _Change:
    """A changed or new document: how it will be stored, and its passages with the keys of their vectors."""

    stored: StoredDocument
    passages: list[tuple[Passage, str]]


def sync(
    folders: list[Path],
    index_dir: Path,
    embedder: Embedder,
    open_chroma,  # noqa: ANN001 - Callable[[], chromadb client]; opened only while the lock is held
    *,
    rebuild: bool = False,
    threads: int = 1,
    max_file_mb: int = 200,
    wait_s: float = 0.0,
    progress: Progress = lambda what, done, total: None,
) -> Report:
    """Bring the index up to date with `folders`.

    Raises:
        IndexBusyError: another process is writing.
        DocumentError: a corpus folder does not exist.
        PpsError: the index folder cannot be written, or the corpus holds nothing usable and there is no index yet.
    """
    with writer_lock(index_dir, wait_s):
        store = PassageStore(index_dir)
        try:
            meta = store.meta()
        except IndexMissingError:  # damaged: the corpus is the source of truth, so begin again
            if not rebuild:
                raise
            store.remove()
            meta = {}
        store.create()
        collection = _collection(embedder, meta.get("collection", ""), rebuild)
        same_layout = meta.get("schema") == SCHEMA_VERSION and meta.get("splitter") == SPLITTER and not rebuild
        known = store.documents() if same_layout else {}
        report = Report()
        changes, kept = _compare(corpus_files(folders), known, report, max_file_mb, progress)
        if not changes and not kept and (rebuild or not meta.get("generation")):
            names = "; ".join(e["message"] for e in report.errors[:3]) or "de map is leeg"
            raise PpsError(f"Er is geen enkel bruikbaar document gevonden ({names}). De index is niet gewijzigd.")
        removed = [] if same_layout else [i for i in store.documents() if i not in {c.stored.id for c in changes}]
        removed += report.deleted
        chroma = open_chroma()
        vectors = VectorStore(chroma, collection)
        vectors.create()
        live = _live(store, set(removed) | {c.stored.id for c in changes}) if same_layout else []
        live += [pair for change in changes for pair in change.passages]
        keys = {p.id: _vector_key(embedder, p) for p, _ in live}
        live = [(p, keys[p.id]) for p, _ in live]
        _embed(store, embedder, [p for p, _ in live], keys, threads, progress, anew=rebuild)
        stale = _fill_chroma(store, vectors, live, keys, changes, progress)
        report.documents, report.passages = len(kept) + len(changes), len(live)
        hashes = sorted([f"{c.stored.id}:{c.stored.hash}" for c in changes] + [f"{i}:{known[i].hash}" for i in kept])
        report.corpus_version = blake2b("\n".join(hashes).encode(), digest_size=6).hexdigest()
        settled = (
            not changes
            and not removed
            and meta.get("collection") == collection
            and meta.get("words") == WORDS
            and (index_dir / "lexical" / meta.get("generation", "-") / "labels.json").exists()
        )
        if not settled:
            generation = str(int(meta.get("generation", "0")) + 1)
            _write_lexical(index_dir, generation, live, progress)
            new_meta = {
                "generation": generation,
                "collection": collection,
                "embedder": embedder.fingerprint,
                "schema": SCHEMA_VERSION,
                "splitter": SPLITTER,
                "words": WORDS,
                "corpus_version": report.corpus_version,
                "indexed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            if meta.get("embedder", embedder.fingerprint) != embedder.fingerprint:
                # the keys of unchanged documents' vectors change with the model: write every row
                rows = _rewrite_all(store, live, {c.stored.id for c in changes})
                store.commit([c.stored for c in changes] + rows, live, removed, new_meta)
            else:
                store.commit([c.stored for c in changes], [x for c in changes for x in _with_keys(c, keys)], removed, new_meta)
        _clean(index_dir, store, vectors, stale, chroma)
        return report


def _with_keys(change: _Change, keys: dict[str, str]) -> list[tuple[Passage, str]]:
    return [(p, keys[p.id]) for p, _ in change.passages]


def _rewrite_all(store: PassageStore, live: list[tuple[Passage, str]], changed: set[str]) -> list[StoredDocument]:
    unchanged = {p.document_id for p, _ in live} - changed
    return [d for d in (store.document(i) for i in sorted(unchanged)) if d]


def _compare(
    paths: list[Path], known: dict[str, StoredDocument], report: Report, max_mb: int, progress: Progress
) -> tuple[list[_Change], list[str]]:
    """Changes, and ids of documents that stay as they are. A file that cannot be read keeps its older version."""
    by_path = {d.path: d for d in known.values()}
    changes: list[_Change] = []
    kept: list[str] = []
    taken: dict[str, str] = {}
    for n, path in enumerate(paths, 1):
        progress("Lezen", n, len(paths))
        old = by_path.get(str(path))
        try:
            digest = f"{file_hash(path, max_mb)}:{SPLITTER}"
            if old and old.hash == digest and old.id not in taken:
                taken[old.id] = path.name
                kept.append(old.id)
                report.skipped.append(old.id)
                continue
            document = read_document(path)
            if document.meta.id in taken:
                raise DocumentError(f"{path.name}: het id '{document.meta.id}' is al van {taken[document.meta.id]}. Kies een ander id.")
            passages = split_document(document)
            if not passages:
                raise DocumentError(f"{path.name}: er staat geen tekst in.")
        except (DocumentError, OSError) as error:
            report.errors.append({"file": path.name, "message": str(error)})
            if old and old.id not in taken:
                taken[old.id] = path.name
                kept.append(old.id)
            continue
        taken[document.meta.id] = path.name
        (report.updated if document.meta.id in known else report.created).append(document.meta.id)
        changes.append(_Change(_stored(document, path, digest), [(p, "") for p in passages]))
    changed = {c.stored.id for c in changes}
    report.deleted += [i for i in known if i not in changed and i not in taken]
    return changes, kept


def _stored(document: Document, path: Path, digest: str) -> StoredDocument:
    meta = document.meta.model_dump(mode="json")
    return StoredDocument(document.meta.id, str(path), digest, document.meta.titel, meta, document.text)


def _live(store: PassageStore, without: set[str]) -> list[tuple[Passage, str]]:
    return [(p, key) for key, p in store.iter_passages() if p.document_id not in without]


def embedding_text(passage: Passage) -> str:
    """What is embedded for a passage: where it stands, then what it says."""
    return f"{passage.title}. {passage.headings[-1]}. {passage.text}"


def _vector_key(embedder: Embedder, passage: Passage) -> str:
    content = "\0".join((embedder.fingerprint, embedding_text(passage), *(s.text for s in passage.sentences)))
    return blake2b(content.encode(), digest_size=16).hexdigest()


def _embed(
    store: PassageStore, embedder: Embedder, passages: list[Passage], keys: dict[str, str], threads: int, progress: Progress, anew: bool
) -> None:
    known = set() if anew else store.known_keys(keys.values())
    todo = [p for p in passages if keys[p.id] not in known]
    for i in range(0, len(todo), EMBED_BATCH):
        progress("Vectoren maken", i, len(todo))
        batch = todo[i : i + EMBED_BATCH]
        sentences = [s.text for p in batch for s in p.sentences]
        found = embedder.encode([embedding_text(p) for p in batch] + sentences, threads=threads)
        rows, offset = [], len(batch)
        for n, passage in enumerate(batch):
            count = len(passage.sentences)
            rows.append((keys[passage.id], found[n], found[offset : offset + count]))
            offset += count
        store.add_vectors(rows)
    if todo:
        progress("Vectoren maken", len(todo), len(todo))


def _fill_chroma(
    store: PassageStore,
    vectors: VectorStore,
    live: list[tuple[Passage, str]],
    keys: dict[str, str],
    changes: list[_Change],
    progress: Progress,
) -> list[str]:
    """Add what Chroma lacks (also after a killed run); the ids it holds too many, to be deleted after the commit."""
    present = vectors.ids()
    wanted = {p.id for p, _ in live}
    missing = [p for p, _ in live if p.id not in present]
    for i, batch in enumerate(_batches(missing, 1000)):
        progress("Vectoren opslaan", i * 1000, len(missing))
        by_key = store.vectors(keys[p.id] for p in batch)
        vectors.add(batch, np.stack([by_key[keys[p.id]] for p in batch]))
    if missing:
        progress("Vectoren opslaan", len(missing), len(missing))
    new_ids = {p.id for p in missing}
    vectors.update_metadata([p for c in changes for p, _ in c.passages if p.id not in new_ids])
    return sorted(present - wanted)


def _batches(items: list[Passage], size: int) -> Iterator[list[Passage]]:
    for i in range(0, len(items), size):
        yield items[i : i + size]


def _write_lexical(index_dir: Path, generation: str, live: list[tuple[Passage, str]], progress: Progress) -> None:
    folder = index_dir / "lexical" / generation
    if folder.exists():  # a killed run's half-written files
        shutil.rmtree(folder)
    ordered = sorted((p for p, _ in live), key=lambda p: p.id)

    def texts() -> Iterable[tuple[str, str]]:
        for n, passage in enumerate(ordered):
            if n % 200 == 0:
                progress("Woordindex maken", n, len(ordered))
            yield passage.id, lexical_text(passage)

    LexicalIndex.build(texts(), folder)
    labels = [(p.soort, p.domein, p.rol, p.fase) for p in ordered]
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    progress("Woordindex maken", len(ordered), len(ordered))


def _collection(embedder: Embedder, current: str, rebuild: bool) -> str:
    """The collection to fill: one per embedder; a rebuild fills another one beside it, so that readers keep the old one."""
    name = f"pps-{blake2b(embedder.fingerprint.encode(), digest_size=8).hexdigest()}"
    if not current.startswith(name):
        return name
    return current if not rebuild else name if current != name else f"{name}-b"


def _clean(index_dir: Path, store: PassageStore, vectors: VectorStore, stale: list[str], chroma) -> None:  # noqa: ANN001
    vectors.delete(stale)
    vectors.drop_other_collections(vectors.name)
    store.drop_unused_vectors()
    current = int(store.meta()["generation"])
    for folder in (index_dir / "lexical").glob("*"):
        if folder.name.isdigit() and int(folder.name) != current:
            shutil.rmtree(folder, ignore_errors=True)
