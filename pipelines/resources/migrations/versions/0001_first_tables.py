"""The first tables, and the triggers that keep the audit as it was written. A released revision is never edited."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "audit",
    "run",
    "finding_event",
    "finding",
    "publication",
    "decision",
    "child_event",
    "child_record",
    "child_identifier",
    "child",
    "delivery_notice",
    "delivery",
)


def upgrade() -> None:
    """Create every table, then guard the audit."""
    _create_audit()
    _create_child()
    _create_child_event()
    _create_child_identifier()
    _create_child_record()
    _create_decision()
    _create_delivery()
    _create_delivery_notice()
    _create_finding()
    _create_publication()
    _create_run()
    _create_finding_event()
    only_append("audit", "the audit is", ["audit"])


def downgrade() -> None:
    """Remove everything; only for a database that holds nothing yet."""
    for table in TABLES:
        op.drop_table(table)
    release("audit")


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_child() -> None:
    op.create_table(
        "child",
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("first_period", sa.String(length=7), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("child_id"),
    )


def _create_child_event() -> None:
    op.create_table(
        "child_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_child_identifier() -> None:
    op.create_table(
        "child_identifier",
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
    )
    op.create_index("child_identifier_of", "child_identifier", ["period", "child_id"], unique=False)


def _create_child_record() -> None:
    op.create_table(
        "child_record",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("period", "record_id"),
    )
    op.create_index("child_record_of", "child_record", ["child_id"], unique=False)


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("record_a", sa.String(length=80), nullable=False),
        sa.Column("record_b", sa.String(length=80), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("supersedes", sa.String(length=80), nullable=False),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("period", "department", "sha256", name="delivery_once"),
    )


def _create_delivery_notice() -> None:
    op.create_table(
        "delivery_notice",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delivery_notice_of", "delivery_notice", ["period", "department"], unique=False)


def _create_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("finding_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("child_id", sa.String(length=32), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("first_period", sa.String(length=7), nullable=False),
        sa.PrimaryKeyConstraint("finding_id"),
    )


def _create_publication() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("publication_of", "publication", ["period"], unique=False)


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("finished_at", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("stages", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_finding_event() -> None:
    op.create_table(
        "finding_event",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("grade", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("publication_id", "finding_id"),
    )
    op.create_index("finding_event_of", "finding_event", ["finding_id"], unique=False)
