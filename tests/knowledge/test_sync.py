import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pytest

from rag.errors import IndexBusyError, PpsError
from rag.knowledge.lock import writer_lock
from rag.knowledge.store import PassageStore
from rag.search.lexical import open_lexical
from rag.search.searcher import Searcher
from rag.search.vectors import VectorStore, connect
from tests.conftest import LANTAARN, write_document
from tests.fakes import HashEmbedder


def contents(index_dir):
    """What the index holds, passage by passage: store, vectors, Chroma and word index."""
    store = PassageStore(index_dir)
    passages = {p.id: (p, key) for key, p in store.iter_passages()}
    vectors = store.vectors(key for _, key in passages.values())
    chroma = VectorStore(connect(index_dir / "chroma"), store.meta()["collection"])
    meta = store.meta()
    lexical, _ = open_lexical(index_dir / "lexical", meta["lexical_base"], meta["lexical_delta"])
    assert sorted(passages) == sorted(chroma.ids()) == sorted(lexical.position) and len(passages) == len(lexical)
    return {i: (p, vectors[key].tolist()) for i, (p, key) in passages.items()}


def test_created_updated_skipped_deleted(run_sync, corpus):
    assert run_sync().as_dict() | {"corpus_version": ""} == {
        "created": 2,
        "updated": 0,
        "skipped": 0,
        "deleted": 0,
        "documents": 2,
        "passages": 2,
        "corpus_version": "",
        "errors": [],
    }
    write_document(corpus, "project-lantaarn", LANTAARN.replace("214", "215"), titel="Project Lantaarn")
    write_document(corpus, "nieuw-document", "# Nieuw\n\nEen nieuwe zin over dit onderwerp. [@bron-a]")
    (corpus / "havenoverleg-vuurtoren.md").unlink()
    report = run_sync()
    assert (report.created, report.updated, report.skipped, report.deleted) == (
        ["nieuw-document"],
        ["project-lantaarn"],
        [],
        ["havenoverleg-vuurtoren"],
    )


def test_a_second_run_embeds_nothing_and_keeps_the_generation(run_sync, index_dir):
    run_sync()
    before = PassageStore(index_dir).meta()
    embedder = HashEmbedder()
    assert run_sync(embedder).as_dict()["skipped"] == 2
    assert embedder.encoded == [] and PassageStore(index_dir).meta() == before


def test_only_changed_passages_are_embedded_again(run_sync, corpus):
    run_sync()
    write_document(corpus, "havenoverleg-vuurtoren", "# Havenoverleg\n\nEen heel andere zin. [@bron-a]", titel="Havenoverleg Vuurtoren")
    embedder = HashEmbedder()
    run_sync(embedder)
    assert any("heel andere zin" in t for t in embedder.encoded) and not any("Lantaarn" in t for t in embedder.encoded)


def test_an_incremental_index_equals_a_fresh_one(run_sync, corpus, index_dir, tmp_path):
    run_sync()
    write_document(corpus, "project-lantaarn", LANTAARN.replace("214", "300"), titel="Project Lantaarn")
    run_sync()
    incremental = contents(index_dir)
    run_sync(rebuild=True)
    assert contents(index_dir) == incremental


def test_another_model_rebuilds_under_a_new_collection(run_sync, index_dir):
    run_sync()
    old = PassageStore(index_dir).meta()
    run_sync(HashEmbedder(48, "other"))
    new = PassageStore(index_dir).meta()
    assert new["collection"] != old["collection"] and new["generation"] != old["generation"]
    assert [c.name for c in connect(index_dir / "chroma").list_collections()] == [new["collection"]]
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder(48, "other"))
    assert searcher.search("project Lantaarn")[0].passage.document_id == "project-lantaarn"
    with pytest.raises(PpsError, match="ander embeddingmodel"):
        Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder()).search("Lantaarn")


def test_bad_files_are_named_and_the_rest_is_indexed(run_sync, corpus):
    (corpus / "leeg.md").write_text("")
    (corpus / "binair.md").write_bytes(b"\x89PNG\r\n\0\0\0")
    (corpus / "latin.md").write_bytes("---\nid: caf\xe9".encode("latin-1"))
    (corpus / "kapot.md").write_text("---\nid: [\n---\nx")
    (corpus / "scan.pdf").write_bytes(b"%PDF-1.4 kapot")
    write_document(corpus, "dubbel", "# D\n\nEen zin. [@bron-a]", id="project-lantaarn")
    report = run_sync()
    assert report.documents == 2
    assert sorted(e["file"] for e in report.errors) == ["binair.md", "kapot.md", "latin.md", "leeg.md", "project-lantaarn.md", "scan.pdf"]
    assert all(e["file"] in e["message"] for e in report.errors)


