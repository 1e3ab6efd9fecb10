"""The inbox as people fill it: folders in Chinese, loose files, zips, our own workbooks. Every file is accounted for, none is taken twice."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.intake.contract import load_contracts
from assets.receiving.filenames import naming_of
from assets.receiving.inbox_account import NAME, inbox_sum, kept_entries
from assets.receiving.receive import ReceivingRequest, receive
from assets.receiving.sorting import SortedInbox, sort_inbox
from assets.receiving.take_stock import NOBODY, take_stock
from pipelines.resources import deliveries
from pipelines.resources.deliveries import Branch
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace

PERIOD = "2026Q3"
PUPILS = ["姓名", "身份证号", "性别", "出生日期", "学校名称", "年级", "班级", "学籍状态", "全国学籍号", "就读方式"]
HOLDERS = ["姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "发证日期", "证件状态"]
ENDINGS = {
    "pupils": (PUPILS, ["一小", "五年级", "1班", "在读", "", "走读"]),
    "holders": (HOLDERS, ["肢体", "二级", "2020-01-01", "正常"]),
}


def text(kind: str, first: int = 0, count: int = 3) -> bytes:
    """A list of a school's pupils, or of card holders, as GB18030 text."""
    heads, rest = ENDINGS[kind]
    lines = [heads]
    for number in range(first, first + count):
        name = f"王{'一二三四五六七八九十甲乙丙丁'[number]}"
        lines.append([name, "", *(["男", "2015-03-10"] if kind == "pupils" else [""]), *rest])
    return "\r\n".join(",".join(line) for line in lines).encode("gb18030")


@pytest.fixture
def county(tmp_path: Path) -> Any:
    opened = Session(Workspace.create(tmp_path / "county"))
    (opened.workspace.inbox / PERIOD).mkdir(parents=True)
    yield opened
    opened.engine.dispose()


