"""`python -m rag.guides`: check every flow file, and whether the index still holds all it quotes. For editors, after each change."""

from __future__ import annotations

import sys

from rag.errors import IndexMissingError, PpsError
from rag.guides.load import load_flows
from rag.guides.quotes import problems
from rag.knowledge.store import PassageStore
from rag.settings import get_settings


def main() -> int:
    """0 when all is well, 1 when a flow needs attention, 2 when nothing could be checked."""
    try:
        store = PassageStore(get_settings().index_dir)
        if "generation" not in store.meta():
            raise IndexMissingError("Er is nog geen index. Maak hem met: python -m rag index")
        flows, wrong = load_flows()
        found = [*wrong, *(told for flow in flows.values() for told in problems(flow, store))]
    except PpsError as error:
        print(error, file=sys.stderr)
        return 2
    for told in found:
        print(told)
    print(f"Advieshulpen gelezen: {len(flows)}. Problemen: {len(found)}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
