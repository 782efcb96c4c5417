"""The known questions of the corpus, nearest first: which passages and sentences they lead to, and what the sources do not say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import orjson
from scipy import sparse

from rag.knowledge.questions import Target
from rag.search.question_asks import QuestionAsks
from rag.search.question_terms import QuestionTerms
from rag.search.sentence_model import ENOUGH, SentenceModel
from rag.search.two_sorts import TwoSorts

#: Raised when the layout of the file changes; part of what the file is made from.
FORMAT = "6"
#: Known questions that vote.
_VOTERS = 9
#: Sentences that known questions lead to, at most.
_LED_TO = 200
#: How sharply nearer known questions outvote those further away.
_SHARPNESS = 10.0
#: Questions share most of their meaning: what they all have in common is damped, by this power of its spread (docs/adr/0017), once there
#: are enough of them to tell what that is.
_DAMPING, _ENOUGH = 0.25, 1000
#: What words count for beside meaning.
_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Near:
    """What the known questions say of one question. Likeness is 0..1.

    `passages` and `sentences` hold the likeness of the nearest known question that each of them answers; `learned` how much the question
    asks for each sentence by all known questions together (about 0..1). Of known questions that ask for the same kind of thing among the
    same numbers: `nearest`, `answered_near` and `missing_near` are the likeness of the nearest of all, of those that the sources answer
    and of those that they do not; `vote` is the weighted share of answered ones among the nearest. `usual`
    says how much what is asked is the kind of thing that the sources tell (log-odds, by all known questions), `subject` how much it is
    about what the known questions are about, and not about another subject (log-odds; 0 where no questions on others are known).
    """

    passages: dict[str, float] = field(default_factory=dict)
    sentences: dict[tuple[str, int], float] = field(default_factory=dict)
    nearest: float = 0.0
    answered_near: float = 0.0
    vote: float = 0.5
    missing: str = ""  # what the nearest known question without an answer asks for
    missing_near: float = 0.0
    usual: float = 0.0
    subject: float = 0.0
    documents: frozenset[str] = frozenset()  # those that have known questions
    enough: bool = True  # are there so many known questions that it says something when none is near?
    learned: dict[tuple[str, int], float] = field(default_factory=dict)

    def of_passages(self, ids: Iterable[str]) -> dict[str, float]:
        """The likeness for each passage id. A passage of a document without known questions gets the mean of the others: that nobody wrote
        questions for it speaks neither for nor against it."""
        known = {i: self.passages.get(i, 0.0) for i in ids if document_of(i) in self.documents}
        mean = sum(known.values()) / len(known) if known else 0.0
        return {i: known.get(i, mean) for i in ids}

    def of_sentences(self, keys: Sequence[tuple[str, int]]) -> list[float]:
        """The same for sentences, (passage id, index)."""
        return self._or_mean(self.sentences, keys)

    def learned_of(self, keys: Sequence[tuple[str, int]]) -> list[float]:
        """`learned` for sentences, those of documents without known questions as in of_passages."""
        return self._or_mean(self.learned, keys)

    def _or_mean(self, values: dict[tuple[str, int], float], keys: Sequence[tuple[str, int]]) -> list[float]:
        known = [values.get(key, 0.0) if document_of(key[0]) in self.documents else None for key in keys]
        told = [value for value in known if value is not None]
        mean = sum(told) / len(told) if told else 0.0
        return [mean if value is None else value for value in known]


NOTHING = Near()


class KnownQuestions:
    """All known questions of one index; `vectors` (n, dimension) are of length 1. `others` are questions on other subjects with their
    vectors (m, dimension); only what is learned from them is kept."""

    def __init__(
        self,
        targets: list[Target],
        vectors: np.ndarray,
        embedder: str = "",
        terms: QuestionTerms | None = None,
        damped: np.ndarray | None = None,
        others: tuple[list[str], np.ndarray] | None = None,
        learned: tuple[TwoSorts, TwoSorts, SentenceModel] | None = None,
    ) -> None:
        self.targets = targets
        self.embedder = embedder  # the fingerprint of the one that made the vectors
        self._vectors = vectors.astype(np.float32)
        self._terms = terms or QuestionTerms.of([t.question for t in targets])
        self._asks = QuestionAsks([t.question for t in targets])
        self._damped = damped if damped is not None else _damping(self._vectors)
        self._meanings = _unit(self._vectors @ self._damped) if len(self._damped) else self._vectors
        self._documents = frozenset(t.document_id for t in targets)
        self._answered = np.array([bool(t.sentences) for t in targets], bool)
        pairs = sorted((key, n) for n, t in enumerate(targets) for key in t.sentences)
        self._keys = list(dict.fromkeys(key for key, _ in pairs))
        self._questions = np.array([n for _, n in pairs], int)
        place = {key: at for at, key in enumerate(self._keys)}
        columns = [place[key] for key, _ in pairs]
        self._starts = np.searchsorted(columns, np.arange(len(self._keys)))
        self._usual, self._subject, self._model = learned or (*self._sorts(others), self._sentence_model(columns))

    def __len__(self) -> int:
        return len(self.targets)

    def near(self, question: str, query: np.ndarray, usable: Callable[[str], bool] | None = None) -> Near:
        """What stands nearest to `question`, whose vector is `query` (dimension,). `usable` says of a passage id whether it may be
        led to."""
        if not self.targets:
            return NOTHING
        meaning = _unit((query @ self._damped)[None])[0] if len(self._damped) else query
        likeness = (1 - _WORDS) * np.clip(self._meanings @ meaning, 0.0, 1.0) + _WORDS * self._terms.likeness(question)
        passages, sentences = self._led_to(likeness, usable)
        learned = dict(zip(self._keys, self._model.scores(question, self._terms, meaning).tolist(), strict=False))
        likeness = likeness * self._asks.likeness(question)  # what is asked of the subject matters to whether it is answered
        yes, no = likeness[self._answered], likeness[~self._answered]
        usual, subject = (sorts.log_odds(question, self._terms, query) for sorts in (self._usual, self._subject))
        nearest = np.argsort(-likeness, kind="stable")[:_VOTERS]
        weights = np.exp(_SHARPNESS * likeness[nearest])
        missing, missing_near = "", 0.0
        if len(no):
            missing = self.targets[int(np.flatnonzero(~self._answered)[no.argmax()])].missing
            missing_near = float(no.max())
        vote = float(weights[self._answered[nearest]].sum() / weights.sum())
        answered = float(yes.max()) if len(yes) else 0.0
        return Near(
            passages,
            sentences,
            nearest=max(answered, missing_near),
            answered_near=answered,
            vote=vote,
            missing=missing,
            missing_near=missing_near,
            usual=usual,
            subject=subject,
            documents=self._documents,
            enough=len(self) >= ENOUGH,
            learned=learned,
        )

    def _sorts(self, others: tuple[list[str], np.ndarray] | None) -> tuple[TwoSorts, TwoSorts]:
        """What tells answered from not answered, and the corpus' subject from others."""
        said, rows = [t.question for t in self.targets], self._terms.rows
        usual = TwoSorts.of(said, rows, self._vectors, self._answered)
        elsewhere, vectors = others or ([], self._vectors[:0])
        own = np.arange(len(said) + len(elsewhere)) < len(said)
        everything = sparse.vstack([rows, *map(self._terms.row, elsewhere)]).tocsr()
        return usual, TwoSorts.of([*said, *elsewhere], everything, np.vstack([self._vectors, vectors]), own)

    def _sentence_model(self, columns: list[int]) -> SentenceModel:
        shape = (len(self.targets), len(self._keys))
        leads = sparse.csr_matrix((np.ones(len(columns), np.float32), (self._questions, columns)), shape)
        return SentenceModel.of([t.question for t in self.targets], self._terms, self._meanings, leads)

    def _led_to(self, likeness: np.ndarray, usable: Callable[[str], bool] | None) -> tuple[dict[str, float], dict[tuple[str, int], float]]:
        """Passages and sentences that the nearest known questions lead to, with the likeness of the nearest."""
        if not self._keys:
            return {}, {}
        best = np.maximum.reduceat(likeness[self._questions], self._starts)
        order = np.argsort(-best, kind="stable")[:_LED_TO]
        sentences = {self._keys[n]: float(best[n]) for n in order if usable is None or usable(self._keys[n][0])}
        passages: dict[str, float] = {}
        for (passage, _), value in sentences.items():
            passages.setdefault(passage, value)
        return passages, sentences

    def by_text(self) -> dict[str, np.ndarray]:
        """The vector of every known question."""
        return {t.question: v for t, v in zip(self.targets, self._vectors, strict=True)}

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        rows = orjson.dumps([[t.question, t.document_id, t.sentences, t.missing] for t in self.targets])
        with path.open("wb") as stream:
            np.savez(
                stream,
                vectors=self._vectors.astype(np.float16),
                damped=self._damped,
                rows=np.frombuffer(rows, np.uint8),
                embedder=self.embedder,
                **self._terms.arrays(),
                **self._usual.arrays("usual"),
                **self._subject.arrays("subject"),
                **self._model.arrays(),
            )

    @classmethod
    def load(cls, path: Path) -> KnownQuestions:
        """As saved.

        Raises:
            FileNotFoundError: a writer has replaced it since.
        """
        with np.load(path) as stored:
            rows = orjson.loads(stored["rows"].tobytes())
            targets = [Target(q, d, tuple((p, i) for p, i in sentences), missing) for q, d, sentences, missing in rows]
            learned = TwoSorts.restored(stored, "usual"), TwoSorts.restored(stored, "subject"), SentenceModel.restored(stored)
            terms = QuestionTerms.restored(stored)
            return cls(targets, stored["vectors"], str(stored["embedder"]), terms, stored["damped"], learned=learned)


def document_of(passage_id: str) -> str:
    """The document of a passage id."""
    return passage_id.rsplit(".", 1)[0]


def _damping(vectors: np.ndarray) -> np.ndarray:
    """The matrix (dimension, dimension) that evens out the directions in which all questions spread; empty for too few questions."""
    if len(vectors) < _ENOUGH:
        return np.zeros((0, 0), np.float32)
    directions, spread, _ = np.linalg.svd(np.cov(vectors.T) + 1e-4 * np.eye(vectors.shape[1]))
    return (directions * spread**-_DAMPING @ directions.T).astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
