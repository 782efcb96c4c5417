"""Questions that the sources do not answer, kept for the editors: without who asked, and with what looks personal masked."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import simplemma

from rag.language.words import content_words, fold, term, terms
from rag.types import Answer

#: Days that a question is kept, and most questions that are.
KEPT_DAYS, KEPT = 180, 5000
#: Questions nearer than this (average cosine distance of meaning and words) are one theme.
THEME_DISTANCE = 0.75
_MAX_CLUSTERED = 600

_MASKS = (
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b"), "[e-mail]"),
    (re.compile(r"https?://\S+"), "[adres]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b"), "[rekening]"),
    (re.compile(r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{1,3}-[A-Z0-9]{1,3}-[A-Z0-9]{1,3}\b"), "[kenteken]"),
    (re.compile(r"\b\d{4}\s?[A-Z]{2}\b(?:\s*\d+\w?)?"), "[postcode]"),
    (re.compile(r"(?<!\w)\+?\d(?:[\d .()/-]*\d){5,}"), "[nummer]"),
)
_NAME = re.compile(r"\b[A-ZÀ-Ý][\w'’-]+(?:(?:\s+(?:van|de|der|den|ten|ter|el|al|bin|in|'t))*\s+[A-ZÀ-Ý][\w'’-]+)*")
_SCHEMA = """CREATE TABLE IF NOT EXISTS gaps (
  question TEXT PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, times INTEGER NOT NULL, near TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Gap:
    question: str
    first: str  # days, ISO
    last: str
    times: int
    near: str  # title of the document that came nearest


@dataclass(frozen=True, slots=True)
class Theme:
    """Questions that belong together. `name` holds the words they share, or the question itself."""

    name: str
    gaps: list[Gap]

    @property
    def times(self) -> int:
        return sum(g.times for g in self.gaps)


def masked(question: str, knows: Callable[[str], bool]) -> str:
    """`question` without what looks like an address, number or name. A name is a capitalised word that neither the corpus
    nor, at the start of a sentence, the dictionary knows; so a name that is also a known word may stay."""
    text = question
    for pattern, mark in _MASKS:
        text = pattern.sub(mark, text)

    def mask(match: re.Match[str]) -> str:
        words = match[0].split()
        before = text[: match.start()].rstrip()
        begins = not before or before.endswith((".", "?", "!", ":"))
        if text[match.start() - 1 : match.start()] == "[":
            return match[0]
        unknown = [not _ordinary(w, knows, begins and n == 0) for n, w in enumerate(words) if w[:1].isupper()]
        if not any(unknown):
            return match[0]
        if begins and not unknown[0] and len(unknown) > 1:  # "Wie Jansen": the first word is an ordinary one
            return f"{words[0]} [naam]"
        return "[naam]"

    return _NAME.sub(mask, text)


def _ordinary(word: str, knows: Callable[[str], bool], begins: bool) -> bool:
    bare = word.removesuffix("'s").removesuffix("’s")
    if knows(fold(bare)) or bare.isupper() and len(bare) <= 5:
        return True
    return begins and (simplemma.is_known(bare.lower(), lang="nl") or simplemma.is_known(bare.lower(), lang="en"))


class GapLog:
    """The kept questions of one index folder. Safe for several processes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "kennisgaten.sqlite"

    def record(self, answer: Answer, knows: Callable[[str], bool], today: date | None = None) -> None:
        """Keep the question of an answer that ended in not_in_corpus; other answers leave no trace."""
        if answer.status != "not_in_corpus":
            return
        today = today or date.today()
        question = masked(" ".join(answer.question.split())[:300], knows)
        near = answer.hits[0].passage.title if answer.hits else ""
        with closing(self._open()) as db, db:
            db.execute(
                "INSERT INTO gaps VALUES (?, ?, ?, 1, ?) ON CONFLICT (question) DO UPDATE SET last = excluded.last, times = times + 1",
                (question, today.isoformat(), today.isoformat(), near),
            )
            db.execute("DELETE FROM gaps WHERE last < ?", ((today - timedelta(days=KEPT_DAYS)).isoformat(),))
            db.execute("DELETE FROM gaps WHERE rowid NOT IN (SELECT rowid FROM gaps ORDER BY last DESC, rowid DESC LIMIT ?)", (KEPT,))

    def gaps(self) -> list[Gap]:
        """Most asked first."""
        if not self.path.exists():
            return []
        with closing(self._open()) as db:
            rows = db.execute("SELECT question, first, last, times, near FROM gaps ORDER BY times DESC, last DESC, question").fetchall()
        return [Gap(*row) for row in rows]

    def clear(self) -> None:
        with closing(self._open()) as db, db:
            db.execute("DELETE FROM gaps")

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self.path, timeout=10)
        db.execute(_SCHEMA)
        return db


def themes(gaps: list[Gap], vector: Callable[[str], np.ndarray]) -> list[Theme]:
    """Gaps grouped by what they are about, most asked first. `vector` gives a question's unit vector."""
    gaps = gaps[:_MAX_CLUSTERED]
    if len(gaps) < 2:
        return [Theme(g.question, [g]) for g in gaps]
    from scipy.cluster.hierarchy import fcluster, linkage

    # Without the words that make it a question: else all questions that begin with "hoeveel" are one theme.
    meaning = np.vstack([vector(" ".join(content_words(g.question)) or g.question) for g in gaps])
    both = np.hstack([meaning, _words(gaps)])
    numbers = fcluster(linkage(both, "average", metric="cosine"), THEME_DISTANCE, "distance")
    grouped: dict[int, list[Gap]] = {}
    for number, gap in zip(numbers, gaps, strict=True):
        grouped.setdefault(int(number), []).append(gap)
    found = [Theme(_name(members), members) for members in grouped.values()]
    return sorted(found, key=lambda t: (-t.times, t.name))


def _words(gaps: list[Gap]) -> np.ndarray:
    """Which terms each question holds, rare ones heavier; rows of length 1, so that words weigh as much as meaning."""
    held = [set(terms(g.question)) for g in gaps]
    column = {t: n for n, t in enumerate(sorted(set().union(*held)))}
    bag = np.zeros((len(gaps), max(1, len(column))), np.float32)
    for row, found in zip(bag, held, strict=True):
        row[[column[t] for t in found]] = 1
    bag *= np.log1p(len(gaps) / np.maximum(1, bag.sum(axis=0)))
    lengths = np.linalg.norm(bag, axis=1, keepdims=True)
    return bag / np.where(lengths == 0, 1, lengths)


def _name(gaps: list[Gap]) -> str:
    """The words that most of the questions share, as they are written; of one question the question."""
    if len(gaps) == 1:
        return gaps[0].question
    shown: dict[str, str] = {}
    counted: Counter[str] = Counter()
    for gap in gaps:
        for word in dict.fromkeys(content_words(re.sub(r"\[[^\]]*\]", " ", gap.question))):
            shown.setdefault(term(word), word)
            counted[term(word)] += 1
    common = [t for t, n in counted.most_common(3) if n >= max(2, len(gaps) / 3)]
    return ", ".join(shown[t] for t in common) or gaps[0].question
