from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.intake.contract import load_contracts
from assets.intake.headings import compile_aliases, normalise_heading
from assets.intake.mapping import Mapping, SheetColumn, Surroundings, map_columns

CASES = list(csv.DictReader(Path(__file__).with_name("headings.csv").open(encoding="utf-8")))


def mapped(department: str, headings: list[str], *rows: list[str], year: int = 2026) -> Mapping:
    cells = pd.DataFrame(list(rows) or [[""] * len(headings)], dtype=object)
    return map_columns(headings, cells, load_contracts()[department], Surroundings("", "", "", date(year, 9, 30)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['department']}-{case['heading']}")
def test_heading_is_understood(case: dict[str, str]) -> None:
    target = compile_aliases(load_contracts()[case["department"]]).find(case["heading"])
    assert (SheetColumn(0, "", target).field or target.field) == case["field"]


def test_normalising_removes_what_people_add() -> None:
    assert normalise_heading(" 身 份\n证号＊（１８位） XM") == "身份证号18位xm"


def test_repeated_headings_belong_to_the_person_named_before_them() -> None:
    headings = "姓名 性别 民族 身份证件号 现住址 联系电话"
    headings += " 家庭成员或监护人姓名 关系 关系说明 民族 工作单位 现住址 联系电话 身份证件号"
    headings += " 家庭成员或监护人姓名 关系 关系说明 民族 工作单位 现住址 联系电话 身份证件号 备注"
    found = mapped("education", headings.split())
    assert found.positions("id_no") == [3]
    assert found.positions("live_addr") == [4]
    assert found.positions("nation") == [2]
    assert found.positions("phone") == [5]
    assert found.positions("remark") == [22]
    members = found.member_columns()
    assert members["member1"]["name"] == 6
    assert members["member1"]["relation"] == 7
    assert members["member1"]["id"] == 13
    assert members["member2"]["name"] == 14
    assert members["member2"]["id"] == 21
    assert found.unknown == []


def test_plain_number_and_phone_after_father_and_mother() -> None:
    found = mapped(
        "civil_affairs", ["姓名", "身份证号", "父亲姓名", "身份证号", "联系电话", "母亲姓名", "身份证号", "联系电话"]
    )
    assert [column.field for column in found.columns] == [
        "name", "id_no", "father_name", "father_id", "father_phone", "mother_name", "mother_id", "mother_phone",
    ]  # fmt: skip


def test_times_away_belong_to_the_parent_named_before_them_or_to_both() -> None:
    found = mapped("civil_affairs", ["姓名", "父亲姓名", "是否外出", "外出时间", "母亲姓名", "是否外出", "外出时间"])
    fields = [column.field for column in found.columns]
    assert (fields[3], fields[6]) == ("father_away_since", "mother_away_since")
    found = mapped("civil_affairs", ["姓名", "父亲姓名", "父亲外出时间", "母亲姓名", "母亲外出时间", "监护人姓名"])
    assert [column.field for column in found.columns][2:5:2] == ["father_away_since", "mother_away_since"]
    found = mapped("civil_affairs", ["姓名", "父亲姓名", "母亲姓名", "外出时间"])
    assert found.columns[3].field == "away_since"


def test_a_lone_number_column_of_adults_is_the_guardians() -> None:
    rows = [
        ["甲小明", "2015-03-10", "甲大", "620722198003101230"],
        ["乙小明", "2015-03-11", "乙大", "620722198103101230"],
    ]
    found = mapped("civil_affairs", ["儿童姓名", "出生日期", "监护人姓名", "身份证号"], *rows)
    assert found.positions("guardian_id") == [3]
    assert found.positions("id_no") == []


def test_a_file_reads_as_of_its_period_whenever_it_is_read() -> None:
    row = ["甲小明", "2006-03-10", "甲大", "620722200603101230"]
    headings = ["儿童姓名", "出生日期", "监护人姓名", "身份证号"]
    assert mapped("civil_affairs", headings, row, year=2023).positions("id_no") == [3]
    assert mapped("civil_affairs", headings, row, year=2026).positions("guardian_id") == [3]


@pytest.mark.parametrize(
    ("department", "heading", "values", "field"),
    [
        ("disability", "证件号", ["62072220150310123X42", "62072220150310124842B1"], "disability_no"),
        ("disability", "证件号", ["62072220150310123X", "620722201503101248"], "id_no"),
        ("civil_affairs", "证件号码", ["62072220150310123X", "620722201503101248"], "id_no"),
        ("education", "学籍号", ["G62072220150310123X", "L620722201503101248"], "student_no"),
        ("education", "学籍号", ["20240701001", "20240701002"], "student_aux_no"),
        ("education", "关系", ["父亲", "祖父"], "guardian_rel"),
        ("public_security", "关系", ["长子", "孙女"], "rel_head"),
        ("civil_affairs", "关系", ["长子", "孙女"], "rel_head"),
        ("education", "户口所在地行政区划", ["620722000000", "620722"], "hukou_area_code"),
        ("education", "户口所在地行政区划", ["甘肃省民乐县", "甘肃省民乐县"], "hukou_addr"),
        ("civil_affairs", "状态", ["登记在册", "退出"], "roll_status"),
        ("disability", "状态", ["正常", "注销"], "card_status"),
        ("education", "状态", ["在读", "休学"], "enrolment_status"),
        ("civil_affairs", "日期", ["2020-01-01"], ""),
    ],
)
def test_ambiguous_headings_are_decided_by_the_values(
    department: str, heading: str, values: list[str], field: str
) -> None:
    found = mapped(department, ["姓名", heading], *[["甲", value] for value in values])
    assert found.columns[1].field == field
    assert (heading in found.unknown) == (field == "")


def test_a_second_student_number_column_is_the_local_one() -> None:
    found = mapped("education", ["姓名", "全国学籍号", "学籍号"], ["甲", "G62072220150310123X", "20240701001"])
    assert found.columns[2].field == "student_aux_no"


@pytest.mark.parametrize(
    ("department", "headings", "layout"),
    [
        (
            "civil_affairs",
            "乡镇 姓名 身份证号码 残疾人证号 补贴类型 补贴对象类型 补贴金额 享受补贴起始月份 残疾等级",
            "subsidies",
        ),
        ("civil_affairs", "地区 户主姓名 身份证号 低保证号 保障类别 家庭人口 保障金额", "household"),
        ("civil_affairs", "户主姓名 户主身份证号 家庭成员姓名 身份证号 与户主关系 是否保障", "household_members"),
        ("civil_affairs", "姓名 性别 身份证号 文化程度 联系电话 所在村（社区） 职务 是否专职 任职日期", "workers"),
        ("civil_affairs", "姓名 身份证号 起领年月 末领年月 保障金额 领取人姓名 开户银行 银行账号", "payment_roll"),
        ("civil_affairs", "儿童姓名 身份证号 儿童类别 监护人姓名 走访日期 发放开始年月", "ledger"),
        ("education", "姓名 身份证号 学籍号 学校 类别 劝返责任人 劝返结果", "dropout_ledger"),
        ("education", "姓名 残疾证书号 残疾类别 残疾程度 安置形式 班主任 障碍类型", "home_teaching"),
        ("education", "编号 个人标识码 学生姓名 身份证号 毕业学校标识码 录取学校标识码 教育阶段", "promotion"),
        ("education", "学校名称 姓名 身份证件号 年级 班级", "register"),
        ("disability", "儿童姓名 身份证号 监护人 障碍类别 诊断机构 救助类型 定点机构", "rehabilitation"),
    ],
)
def test_layouts_are_recognised(department: str, headings: str, layout: str) -> None:
    assert mapped(department, headings.split()).layout.name == layout
