"""Claims with their evidence: JSONL files, and Dutch sets made from the corpus (paraphrases, verbatim sentences, small falsifications)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from eval.jsonl import rows
from eval.verifier.perturb import PERTURBATIONS
from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.language.sentences import split_sentences
from rag.types import Passage

GOLD = Path(__file__).resolve().parent.parent / "gold"
PARAPHRASES = {"dev": GOLD / "paraphrases_dev.yml", "test": GOLD / "paraphrases.yml"}


@dataclass(frozen=True, slots=True)
class Item:
    """A claim over evidence of one or more sentences. `kind` says how it was made; `document` where it is from."""

    claim: str
    evidence: tuple[str, ...]
    supported: bool
    kind: str = ""
    document: str = ""
    about: str = ""


def load(path: Path) -> list[Item]:
    """A JSONL file of {"evidence", "claim", "label": "supported" | "not_supported"}; `source`, where given, becomes the kind.

    Raises:
        PpsError: the file is missing or empty, or a line is wrong; names the file and line.
    """
    return rows(path, _item, "claims")


def _item(_: int, row: dict) -> Item:
    label = row["label"]
    if label not in ("supported", "not_supported"):
        raise ValueError(f"label is '{label}'; expected supported or not_supported")
    return Item(row["claim"], sentences(row["evidence"]), label == "supported", row.get("source", ""))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of an evidence text, line by line."""
    return tuple(s for line in text.splitlines() for s in split_sentences(line) if s.strip()) or (text,)


def half_documents(half: str) -> set[str]:
    """Ids of the documents that the paraphrases of `half` are from: the two halves share none."""
    return {row["d"] for row in paraphrases(half)}


def paraphrases(half: str) -> list[dict]:
    return yaml.safe_load(PARAPHRASES[half].read_text(encoding="utf-8"))


def passages(folders: list[Path], ids: set[str]) -> list[Passage]:
    """The passages of the documents `ids`."""
    documents = (read_document(path) for path in corpus_files(folders))
    return [p for d in documents if d.meta.id in ids for p in split_document(d)]


def dutch_set(half: str, folders: list[Path], seed: int = 7) -> list[Item]:
    """Paraphrases (honest, and alike but wrong), every sentence of the half's documents verbatim, and falsified in one place.

    The evidence of a verbatim or falsified sentence is its whole passage, as in an answer.
    """
    found = [i for row in paraphrases(half) for i in _paraphrase(row)]
    draw = random.Random(seed)
    for passage in passages(folders, half_documents(half)):
        evidence = tuple(s.text for s in passage.sentences)
        about = f"{passage.title} {passage.section}"
        for sentence in passage.sentences:
            if sentence.kind != "sentence" or len(sentence.text.split()) < 6:
                continue
            found.append(Item(sentence.text, evidence, True, "verbatim", passage.document_id, about))
            for kind, perturb in PERTURBATIONS.items():
                for wrong in perturb(sentence.text, " ".join(evidence), draw):
                    found.append(Item(wrong, evidence, False, kind, passage.document_id, about))
    return found


def _paraphrase(row: dict) -> Iterator[Item]:
    yield Item(row["p"], (row["e"],), True, "paraphrase", row["d"])
    if row.get("u"):
        yield Item(row["u"], (row["e"],), False, "look_alike", row["d"])
