"""Whole files of other counties: in the wrong folder, with traditional headings, refused once and not twice."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from assets.intake.sentences import issue
from assets.intake.standard import Standardised
from assets.intake.tabulate import Tabulated
from assets.intake.understanding import understanding
from pipelines.resources.reading.shapes import Grid

Read = Callable[..., Tabulated]
MakeGrid = Callable[..., Grid]
MakeNumber = Callable[..., str]

LEDGER = ["序号", "姓名", "身份证号", "性别", "出生日期", "儿童类别", "乡镇", "监护人姓名", "联系电话"]
REGISTER = ["户号", "姓名", "公民身份号码", "性别", "出生日期", "与户主关系", "户籍地址"]
PUPILS = ["姓名", "性别", "身份证件号", "学籍号", "学校", "年级", "学籍状态"]
HOLDERS = ["姓名", "性别", "残疾人证号", "残疾类别", "残疾等级"]


@pytest.mark.parametrize(
    ("folder", "headings"),
    [
        ("education", LEDGER),
        ("disability", LEDGER),
        ("education", REGISTER),
        ("disability", REGISTER),
        ("education", HOLDERS),
        ("disability", PUPILS),
        ("civil_affairs", PUPILS),
    ],
)
def test_another_departments_file_is_refused_once(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber, folder: str, headings: list[str]
) -> None:
    done = read(folder, make_grid([headings, [make_number("20150310")] * len(headings)]))
    assert done.refusal is not None
    assert done.refusal.code == "wrong_department"
    assert "wrong_department" not in {notice.code for notice in done.notices}


@pytest.mark.parametrize(
    ("folder", "headings"),
    [
        ("education", ["姓名", "身份证号", "学校", "班级", "监护人", "家庭住址"]),
        ("education", ["学生姓名", "性别", "身份证号", "出生日期", "家庭住址"]),
        ("disability", ["儿童姓名", "身份证号", "监护人", "残疾类别"]),
        ("disability", ["姓名", "性别", "身份证号", "监护人姓名", "联系电话"]),
        ("civil_affairs", ["姓名", "身份证号", "残疾人证号", "残疾类别", "残疾等级", "监护人"]),
        ("civil_affairs", ["姓名", "身份证号", "学校", "年级", "班级"]),
        ("public_security", ["姓名", "公民身份号码", "出生日期", "户籍地址"]),
    ],
)
def test_a_plain_file_in_its_own_folder_is_taken(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber, folder: str, headings: list[str]
) -> None:
    line = [make_number("20150310") if "号" in heading else "张三" for heading in headings]
    assert read(folder, make_grid([headings, line])).refusal is None


def test_traditional_headings_are_understood(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    headings = ["姓名", "身份證號", "性別", "出生日期", "兒童類別", "監護人姓名", "聯繫電話"]
    done = read(
        "civil_affairs",
        make_grid([headings, ["陳怡君", make_number("20150310"), "女", "2015-03-10", "留守", "陳大", "1"]]),
    )
    assert done.refusal is None
    targets = dict(done.sheets[0].columns.values())
    assert targets == dict(
        zip(headings, ["name", "id_no", "sex", "birth_date", "category", "guardian_name", "phone"], strict=True)
    )


def test_trying_a_file_tells_what_a_suite_refused(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    tabulated = read(
        "civil_affairs",
        make_grid([LEDGER, ["1", "张大", make_number("19800310"), "男", "1980-03-10", "困境儿童", "甲镇", "", ""]]),
    )
    accepted = pd.DataFrame({"file": ["台账.xlsx"], "sheet": ["Sheet1"], "issues": ["masked"]})
    codes = ["not_an_adult", "not_an_adult", "no_name_no_number"]
    refused = pd.DataFrame({"file": "台账.xlsx", "sheet": "Sheet1", "code": codes, "message": "按出生日期已满25周岁"})
    told = understanding(tabulated, Standardised(accepted, refused, accepted.iloc[:0]))[0].issues
    assert ("按出生日期已满25周岁", 2) in told
    assert (issue("no_name_no_number").zh, 1) in told
