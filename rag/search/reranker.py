"""An optional second look at the best candidates with a CrossEncoder."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from rag.errors import ConfigurationError


class Reranker(Protocol):
    name: str

    def score(self, question: str, texts: list[str]) -> np.ndarray:
        """Relevance of each text, float (len(texts),), higher is better."""
        ...


def load_cross_encoder(name: str, setting: str, purpose: str = ""):  # noqa: ANN201 - sentence_transformers.CrossEncoder, imported late
    """The CrossEncoder that `setting` names, by name or path; `purpose` says, in Dutch, what for.

    Raises:
        ConfigurationError: it cannot be loaded; names the setting.
    """
    try:
        from sentence_transformers import CrossEncoder

        return CrossEncoder(name, device="cpu")
    except Exception as error:  # missing package, missing files, wrong configuration: many kinds
        raise ConfigurationError(
            f"{setting}: het model '{name}' kan niet worden geladen ({type(error).__name__}). Geef het pad van een map "
            f"met een opgeslagen CrossEncoder{purpose}, of laat deze instelling leeg."
        ) from error


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder with one output, by name or path."""

    def __init__(self, name: str) -> None:
        self._model = load_cross_encoder(name, "PPS_RERANKER")
        if self._model.num_labels != 1:
            raise ConfigurationError(f"PPS_RERANKER: '{name}' heeft {self._model.num_labels} uitkomsten; een reranker heeft er één.")
        self.name = name

    def score(self, question: str, texts: list[str]) -> np.ndarray:
        if not texts:
            return np.zeros(0, np.float32)
        scores = self._model.predict([(question, t) for t in texts], show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(scores, np.float32).reshape(-1)
