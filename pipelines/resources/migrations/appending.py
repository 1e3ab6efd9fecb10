"""Triggers that keep a table as it was written, on SQLite and PostgreSQL, for the revisions.

Belongs here: making and dropping them. Does not belong here: which tables are kept (`versions`). What is here is part of released revisions and is
not edited either.
"""

from collections.abc import Sequence

from alembic import op

_SQLITE = """
CREATE TRIGGER {table}_no_{lower} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{what} append-only'); END
"""
_REFUSE = """
CREATE FUNCTION {subject}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{what} append-only'; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {subject}_refuse()
"""
_VERBS = ("UPDATE", "DELETE")


def only_append(subject: str, what: str, tables: Sequence[str]) -> None:
    """Refuse every change of the tables but new rows.

    Args:
        subject: names PostgreSQL's function.
        what: begins the message, with its verb: `the audit is`.
        tables: the tables to keep.
    """
    postgres = _postgres()
    if postgres:
        op.execute(_REFUSE.format(subject=subject, what=what))
    for table in tables:
        if postgres:
            op.execute(_POSTGRES.format(table=table, subject=subject))
            continue
        for verb in _VERBS:
            op.execute(_SQLITE.format(table=table, verb=verb, lower=verb.lower(), what=what))


def release(subject: str, tables: Sequence[str] = ()) -> None:
    """Drop the function, and before it the triggers of tables that stay; a dropped table took its own with it."""
    for table in tables:
        if _postgres():
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            continue
        for verb in _VERBS:
            op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}")
    if _postgres():
        op.execute(f"DROP FUNCTION {subject}_refuse()")


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
