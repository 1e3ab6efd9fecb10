"""Workbooks: cells as they were typed, positions as a person sees them, everything hidden read and told."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from pipelines.resources.reading import Grid, Reading, read_file

WriteXlsx = Callable[..., Path]
ReplacePart = Callable[..., Path]


def column(grid: Grid, position: int = 0) -> list[str]:
    return list(grid.cells[position])


def codes(reading: Reading) -> list[str]:
    return [notice.code for notice in reading.notices]


def test_text_stays_text_and_numbers_lose_nothing(write_xlsx: WriteXlsx) -> None:
    values: list[tuple[object, str]] = [
        ("0012345", "0012345"),
        (" 前后 空格 ", " 前后 空格 "),
        ("=cmd|' /C calc'!A0", ""),  # openpyxl makes a formula of it: no stored value
        ("+86", "+86"),
        ("@某", "@某"),
        (3, "3"),
        (3.5, "3.5"),
        (13800000000, "13800000000"),
        (-2, "-2"),
        (True, "TRUE"),
        (date(2015, 3, 7), "2015-03-07"),
        (datetime(2015, 3, 7), "2015-03-07"),
        (datetime(2015, 3, 7, 12, 30), "2015-03-07 12:30:00"),
        ("龴㐀𠮷", "龴㐀𠮷"),
    ]
    grid = read_file(write_xlsx([[value] for value, _ in values])).grids[0]
    assert column(grid) == [text for _, text in values]
    assert grid.damaged == set()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (410181201503071234, "410181201503071000"),
        (410181201503071789, "410181201503071000"),
        (4.10181201503071e17, "410181201503071000"),
        (6222020200112230, "6222020200112230"),
        (6222020200112238, "6222020200112230"),
        (3e20, "300000000000000000000"),
    ],
)
def test_numbers_of_sixteen_digits_keep_fifteen_and_are_marked(number: float, text: str, write_xlsx: WriteXlsx) -> None:
    grid = read_file(write_xlsx([["号码", "x"], ["x", number]])).grids[0]
    assert grid.cells.at[2, 1] == text
    assert grid.damaged == {(2, 1)}


@pytest.mark.parametrize("digits", ["410181201503071999", "410181201503071001", "410181201503071500"])
def test_the_fifteenth_digit_is_the_one_in_the_file(
    digits: str, write_xlsx: WriteXlsx, replace_part: ReplacePart
) -> None:
    def spell(xml: bytes) -> bytes:
        return xml.replace(b"<v>77</v>", f"<v>{digits}</v>".encode())

    grid = read_file(replace_part(write_xlsx([["号码"], [77]]), "xl/worksheets/sheet1.xml", spell)).grids[0]
    assert grid.cells.at[2, 0] == "410181201503071000"
    assert grid.damaged == {(2, 0)}


def test_numbers_of_fifteen_digits_are_whole(write_xlsx: WriteXlsx) -> None:
    grid = read_file(write_xlsx([["号码"], [410181850307123], [999999999999999]])).grids[0]
    assert column(grid)[1:] == ["410181850307123", "999999999999999"]
    assert grid.damaged == set()


def test_rows_keep_their_number_with_empty_ones_before_and_between(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("甲")
    sheet.write_string("C4", "姓名")
    sheet.write_string("C7", "张三")
    book.close()
    grid = read_file(tmp_path / "a.xlsx").grids[0]
    assert grid.cells.shape == (7, 3)
    assert grid.cells.index.dtype == np.int32
    assert grid.cells.at[4, 2] == "姓名"
    assert grid.cells.at[7, 2] == "张三"
    assert (grid.cells.loc[1:3] == "").all(axis=None)


def test_hidden_sheets_rows_columns_and_filtered_rows_are_read_and_told(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, hidden = book.add_worksheet("一"), book.add_worksheet("二")
    for row in range(6):
        sheet.write_row(row, 0, [f"甲{row}", f"乙{row}", f"丙{row}"])
        hidden.write_string(row, 0, f"丁{row}")
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.autofilter(0, 0, 5, 2)
    sheet.filter_column("A", "x == 甲1")
    sheet.set_row(4, None, None, {"hidden": True})
    sheet.set_column("B:B", None, None, {"hidden": True})
    hidden.hide()
    book.close()
    reading = read_file(tmp_path / "a.xlsx")
    first, second = reading.grids
    assert (first.hidden, first.hidden_rows, first.hidden_columns) == (False, [3, 5], [1])
    assert (second.sheet, second.number, second.hidden) == ("二", 2, True)
    assert first.cells.at[3, 1] == "乙2"
    assert codes(reading) == ["hidden_rows", "hidden_sheet"]
    assert "2行、1列" in reading.notices[0].message


def test_merged_ranges_are_reported_and_only_their_first_cell_has_the_value(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range("B1:C2", "监护人")
    sheet.write_row("A3", ["某", "甲", "1"])
    sheet.merge_range("A5:Z5", "填表说明")
    book.close()
    grid = read_file(tmp_path / "a.xlsx").grids[0]
    assert grid.merged == [(1, 1, 2, 2), (5, 0, 5, 2)]
    assert [grid.cells.at[1, 1], grid.cells.at[1, 2], grid.cells.at[2, 1]] == ["监护人", "", ""]


def test_formulas_are_their_stored_value_and_errors_are_empty(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_formula("A1", '=MID("x110101",2,6)', None, "110101")
    sheet.write_formula("A2", "=1/0", None, "#DIV/0!")
    sheet.write_formula("A3", "=NA()", None, "#N/A")
    sheet.write_string("A4", "=1+1")
    book.close()
    assert column(read_file(tmp_path / "a.xlsx").grids[0]) == ["110101", "", "", "=1+1"]


def test_a_formula_that_was_never_calculated_is_empty_and_never_zero(write_xlsx: WriteXlsx) -> None:
    grid = read_file(write_xlsx([["年龄", "姓名"], ["=2026-2015", "某"], ["=YEAR(A1)", "某"]])).grids[0]
    assert column(grid) == ["年龄", "", ""]


def test_a_date_cell_with_a_number_no_date_has_stays_readable(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string("A1", "出生日期")
    for row, number in enumerate([42070, 20150307, 0], 1):
        sheet.write_number(row, 0, number, day)
    book.close()
    assert column(read_file(tmp_path / "a.xlsx").grids[0]) == ["出生日期", "2015-03-07", "20150307", "1900-01-00"]


def test_all_sheets_come_in_the_order_of_the_tabs(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for name in ["填报说明", "甲镇", "乙镇"]:
        sheet = book.add_worksheet(name)
        sheet.write_column("A1", [name, "1"])
    book.close()
    grids = read_file(tmp_path / "a.xlsx").grids
    assert [(grid.number, grid.sheet, grid.cells.at[1, 0]) for grid in grids] == [
        (1, "填报说明", "填报说明"),
        (2, "甲镇", "甲镇"),
        (3, "乙镇", "乙镇"),
    ]


def test_macros_are_ignored_with_a_notice(write_xlsx: WriteXlsx, tmp_path: Path) -> None:
    plain = write_xlsx([["姓名"], ["某"]])
    import zipfile

    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 no macro at all")
    macro = plain.rename(tmp_path / "名册.xlsm")
    reading = read_file(macro)
    assert reading.container == "xlsm"
    assert codes(reading) == ["macros"]


def test_a_workbook_with_a_namespace_prefix_is_looked_through_too(
    write_xlsx: WriteXlsx, replace_part: ReplacePart
) -> None:
    import re

    def prefixed(xml: bytes) -> bytes:
        xml = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", xml).replace(b"<x:?xml", b"<?xml")
        return xml.replace(b"xmlns=", b"xmlns:x=").replace(b'<x:row r="2"', b'<x:row r="2" hidden="1"')

    path = replace_part(write_xlsx([["号码"], [410181201503071234]]), "xl/worksheets/sheet1.xml", prefixed)
    grid = read_file(path).grids[0]
    assert column(grid) == ["号码", "410181201503071000"]
    assert grid.hidden_rows == [2]


def test_private_code_points_become_the_assigned_ones(write_xlsx: WriteXlsx) -> None:
    assert column(read_file(write_xlsx([["姓名"], ["\ue81e\ue863某"]])).grids[0])[1] == "龴䶮某"
