"""Decisions keep the content of their records, so that later files are recognised; they are append-only from here on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SQLITE_GUARD = """
CREATE TRIGGER decision_no_{lower} BEFORE {verb} ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END
"""
_POSTGRES_REFUSE = """
CREATE FUNCTION decision_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'decisions are append-only'; END $$
"""
_POSTGRES_GUARD = """
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
FOR EACH STATEMENT EXECUTE FUNCTION decision_refuse()
"""


def upgrade() -> None:
    """Add the keys, then guard the table."""
    for name in ("key_a", "key_b"):
        op.add_column("decision", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_REFUSE)
        op.execute(_POSTGRES_GUARD)
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(_SQLITE_GUARD.format(verb=verb, lower=verb.lower()))


def downgrade() -> None:
    """Take the keys away; only for a database that holds nothing yet."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER decision_append_only ON decision")
        op.execute("DROP FUNCTION decision_refuse()")
    else:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER decision_no_{verb}")
    for name in ("key_a", "key_b"):
        op.drop_column("decision", name)
