"""The database, on SQLite and on a real PostgreSQL: migrations, bulk inserts, transactions, the audit's guard."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pipelines.resources import audit, deliveries
from pipelines.resources.database import (
    MIGRATIONS,
    DatabaseError,
    connect,
    insert_rows,
    migrate,
    open_database,
    writing,
)
from pipelines.resources.tables import audit as audit_table
from pipelines.resources.tables import child_record, metadata


def records(count):
    return [{"period": "2026Q3", "record_id": f"r{n}", "child_id": f"c{n % 7}"} for n in range(count)]


def test_migrations_make_exactly_the_tables_of_the_code(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_revision_is_the_number_of_its_file_and_follows_the_one_before():
    """The newest is known by the names of the files alone: one numbered otherwise would be taken up again at every opening."""
    scripts = list(ScriptDirectory(MIGRATIONS.as_posix()).walk_revisions())[::-1]
    numbers = [Path(script.path).name.partition("_")[0] for script in scripts]
    assert numbers == [f"{number:04}" for number in range(1, len(scripts) + 1)]
    assert [script.revision for script in scripts] == numbers
    assert [script.down_revision for script in scripts] == [None, *numbers[:-1]]


# What a run or a delivery writes anew or goes on writing in; all other tables are only appended to.
REWRITTEN = {
    *("child", "child_event", "child_identifier", "child_record"),
    *("delivery", "delivery_notice", "issue", "reply_file", "run"),
}


def test_a_table_is_guarded_against_changes_unless_it_is_named_here(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/t.db")
    with engine.connect() as connection:
        triggers = connection.execute(sa.text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"))
        guarded = set(triggers.scalars())
    engine.dispose()
    assert set(metadata.tables) - guarded == REWRITTEN


def test_migrating_again_changes_nothing(engine):
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_bulk_insert_of_100000_children(engine):
    with writing(engine) as connection:
        insert_rows(connection, child_record, records(100_000))
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(child_record)).scalar() == 100_000


def test_a_failed_transaction_leaves_nothing(engine):
    def half_done():
        with writing(engine) as connection:
            insert_rows(connection, child_record, records(10))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(child_record)).scalar() == 0


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_audit_refuses_to_be_changed(engine, sql):
    with writing(engine) as connection:
        audit.append(connection, audit.Act("me", "deliver", "a", {}))
    with pytest.raises(sa.exc.DBAPIError), writing(engine) as connection:
        connection.execute(sa.text(sql))


def test_the_audit_chain_finds_a_changed_line(engine):
    with writing(engine) as connection:
        for number in range(4):
            audit.append(connection, audit.Act("me", "deliver", str(number), {"rows": number}))
        assert audit.broken_line(connection) is None
    drop = (
        "DROP TRIGGER audit_append_only ON audit"
        if engine.dialect.name == "postgresql"
        else "DROP TRIGGER audit_no_update"
    )
    with writing(engine) as connection:
        connection.execute(sa.text(drop))
        connection.execute(audit_table.update().where(audit_table.c.id == 3).values(detail="{}"))
        assert audit.broken_line(connection) == 3


def test_parameters_are_not_in_the_exception(engine):
    row = {"period": "2026Q3", "record_id": "620722201503101234", "child_id": "x"}
    with pytest.raises(sa.exc.IntegrityError) as caught, writing(engine) as connection:
        connection.execute(child_record.insert(), [row, row])
    assert "[SQL parameters hidden" in str(caught.value)


def test_an_unreachable_database_is_one_chinese_sentence(tmp_path):
    with pytest.raises(DatabaseError, match="数据库文件打不开") as caught:
        open_database(f"sqlite:///{tmp_path}/no/such/folder/t.db")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_sentences_of_earlier_versions_are_taken_out_and_deliveries_stay(tmp_path):
    """They quoted headings, sheets and files (0007)."""
    url = f"sqlite:///{tmp_path}/t.db"
    first = at_version(url, "0006")
    taken = deliveries.ArrivedFile("张三.xlsx", "a" * 64, 1)
    branch = deliveries.Branch("2026Q3", "education")
    with writing(first) as connection:
        deliveries.register(connection, branch, [taken], "me")
        deliveries.replace_notices(
            connection,
            branch,
            [deliveries.DeliveryNotice("张三.xlsx", "x", "stop", "张三", 0, "找到的列有：张三。", "")],
        )
    first.dispose()
    again = open_database(url)
    with again.connect() as connection:
        assert deliveries.notices_of_period(connection, "2026Q3") == []
        assert [row["file"] for row in deliveries.rows(connection, branch)] == ["张三.xlsx"]
    again.dispose()


class KilledError(BaseException):
    """The process ends here; an open transaction is never committed."""


def killed_at(engine, number):
    """End `migrate` at a statement; returns how many there were."""
    seen = []

    def count(_connection, _cursor, statement, *_):
        seen.append(statement)
        if len(seen) == number:
            raise KilledError

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        migrate(engine)
    except KilledError:
        engine.dispose()
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return len(seen)


def at_version(url, revision):
    """A database as an earlier version left it."""
    from alembic import command
    from alembic.config import Config

    engine, settings = connect(url), Config()
    settings.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    with engine.connect().execution_options(writing=True) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        connection.commit()
    return engine


def first_version(url):
    """A database as the first version left it, with a line of its own."""
    engine = at_version(url, "0001")
    with writing(engine) as connection:
        audit.append(connection, audit.Act("me", "deliver", "a", {}))
    return engine


@pytest.mark.parametrize("start", ["nothing", "0001"])
def test_a_migration_that_was_killed_anywhere_is_done_the_next_time(tmp_path, start):
    def fresh(name):
        url = f"sqlite:///{tmp_path}/{name}.db"
        return first_version(url) if start == "0001" else connect(url)

    engine = fresh("whole")
    statements = killed_at(engine, 0)
    engine.dispose()
    assert statements > 20
    for number in range(1, statements + 1, 5):
        engine = fresh(str(number))
        killed_at(engine, number)
        migrate(engine)
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == [], number
            lines = connection.execute(sa.select(sa.func.count()).select_from(audit_table)).scalar()
            assert lines == (start == "0001")
        engine.dispose()
