"""Asks the index of a folder one question after the other, as a second process beside a writer that is being killed."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from rag.errors import PpsError
from rag.search.embedder import load_embedder
from rag.search.searcher import Searcher
from rag.search.vectors import connect


def main(folder: Path) -> None:
    """Print, when terminated, how many searches failed and how many saw only part of a document."""
    seen = {"searches": 0, "reader_errors": 0, "half_documents": 0}
    searcher = Searcher(folder, connect(folder / "chroma"), load_embedder())
    running = True

    def stop(*_: object) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    while running:
        seen["searches"] += 1
        number = seen["searches"] % 60
        try:
            hits = searcher.search(f"Deel 3 van document {number}", k=8)
            passages = searcher.store.passages_of(f"gegenereerd-{number:05}")
        except (PpsError, OSError, ValueError) as error:
            print(repr(error), file=sys.stderr)
            seen["reader_errors"] += 1
            continue
        seen["half_documents"] += len(passages) < 10 or not hits or len({p.ordinal for p in passages}) != len(passages)
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
