"""Further sources come by a contract alone: a real workbook or text file of each through the reader and standardise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from assets.intake.accounting import account
from assets.intake.context import Context
from assets.intake.contract import all_contracts, load_contracts
from assets.intake.linkable import about_children
from assets.intake.notices import DeliveredFile
from assets.intake.standard import Standardised, standardise
from assets.intake.tabulate import tabulate
from pipelines.resources.reading.reader import read_file

Number = Callable[..., str]
FURTHER = ("attendance", "cremation", "custody", "health", "lifted_poverty", "subsistence", "visits", "workers")
AS_OF = date(2026, 9, 30)


def taken(path: Path, source: str) -> Standardised:
    """A file through the reader, its contract and standardise, with the accounting checked."""
    contract = all_contracts()[source]
    done = tabulate(
        DeliveredFile(read_file(path), path.name, "1f0c9a77b2" + "0" * 54, "D1"), contract, date(2026, 9, 30)
    )
    assert done.refusal is None, done.refusal
    assert [column for sheet in done.sheets for column in sheet.unknown] == []
    result = standardise(done.raw, done.readings, contract, Context("2026Q3", AS_OF, None, "620722"))
    account(done.raw, result)
    return result


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """book(rows, name, title=...) -> a real workbook with a title above its heading."""

    def write(rows: list[list[object]], name: str, title: str = "") -> Path:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        if title:
            sheet.append([title])
        for row in rows:
            sheet.append(row)
        path = tmp_path / name
        workbook.save(path)
        return path

    return write


def children(result: Standardised, source: str) -> pd.DataFrame:
    """The accepted rows that are about a child."""
    rows = result.accepted
    return rows[about_children(rows, all_contracts(), AS_OF)]


def test_the_eight_sources_are_known_and_no_county_s_own_until_files_come(tmp_path: Path) -> None:
    assert set(FURTHER) == {name for name, contract in all_contracts().items() if contract.further}
    contracts = tmp_path / "contracts"
    assert not set(FURTHER) & set(load_contracts(contracts))
    (tmp_path / "inbox" / "2026Q3" / "visits").mkdir(parents=True)
    assert set(FURTHER) & set(load_contracts(contracts)) == {"visits"}


def test_the_guide_names_every_source_that_a_folder_brings_in() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guides" / "further-sources.zh-CN.md").read_text(encoding="utf-8")
    assert [source for source in FURTHER if f"| `{source}`" not in guide] == []


def test_attendance_list(book: Callable[..., Path], make_number: Number) -> None:
    heading = ["序号", "学校名称", "年级", "班级", "姓名", "身份证号", "是否在校", "不在校原因"]
    rows = [
        heading,
        [1, "第一小学", "五年级", "2班", "张三", make_number("20150310"), "在校", ""],
        [2, "第一小学", "五年级", "2班", "李四", make_number("20150311"), "不在校", "请假"],
    ]
    result = taken(book(rows, "在校名单.xlsx", "第一小学在校学生名单"), "attendance")
    assert result.accepted["present"].tolist() == ["yes", "no"]
    assert result.accepted["study_status"].tolist() == ["", "on_leave"]
    assert result.accepted["grade"].tolist() == ["5", "5"]
    assert len(children(result, "attendance")) == 2


def test_a_class_list_in_education_s_folder_is_no_register(book: Callable[..., Path], make_number: Number) -> None:
    rows = [
        ["学校", "年级", "姓名", "身份证号", "是否到校", "未到校原因"],
        ["第一小学", "五年级", "张三", make_number("20150310"), "否", "病假"],
    ]
    result = taken(book(rows, "考勤.xlsx"), "education")
    record = result.accepted.iloc[0]
    assert (record["layout"], record["present"], record["study_status"]) == ("attendance", "no", "on_leave")


def test_lifted_households(tmp_path: Path, make_number: Number) -> None:
    lines = [
        "户编号,姓名,证件号码,与户主关系,在校生状况,户类型,是否义务教育阶段适龄儿童少年失学辍学",
        f"6207220001,张大,{make_number('19850310')},户主,非在校生,脱贫户,否",
        f"6207220001,张三,{make_number('20150310')},之子,小学,脱贫户,否",
        f"6207220002,李四,{make_number('20130310')},之女,非在校生,突发严重困难户,是",
    ]
    path = tmp_path / "脱贫户家庭成员.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    result = taken(path, "lifted_poverty")
    assert result.accepted["aid"].tolist() == ["poverty_file", "poverty_file"]
    # A plain yes to 是否失学辍学 outweighs 非在校生, which a child in kindergarten is, too.
    assert result.accepted["study_status"].tolist() == ["in_school", "dropout"]
    assert len(result.set_aside) == 1


def test_cremations_of_a_child_and_of_a_parent(book: Callable[..., Path], make_number: Number) -> None:
    rows = [
        ["序号", "逝者姓名", "身份证号", "性别", "死亡日期", "火化日期", "家属姓名", "家属电话"],
        [1, "张大", make_number("19850310"), "男", "2026-08-01", "2026-08-03", "张二", "13900000000"],
        [2, "张三", make_number("20150310"), "男", "2026-08-02", "2026-08-04", "张二", "13900000000"],
    ]
    result = taken(book(rows, "火化.xlsx", "火化人员登记表"), "cremation")
    assert result.accepted["death_date"].tolist() == ["2026-08-01", "2026-08-02"]
    assert result.accepted["id_no_status"].tolist() == ["valid", "valid"]
    assert children(result, "cremation")["name"].tolist() == ["张三"]


def test_answers_about_parents(book: Callable[..., Path], make_number: Number) -> None:
    father, mother, other = (make_number(birth) for birth in ("19850310", "19860310", "19870310"))
    rows = [
        ["儿童姓名", "被查询人姓名", "被查询人身份证号", "查询结果", "刑期起", "刑期止"],
        ["张三", "张大", father, "服刑在押", "2025.01.01", "2028.01.01"],
        ["张三", "王二", mother, "无", "", ""],
        ["李四", "李大", other, "强制隔离戒毒", "2026年3月1日", "2027年3月1日"],
    ]
    result = taken(book(rows, "查询答复.xlsx"), "custody")
    accepted = result.accepted
    assert accepted["name"].tolist() == ["张大", "王二", "李大"]
    assert accepted["id_no"].tolist() == [father, mother, other]
    assert accepted["person_status"].tolist() == ["prison", "normal", "detox"]
    assert accepted["term_to"].tolist() == ["2028-01-01", "", "2027-03-01"]
    assert children(result, "custody").empty


MEMBERS = ["序号", "户主姓名", "户主身份证号", "家庭成员姓名", "身份证号", "与户主关系", "是否保障", "保障类别"]


@pytest.mark.parametrize("source", ["subsistence", "civil_affairs"])
def test_members_of_low_income_households(book: Callable[..., Path], make_number: Number, source: str) -> None:
    head = make_number("19850310")
    rows = [
        MEMBERS,
        [1, "张大", head, "张大", head, "户主", "是", "A类"],
        [2, "张大", head, "张三", make_number("20150310"), "长子", "是", "A类"],
        [3, "张大", head, "张四", make_number("20170310"), "次子", "否", "A类"],
    ]
    result = taken(book(rows, "家庭成员.xlsx", "农村低保家庭成员花名册"), source)
    told = result.accepted.set_index("name")["aid"].to_dict()
    assert told == {"张三": "minimum_living", "张四": ""}
    assert set(result.accepted["layout"]) == {"household_members"}


def test_a_member_file_without_a_column_of_cover_is_what_its_title_says(
    book: Callable[..., Path], make_number: Number
) -> None:
    rows = [[*MEMBERS[:6]], [1, "张大", make_number("19850310"), "张三", make_number("20150310"), "之子"]]
    result = taken(book(rows, "成员.xlsx", "特困供养人员家庭成员表"), "subsistence")
    assert result.accepted["aid"].tolist() == ["destitute"]


@pytest.mark.parametrize("source", ["subsistence", "civil_affairs"])
def test_heads_of_households_are_rows_about_adults(book: Callable[..., Path], make_number: Number, source: str) -> None:
    head = make_number("19850310")
    rows = [
        ["序号", "户主姓名", "户主身份证号", "低保证号", "保障类别", "保障人数", "保障金额"],
        [1, "张大", head, "620722001", "B类", 3, "1200元"],
    ]
    result = taken(book(rows, "低保户.xlsx", "某县农村低保保障名册"), source)
    row = result.accepted.iloc[0]
    assert (row["name"], row["id_no"], row["aid"], row["layout"]) == ("张大", head, "minimum_living", "household")
    assert (row["birth_date"], row["sex"]) == ("", "")
    assert children(result, source).empty


def test_screening_of_health(book: Callable[..., Path], make_number: Number) -> None:
    rows = [
        [
            "儿童姓名",
            "出生医学证明编号",
            "性别",
            "出生日期",
            "母亲姓名",
            "筛查障碍类别",
            "筛查结果",
            "筛查日期",
            "是否转介康复",
        ],
        ["张三", "X320101001", "男", "2024-03-10", "王二", "听力", "阳性", "2026-05-01", "否"],
        ["李四", "", "女", "2025-03-10", "王三", "视力", "阴性", "2026-05-01", ""],
    ]
    result = taken(book(rows, "筛查.xlsx", "0—6岁儿童残疾筛查登记表"), "health")
    assert result.accepted["screening"].tolist() == ["positive", "negative"]
    assert result.accepted["disability_type"].tolist() == ["2", "1"]
    assert result.accepted["rehab"].tolist() == ["no", ""]


@pytest.mark.parametrize("source", ["workers", "civil_affairs"])
def test_roster_of_child_workers(book: Callable[..., Path], make_number: Number, source: str) -> None:
    rows = [
        [
            "序号",
            "姓名",
            "性别",
            "身份证号",
            "文化程度",
            "联系电话",
            "乡镇",
            "所在村（社区）",
            "职务",
            "是否专职",
            "任职日期",
        ],
        [
            1,
            "赵一",
            "女",
            make_number("19900310"),
            "大专",
            "13900000001",
            "南古镇",
            "岔家堡村",
            "儿童主任",
            "是",
            "2021-03",
        ],
        [2, "钱二", "男", make_number("19800310"), "本科", "13900000002", "南古镇", "", "儿童督导员", "否", "2020-01"],
    ]
    result = taken(book(rows, "儿童主任名册.xlsx", "儿童主任信息台账"), source)
    assert result.accepted["post"].tolist() == ["儿童主任", "儿童督导员"]
    assert result.accepted["village"].tolist() == ["岔家堡村", ""]
    assert set(result.accepted["layout"]) == {"workers"}
    assert children(result, source).empty


def test_book_of_visits(tmp_path: Path, make_number: Number) -> None:
    child = make_number("20150310")
    lines = ["儿童姓名\t身份证号\t走访日期\t走访方式\t走访人\t走访内容"]
    lines += [
        f"张三\t{child}\t2026-0{month}-10\t{how}\t赵一\t一切正常" for month, how in ((7, "入户走访"), (8, "电话联系"))
    ]
    path = tmp_path / "走访记录.txt"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    result = taken(path.rename(path.with_suffix(".csv")), "visits")
    assert result.accepted["contact_kind"].tolist() == ["visit", "contact"]
    assert result.accepted["visit_date"].tolist() == ["2026-07-10", "2026-08-10"]


def test_an_adult_s_number_is_no_parent_s_number_of_a_child(book: Callable[..., Path], make_number: Number) -> None:
    """In a list of children it goes to the guardian (rules/identifiers.md#c14); in a list about adults it is the person's own."""
    rows = [["姓名", "身份证号", "出生日期"], ["张三", make_number("19850310"), "2015-03-10"]]
    ledger = taken(book([[*rows[0], "儿童类别"], [*rows[1], "留守"]], "台账.xlsx"), "civil_affairs")
    assert (ledger.accepted["id_no"].item(), ledger.accepted["guardian_id"].item()) == ("", make_number("19850310"))
    roll = taken(book([rows[0] + ["村"], rows[1] + ["甲村"]], "名册.xlsx"), "workers")
    assert roll.accepted["id_no"].item() == make_number("19850310")
