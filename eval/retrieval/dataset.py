"""A BEIR folder: corpus.jsonl, queries.jsonl, and qrels.tsv or qrels/test.tsv."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from rag.errors import PpsError


@dataclass(frozen=True)
class BeirDataset:
    name: str
    corpus: dict[str, tuple[str, str]]  # id → title, text
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path) -> BeirDataset:
    """The dataset in `folder`, with only the queries that have judgements.

    Raises:
        PpsError: a file is missing or a line is wrong; names the file and line.
    """
    corpus = {str(row["_id"]): (row.get("title") or "", row["text"]) for row in _rows(folder / "corpus.jsonl", ("_id", "text"))}
    queries = {str(row["_id"]): row["text"] for row in _rows(folder / "queries.jsonl", ("_id", "text"))}
    path = next((p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.exists()), None)
    if path is None:
        raise PpsError(f"{folder}: no qrels.tsv and no qrels/test.tsv")
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        parts = line.split("\t")
        if len(parts) != 3 or not parts[2].strip().lstrip("-").isdigit():
            if number == 1 or not line.strip():
                continue
            raise PpsError(f"{path}, line {number}: expected query-id, corpus-id and score, separated by tabs")
        qrels[parts[0]][parts[1]] = int(parts[2])
    judged = {i: text for i, text in queries.items() if any(g > 0 for g in qrels.get(i, {}).values())}
    if not judged:
        raise PpsError(f"{folder}: no query has a judgement")
    return BeirDataset(folder.name, corpus, judged, dict(qrels))


def _rows(path: Path, fields: tuple[str, ...]) -> list[dict]:
    if not path.exists():
        raise PpsError(f"{path} does not exist")
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not all(f in row for f in fields):
                raise ValueError(f"fields {', '.join(fields)} are needed")
        except ValueError as error:
            raise PpsError(f"{path}, line {number}: {error}") from error
        rows.append(row)
    return rows
