"""The search as a LangChain retriever, so that others can compose with it."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.search.searcher import Searcher
from rag.types import Filters


class PassageRetriever(BaseRetriever):
    """Passages as LangChain Documents: `page_content` is the passage, `metadata` where it stands and its scores."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    searcher: Searcher
    k: int = 10
    filters: Filters = Filters()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.searcher.search(query, self.k, self.filters)
        return [Document(id=h.passage.id, page_content=h.passage.text, metadata=_metadata(h.as_dict())) for h in hits]


def _metadata(hit: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in hit.items() if k != "text"}
