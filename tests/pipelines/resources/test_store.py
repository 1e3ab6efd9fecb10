"""The store: whole copies, named by content, never half of one."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from pipelines.resources import store as module
from pipelines.resources.reading import Refusal
from pipelines.resources.store import keep, kept, place, verify

CONTENT = b"a delivery" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "名册.XLSX"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_a_copy_is_named_by_its_content_and_read_only(delivered: Path, folder: Path) -> None:
    copy = keep(folder, delivered, SHA)
    assert copy == folder / SHA[:2] / f"{SHA}.xlsx"
    assert copy.read_bytes() == CONTENT
    assert copy.stat().st_mode & 0o222 == 0
    assert kept(folder, "名册.xlsx", SHA) == copy


def test_keeping_twice_writes_once(delivered: Path, folder: Path) -> None:
    first = keep(folder, delivered, SHA).stat()
    assert keep(folder, delivered, SHA).stat().st_ino == first.st_ino
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_a_spoilt_copy_is_noticed_and_replaced(delivered: Path, folder: Path) -> None:
    copy = keep(folder, delivered, SHA)
    copy.chmod(0o600)
    copy.write_bytes(b"spoilt")
    assert not verify(copy, SHA)
    with pytest.raises(Refusal, match="已被改动"):
        kept(folder, "名册.xlsx", SHA)
    assert verify(keep(folder, delivered, SHA), SHA)


def test_a_file_that_changed_since_it_was_found_is_not_kept(delivered: Path, folder: Path) -> None:
    delivered.write_bytes(CONTENT + b"more")
    with pytest.raises(Refusal) as caught:
        keep(folder, delivered, SHA)
    assert caught.value.code == "unstable"
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing(
    number: int, delivered: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> str:
        target.write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module, "copy_with_fingerprint", full)
    with pytest.raises(Refusal) as caught:
        keep(folder, delivered, SHA)
    assert caught.value.code == "disk_full"
    assert "磁盘空间不足" in caught.value.message
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_really_full_disk(delivered: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="space") as caught:
        module.copy_with_fingerprint(delivered, Path("/dev/full"))
    assert caught.value.errno == errno.ENOSPC


def test_the_place_does_not_depend_on_the_folder_a_file_came_in(folder: Path) -> None:
    assert place(folder, "南古镇/名册.csv", SHA) == folder / SHA[:2] / f"{SHA}.csv"
