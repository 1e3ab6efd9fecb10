"""Who else on the machine may read a workspace: nobody, or the group of the settings."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.resources.access import AccessError, Readers, close_to_others, owner_only, readers, tighten
from pipelines.resources.files import write_text
from pipelines.resources.inbox import sha256_of
from pipelines.resources.store import keep
from pipelines.resources.workspace import SETTINGS_NAME, Workspace, WorkspaceError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such modes")


@pytest.fixture(autouse=True)
def open_mask() -> Iterator[None]:
    """As most machines have it: everybody reads what is new."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def everything(root: Path) -> set[int]:
    return {mode(path) & 0o077 for path in (root, *root.rglob("*")) if not path.is_symlink()}


def test_a_new_workspace_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "县").mkdir()
    workspace = Workspace.create(tmp_path / "县")
    write_text(workspace.outbox / "2026Q3" / "甲.csv", "x")
    delivered = workspace.inbox / "名册.csv"
    delivered.write_text("x")
    kept = keep(workspace.store, delivered, sha256_of(delivered)[0])
    assert everything(workspace.root) == {0}
    assert mode(kept) == 0o400


def test_an_old_workspace_is_closed_and_counted(tmp_path: Path) -> None:
    root = tmp_path / "县"
    for name in ("frames/std/2026Q3.parquet", "tongbi.db", "tongbi.db-wal", "inbox/2026Q3/名册.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    (root / "frames" / "std" / "2026Q3.parquet").chmod(0o444)
    assert tighten(root, Readers()) == 7, (
        "root, frames, std, its file, two of the database, inbox; not what lies in the inbox"
    )
    assert everything(root) == {0}
    assert mode(root / "frames" / "std" / "2026Q3.parquet") == 0o400, "what was read-only stays so"
    assert tighten(root, Readers()) == 0


def test_no_link_leads_out_of_the_workspace(tmp_path: Path) -> None:
    root, outside = tmp_path / "县", tmp_path / "别处"
    root.mkdir()
    outside.mkdir()
    (outside / "甲.csv").write_text("x")
    (root / "链接").symlink_to(outside)
    (root / "文件").symlink_to(outside / "甲.csv")
    os.mkfifo(root / "管道")
    tighten(root, Readers())
    assert (mode(outside), mode(outside / "甲.csv")) == (0o755, 0o644)


def test_the_group_of_the_settings_may_read(tmp_path: Path) -> None:
    ours = grp.getgrgid(os.getegid()).gr_name
    Workspace.create(tmp_path / "县")
    settings = tmp_path / "县" / SETTINGS_NAME
    settings.write_text(settings.read_text("utf-8").replace('group = ""', f'group = "{ours}"'), "utf-8")
    workspace = Workspace.open(tmp_path / "县")
    tighten(workspace.root, workspace.readers)
    write_text(workspace.outbox / "2026Q3" / "甲.csv", "x")
    assert mode(workspace.outbox) & 0o777 == mode(workspace.outbox / "2026Q3") & 0o777 == 0o750
    assert mode(workspace.outbox / "2026Q3" / "甲.csv") == mode(settings) == 0o640
    assert (workspace.outbox / "2026Q3" / "甲.csv").stat().st_gid == os.getegid()


def test_a_group_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match="本机没有"):
        readers("没有这个组")
    Workspace.create(tmp_path)
    settings = tmp_path / SETTINGS_NAME
    settings.write_text(settings.read_text("utf-8").replace('group = ""', 'group = "没有这个组"'), "utf-8")
    with pytest.raises(WorkspaceError, match="group"):
        Workspace.open(tmp_path)


def test_what_is_written_elsewhere_is_the_owners(tmp_path: Path) -> None:
    close_to_others(Readers(os.getegid()))
    (tmp_path / "甲.csv").write_text("x")
    assert mode(tmp_path / "甲.csv") == 0o640
    owner_only(tmp_path / "甲.csv")
    assert mode(tmp_path / "甲.csv") == 0o600