def test_a_file_that_breaks_keeps_its_older_version(run_sync, corpus, index_dir):
    run_sync()
    before = contents(index_dir)
    (corpus / "project-lantaarn.md").write_text("kapot")
    report = run_sync()
    assert [e["file"] for e in report.errors] == ["project-lantaarn.md"] and report.documents == 2
    assert contents(index_dir) == before


def test_a_rebuild_keeps_the_old_index_until_the_new_one_is_whole(run_sync, corpus, index_dir):
    run_sync()
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder())
    seen = []

    def look(what, done, total):
        seen.append({h.passage.document_id for h in searcher.search("project Lantaarn", k=2) if "vectors" in h.scores})

    for _ in range(3):
        run_sync(rebuild=True, progress=look)
    assert len(seen) > 6 and all(s == {"project-lantaarn", "havenoverleg-vuurtoren"} for s in seen)
    for path in corpus.glob("*.md"):
        path.write_text("kapot")
    with pytest.raises(PpsError, match="niet gewijzigd"):
        run_sync(rebuild=True)
    assert searcher.search("project Lantaarn", k=1)


def test_a_damaged_index_is_told_and_rebuilt(run_sync, index_dir):
    run_sync()
    before = contents(index_dir)
    (index_dir / "passages.sqlite").write_bytes(b"geen database" * 1000)
    for suffix in ("-wal", "-shm"):
        (index_dir / f"passages.sqlite{suffix}").unlink(missing_ok=True)
    with pytest.raises(PpsError, match="--rebuild"):
        run_sync()
    run_sync(rebuild=True)
    assert contents(index_dir) == before


def test_an_empty_corpus_is_told(run_sync, tmp_path):
    (tmp_path / "niets").mkdir()
    with pytest.raises(PpsError, match="geen enkel bruikbaar document"):
        run_sync(folders=[tmp_path / "niets"])
    with pytest.raises(PpsError, match="bestaat niet"):
        run_sync(folders=[tmp_path / "weg"])


def test_the_second_writer_is_told_who_holds_the_lock(run_sync, index_dir):
    with writer_lock(index_dir), pytest.raises(IndexBusyError, match=f"proces {os.getpid()} op"):
        run_sync()
    assert run_sync().documents == 2


WRITER = """
import sys
from pathlib import Path
from rag.knowledge.sync import sync
from rag.search.vectors import connect
from tests.fakes import HashEmbedder
index = Path(sys.argv[2])
class Slow(HashEmbedder):
    def encode(self, texts, *, threads=1):
        import time; time.sleep(0.02); return super().encode(texts)
print("start", flush=True)
sync([Path(sys.argv[1])], index, Slow(), lambda: connect(index / "chroma"))
print("end", flush=True)
"""


def start_writer(corpus, index_dir):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    environment = {**os.environ, "PYTHONPATH": root}
    return subprocess.Popen([sys.executable, "-c", WRITER, str(corpus), str(index_dir)], stdout=subprocess.PIPE, text=True, env=environment)


def many_documents(corpus, count, word):
    for n in range(count):
        body = "\n\n".join(
            f"## Deel {i}\n\n" + f"Document {n} deel {i} gaat over {word} en nog {i} zaken. [@bron-a] " * 14 for i in range(3)
        )
        write_document(corpus, f"doc-{n:03}", f"# Document {n}\n\n{body}")


def test_killed_at_any_moment_the_next_run_repairs(run_sync, corpus, index_dir, tmp_path):
    many_documents(corpus, 40, "havens")
    run_sync()
    old = contents(index_dir)
    many_documents(corpus, 40, "banken")
    started = time.monotonic()
    probe = start_writer(corpus, tmp_path / "probe")
    assert probe.wait(60) == 0
    duration = time.monotonic() - started
    seed = random.Random(7)
    survivors = 0
    for _ in range(6):
        writer = start_writer(corpus, index_dir)
        assert writer.stdout.readline() == "start\n"
        time.sleep(seed.uniform(0.05, duration))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        store = PassageStore(index_dir)
        visible = {p.id: p for _, p in store.iter_passages()}
        whole_old = visible.keys() == old.keys()
        survivors += whole_old
        assert whole_old or not visible.keys() & {i for i in old if i.startswith("doc-")}, "a reader saw half of each"
        if not whole_old:
            break
    run_sync()
    after = contents(index_dir)
    run_sync(rebuild=True)
    assert contents(index_dir) == after


