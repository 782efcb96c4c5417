"""Answers that are shown on other pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "embeds",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("origins", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("version >= 1", name="embeds_version"),
    )
    op.create_index("embeds_published", "embeds", ["published"])


def downgrade() -> None:
    op.drop_table("embeds")
