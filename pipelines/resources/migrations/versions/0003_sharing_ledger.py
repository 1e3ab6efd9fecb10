"""The sharing ledger: every delivery to another system, and the receipts for it. A released revision is never edited."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("sharing_receipt", "sharing_delivery")


def upgrade() -> None:
    """Create the tables, then guard them."""
    _create_delivery()
    _create_receipt()
    only_append("sharing", "the sharing ledger is", TABLES)


def downgrade() -> None:
    """Remove them; only for a database that holds nothing yet."""
    for table in TABLES:
        op.drop_table(table)
    release("sharing")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _create_delivery() -> None:
    op.create_table(
        "sharing_delivery",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        *_texts("recipient", "purpose", "legal_basis", "scope", "term", "approved_by", "made_by"),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        *_texts("file"),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("configuration", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("feed", "number", name="sharing_number_once"),
    )


def _create_receipt() -> None:
    op.create_table(
        "sharing_receipt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("read_at", sa.String(length=32), nullable=False),
        *_texts("read_by", "counts"),
        sa.ForeignKeyConstraint(["delivery_id"], ["sharing_delivery.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delivery_id", "sha256", name="sharing_receipt_once"),
    )