def test_two_writers_at_once_leave_a_whole_index(run_sync, corpus, index_dir):
    many_documents(corpus, 20, "havens")
    writers = [start_writer(corpus, index_dir) for _ in range(2)]
    codes = sorted(w.wait(60) for w in writers)
    assert codes[0] == 0
    assert len({p.document_id for p, _ in contents(index_dir).values()}) == 22


def test_a_reader_never_sees_half_a_change(run_sync, corpus, index_dir):
    many_documents(corpus, 15, "havens")
    run_sync()
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder())
    assert "havens" in searcher.search("Document 3 deel 1 havens", k=5)[0].passage.text
    many_documents(corpus, 15, "banken")
    writer = start_writer(corpus, index_dir)
    mixed = 0
    while writer.poll() is None:
        texts = " ".join(
            h.passage.text for h in searcher.search("Document 3 deel 1 zaken", k=8) if h.passage.document_id.startswith("doc-")
        )
        mixed += "havens" in texts and "banken" in texts
    assert writer.returncode == 0 and mixed == 0
    assert "banken" in searcher.search("Document 3 deel 1 banken", k=5)[0].passage.text


def test_vectors_survive_the_round_trip(run_sync, index_dir):
    embedder = HashEmbedder()
    run_sync(embedder)
    store = PassageStore(index_dir)
    key, passage = next(store.iter_passages())
    sentences = store.sentence_vectors([passage.id], embedder.dimension)[passage.id]
    expected = embedder.encode([s.text for s in passage.sentences])
    assert sentences.shape == expected.shape and np.allclose(sentences, expected, atol=2e-3)


def test_a_full_disk_is_told_and_the_old_index_still_answers(run_sync, corpus, index_dir, monkeypatch):
    run_sync()
    before = contents(index_dir)
    many_documents(corpus, 40, "havens")
    connect_to = PassageStore.connect

    @contextmanager
    def nearly_full(self):
        """SQLite itself says that the disk is full once the file may not grow."""
        with connect_to(self) as db:
            db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 4}")
            yield db

    monkeypatch.setattr(PassageStore, "connect", nearly_full)
    with pytest.raises(PpsError, match="vol.*antwoordt nog met de vorige"):
        run_sync()
    monkeypatch.undo()
    assert contents(index_dir) == before
    searcher = Searcher(index_dir, connect(index_dir / "chroma"), HashEmbedder())
    assert searcher.search("project Lantaarn", k=1)[0].passage.document_id == "project-lantaarn"
    assert run_sync().documents == 42


def test_every_way_of_saying_that_the_disk_is_full_is_known():
    import errno
    import sqlite3

    from chromadb.errors import InternalError

    from rag.knowledge.disk import is_full

    assert is_full(OSError(errno.ENOSPC, "No space left on device")) and is_full(sqlite3.OperationalError("database or disk is full"))
    assert is_full(InternalError("error returned from database: (code: 13) database or disk is full"))
    assert not is_full(ValueError("disk is full")) and not is_full(OSError(errno.EACCES, "Permission denied"))


def test_a_failed_file_is_not_read_again_until_it_changes(run_sync, corpus, monkeypatch):
    from rag.knowledge.isolation import IsolatedReader

    (corpus / "kapot.pdf").write_bytes(b"%PDF-1.4 kapot")
    first = run_sync()
    asked = []
    read = IsolatedReader.read
    monkeypatch.setattr(IsolatedReader, "read", lambda self, path: asked.append(path.name) or read(self, path))
    assert run_sync().errors == first.errors and asked == []
    (corpus / "kapot.pdf").write_bytes(b"%PDF-1.5 kapot")
    assert run_sync().errors and asked == ["kapot.pdf"]


def test_unchanged_files_are_known_by_size_and_time(run_sync, corpus, monkeypatch):
    from rag.knowledge import changes

    for path in corpus.glob("*.md"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    run_sync()
    monkeypatch.setattr(changes, "file_hash", lambda *_: pytest.fail("an unchanged file was read"))
    assert len(run_sync().skipped) == 2
