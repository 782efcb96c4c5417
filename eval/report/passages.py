"""Texts of the passages that a report shows. Rows hold only ids; the index gives the text, where it is still of the same corpus."""

from __future__ import annotations

from collections.abc import Iterable

from rag.errors import PpsError
from rag.knowledge.store import PassageStore
from rag.settings import get_settings


def texts_of(ids: Iterable[str], corpus_version: str | None) -> dict[str, str]:
    """Passage id → text; nothing where the index is of another corpus, or gone."""
    store = PassageStore(get_settings().index_dir)
    try:
        meta = store.meta()
        if not corpus_version or meta.get("corpus_version") != corpus_version:
            return {}
        found = store.passages(list(dict.fromkeys(ids)), int(meta["generation"]))
    except PpsError:
        return {}
    return {i: passage.text for i, passage in found.items()}
