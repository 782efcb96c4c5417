"""The verifier that a setting asks for."""

from __future__ import annotations

from rag.search.embedder import Embedder, UniversalSentenceEncoder
from rag.settings import Settings
from rag.verify.verifier import BuiltinVerifier, Verifier

#: The verifier that ships with the product.
BUILTIN = "ingebouwd"


def load_verifier(spec: str | None, settings: Settings, embedder: Embedder | None = None) -> Verifier:
    """`ingebouwd` (also when empty), `llm` for the configured language model, else name or path of a CrossEncoder for entailment.

    Args:
        embedder: where it is the default encoder, its model is used and not loaded twice.

    Raises:
        ConfigurationError: the model cannot be loaded or does not judge entailment.
    """
    if spec and spec != BUILTIN:
        if spec == "llm":
            from rag.verify.model_judge import ModelVerifier

            return ModelVerifier.from_settings(settings)
        from rag.verify.cross_encoder import CrossEncoderVerifier

        return CrossEncoderVerifier(spec)
    encoder = embedder if isinstance(embedder, UniversalSentenceEncoder) else UniversalSentenceEncoder()
    return BuiltinVerifier(encoder.tokens())
