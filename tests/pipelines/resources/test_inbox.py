"""The inbox: what is a delivery, what is not, and what is not one yet."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from pipelines.resources.inbox import Inbox, arrivals

DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "2026Q3" / "education"
    path.mkdir(parents=True)
    return path


def put(path: Path, content: bytes = b"x", age: float = DAY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


def no_wait(seconds: float) -> None:
    raise AssertionError(f"waited {seconds} s")


def test_files_come_with_name_fingerprint_and_size_in_the_order_of_names(folder: Path, tmp_path: Path) -> None:
    put(folder / "乙.xlsx", b"22")
    put(folder / "南古镇" / "丙.csv", b"333")
    put(folder / "甲.xls", b"1")
    found = Inbox(tmp_path, wait=no_wait).scan("2026Q3", "education")
    assert [(one.file, one.size) for one in found.files] == [("乙.xlsx", 2), ("南古镇/丙.csv", 3), ("甲.xls", 1)]
    assert found.files[0].sha256 == hashlib.sha256(b"22").hexdigest()
    assert found.notices == []


def test_another_period_and_another_department_stay_out(folder: Path, tmp_path: Path) -> None:
    put(folder / "甲.xlsx")
    assert arrivals(tmp_path, "2026Q2", "education").files == []
    assert arrivals(tmp_path, "2026Q3", "disability").files == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("~$名册.xlsx", False),
        (".~lock.名册.xlsx#", False),
        (".DS_Store", False),
        ("Thumbs.db", False),
        ("THUMBS.DB", False),
        (".隐藏/名册.xlsx", False),
        ("名册.xlsx.part", True),
        ("名册.xlsx.crdownload", True),
        ("名册.lnk", True),
    ],
)
def test_files_that_are_no_deliveries_are_ignored_with_a_reason(
    name: str, told: bool, folder: Path, tmp_path: Path
) -> None:
    put(folder / name)
    found = Inbox(tmp_path, wait=no_wait).scan("2026Q3", "education")
    assert found.files == []
    assert [path for path, _ in found.ignored] == [folder / name]
    assert [(one.file, one.severity) for one in found.notices] == ([(name, "warn")] if told else [])


def test_a_link_to_somewhere_else_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "名册.xlsx").symlink_to(put(tmp_path / "elsewhere.xlsx"))
    found = arrivals(tmp_path, "2026Q3", "education")
    assert found.files == []
    assert [one.code for one in found.notices] == ["ignored"]


def test_a_file_just_written_is_waited_for_once_and_taken(folder: Path, tmp_path: Path) -> None:
    put(folder / "甲.xlsx", age=0)
    put(folder / "乙.xlsx", age=0.5)
    waits: list[float] = []
    found = Inbox(tmp_path, wait=waits.append).scan("2026Q3", "education", settle_seconds=2)
    assert len(found.files) == 2
    assert len(waits) == 1
    assert 1 < waits[0] <= 2


def test_a_file_that_grows_meanwhile_is_left_and_the_others_are_taken(folder: Path, tmp_path: Path) -> None:
    growing = put(folder / "甲.xlsx", b"half", age=0)
    put(folder / "乙.xlsx")

    def copy_on(_: float) -> None:
        growing.write_bytes(b"half and more")

    found = Inbox(tmp_path, wait=copy_on).scan("2026Q3", "education")
    assert [one.file for one in found.files] == ["乙.xlsx"]
    assert found.unstable == [growing]
    (remark,) = found.notices
    assert (remark.file, remark.code, remark.severity) == ("甲.xlsx", "unstable", "stop")
    assert [one.file for one in Inbox(tmp_path, wait=lambda _: None).scan("2026Q3", "education").files] == [
        "乙.xlsx",
        "甲.xlsx",
    ]


def test_a_file_that_vanishes_meanwhile_is_left(folder: Path, tmp_path: Path) -> None:
    gone = put(folder / "甲.xlsx", age=0)
    found = Inbox(tmp_path, wait=lambda _: gone.unlink()).scan("2026Q3", "education")
    assert (found.files, found.unstable) == ([], [gone])


def test_a_time_in_the_future_does_not_wait_for_it(folder: Path, tmp_path: Path) -> None:
    put(folder / "甲.xlsx", age=-DAY)
    waits: list[float] = []
    assert len(Inbox(tmp_path, wait=waits.append).scan("2026Q3", "education", settle_seconds=2).files) == 1
    assert waits == [2]


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with names")
def test_a_pipe_in_the_inbox_is_said_and_not_opened(folder: Path, tmp_path: Path) -> None:
    put(folder / "甲.csv", b"1")
    os.mkfifo(folder / "乙.csv")
    (folder / "丙.csv").symlink_to(folder / "乙.csv")
    scan = Inbox(tmp_path, wait=no_wait).scan("2026Q3", "education")
    assert [one.file for one in scan.files] == ["甲.csv"]
    assert [(one.file, one.severity) for one in scan.notices] == [("丙.csv", "warn"), ("乙.csv", "warn")]
    assert "管道" in scan.notices[1].message


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("outside", ["文件", "文件夹"])
def test_a_link_out_of_the_inbox_is_said_and_not_followed(outside: str, folder: Path, tmp_path: Path) -> None:
    put(tmp_path / "别处" / "名册.csv", b"1")
    target = tmp_path / "别处" / ("名册.csv" if outside == "文件" else "")
    (folder / "链接").symlink_to(target)
    scan = Inbox(tmp_path, wait=no_wait).scan("2026Q3", "education")
    assert scan.files == []
    assert [one.file for one in scan.notices] == ["链接"]
