"""Faults that are foreseen, made for real: a full disk, a read-only one, a server that goes away in the middle of a run, odd paths."""

import os
import shutil
import subprocess
import time

import psycopg
import pytest
import sqlalchemy as sa

from pipelines.resources.workspace import Workspace

pytestmark = pytest.mark.slow

RUN = ("run", "--period", "2026Q2", "--workspace")
STOPS = 60  # seconds to wait for the run to be in the middle


@pytest.fixture(scope="module")
def tiny_county(once):
    """The smallest county with all departments, nothing run; copy it."""
    from demo_county import generate

    def make(root):
        root.mkdir()
        generate(root, 100, ("2026Q2",), 7)
        Workspace.create(root)

    return once("tiny-county", make)


@pytest.fixture
def disk(tmp_path):
    """`disk(size)`: a small disk of its own; skipped where it cannot be mounted."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(*options):
        done = subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(place)], capture_output=True)
        if done.returncode:
            pytest.skip("no disk can be mounted here")
        return place

    yield mount
    subprocess.run(["umount", str(place)], capture_output=True)


def remounted(place, options):
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True)


def told(done, may_be_unchanged=False):
    """What was said, which is never an internal error; that nothing was changed is said only where it is so."""
    said = done.stdout + done.stderr
    assert "程序内部错误" not in said
    assert "Traceback" not in said
    assert may_be_unchanged or "没有改变" not in said
    return said


@pytest.mark.parametrize("kilobytes", [900, 3300])
def test_a_full_disk_is_told_and_the_next_run_is_whole(tiny_county, tongbi, disk, kilobytes):
    place = disk("-o", f"size={kilobytes}k")
    root = shutil.copytree(tiny_county, place / "workspace")
    done = tongbi(*RUN, root)
    assert done.returncode == 1
    assert "已满" in told(done)
    assert list((root / "outbox").glob("2026*")) == []
    remounted(place, "size=60m")
    again = tongbi(*RUN, root)
    assert again.returncode == 0, again.stderr
    assert (root / "outbox" / "2026Q2" / "links.csv").is_file()


def test_a_read_only_disk_is_told(first_quarter_made, tongbi, disk):
    place = disk("-o", "size=60m")
    root = shutil.copytree(first_quarter_made, place / "workspace")
    remounted(place, "ro")
    for words in (RUN[:-1], ("replies",), ("status",)):
        done = tongbi(*words, "--workspace", root)
        assert "只读" in told(done, may_be_unchanged=True) or (words == ("status",) and done.returncode == 0), words


def test_a_database_that_lost_its_write_permission_is_told(after_first_quarter, tongbi):
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    for path in after_first_quarter.glob("tongbi.db*"):
        path.chmod(0o444)
    done = tongbi(*RUN, after_first_quarter)
    assert done.returncode == 1
    assert "只读" in told(done)


def test_a_server_that_goes_away_in_mid_run_is_told_and_the_next_run_is_whole(
    tiny_county, tongbi, tmp_path, postgres_server, postgres_url
):
    root = shutil.copytree(tiny_county, tmp_path / "workspace")
    where = {"TONGBI_DATABASE": postgres_url, "PGPASSWORD": "geheim"}
    tongbi.start(*RUN, root, environment=where)
    until = time.monotonic() + STOPS
    while not list((root / "frames").glob("raw_*/*.parquet")) and time.monotonic() < until:
        time.sleep(0.05)
    try:
        reachable(postgres_server, postgres_url, False)
    finally:
        done = tongbi.wait()
    assert done.returncode == 1
    said = told(done)
    assert "数据库" in said
    assert "还不知道本期结果有没有发布" in said
    assert "geheim" not in said
    reachable(postgres_server, postgres_url, True)
    again = tongbi(*RUN, root, environment=where)
    assert again.returncode == 0, again.stderr


def reachable(server, url, is_so):
    """Let a database answer, or end everybody's connection and take no new one."""
    name = sa.make_url(url).database
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(is_so).lower()}")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def test_a_workspace_may_be_called_anything(tiny_county, tongbi, tmp_path):
    folder = tmp_path / "百分 50%41 问?号 井#号 it's"
    root = shutil.copytree(tiny_county, folder / "县 里")
    before = set(tmp_path.iterdir())
    done = tongbi(*RUN, root)
    assert done.returncode == 0, done.stderr
    assert set(tmp_path.iterdir()) == before
    assert [path.name for path in folder.iterdir()] == ["县 里"]
    for name in ("tongbi.db", "dagster/history/runs.db", "dagster/history/runs/index.db", "outbox/2026Q2/links.csv"):
        assert (root / name).is_file(), name


def test_a_fault_after_the_commit_says_what_is_published(tiny_county, tmp_path, monkeypatch):
    from pipelines import running
    from pipelines.resources.outbox import Outbox
    from pipelines.resources.session import Session

    root = shutil.copytree(tiny_county, tmp_path / "workspace")

    def full(_outbox, _period):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "show", full)
        report = running.run_period(Session.at(root), "2026Q2")
    assert (report.success, report.state) == (False, "unshown"), report.failures
    assert "磁盘已满" in report.failures["publish"]
    report = running.run_period(Session.at(root), "2026Q2")
    assert (report.success, report.state) == (True, "")
    assert (root / "outbox" / "2026Q2" / "links.csv").is_file()
