"""Questions, as far as the organisation lets them be kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("composer", sa.String(20), nullable=False),
        sa.Column("timings_ms", sa.JSON, nullable=False),
        sa.Column("document_ids", sa.JSON, nullable=False),
        sa.Column("corpus_version", sa.String(64), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
    )
    op.create_index("questions_moment", "questions", ["moment"])
    op.create_index("questions_subject", "questions", ["subject"])


def downgrade() -> None:
    op.drop_table("questions")
