"""Binds the known questions of the corpus to passages of the index and keeps their vectors. One file, named in the index's meta."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

import numpy as np

from rag.errors import DocumentError
from rag.knowledge.changes import Progress, Report
from rag.knowledge.questions import OTHER_SUBJECTS, Target, headings, read_others, read_questions, resolve
from rag.knowledge.store_reader import StoreReader
from rag.search.embedder import Embedder
from rag.search.known_questions import FORMAT, KnownQuestions

_BATCH = 512


class QuestionWriter:
    """`meta` is the index's: it names the file in use and says what it was made from."""

    def __init__(self, folder: Path, meta: dict[str, str]) -> None:
        self._folder = folder
        self._name, self._made_from = meta.get("questions", ""), meta.get("questions_from", "")

    def fingerprint(self, files: list[Path], corpus_version: str, embedder: Embedder) -> str:
        """Changes exactly when the questions, the passages they lead to or the embedder do; files that cannot be read count by name."""
        digest = blake2b(f"{FORMAT}:{corpus_version}:{embedder.fingerprint}".encode(), digest_size=12)
        for path in files:
            digest.update(path.name.encode() + b"\0")
            try:
                digest.update(path.read_bytes())
            except OSError:
                digest.update(b"?")
        return digest.hexdigest()

    def is_current(self, fingerprint: str) -> bool:
        return self._made_from == fingerprint and (self._folder / self._name).is_file()

    def write(self, files: list[Path], store: StoreReader, embedder: Embedder, threads: int, report: Report, progress: Progress) -> str:
        """The name of a new file for what is visible now. What is wrong with a question is told in `report`; the others are kept."""
        targets: list[Target] = []
        others: list[str] = []
        documents = store.documents()
        for path in files:
            try:
                if path.stem == OTHER_SUBJECTS and path.stem not in documents:
                    others += read_others(path)
                    continue
                entries = read_questions(path)
                if path.stem not in documents:
                    raise DocumentError(f"vragen/{path.name}: er is geen document met id '{path.stem}'.")
            except DocumentError as error:
                report.errors.append({"file": path.name, "message": str(error)})
                continue
            passages = store.passages_of(path.stem)
            found, wrong = resolve(entries, path.stem, passages)
            targets += [*found, *headings(path.stem, passages)]
            report.errors += [{"file": path.name, "message": message} for message in wrong]
        asked = [t.question for t in targets]
        vectors = self._vectors([*asked, *others], self._known(embedder), embedder, threads, progress)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._name = f"questions-{token_hex(4)}.npz"  # never a name that a reader may still have open
        elsewhere = others, vectors[len(asked) :]
        KnownQuestions(targets, vectors[: len(asked)], embedder.fingerprint, others=elsewhere).save(self._folder / self._name)
        return self._name

    def tidy(self) -> None:
        """Remove what is not in use."""
        for path in self._folder.glob("*"):
            if path.name != self._name:
                path.unlink(missing_ok=True)

    def _known(self, embedder: Embedder) -> dict[str, np.ndarray]:
        """Vectors that the file in use holds already, by question."""
        try:
            old = KnownQuestions.load(self._folder / self._name)
        except (OSError, ValueError, KeyError):  # missing, or of another layout: everything is made anew
            return {}
        return old.by_text() if old.embedder == embedder.fingerprint else {}

    @staticmethod
    def _vectors(questions: list[str], known: dict[str, np.ndarray], embedder: Embedder, threads: int, progress: Progress) -> np.ndarray:
        new = list(dict.fromkeys(q for q in questions if q not in known))
        for start in range(0, len(new), _BATCH):
            progress("Vragen leren kennen", start, len(new))
            batch = new[start : start + _BATCH]
            known |= dict(zip(batch, embedder.encode(batch, threads=threads), strict=True))
        if new:
            progress("Vragen leren kennen", len(new), len(new))
        return np.stack([known[q] for q in questions]) if questions else np.zeros((0, embedder.dimension), np.float32)
