"""The language model as verifier: it says JA or NEE to one sentence over one passage. Slow on a CPU; for those with a large model."""

from __future__ import annotations

from pathlib import Path

from rag.compose.chat_models import ChatModel, load_chat_model
from rag.errors import ConfigurationError
from rag.guard.delimiters import defuse
from rag.settings import Settings
from rag.verify.checks import nearest, problems
from rag.verify.verifier import PENALTY, Verdict

PROMPT = Path(__file__).resolve().parent.parent / "compose" / "prompts" / "judge.nl.txt"
#: Sentences of the evidence that the model is shown.
_SHOWN = 8


class ModelVerifier:
    """Support is 1 or 0, by what the model answers; the explicit checks stay. A model that does not answer supports nothing."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.name = f"llm:{model.name}"

    @classmethod
    def from_settings(cls, settings: Settings) -> ModelVerifier:
        """The configured language model as verifier.

        Raises:
            ConfigurationError: there is none.
        """
        if not settings.llm:
            raise ConfigurationError("PPS_VERIFIER=llm vraagt om een taalmodel. Stel PPS_LLM in, of laat PPS_VERIFIER leeg.")
        return cls(load_chat_model(settings.llm, settings))

    def judge(self, claim: str, evidence: list[str], about: str = "") -> Verdict:
        """As Verifier.judge.

        Raises:
            ModelError: the model failed.
        """
        from langchain_core.messages import HumanMessage, SystemMessage

        evidence = [e for e in evidence if e.strip()]
        if not evidence or not claim.strip():
            return Verdict(0.0)
        shown = nearest(claim, evidence, _SHOWN)
        asked = f"Tekst ({defuse(about)}):\n{defuse(' '.join(shown))}\n\nBewering: {defuse(claim)}\n\nAntwoord (JA of NEE):"
        messages = [SystemMessage(PROMPT.read_text(encoding="utf-8")), HumanMessage(asked)]
        reply = "".join(self._model.stream(messages, max_tokens=4))
        support = float(reply.strip().upper().startswith(("JA", "YES")))
        found = problems(claim, evidence, nearest(claim, evidence), about)
        return Verdict(support * PENALTY if found else support, found)
