"""The verdict of a verifier on a claim. Apart from scoring, so that an expensive verifier's run can be scored again."""

from __future__ import annotations

import time
from pathlib import Path

from eval.jsonl import rows
from eval.verifier.dataset import Item
from rag.search.embedder import UniversalSentenceEncoder
from rag.verify.entailment import LABELS, EntailmentHead
from rag.verify.verifier import Verifier, threshold


def one(item: Item, verifier: Verifier) -> dict:
    """What was said, what was found, and the milliseconds it took."""
    started = time.perf_counter()
    verdict = verifier.judge(item.claim, list(item.evidence), item.about)
    ms = (time.perf_counter() - started) * 1000
    return {
        "claim": item.claim,
        "kind": item.kind,
        "document": item.document,
        "supported": item.supported,
        "support": round(verdict.support, 4),
        "judged": verdict.support >= threshold(),
        "problems": list(verdict.problems),
        "ms": round(ms, 2),
    }


def is_entailment(path: Path) -> bool:
    """Does the file hold premise, hypothesis and one of three labels? False where there is no such file."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as stream:
        first = stream.readline()
    return '"premise"' in first and '"hypothesis"' in first


def entailments(path: Path) -> list[dict]:
    """The entailment head's outcome for every pair of a JSONL file of {"premise", "hypothesis", "label"}.

    Raises:
        PpsError: a line is wrong; names it.
    """
    pairs = rows(path, lambda _, row: (row["premise"], row["hypothesis"], LABELS.index(row["label"])), "pairs")
    head = EntailmentHead(UniversalSentenceEncoder().tokens())
    found = head.probabilities([(p, h) for p, h, _ in pairs])
    return [
        {
            "premise": p,
            "hypothesis": h,
            "label": LABELS[y],
            "judged": LABELS[int(probability.argmax())],
            "probabilities": probability.round(4).tolist(),
        }
        for (p, h, y), probability in zip(pairs, found, strict=True)
    ]
