"""The kept feedback: masked before it is written, erased on its term, with where the editors are with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rag.errors import PpsError
from rag.guard.personal import mask
from rag.store.audit import Act, Actor, write
from rag.store.database import Database
from rag.store.feedback import MAX_REMARK, Feedback, FeedbackOffError, Filter, Policy, State
from rag.store.tables import STATES, VERDICTS, FeedbackRow

#: Most that waits for an editor: whoever floods the queue cannot push out what others wrote.
MAX_WAITING = 10_000


class FeedbackStore:
    """The kept feedback of one database. What is past its term is never shown, and is erased at every write."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self.database = database
        self.policy = policy

    def record(self, given: Feedback) -> str:
        """Keep `given` and tell its id. A second verdict on the same sentence of the same answer takes the place of the first.

        Raises:
            FeedbackOffError: the organisation keeps none.
            PpsError: too much waits for the editors, or the database cannot be reached.
        """
        if not self.policy.on:
            raise FeedbackOffError("Deze organisatie bewaart geen oordelen.")
        if given.verdict not in VERDICTS or given.sentence < 0:
            raise ValueError(f"no verdict on a sentence: {given.verdict}, {given.sentence}")
        kept = self.allowed(given)
        try:
            return self._write(kept)
        except IntegrityError:  # somebody else wrote the same one a moment ago: now there is a row to replace
            return self._write(kept)

    def allowed(self, given: Feedback) -> dict:
        """The columns as they may be kept: masked, and without what the organisation does not keep."""
        with_text = self.policy.question
        return {
            "answer_id": given.answer_id,
            "sentence": given.sentence,
            "verdict": given.verdict,
            "remark": mask(given.remark.strip()[:MAX_REMARK]),
            "question": mask(given.question.strip()[:MAX_REMARK]) if with_text else "",
            "text": mask(given.text.strip()[:MAX_REMARK]) if with_text else "",
            "passage_ids": list(given.passage_ids),
            "corpus_version": given.corpus_version,
            "state": "nieuw",  # a changed verdict is to be looked at again
            "created": given.created,
            "changed": given.created,
            "gold": None,
        }

    def _write(self, kept: dict) -> str:
        with self.database.session() as session:
            self._erase(session, datetime.now(UTC))
            here = select(FeedbackRow).where(FeedbackRow.answer_id == kept["answer_id"], FeedbackRow.sentence == kept["sentence"])
            row = session.scalars(here).one_or_none()
            if row is None:
                waiting = session.scalar(select(func.count()).select_from(FeedbackRow).where(FeedbackRow.state == "nieuw"))
                if (waiting or 0) >= MAX_WAITING:
                    raise PpsError("Er wachten nu te veel oordelen op de redactie. Probeer het later opnieuw.")
                row = FeedbackRow(id=uuid4().hex)
                session.add(row)
            for name, value in kept.items():
                setattr(row, name, value)
            session.flush()
            return row.id

    def listed(self, chosen: Filter = Filter(), *, offset: int = 0, limit: int = 25) -> tuple[list[Feedback], int]:
        """The feedback of `chosen`, oldest first, from `offset` on; and how much there is in all."""
        if not self.database.exists:
            return [], 0
        with self.database.session() as session:
            query = _chosen(self._in_term(select(FeedbackRow)), chosen).order_by(FeedbackRow.created, FeedbackRow.id)
            if chosen.document:  # JSON is asked in another way by every database, and the queue is short
                rows = [r for r in session.scalars(query) if chosen.document in {i.rsplit(".", 1)[0] for i in r.passage_ids}]
                return [_value(r) for r in rows[offset : offset + limit]], len(rows)
            count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
            return [_value(r) for r in session.scalars(query.offset(offset).limit(limit))], count

    def counts(self) -> dict[str, int]:
        """How much there is in each state."""
        found = dict.fromkeys(STATES, 0)
        if self.database.exists:
            with self.database.session() as session:
                query = self._in_term(select(FeedbackRow.state, func.count())).group_by(FeedbackRow.state)
                found.update((state, n) for state, n in session.execute(query))
        return found

    def get(self, feedback_id: str) -> Feedback | None:
        if not self.database.exists:
            return None
        with self.database.session() as session:
            row = session.scalars(self._in_term(select(FeedbackRow)).where(FeedbackRow.id == feedback_id)).one_or_none()
            return _value(row) if row else None

    def with_gold(self) -> list[Feedback]:
        """The feedback that an editor made a gold question of and did not reject, oldest first."""
        if not self.database.exists:
            return []
        with self.database.session() as session:
            query = self._in_term(select(FeedbackRow)).where(FeedbackRow.gold.is_not(None), FeedbackRow.state != "afgewezen")
            query = query.order_by(FeedbackRow.created, FeedbackRow.id)
            return [_value(r) for r in session.scalars(query)]

    def set_state(self, feedback_id: str, state: State, by: Actor | None = None) -> bool:
        """Whether there was such feedback, which now has `state`. With `by`, the trail of acts says so too; here and below."""
        if state not in STATES:
            raise ValueError(f"no state: {state}")
        return self._change(feedback_id, {"state": state}, by and Act(by, "terugkoppeling.stand", feedback_id, state))

    def set_gold(self, feedback_id: str, gold: dict | None, by: Actor | None = None) -> bool:
        """Keep the gold question that an editor made of it, or take it away."""
        act = "goudvraag.bewaard" if gold else "goudvraag.verwijderd"
        return self._change(feedback_id, {"gold": gold}, by and Act(by, act, feedback_id))

    def delete(self, feedback_ids: Sequence[str], by: Actor | None = None) -> int:
        """Erase these now; how many there were."""
        if not self.database.exists:
            return 0
        with self.database.session() as session:
            there = list(session.scalars(select(FeedbackRow.id).where(FeedbackRow.id.in_(list(feedback_ids)))))
            for feedback_id in there if by else ():
                write(session, Act(by, "terugkoppeling.gewist", feedback_id))
            return session.execute(delete(FeedbackRow).where(FeedbackRow.id.in_(there))).rowcount

    def erase_expired(self, now: datetime | None = None) -> int:
        """Erase what is past its term, of feedback that was switched off since too; how many that were."""
        if not self.database.exists:
            return 0
        with self.database.session() as session:
            return self._erase(session, now or datetime.now(UTC))

    def _change(self, feedback_id: str, values: dict, act: Act | None = None) -> bool:
        if not self.database.exists:
            return False
        with self.database.session() as session:
            row = session.scalars(self._in_term(select(FeedbackRow)).where(FeedbackRow.id == feedback_id)).one_or_none()
            if row is None:
                return False
            for name, value in {**values, "changed": datetime.now(UTC)}.items():
                setattr(row, name, value)
            if act:
                write(session, act)
            return True

    def _erase(self, session: Session, now: datetime) -> int:
        return session.execute(delete(FeedbackRow).where(FeedbackRow.created < now - timedelta(days=self.policy.days))).rowcount

    def _in_term(self, query: Select) -> Select:
        return query.where(FeedbackRow.created >= datetime.now(UTC) - timedelta(days=self.policy.days))


def _chosen(query: Select, chosen: Filter) -> Select:
    """`query` narrowed to a state and a verdict."""
    if chosen.state:
        query = query.where(FeedbackRow.state == chosen.state)
    return query.where(FeedbackRow.verdict == chosen.verdict) if chosen.verdict else query


def _value(row: FeedbackRow) -> Feedback:
    names = (
        "answer_id",
        "sentence",
        "verdict",
        "remark",
        "question",
        "text",
        "corpus_version",
        "state",
        "gold",
        "created",
        "changed",
        "id",
    )
    return Feedback(**{name: getattr(row, name) for name in names}, passage_ids=tuple(row.passage_ids))
