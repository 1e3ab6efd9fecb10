"""Decisions keep the content of their records, so that later files are recognised; they are append-only from here on."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the keys, then guard the table."""
    for name in ("key_a", "key_b"):
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    only_append("decision", "decisions are", ["decision"])


def downgrade() -> None:
    """Take the keys away; only for a database that holds nothing yet."""
    release("decision", ["decision"])
    for name in ("key_a", "key_b"):
        op.drop_column("decision", name)
