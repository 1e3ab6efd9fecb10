"""Seals of rows for the audit chain; findings, their events and publications are append-only from here on."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PUBLISHED = ("finding", "finding_event", "publication")


def upgrade() -> None:
    """Create the table, then guard it and what was published."""
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("seal_in", "seal", ["line", "subject"], unique=False)
    only_append("seal", "seals are", ["seal"])
    only_append("published", "what was published is", PUBLISHED)


def downgrade() -> None:
    """Take it away; only for a database that holds nothing yet."""
    release("published", PUBLISHED)
    op.drop_table("seal")
    release("seal")
