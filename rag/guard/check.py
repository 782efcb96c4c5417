"""The checks on a question before anything else happens with it, and what the reader is told when it goes no further.

Rules first: they know what they refuse. What they let through, a small fitted model looks at (head.py).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from rag.guard.head import head
from rag.guard.injection import injection
from rag.guard.legal import legal_case
from rag.guard.personal import Finding, find
from rag.guard.unsafe import unsafe

_log = logging.getLogger(__name__)
_STATUSES = {
    "ok": "",
    "personal_data": "refused_personal_data",
    "injection": "refused_unsafe",
    "unsafe": "refused_unsafe",
    "legal_case": "out_of_scope",
    "failed": "refused_unsafe",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say. `status` and `message` are empty where the question may go on."""

    kind: str  # ok | personal_data | injection | unsafe | legal_case | failed
    status: str = ""
    message: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    suspicion: float = 0.0  # how probable an attempt is (0..1), as the head sees it; 0 where a rule settled it


def inspect(question: str) -> Verdict:
    """The verdict on `question`, as it was typed (hidden characters are seen then) or normalised.

    A check that fails refuses: what could not be checked does not go on.
    """
    try:
        return _inspect(question)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, an unchecked question must not pass
        _log.error("a check on a question failed: %s", type(error).__name__)  # no traceback: its message may quote the question
        return _verdict("failed")


def _inspect(question: str) -> Verdict:
    findings = find(question)
    if findings:
        return _verdict("personal_data", findings)
    if injection(question):
        return _verdict("injection")
    families = unsafe(question)
    if families:
        return _verdict("unsafe", message="self_harm" if "self_harm" in families else "unsafe")
    if legal_case(question):
        return _verdict("legal_case")
    opinion = head().opinion(question)
    return _verdict(opinion.kind, suspicion=opinion.suspicion) if opinion.refuses else Verdict("ok", suspicion=opinion.suspicion)


def _verdict(kind: str, findings: tuple[Finding, ...] = (), message: str = "", suspicion: float = 0.0) -> Verdict:
    texts = _messages()[message or kind]
    kinds = {"nl": _listed([f.kind for f in findings], "en"), "en": _listed([f.kind_en for f in findings], "and")}
    message_of = {language: text.format(kinds=kinds[language]) for language, text in texts.items()}
    return Verdict(kind, _STATUSES[kind], message_of, findings, suspicion)


def _listed(names: list[str], last: str) -> str:
    *first, end = list(dict.fromkeys(names)) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


@lru_cache(maxsize=1)
def _messages() -> dict[str, dict[str, str]]:
    return yaml.safe_load(Path(__file__).with_name("messages.yml").read_text(encoding="utf-8"))
