"""Dagster's databases: made whole or not at all; whatever a killed process left of them is mended, and no history is lost."""

import contextlib
import io
import logging
import os
import sqlite3
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from pipelines.resources import history
from pipelines.resources.history import RECORDS, prepare
from pipelines.resources.workspace import Workspace

# Every nineteenth statement; TONGBI_EVERY=1 tries all of them.
EVERY = int(os.environ.get("TONGBI_EVERY", "19"))
STATEMENTS = 175


class KilledError(BaseException):
    """The process ends here: what stands is on the disk, what was not committed is not."""


@dg.asset
def thing():
    return 1


@contextlib.contextmanager
def killed_at(number):
    """End at a statement, whichever connection it is on; yields the list of statements."""
    seen = []

    def count(_connection, _cursor, statement, *_):
        seen.append(statement)
        if len(seen) == number:
            raise KilledError

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        with contextlib.suppress(KilledError):
            yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)


def made_by_dagster(home):
    """As Dagster makes them itself, in their place."""
    for record in RECORDS:
        folder = (home / record.place).parent
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.redirect_stdout(io.StringIO()):
            {
                "runs.db": history.SqliteRunStorage.from_local,
                "index.db": history.SqliteEventLogStorage,
                "schedules.db": history.SqliteScheduleStorage.from_local,
            }[Path(record.place).name](str(folder))


@pytest.fixture
def home(tmp_path, monkeypatch):
    found = Workspace.create(tmp_path / "workspace").dagster_home
    monkeypatch.setenv("DAGSTER_HOME", str(found))
    return found


def works(home):
    """A run goes through, and Dagster sees it afterwards. Returns how many runs it knows."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_dynamic_partitions("period", ["2026Q3"])
        assert dg.materialize([thing], instance=instance).success
        assert instance.get_latest_materialization_event(thing.key) is not None
        assert instance.all_instigator_state() == []
        return instance.get_runs_count()


def rows(path, table):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_there_are_as_many_statements_as_are_tried(home):
    with killed_at(0) as seen:
        made_by_dagster(home)
    assert 150 < len(seen) <= STATEMENTS


@pytest.mark.parametrize("number", range(2, STATEMENTS, EVERY))
def test_killed_while_dagster_made_them_itself(home, number):
    with killed_at(number):
        made_by_dagster(home)
    prepare(home)
    assert works(home) == 1


@pytest.mark.parametrize("number", range(3, 2 * STATEMENTS, 4 * EVERY))
def test_killed_while_we_make_them(home, number):
    history._template.cache_clear()
    with killed_at(number):
        prepare(home)
    there = [record for record in RECORDS if (home / record.place).exists()]
    assert all(history._is_whole(home / record.place, record) for record in there)
    prepare(home)
    assert works(home) == 1


def test_what_is_whole_is_not_touched(home):
    prepare(home)
    works(home)
    before = {record.place: (home / record.place).stat().st_ino for record in RECORDS}
    with killed_at(0) as seen:
        assert prepare(home) == []
    assert seen == []
    assert {record.place: (home / record.place).stat().st_ino for record in RECORDS} == before


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: Path(record.place).stem)
def test_a_half_made_one_that_was_used_keeps_its_history(home, record):
    prepare(home)
    works(home)
    path = home / record.place
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM secondary_indexes")
        connection.execute("DELETE FROM alembic_version")
        if record is history.RUNS:
            connection.execute("DROP TABLE instance_info")
            connection.execute("DROP INDEX idx_run_tags")
    assert prepare(home) == []
    assert works(home) == 2
    if record is history.EVENTS:
        assert rows(path, "asset_keys") == 1


def test_a_file_that_is_no_database_is_moved_aside_and_kept(home):
    prepare(home)
    works(home)
    shards = [path for path in (home / "history" / "runs").glob("*.db") if path.name != "index.db"]
    broken = [home / history.EVENTS.place, *shards]
    for path in broken:
        history._forget_log(path)
        path.write_bytes(b"no database at all " * 300)
    moved = prepare(home)
    assert len(moved) == len(broken) == 2
    assert all(path.read_bytes().startswith(b"no database") for path in moved)
    assert works(home) == 2


def test_killed_between_mending_and_taking_the_place(home, monkeypatch):
    prepare(home)
    works(home)
    with contextlib.closing(sqlite3.connect(home / history.RUNS.place)) as connection, connection:
        connection.execute("DELETE FROM secondary_indexes")

    def stopped(_path):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(history, "_forget_log", stopped)
        with pytest.raises(KilledError):
            prepare(home)
    assert prepare(home) == []
    assert works(home) == 2
    assert not list(home.rglob("*.part"))


def test_settings_of_an_earlier_version_are_renewed_and_a_persons_own_stay(tmp_path):
    workspace = Workspace.create(tmp_path / "workspace")
    path = workspace.dagster_home / "dagster.yaml"
    now = path.read_text(encoding="utf-8")
    former = now
    for kind, name in (("run", "RunHistory"), ("schedule", "ScheduleHistory")):
        former = former.replace(f"{kind}_storage:\n  module: pipelines.resources.history\n  class: {name}\n", "")
    assert "history" not in former
    path.write_text(former, encoding="utf-8")
    workspace.renew()
    assert path.read_text(encoding="utf-8") == now
    path.write_text(former + "# own\n", encoding="utf-8")
    workspace.renew()
    assert path.read_text(encoding="utf-8") == former + "# own\n"


@pytest.mark.parametrize("name", ["百分 50%41", "问?号", "井#号", "a b;c&d=e"])
def test_a_path_is_a_path_whatever_stands_in_it(tmp_path, monkeypatch, name):
    home = Workspace.create(tmp_path / name / "workspace").dagster_home
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    prepare(home)
    assert works(home) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert [path.name for path in (tmp_path / name).iterdir()] == ["workspace"]
    assert all((home / record.place).exists() for record in RECORDS)
