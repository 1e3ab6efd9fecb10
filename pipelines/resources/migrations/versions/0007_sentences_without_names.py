"""Sentences about deliveries without names: those of earlier versions quoted headings, sheets and files.

They are taken out; the next run of a period says all that still holds anew, in words that may be kept. Nothing else is touched: the
register of deliveries keeps the names of files, numbers, answers and history stay.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take out the sentences; a refused department is told again by the run that reads its files."""
    op.execute("DELETE FROM delivery_notice")


def downgrade() -> None:
    """Nothing to bring back: what was taken out must not be there."""
