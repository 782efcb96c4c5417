"""Questions to go on with: known questions of the corpus near the one that was asked, each tried before it is shown."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import orjson

from rag.advisor import Advisor
from rag.errors import PpsError
from rag.language.detect import detect_language
from rag.language.words import fold, terms
from rag.search.searcher import Snapshot
from rag.types import Answer, Filters

#: Suggestions under an answer, and how long looking for them may take. The answer itself is on the page by then.
MOST, BUDGET_S = 3, 1.5
#: Known questions that are tried at most for one answer.
_TRIED = 12
#: What a question about a document that the answer cited is worth more (likeness is -1..1).
_SAME_SOURCE = 0.15
#: A known question this near to the one asked is the same question.
_SAME = 0.93
_LONGEST = 110
_REMEMBERED = 2000
#: A name or an abbreviation within a sentence: it says what the question is about without the conversation around it.
_NAME = re.compile(r"(?<=[ (‘“'])[A-Z][\w-]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Told:
    """What the reader has had: the question as it stands alone, the cited documents and the sentences of the sources that were shown."""

    question: str
    documents: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


def told_from(text: str | None) -> Told:
    """What the page says of its last answer, as JSON; nothing where it says anything else."""
    try:
        data = orjson.loads(text or "{}")
        return Told(str(data["question"])[:500], tuple(map(str, data["documents"][:20])), tuple(map(str, data["shown"][:100])))
    except (ValueError, KeyError, TypeError):
        return Told("")


@dataclass(frozen=True)
class _Pool:
    """The known questions of one index that may be shown; `vectors` (n, dimension) are of length 1."""

    made_from: Snapshot  # the index as it was read; another one when passages or questions changed
    questions: list[str]
    documents: list[str]
    vectors: np.ndarray
    # The sentences that a question is answered with within these filters; () for none.
    tried: dict[tuple[str, Filters], tuple[str, ...]] = field(default_factory=dict)


class Suggestions:
    """Finds questions that the sources answer. What was tried is remembered until the corpus changes. Safe for many threads."""

    def __init__(self, advisor: Advisor, budget_s: float = BUDGET_S) -> None:
        # An advisor of its own: what is tried here is nobody's question, and does not come among the gaps.
        self._advisor = Advisor(advisor.searcher, None, advisor.settings)
        self._budget_s = budget_s
        self._lock = threading.Lock()
        self._pool: _Pool | None = None

    def after(self, told: Told, filters: Filters = Filters(), most: int = MOST) -> tuple[str, ...]:
        """At most `most` questions that lead to something new after `told`, nearest first; none where there is nothing or no time."""
        until = time.monotonic() + self._budget_s
        found: list[str] = []
        shown = {fold(s) for s in told.sentences}
        try:
            pool = self._current()
            for question in self._near(pool, told):
                if len(found) == most or time.monotonic() > until:
                    break
                said = self._try(pool, question, filters)
                if _mostly_new(said, shown):
                    found.append(question)
                    shown |= {fold(s) for s in said}
        except PpsError:  # there is no index now: whoever asks the next question hears why
            return ()
        return tuple(found)

    def _near(self, pool: _Pool, told: Told) -> Iterable[str]:
        if not pool.questions or not told.question:
            return ()
        likeness = pool.vectors @ self._advisor.searcher.text_vector(told.question)
        asked, language = fold(told.question), detect_language(told.question)
        scores = likeness + _SAME_SOURCE * np.isin(pool.documents, told.documents)
        scores[likeness > _SAME] = -1.0
        best = [pool.questions[n] for n in np.argsort(-scores, kind="stable")[: 4 * _TRIED] if scores[n] > 0]
        return [q for q in best if fold(q) != asked and detect_language(q) == language][:_TRIED]

    def _try(self, pool: _Pool, question: str, filters: Filters) -> tuple[str, ...]:
        """The sentences that answer `question`; none where the sources do not answer it whole."""
        said = pool.tried.get((question, filters))
        if said is None:
            if len(pool.tried) >= _REMEMBERED:
                pool.tried.clear()
            said = pool.tried[question, filters] = _said(self._advisor.ask(question, filters))
        return said

    def _current(self) -> _Pool:
        """The pool of the newest index.

        Raises:
            IndexMissingError: there is none.
        """
        snapshot = self._advisor.searcher.snapshot()
        with self._lock:
            if self._pool is None or self._pool.made_from is not snapshot:
                vectors = snapshot.questions.by_text()
                usable = {
                    t.question: t.document_id for t in snapshot.questions.targets if t.sentences and _presentable(t.question, t.document_id)
                }
                stacked = np.stack([vectors[q] for q in usable]) if usable else np.zeros((0, 0), np.float32)
                self._pool = _Pool(snapshot, list(usable), list(usable.values()), stacked)
            return self._pool


def _said(answer: Answer) -> tuple[str, ...]:
    return tuple(s.text for s in answer.sentences) if answer.status == "answered" else ()


def _mostly_new(said: tuple[str, ...], shown: set[str]) -> bool:
    """Is at least half of it new? Answers to neighbouring questions share sentences, above all the opening one, which says what it is
    about."""
    new = [fold(s) not in shown for s in said]
    return bool(new) and sum(new) >= len(new) / 2


def _presentable(question: str, document_id: str) -> bool:
    """Whether a known question can be shown: a whole, short question that says what it is about by itself."""
    if not question.endswith("?") or not question[0].isupper() or len(question) > _LONGEST:
        return False
    return bool(_NAME.search(question)) or bool(set(terms(question)) & set(terms(document_id.replace("-", " "))))
