"""A large corpus on disk: documents of ten sections, their sentences taken from the shipped corpus and shuffled with a seed."""

from __future__ import annotations

import random
from pathlib import Path

from rag.knowledge.readers import corpus_files, read_document

#: Sections per document; each is one passage of about the shipped corpus's own length.
SECTIONS, WORDS = 10, 130

_FRONT = """---
id: gegenereerd-{n:05}
titel: "Gegenereerd document {n}"
soort: kennis
domein: [algemeen]
rol: [om, gemeente]
fase: [inrichten]
laatst_gecontroleerd: 2026-11-24
bronnen:
  - id: bron
    titel: "Gegenereerd"
    uitgever: "Meetprogramma"
    datum: "2026"
    url: "https://example.org/"
---

# Gegenereerd document {n}
"""


def sentences(folders: list[Path]) -> list[str]:
    """Every sentence-like block of the shipped corpus."""
    blocks = [b.text for path in corpus_files(folders) for b in read_document(path).blocks]
    return list(dict.fromkeys(b for b in blocks if b.endswith(".") and 5 <= len(b.split()) <= 60))


def write_document(folder: Path, n: int, pool: list[str], seed: int = 11) -> Path:
    """Document `n`; another `seed` gives another text under the same id."""
    chosen = random.Random(seed * 1_000_003 + n)
    parts = [_FRONT.format(n=n)]
    for section in range(SECTIONS):
        words, lines = 0, []
        while words < WORDS:
            line = chosen.choice(pool)
            lines.append(line)
            words += len(line.split())
        parts.append(f"\n## Deel {section} van document {n}\n\n" + " ".join(lines) + " [@bron]\n")
    path = folder / f"{n // 1000:03}" / f"gegenereerd-{n:05}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(parts), encoding="utf-8")
    return path


def write_corpus(folder: Path, documents: int, pool: list[str]) -> None:
    for n in range(documents):
        write_document(folder, n, pool)
