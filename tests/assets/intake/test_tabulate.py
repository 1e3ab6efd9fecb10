from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from assets.intake.contract import load_contracts
from assets.intake.notices import DeliveredFile, Tabulated
from assets.intake.pieces import tabulate_files
from pipelines.resources.reading.shapes import Grid, Reading

Read = Callable[..., Tabulated]
MakeGrid = Callable[..., Grid]
MakeNumber = Callable[..., str]

HEAD = ["序号", "儿童姓名", "身份证号", "性别", "户籍地址", "儿童类别"]


def kinds(done: Tabulated) -> dict[int, str]:
    return dict(zip(done.raw["row"], done.raw["kind"], strict=True))


def codes(done: Tabulated) -> set[str]:
    return {notice.code for notice in done.notices}


def children(make_number: MakeNumber, count: int, start: int = 1) -> list[list[str]]:
    names = ["王小明", "李小红", "张子轩", "刘一诺", "陈浩然"]
    return [
        [str(start + i), names[i % 5], make_number("20150310", 100 + i), "男", "民乐县南古镇岔家堡村", "农村留守儿童"]
        for i in range(count)
    ]


def test_titles_signature_total_blank_and_repeated_heading(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    rows = [
        ["民乐县农村留守儿童信息台账"],
        ["填报单位（盖章）：", "", "", "填报时间：2026年9月15日"],
        HEAD,
        *children(make_number, 2),
        [],
        HEAD,
        *children(make_number, 1, 3),
        ["4"],
        ["合计", "", "3人"],
        ["填表人：王某", "", "审核人："],
        ["备注：本表一式两份。"],
    ]
    done = read("civil_affairs", make_grid(rows))
    assert done.refusal is None
    assert list(kinds(done).values()) == [
        "title", "title", "heading", "data", "data", "blank",
        "repeated_heading", "data", "blank", "total", "signature", "note",
    ]  # fmt: skip
    assert codes(done) == {"repeated_heading"}
    assert list(done.raw["record_id"])[3] == "CA-1f0c9a77b2-1-4"


@pytest.mark.parametrize(("stated", "told"), [("合计：2人", False), ("合计：12人", True), ("总计", False)])
def test_a_total_that_differs_is_told(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber, stated: str, told: bool
) -> None:
    done = read("civil_affairs", make_grid([HEAD, *children(make_number, 2), [stated]]))
    assert list(done.raw["kind"])[-1] == "total"
    assert ("total_differs" in codes(done)) == told


def test_subtotals_count_since_the_last_one(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [HEAD, *children(make_number, 3), ["小计", "3"], *children(make_number, 2, 4), ["小计", "2"], ["合计", "5"]]
    done = read("civil_affairs", make_grid(rows))
    assert list(done.raw["kind"]).count("total") == 3
    assert codes(done) == set()


def test_two_level_heading_with_merged_cells(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [
        ["困境儿童台账"],
        ["序号", "儿童姓名", "身份证号", "父亲情况", "", "", "母亲情况", "", "现住址", ""],
        ["", "", "", "姓名", "身份证号", "是否外出", "姓名", "身份证号", "乡镇", "村"],
        [
            "1",
            "王小明",
            make_number("20150310"),
            "王大",
            make_number("19800310"),
            "是",
            "赵某",
            "",
            "南古镇",
            "岔家堡村",
        ],
    ]
    merged = [(1, 0, 1, 9), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 3, 2), (2, 3, 2, 5), (2, 6, 2, 7), (2, 8, 2, 9)]
    done = read("civil_affairs", make_grid(rows, merged=merged))
    heading = done.raw[done.raw["kind"] == "heading"].iloc[0]
    assert heading["row"] == 3
    assert [heading[f"c{i:03d}"] for i in (0, 3, 4, 6, 8)] == [
        "序号",
        "父亲情况.姓名",
        "父亲情况.身份证号",
        "母亲情况.姓名",
        "现住址.乡镇",
    ]
    assert list(done.raw["kind"]) == ["title", "title", "heading", "data"]
    found = dict(done.sheets[0].columns.values())
    assert found["父亲情况.身份证号"] == "father_id"
    assert found["父亲情况.是否外出"] == "father_status"
    assert found["现住址.村"] == "village"


def test_two_level_heading_without_merge_marks(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [
        ["姓名", "身份证号", "父亲", "", "母亲", "", "备注"],
        ["", "", "姓名", "身份证号", "姓名", "身份证号", ""],
        ["王小明", make_number("20150310"), "王大", "", "赵某", "", ""],
    ]
    done = read("civil_affairs", make_grid(rows))
    assert [target for _, target in done.sheets[0].columns.values()] == [
        "name", "id_no", "father_name", "father_id", "mother_name", "mother_id", "remark",
    ]  # fmt: skip


def test_data_on_the_second_sheet_and_instructions_on_the_first(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    guide = make_grid([["填表说明"], ["1. 姓名按户口簿填写，身份证号填18位。"], ["2. 不得合并单元格。"]], "说明", 1)
    done = read("civil_affairs", guide, make_grid([HEAD, *children(make_number, 2)], "数据", 2))
    assert done.refusal is None
    first = done.raw[done.raw["sheet_no"] == 1]
    assert set(first["kind"]) == {"other_sheet"}
    assert "no_heading" in codes(done)
    assert len(done.raw) == 6


def test_sheets_with_different_order_of_columns_are_all_read(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    one = make_grid([HEAD, *children(make_number, 2)], "南古镇", 1)
    two = make_grid([HEAD[::-1], *[row[::-1] for row in children(make_number, 3)]], "洪水镇", 2)
    done = read("civil_affairs", one, two)
    assert [report.data_rows for report in done.sheets] == [2, 3]


def test_a_sheet_without_heading_takes_that_of_the_sheet_before(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    one = make_grid([HEAD, *children(make_number, 4)], "1", 1)
    two = make_grid(children(make_number, 4, 5), "2", 2)
    done = read("civil_affairs", one, two)
    assert [report.data_rows for report in done.sheets] == [4, 4]
    assumed = done.raw[(done.raw["sheet_no"] == 2) & (done.raw["kind"] == "heading")]
    assert list(assumed["row"]) == [0]
    assert "no_heading_used_profile" in codes(done)


def test_the_71_column_template_without_heading(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    lines = []
    for i in range(4):
        line = [""] * 71
        line[2], line[3], line[4], line[6] = "王小明", "男", "20150310", make_number("20150310", 200 + i)
        line[47], line[48], line[55] = "王大", "父亲", make_number("19800310", 200 + i)
        lines.append(line)
    done = read("education", make_grid(lines))
    assert done.refusal is None
    assert list(done.raw["kind"]) == ["heading", "data", "data", "data", "data"]
    assert list(done.raw["row"]) == [0, 1, 2, 3, 4]


def test_merged_key_cells_are_filled_down(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [
        ["乡镇", "姓名", "身份证号"],
        ["南古镇", "王小明", make_number("20150310")],
        ["", "李小红", make_number("20150311")],
    ]
    done = read("civil_affairs", make_grid(rows, merged=[(2, 0, 3, 0)]))
    assert list(done.raw["c000"]) == ["乡镇", "南古镇", "南古镇"]
    assert "merged_cells" in codes(done)


def test_unknown_headings_are_reported(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [["姓名", "身份证号", "性别", "心理测评得分"], ["王小明", make_number("20150310"), "男", "88"]]
    done = read("civil_affairs", make_grid(rows))
    assert done.sheets[0].unknown == ["心理测评得分"]
    said = next(notice.message for notice in done.notices if notice.code == "unknown_heading")
    assert "第4列（D）" in said
    assert "心理测评得分" not in said, "a heading may be a child's name: a sentence says only where it stands"
    assert not any("88" in notice.message for notice in done.notices)


@pytest.mark.parametrize("rows", [[HEAD], [["民乐县台账"], HEAD, []], [["民乐县台账"], HEAD, ["合计", "0"]], [[]], []])
def test_only_a_heading_or_nothing_is_refused(read: Read, make_grid: MakeGrid, rows: list[list[str]]) -> None:
    done = read("civil_affairs", make_grid(rows))
    assert done.refusal is not None
    assert done.refusal.code == "no_rows"
    assert "第1张表没有数据行" in done.refusal.message
    assert len(done.raw) == 0


def test_a_missing_mandatory_column_is_named_with_the_headings_found(read: Read, make_grid: MakeGrid) -> None:
    done = read("civil_affairs", make_grid([["儿童姓名", "性别", "户籍地址"], ["王小明", "男", "南古镇"]]))
    assert done.refusal is not None
    assert done.refusal.code == "missing_column"
    for word in ("身份证号", "儿童姓名", "户籍地址"):
        assert word in done.refusal.message
    assert "王小明" not in done.refusal.message


@pytest.mark.parametrize(
    ("put_in", "heading"),
    [
        (
            "education",
            "公民身份号码,姓名,户号,与户主关系,户籍地址,父亲公民身份号码,母亲公民身份号码,户口注销类别,注销时间",
        ),
        ("civil_affairs", "学校名称,学校标识码,年级,班级,姓名,身份证件号,全国学籍号,学生状态,就读方式"),
        ("public_security", "残疾人证号,姓名,性别,残疾类别,残疾等级,发证日期,有效期止,证件状态"),
        ("disability", "gmsfhm,xm,xb,csrq,hh,yhzgx,hjdxz,rkzt,zxsj,swrq"),
    ],
)
def test_another_departments_file_is_refused(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber, put_in: str, heading: str
) -> None:
    names = heading.split(",")
    done = read(put_in, make_grid([names, [make_number("20150310")] * len(names)]))
    assert done.refusal is not None
    assert done.refusal.code == "wrong_department"
    assert load_contracts()[put_in].zh in done.refusal.message


def test_household_rows_and_worker_rosters_are_taken_as_rows_about_adults(read: Read, make_grid: MakeGrid) -> None:
    households = [
        ["地区", "户主姓名", "身份证号", "低保证号", "家庭人口", "保障金额"],
        ["南古镇", "王大", "1", "2", "3", "4"],
    ]
    workers = [
        ["姓名", "性别", "身份证号", "职务", "是否专职", "任职日期"],
        ["王大", "男", "1", "儿童主任", "是", "2020-01"],
    ]
    subjects = load_contracts()["civil_affairs"].subjects
    for rows, layout in ((households, "household"), (workers, "workers")):
        done = read("civil_affairs", make_grid(rows))
        assert done.refusal is None
        assert list(done.raw["kind"]) == ["heading", "data"]
        assert subjects[layout] == "adult"
        assert done.sheets[0].layout == load_contracts()["civil_affairs"].layout(layout).zh


def test_a_file_that_is_no_table_is_refused(read: Read, make_grid: MakeGrid) -> None:
    done = read("civil_affairs", make_grid([["关于报送材料的通知"], ["各乡镇人民政府："], ["现将有关事项通知如下。"]]))
    assert done.refusal is not None
    assert done.refusal.code == "no_heading"


def test_pieces_second_without_heading_and_a_missing_one(make_grid: MakeGrid, make_number: MakeNumber) -> None:
    def source(rows: list[list[str]], file: str, sha: str) -> DeliveredFile:
        return DeliveredFile(Reading("xlsx", "", [make_grid(rows)]), file, sha * 64, "D1")

    contract = load_contracts()["civil_affairs"]
    first = source([HEAD, *children(make_number, 5)], "1.xlsx", "a")
    second = source(children(make_number, 5, 6), "2.xlsx", "b")
    fourth = source([HEAD, *children(make_number, 5, 16)], "4.xlsx", "c")
    done = tabulate_files([second, first, fourth], contract, date(2026, 9, 30))
    assert [each.refusal for each in done] == [None, None, None]
    assert "no_heading_used_profile" in codes(done[0])
    assert "missing_piece" not in codes(done[0]) | codes(done[1])
    assert "missing_piece" in codes(done[2])
    raw = pd.concat([each.raw for each in done])
    assert raw["record_id"].is_unique


def test_every_physical_row_is_in_raw_once(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [["标题"], [], HEAD, *children(make_number, 3), [], ["合计：3人"], [], []]
    done = read("civil_affairs", make_grid(rows))
    assert list(done.raw["row"]) == list(range(1, len(rows) + 1))
    assert done.raw["row"].dtype == "int32"


def test_damaged_positions_are_kept(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    done = read("civil_affairs", make_grid([HEAD, *children(make_number, 2)], damaged={(2, 2), (3, 2), (3, 4)}))
    assert list(done.raw["damaged"]) == ["", "2", "2;4"]
    assert "damaged_numbers" in codes(done)


def test_a_row_of_blanks_only_is_blank(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [HEAD, *children(make_number, 1), ["", " ", "\u3000", "\u200b"], ["2", " "]]
    assert list(read("civil_affairs", make_grid(rows)).raw["kind"]) == ["heading", "data", "blank", "blank"]
