"""The tables of the database. A change here goes with a new file in migrations/versions."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, DateTime, Dialect, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

#: What a reader can say of a sentence, and where an editor is with it.
VERDICTS = ("klopt", "klopt_niet", "bron_past_niet")
STATES = ("nieuw", "in_behandeling", "aangenomen", "afgewezen")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, also in a database that keeps no time zone (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """What all tables share."""


class FeedbackRow(Base):
    """What one reader said of one sentence of one answer; of the whole answer where `sentence` is 0."""

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("answer_id", "sentence", name="feedback_once"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="feedback_verdict"),
        CheckConstraint(f"state IN {STATES}", name="feedback_state"),
        CheckConstraint("sentence >= 0", name="feedback_sentence"),
        Index("feedback_queue", "state", "created"),
        Index("feedback_created", "created"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    answer_id: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    passage_ids: Mapped[list[str]] = mapped_column(JSON)
    corpus_version: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    changed: Mapped[datetime] = mapped_column(UtcDateTime)
    gold: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))


class KeyRow(Base):
    """A secret of this installation, made at first use and the same for every process."""

    __tablename__ = "keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(128))


class EmbedRow(Base):
    """An answer that is shown on other pages: what it says (rag.embeds.embed.Content), where it may be shown, and until when it was."""

    __tablename__ = "embeds"
    __table_args__ = (CheckConstraint("version >= 1", name="embeds_version"), Index("embeds_published", "published"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[dict] = mapped_column(JSON)
    origins: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    published: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiKeyRow(Base):
    """A key of an application: the hash of it, never the key itself."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # the readable part of the key
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used: Mapped[date | None] = mapped_column(Date)


class AuditRow(Base):
    """One act of an editor or maintainer: who, when, what, on which object. Never what a reader wrote."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_moment", "moment"), Index("audit_subject", "subject"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    subject: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(20))
    act: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(200))


class EndedSessionRow(Base):
    """A session that was ended before its time. Kept until it would have ended by itself."""

    __tablename__ = "ended_sessions"
    __table_args__ = (Index("ended_sessions_until", "until"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionRow(Base):
    """One question that was answered or not: how it ended, and what was asked where the organisation keeps that ("" where not)."""

    __tablename__ = "questions"
    __table_args__ = (Index("questions_moment", "moment"), Index("questions_subject", "subject"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(40))
    composer: Mapped[str] = mapped_column(String(20))
    timings_ms: Mapped[dict] = mapped_column(JSON)
    document_ids: Mapped[list[str]] = mapped_column(JSON)
    corpus_version: Mapped[str] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(String(200))


class AnswerRow(Base):
    """A whole answer (its public JSON) for a short while. Without who asked, for verdicts are kept under the same id."""

    __tablename__ = "answers"
    __table_args__ = (Index("answers_until", "until"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[dict] = mapped_column(JSON)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class RepeatRow(Base):
    """A request that may be repeated: a hash of its client and key, one of its body, and its answer ("" while that is made)."""

    __tablename__ = "repeats"
    __table_args__ = (Index("repeats_until", "until"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer_id: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime] = mapped_column(UtcDateTime)
