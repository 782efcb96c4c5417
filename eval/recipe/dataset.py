"""A fixed sample of gold questions, and the corpus as a team would load it that starts from LangChain's tutorial."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from math import inf
from pathlib import Path

from eval.answers.dataset import GoldQuestion
from rag.errors import DocumentError, PpsError
from rag.knowledge.documents import Document
from rag.knowledge.readers import corpus_files, read_documents

#: Questions of the committed run. A small model on two cores takes most of a minute for each, so not the whole half.
SAMPLE, SEED = 60, 20261125


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One document as plain text with its headings, without front matter and source marks."""

    document_id: str
    title: str
    text: str


def sample(questions: list[GoldQuestion], count: int | None, seed: int = SEED) -> list[GoldQuestion]:
    """`count` of the questions, of each kind in proportion and at least one where there is room, in the order of the file.

    The same questions, count and seed give the same sample; a smaller count of a kind gives a part of what a larger one gives. All of
    the questions where `count` is None, or not below what there is.

    Raises:
        PpsError: `count` is below 1.
    """
    if count is None or count >= len(questions):
        return questions
    if count < 1:
        raise PpsError(f"A sample of {count} questions is not possible; ask for at least one.")
    kinds: dict[str, list[GoldQuestion]] = defaultdict(list)
    for q in questions:
        kinds[q.kind].append(q)
    sizes = _sizes({kind: len(group) for kind, group in kinds.items()}, count)
    order = random.Random(seed)
    chosen: set[str] = set()
    for kind in sorted(kinds):
        order.shuffle(kinds[kind])
        chosen |= {q.id for q in kinds[kind][: sizes[kind]]}
    return [q for q in questions if q.id in chosen]


def _sizes(available: dict[str, int], count: int) -> dict[str, int]:
    """How many of each kind: one each as far as they go, then by largest remainder."""
    total = sum(available.values())
    exact = {kind: count * n / total for kind, n in available.items()}
    sizes = {kind: int(share) for kind, share in exact.items()}
    by_size = sorted(available, key=lambda kind: (-available[kind], kind))
    if count >= len(available):
        sizes = {kind: max(1, n) for kind, n in sizes.items()}
    while sum(sizes.values()) > count:  # the minimum of one gave too many: the kind most above its share gives way
        largest = max(by_size, key=lambda kind: (sizes[kind] - exact[kind]) if sizes[kind] > 1 else -inf)
        sizes[largest] -= 1
    while sum(sizes.values()) < count:
        neediest = max(by_size, key=lambda kind: exact[kind] - sizes[kind] if sizes[kind] < available[kind] else -inf)
        sizes[neediest] += 1
    return sizes


def corpus_texts(folders: list[Path]) -> list[CorpusText]:
    """The documents of `folders` that are in use; files that cannot be read are left out, as the index does.

    Raises:
        PpsError: a folder does not exist, or nothing in it can be read.
    """
    found: list[CorpusText] = []
    for path in corpus_files(folders):
        for _, document in read_documents(path):
            if not isinstance(document, DocumentError) and document.meta.status == "actueel":
                found.append(CorpusText(document.meta.id, document.meta.titel, plain(document)))
    if not found:
        raise PpsError(f"No document can be read in {', '.join(map(str, folders))}.")
    return found


def plain(document: Document) -> str:
    """The text of a document as Markdown: each heading once, paragraphs apart, items of a list under each other."""
    parts: list[str] = []
    above: tuple[str, ...] = ()
    group = -1
    for block in document.blocks:
        for level, heading in enumerate(block.headings, 1):
            if block.headings[:level] != above[:level]:
                parts.append(f"\n\n{'#' * level} {heading}")
        together = block.group == group and group != -1 and block.headings == above
        parts.append(f"{chr(10) if together else chr(10) * 2}{'- ' if block.kind == 'item' else ''}{block.text}")
        above, group = block.headings, block.group
    return "".join(parts).strip()
