"""The index run as people start it: from settings, with a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rag.knowledge.changes import Progress, Report
from rag.knowledge.sync import sync
from rag.search.embedder import load_embedder
from rag.search.vectors import connect
from rag.settings import Settings


def index_corpus(settings: Settings, *, rebuild: bool = False, wait_s: float = 0.0, show_progress: bool = True) -> Report:
    """Bring the index of `settings` up to date. Raises as `sync` does."""
    with progress_bar(show_progress) as progress:
        return sync(
            settings.corpus,
            settings.index_dir,
            load_embedder(settings.embedding_model),
            lambda: connect(settings.index_dir / "chroma", settings.chroma_url),
            rebuild=rebuild,
            threads=settings.threads,
            max_file_mb=settings.max_file_mb,
            file_limit_s=settings.file_limit_s,
            wait_s=wait_s,
            progress=progress,
        )


@contextmanager
def progress_bar(show: bool) -> Iterator[Progress]:
    """One bar per phase on standard error; nothing when `show` is off."""
    if not show:
        yield lambda what, done, total: None
        return
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def update(what: str, done: int, total: int) -> None:
        if what not in bars:
            for bar in bars.values():
                bar.close()
            bars[what] = tqdm(total=total, desc=f"{what:<20}", file=sys.stderr, unit="", leave=True)
        bars[what].update(done - bars[what].n)

    try:
        yield update
    finally:
        for bar in bars.values():
            bar.close()
