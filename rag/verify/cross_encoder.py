"""A CrossEncoder that judges entailment, in place of the built-in head: any sentence-transformers model with the three NLI labels."""

from __future__ import annotations

import numpy as np

from rag.errors import ConfigurationError
from rag.search.reranker import load_cross_encoder
from rag.verify.checks import nearest, problems
from rag.verify.verifier import PENALTY, Verdict

#: Evidence this long (characters) is judged in windows of so many sentences; models of this kind read about 512 tokens.
_WINDOW = 6


class CrossEncoderVerifier:
    """Support is the probability of entailment by the best window of the evidence; the explicit checks stay."""

    def __init__(self, name: str) -> None:
        self._model = load_cross_encoder(name, "PPS_VERIFIER", " voor entailment")
        labels = {str(v).lower(): int(k) for k, v in (getattr(self._model.config, "id2label", None) or {}).items()}
        found = [n for label, n in labels.items() if label.startswith("entail")]
        if self._model.num_labels not in (2, 3) or len(found) != 1:
            raise ConfigurationError(
                f"PPS_VERIFIER: '{name}' heeft de uitkomsten {', '.join(labels) or self._model.num_labels}; nodig is entailment."
            )
        self._entailment = found[0]
        self.name = name

    def judge(self, claim: str, evidence: list[str], about: str = "") -> Verdict:
        """As Verifier.judge."""
        evidence = [e for e in evidence if e.strip()]
        if not evidence or not claim.strip():
            return Verdict(0.0)
        starts = range(0, max(1, len(evidence) - _WINDOW // 2), _WINDOW // 2)
        windows = [" ".join([about, *evidence[i : i + _WINDOW]]).strip() for i in starts]
        scores = np.asarray(self._model.predict([(w, claim) for w in windows], show_progress_bar=False, convert_to_numpy=True), float)
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        support = float((scores / scores.sum(axis=1, keepdims=True))[:, self._entailment].max())
        found = problems(claim, evidence, nearest(claim, evidence), about)
        return Verdict(support * PENALTY if found else support, found)
