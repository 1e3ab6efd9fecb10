"""Zips of files (rules/bad-inputs.md#input-7): names as they were meant, limits, passwords, and nothing outside the store."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.resources import keyring
from pipelines.resources.inbox import Inbox, Scan
from pipelines.resources.reading import Refusal, load_settings
from pipelines.resources.reading.archive import content_of, may_be_archive, members_of
from pipelines.resources.unpacking import with_members
from tests.zipcrypto import locked

LIMITS = load_settings().limits
CSV = "姓名,性别\n王小,男\n".encode()


class Gbk(zipfile.ZipInfo):
    """An entry as Windows programs in China write it: the name in GB18030, and no mark about it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def archive(path: Path, files: Mapping[str, bytes], entry: type[zipfile.ZipInfo] = zipfile.ZipInfo) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            info = entry(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return path


def packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


def scanned(tmp_path: Path) -> Scan:
    scan = Inbox(tmp_path / "inbox", wait=lambda _: None).scan("2026Q3", "education")
    return with_members(scan, tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox" / "2026Q3" / "education"


@pytest.mark.parametrize("entry", [Gbk, zipfile.ZipInfo])
def test_chinese_names_are_read_whoever_wrote_them(entry: type[zipfile.ZipInfo], folder: Path) -> None:
    path = archive(folder / "材料.zip", {"第一小学/学籍.csv": CSV, "名册（二）.csv": CSV}, entry)
    members = members_of(path, LIMITS) or []
    assert [member.name for member in members] == ["第一小学/学籍.csv", "名册（二）.csv"]
    assert content_of(path, members[0], LIMITS) == CSV


def test_a_workbook_is_no_zip_of_files(folder: Path) -> None:
    import openpyxl

    folder.mkdir(parents=True)
    openpyxl.Workbook().save(folder / "a.xlsx")
    assert not may_be_archive(folder / "a.xlsx")
    # Written by a program that puts a part of its own first: asked, and told apart by its parts.
    path = archive(
        folder / "b.xlsx", {"theme.xml": b"<a/>", "[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}
    )
    assert (may_be_archive(path), members_of(path, LIMITS)) == (True, None)


@pytest.mark.parametrize("name", ["../a.csv", "a/../../b.csv", "..\\a.csv", "/etc/a.csv", "C:\\a.csv"])
def test_a_name_that_leads_out_refuses_the_whole_zip(name: str, folder: Path, tmp_path: Path) -> None:
    archive(folder / "a.zip", {"好.csv": CSV, name: CSV})
    scan = scanned(tmp_path)
    assert (scan.files, [(line.code, line.severity) for line in scan.notices]) == ([], [("zip_path", "stop")])
    assert not list((tmp_path / "store").rglob("*.csv"))


def test_too_many_files_are_refused(folder: Path, tmp_path: Path) -> None:
    archive(folder / "a.zip", {f"{number}.csv": b"x" for number in range(LIMITS.members + 1)})
    assert [line.code for line in scanned(tmp_path).notices] == ["too_big"]


def test_a_bomb_beside_a_photograph_is_refused_before_it_is_unpacked(folder: Path, tmp_path: Path) -> None:
    import random

    noise = random.Random(1).randbytes(2_000_000)
    archive(folder / "a.zip", {"a.jpg": noise, "b.csv": b"0" * (LIMITS.ratio_floor_bytes + 1)})
    assert [line.code for line in scanned(tmp_path).notices] == ["bomb"]


def test_what_a_zip_says_of_sizes_is_not_believed(folder: Path) -> None:
    path = archive(folder / "a.zip", {"a.csv": b"0" * 5000})
    data = path.read_bytes().replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    path.write_bytes(data)
    (member,) = members_of(path, LIMITS) or []
    with pytest.raises(Refusal) as refused:
        content_of(path, member, LIMITS)
    assert refused.value.code == "damaged_file"


def test_a_zip_in_a_zip_is_opened_and_no_deeper(folder: Path, tmp_path: Path) -> None:
    inner = packed({"乙.csv": CSV + b"1"})
    archive(folder / "a.zip", {"甲.csv": CSV, "里/b.zip": inner})
    scan = scanned(tmp_path)
    assert [file.file for file in scan.files] == ["a.zip/甲.csv", "a.zip/里/b.zip/乙.csv"]
    assert scan.unread == {"a.zip": "opened", "a.zip/里/b.zip": "opened"}
    archive(folder / "c.zip", {"b.zip": packed({"c.zip": inner})})
    assert [line.code for line in scanned(tmp_path).notices] == ["zip_nested"]


def test_members_lie_in_the_store_only_and_hidden_ones_and_links_are_left(folder: Path, tmp_path: Path) -> None:
    path = archive(folder / "a.zip", {"甲.csv": CSV, "__MACOSX/._甲.csv": b"x", "~$甲.xlsx": b"x", "b.part": b"x"})
    with zipfile.ZipFile(path, "a") as target:
        link = zipfile.ZipInfo("链接.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(link, "/etc/passwd")
    scan = scanned(tmp_path)
    (file,) = scan.files
    assert (file.file, file.path.read_bytes(), file.size) == ("a.zip/甲.csv", CSV, len(CSV))
    assert [line.file for line in scan.notices] == ["a.zip/b.part", "a.zip/链接.csv"]
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {path, file.path}


def test_a_password_is_asked_for_and_opens_it(folder: Path, tmp_path: Path) -> None:
    path = locked(folder / "a.zip", CSV, b"7788")
    with pytest.raises(Refusal) as refused:
        members_of(path, LIMITS)
    assert refused.value.code == "zip_password"
    with pytest.raises(Refusal) as refused:
        members_of(path, LIMITS, "7789")
    assert refused.value.code == "wrong_password"
    assert [line.code for line in scanned(tmp_path).notices] == ["zip_password"]
    (scan,) = Inbox(tmp_path / "inbox", wait=lambda _: None).scan("2026Q3", "education").files
    keyring.remember(scan.sha256, "7788")
    try:
        assert scanned(tmp_path).files[0].path.read_bytes() == CSV
    finally:
        keyring.forget()


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing else", b"PK\x05\x06" + b"\0" * 18])
def test_a_broken_or_empty_zip_is_refused_with_a_sentence(content: bytes, folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "a.zip").write_bytes(content)
    scan = scanned(tmp_path)
    assert (scan.files, [line.severity for line in scan.notices]) == ([], ["stop"])
