from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl

from assets.intake.context import Context
from assets.intake.contract import Contract
from assets.intake.errorlist import TITLE, write_error_list
from assets.intake.notices import Tabulated
from assets.intake.standard import standardise
from assets.intake.understanding import understanding
from pipelines.resources.reading.shapes import Grid

HEAD = ["姓名", "身份证号", "性别", "出生日期", "就学情况"]


def rows(make_number: Callable[..., str]) -> list[list[str]]:
    return [
        ["民乐县留守儿童台账"],
        HEAD,
        ["王小明", make_number("20150310"), "男", "2015-03-10", "在读"],
        ["李小红", make_number("20150311")[:-1] + "Q", "女", "2015-03-11", "=1+1"],
        ["", "", "男", "", "在读"],
        ["填表人：王某"],
    ]


def test_the_copy_marks_the_cells_and_says_why(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: Callable[..., Grid],
    make_number: Callable[..., str],
    tmp_path: Path,
) -> None:
    lines = rows(make_number)
    read_in = read(
        "civil_affairs", make_grid(lines, "留守"), make_grid([["说明"], ["按要求填写"]], "说明", 2), file="表.xls"
    )
    raw = read_in.raw
    done = standardise(raw, read_in.readings, contracts["civil_affairs"], context)
    path = tmp_path / "错误清单.xlsx"
    assert write_error_list(raw, done, read_in.readings, "表.xls", path) == 2
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["留守", "说明"]
    page = book["留守"]
    for number, line in enumerate(lines, 1):
        assert [page.cell(number, column + 1).value or "" for column in range(len(line))] == line
    assert page.cell(2, 6).value == TITLE
    assert "身份证号" in page.cell(4, 6).value
    assert page.cell(5, 6).value.startswith("【未采用】")
    assert page.cell(3, 6).value is None
    assert page.cell(4, 2).comment is not None
    assert page.cell(4, 2).fill.fgColor.rgb != page.cell(3, 2).fill.fgColor.rgb
    assert page.cell(4, 5).data_type == "s"
    assert book["说明"].cell(2, 1).value == "按要求填写"


def test_what_looks_like_rich_text_or_is_endless_is_text(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: Callable[..., Grid],
    make_number: Callable[..., str],
    tmp_path: Path,
) -> None:
    lines = rows(make_number)
    lines[3][4], lines[4][4] = "<r><t>在读</t></r><sheet/>", "长" * 40_000
    read_in = read("civil_affairs", make_grid(lines))
    raw = read_in.raw
    before = raw.copy()
    done = standardise(raw, read_in.readings, contracts["civil_affairs"], context)
    path = tmp_path / "错误清单.xlsx"
    write_error_list(raw, done, read_in.readings, "台账.xlsx", path)
    page = openpyxl.load_workbook(path).worksheets[0]
    assert page.cell(4, 5).value == "＜r><t>在读</t></r><sheet/>"
    assert page.cell(5, 5).value.startswith("长" * 1_000)
    assert page.cell(5, 5).value.endswith("…")
    assert raw.equals(before)


def test_a_row_that_a_rule_of_the_suite_refused_says_the_rule_s_sentence(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: Callable[..., Grid],
    make_number: Callable[..., str],
    tmp_path: Path,
) -> None:
    read_in = read("civil_affairs", make_grid(rows(make_number)[:3]))
    raw = read_in.raw
    done = standardise(raw, read_in.readings, contracts["civil_affairs"], context)
    place = done.accepted[["record_id", "delivery_id", "file", "sheet", "row"]]
    told = {"code": "rule_someone", "field": "name", "message": "不知道是谁", "advice": "请补填姓名"}
    refused = place.assign(**told, heading="", column=0, cells="[]")
    path = tmp_path / "错误清单.xlsx"
    assert write_error_list(raw, replace(done, quarantine=refused), read_in.readings, "台账.xlsx", path) == 1
    page = openpyxl.load_workbook(path).worksheets[0]
    assert page.cell(3, 6).value == "【未采用】不知道是谁，请补填姓名。"
    assert page.cell(3, 1).comment is not None


def test_nothing_is_written_for_a_file_without_faults(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: Callable[..., Grid],
    make_number: Callable[..., str],
    tmp_path: Path,
) -> None:
    read_in = read("civil_affairs", make_grid(rows(make_number)[:3]))
    raw = read_in.raw
    done = standardise(raw, read_in.readings, contracts["civil_affairs"], context)
    assert write_error_list(raw, done, read_in.readings, "台账.xlsx", tmp_path / "x.xlsx") == 0
    assert not (tmp_path / "x.xlsx").exists()


def test_understanding_tells_mapping_counts_and_remarks(
    read: Callable[..., Tabulated],
    contracts: dict[str, Contract],
    context: Context,
    make_grid: Callable[..., Grid],
    make_number: Callable[..., str],
) -> None:
    lines = rows(make_number)
    lines[1] = [*HEAD, "星座"]
    tabulated = read("civil_affairs", make_grid(lines))
    told = understanding(
        tabulated, standardise(tabulated.raw, tabulated.readings, contracts["civil_affairs"], context)
    )[0]
    assert (told.heading_row, told.data_rows, told.accepted, told.quarantined) == (2, 3, 2, 1)
    assert ("身份证号", "身份证号") in told.mapping
    assert told.unknown == ["星座"]
    assert any("第6列（F）" in warning for warning in told.warnings)
    text = repr(told)
    assert "李小红" not in text
    assert make_number("20150310") not in text
