"""Marks that hide a child from everybody but one named person; appended, never changed. A released revision is never edited."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, then guard it."""
    op.create_table(
        "protection_mark",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("recipient", "author", "reason")),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("protection_mark_of", "protection_mark", ["child_id"])
    only_append("protection", "protection marks are", ["protection_mark"])


def downgrade() -> None:
    """Remove it; only for a database that holds nothing yet."""
    op.drop_table("protection_mark")
    release("protection")
