"""Feedback of readers, and the secret behind the forms of editors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("sentence", sa.Integer, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("passage_ids", sa.JSON, nullable=False),
        sa.Column("corpus_version", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gold", sa.JSON, nullable=True),
        sa.UniqueConstraint("answer_id", "sentence", name="feedback_once"),
        sa.CheckConstraint("verdict IN ('klopt', 'klopt_niet', 'bron_past_niet')", name="feedback_verdict"),
        sa.CheckConstraint("state IN ('nieuw', 'in_behandeling', 'aangenomen', 'afgewezen')", name="feedback_state"),
        sa.CheckConstraint("sentence >= 0", name="feedback_sentence"),
    )
    op.create_index("feedback_queue", "feedback", ["state", "created"])
    op.create_index("feedback_created", "feedback", ["created"])
    op.create_table("keys", sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.String(128), nullable=False))


def downgrade() -> None:
    op.drop_table("keys")
    op.drop_table("feedback")
