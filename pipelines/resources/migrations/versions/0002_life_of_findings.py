"""The life of findings: events, who was sent what, workbooks that came back. A released revision is never edited."""

import sqlalchemy as sa
from alembic import op

from pipelines.resources.migrations.appending import only_append, release

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("reply_file", "issue", "life_event")


def upgrade() -> None:
    """Create the tables, then guard the events."""
    _create_life_event()
    _create_issue()
    _create_reply_file()
    only_append("life_event", "the life of findings is", ["life_event"])


def downgrade() -> None:
    """Remove them; only for a database that holds nothing yet."""
    for table in TABLES:
        op.drop_table(table)
    release("life_event")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _short(**lengths: int) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length=length), nullable=False) for name, length in lengths.items()]


def _create_life_event() -> None:
    op.create_table(
        "life_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        *_short(finding_id=40, period=7, kind=12, state=12, source=8),
        *_texts("author"),
        *_short(at=32),
        *_texts("text", "town"),
        *_short(fingerprint=16),
        *_texts("evidence", "answer"),
        *_short(answered_on=10),
        *_texts("note"),
        *_short(origin=80),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("life_event_of", "life_event", ["finding_id"], unique=False)
    op.create_index("life_event_in", "life_event", ["period"], unique=False)


def _create_issue() -> None:
    op.create_table(
        "issue",
        *_short(period=7, recipient=80, finding_id=40, kind=12, code=12, due=10),
        sa.PrimaryKeyConstraint("period", "recipient", "finding_id"),
    )


def _create_reply_file() -> None:
    op.create_table(
        "reply_file",
        *_short(sha256=64),
        *_texts("file"),
        *_short(period=7),
        *_texts("recipient"),
        *_short(read_at=32),
        *_texts("counts"),
        sa.PrimaryKeyConstraint("sha256"),
    )