def put(county: Session, name: str, content: bytes) -> Path:
    path = county.workspace.inbox / PERIOD / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def packed(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def seen(county: Session) -> SortedInbox:
    return sort_inbox(county.workspace, PERIOD, naming_of(county.workspace))


def run(county: Session) -> dict[str, list[str]]:
    """What the stations before the standard ones do; department -> the codes of what was said, in order."""
    county.frames.write(NAME, PERIOD, take_stock(county, PERIOD))
    for name, contract in load_contracts(county.workspace.contracts).items():
        receive(county, ReceivingRequest(Branch(PERIOD, name), contract))
    said: dict[str, list[str]] = {}
    for line in notices(county):
        if line["code"] != "nothing":
            said.setdefault(line["department"], []).append(line["code"])
    return said


def notices(county: Session) -> list[Any]:
    with county.engine.connect() as connection:
        return deliveries.notices_of_period(connection, PERIOD)


def register(county: Session) -> list[Any]:
    with county.engine.connect() as connection:
        return deliveries.of_period(connection, PERIOD, deliveries.STATES)


def files_of(county: Session, department: str) -> list[str]:
    return [file.file for file in seen(county).of_department(department).files]


def test_two_folders_of_one_department_are_both_read(county: Session) -> None:
    put(county, "01教育局/甲.csv", text("pupils"))
    put(county, "教体局9月/乙.csv", text("pupils", 3))
    put(county, "education/丙.csv", text("pupils", 6))
    put(county, "县残联/名册.csv", text("holders"))
    assert files_of(county, "education") == ["丙.csv", "乙.csv", "甲.csv"]
    assert run(county) == {}
    assert Counter(row["department"] for row in register(county)) == {"education": 3, "disability": 1}


def test_the_same_name_in_two_folders_is_two_files(county: Session) -> None:
    put(county, "教育局/学籍.csv", text("pupils"))
    run(county)
    put(county, "教体局/学籍.csv", text("pupils", 3))
    assert files_of(county, "education") == ["教体局/学籍.csv", "教育局/学籍.csv"]
    # Neither corrects the other, and the first is not said to be a copy of itself.
    assert run(county) == {}
    assert [row["supersedes"] for row in register(county)] == ["", ""]


def test_an_unknown_folder_is_asked_about_and_its_files_are_recognised(county: Session) -> None:
    put(county, "张三的/名册.csv", text("holders"))
    assert run(county) == {NOBODY: ["unknown_folder"], "disability": ["recognised"]}
    folder = next(line for line in notices(county) if line["code"] == "unknown_folder")
    assert folder["severity"] == "ask"
    assert "张三" not in f"{folder['file']}{folder['message']}{folder['advice']}"
    assert "「第1个文件夹" in folder["message"]
    assert all(name in folder["advice"] for name in ("民政", "教育", "公安", "残联"))


def test_a_folder_around_departments_is_no_question(county: Session) -> None:
    put(county, "各部门/教育局/学籍.csv", text("pupils"))
    assert (files_of(county, "education"), run(county)) == (["学籍.csv"], {})


def test_a_loose_file_is_recognised_and_said(county: Session) -> None:
    put(county, "a.csv", text("holders"))
    assert run(county) == {"disability": ["recognised"]}
    (line,) = (line for line in notices(county) if line["code"] == "recognised")
    assert line["severity"] == "warn"
    assert "识别为残联：持证残疾人名册" in line["message"]
    assert line["file"].startswith("期次文件夹第1个文件")
    assert [row["file"] for row in register(county)] == ["a.csv"]


def test_a_loose_file_that_moves_into_its_folder_is_no_new_delivery(county: Session) -> None:
    loose = put(county, "名册.csv", text("holders"))
    run(county)
    before = register(county)
    folder = county.workspace.inbox / PERIOD / "残联"
    folder.mkdir()
    shutil.move(loose, folder / loose.name)
    assert run(county) == {}
    assert [(row["id"], row["status"]) for row in register(county)] == [(row["id"], row["status"]) for row in before]


def test_a_zip_that_is_unpacked_is_no_new_delivery(county: Session) -> None:
    path = packed(county.workspace.inbox / PERIOD / "残联" / "材料.zip", {"名册.csv": text("holders")})
    assert run(county) == {}
    (before,) = register(county)
    path.unlink()
    put(county, "残联/名册.csv", text("holders"))
    assert run(county) == {}
    assert [row["id"] for row in register(county)] == [before["id"]]


def test_what_is_in_doubt_is_asked_and_stands_in_the_account(county: Session) -> None:
    put(county, "张三.csv", "姓名,身份证号,性别,出生日期\r\n张三,,男,2015-03-10\r\n李四,,男,2015-03-10".encode())
    put(county, "函.pdf", b"%PDF-1.4 x")
    put(
        county,
        "走访.csv",
        "儿童姓名,性别,走访日期,走访方式,走访人\r\n张三,男,2026-09-01,入户,李\r\n张四,男,2026-09-01,入户,李".encode(),
    )
    assert run(county) == {NOBODY: ["not_a_table", "whose_file", "no_folder"]}
    assert {line["severity"] for line in notices(county) if line["department"] == NOBODY} == {"ask"}
    assert not any("张三" in f"{line['file']}{line['message']}" for line in notices(county))
    assert "文件夹" in next(line["advice"] for line in notices(county) if line["code"] == "whose_file")
    assert inbox_sum(kept_entries(county.frames, PERIOD), register(county)).asked == 3


def test_our_own_workbook_is_said_loose_and_in_a_departments_folder(county: Session) -> None:
    book = openpyxl.Workbook()
    book.active.append(["线索编号", "姓名", "身份证号", "学校", "学籍状态", "核查结果", "核查日期", "核查人", "说明"])
    for number in ("L01-ACHJKLMN-7K", "L01-ADHJKLMN-7K"):
        book.active.append([number, "王小", "", "一小", "在读", "属实", "", "", ""])
    for name in ("教育/名册.xlsx", "名册.xlsx"):
        path = county.workspace.inbox / PERIOD / name
        path.parent.mkdir(exist_ok=True)
        book.save(path)
    assert run(county) == {NOBODY: ["own_workbook"], "education": ["own_workbook"]}
    said = [line for line in notices(county) if line["code"] == "own_workbook"]
    assert all("tongbi replies" in line["advice"] and line["severity"] == "warn" for line in said)
    assert [row["status"] for row in register(county)] == ["refused"]
    (hidden,) = [book.create_sheet("字典")]
    hidden.append(["tongbi", "query"])
    book.save(county.workspace.inbox / PERIOD / "名册.xlsx")
    run(county)
    assert "tongbi query" in next(line["advice"] for line in notices(county) if line["department"] == NOBODY)


def test_a_locked_zip_of_a_department_stops_it_and_a_loose_one_is_asked_about(county: Session) -> None:
    for name in ("残联/a.zip", "b.zip"):
        packed(county.workspace.inbox / PERIOD / name, {"../a.csv": text("holders")})
    assert run(county) == {NOBODY: ["zip_path"], "disability": ["zip_path"]}
    assert {line["department"]: line["severity"] for line in notices(county) if line["code"] == "zip_path"} == {
        NOBODY: "ask",
        "disability": "stop",
    }


def test_every_file_in_the_inbox_is_accounted_for(county: Session) -> None:
    put(county, "教育/甲.csv", text("pupils"))
    put(county, "教育/副本.csv", text("pupils"))
    put(county, "教育/坏.xlsx", b"PK\x03\x04[Content_Types].xml broken")
    put(county, "教育/Thumbs.db", b"x")
    put(county, "教育/没传完.part", b"x")
    put(county, "残联.zip", b"")
    packed(
        county.workspace.inbox / PERIOD / "残联.zip", {"名册.csv": text("holders"), "~$a.xlsx": b"x", "表.part": b"x"}
    )
    put(county, "学籍.csv", text("pupils", 4))
    put(county, "函.pdf", b"%PDF-1.4 x")
    put(county, ".DS_Store", b"x")
    put(county, "replies/顺化镇/a.xlsx", b"is taken by another command")
    run(county)
    entries = kept_entries(county.frames, PERIOD)
    lying = [
        path for path in (county.workspace.inbox / PERIOD).rglob("*") if path.is_file() and "replies" not in path.parts
    ]
    assert len(entries) == len({entry.path for entry in entries}) == len(lying) + 3
    sums = inbox_sum(entries, register(county))
    assert vars(sums) == {
        "files": 12, "read": 3, "refused": 1, "copies": 1, "left": 2, "asked": 1, "opened": 1, "silent": 3,
    }  # fmt: skip
    # Each of them but the hidden ones and those that were read is spoken of.
    assert (
        len(
            [
                line
                for line in notices(county)
                if line["code"] in ("ignored", "truncated", "damaged_file", "not_a_table")
            ]
        )
        == 4
    )
