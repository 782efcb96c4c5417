"""Generated passages for latency: sentences of the shipped corpus put together anew, with vectors that follow from theirs.

Embedding 100,000 passages takes an hour on two cores, and search latency does not depend on what the vectors say; so a
generated passage's vector is the normalised mean of its sentences' real vectors plus seeded noise. Questions are embedded
for real. Every system gets the same passages and the same vectors.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from rag.knowledge.readers import corpus_files, read_document
from rag.knowledge.splitter import split_document
from rag.search.embedder import Embedder
from rag.settings import Settings
from rag.types import Passage, PassageSentence

SENTENCES = 7


def generate(settings: Settings, embedder: Embedder, count: int, seed: int = 5) -> tuple[list[Passage], np.ndarray, list[str]]:
    """`count` passages, their vectors (count, dimension), and questions: the headings of the corpus."""
    real = [p for path in corpus_files(settings.corpus) for p in split_document(read_document(path))]
    sentences = list(dict.fromkeys(s.text for p in real for s in p.sentences if len(s.text.split()) > 4))
    questions = list(dict.fromkeys(s.heading for p in real for s in p.sentences if s.heading.endswith("?")))
    base = np.vstack([embedder.encode(sentences[i : i + 64]) for i in range(0, len(sentences), 64)])
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, len(sentences), (count, SENTENCES))
    passages, vectors = [], np.empty((count, base.shape[1]), np.float32)
    for n, chosen in enumerate(picks):
        passages.append(_passage(n, [sentences[i] for i in chosen]))
        vector = base[chosen].mean(axis=0) + generator.normal(0, 0.02, base.shape[1])
        vectors[n] = vector / np.linalg.norm(vector)
    return passages, vectors, questions


def _passage(n: int, chosen: list[str]) -> Passage:
    text = " ".join(chosen)
    title = f"Document {n // 10}"
    spans, position = [], 0
    for sentence in chosen:
        spans.append(PassageSentence(sentence, position, position + len(sentence), heading=title))
        position += len(sentence) + 1
    digest = blake2b(f"{n}{text}".encode(), digest_size=6).hexdigest()
    return Passage(
        f"doc-{n // 10:06}.{digest}",
        f"doc-{n // 10:06}",
        title,
        (title,),
        text,
        0,
        len(text),
        sentences=tuple(spans),
        soort="kennis",
        domein=("algemeen",),
        rol=("om",),
        fase=("inrichten",),
    )
