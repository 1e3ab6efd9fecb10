"""Which township has handed in which report: noted day by day, appended only."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and guard it."""
    op.create_table(
        "report_receipt",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("duty", sa.String(40), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("received_on", sa.String(10), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.String(32), nullable=False),
    )
    only_append("report_receipt", "receipts are", ["report_receipt"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("report_receipt")
    release("report_receipt")
