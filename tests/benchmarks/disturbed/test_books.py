"""Files as sheets that can be cut: what stays is as it was, merges and hidden rows go along, and every row knows where it stood."""

import datetime as dt

import openpyxl
import pytest

from benchmarks.disturbed.books import BookSheet, SheetBook, UnreadableBookError, Written, read_book, write_book


def sheet_of(*rows, **more):
    return BookSheet("表", [[Written(cell) for cell in row] for row in rows], **more)


def texts(sheet):
    return [[cell.value for cell in row] for row in sheet.rows]


def test_rows_that_stay_know_where_they_stood():
    sheet = sheet_of(["题"], ["甲"], ["乙"], ["丙"], hidden={1, 3})
    assert sheet.keep_rows(lambda row: row != 3) == 1
    assert texts(sheet) == [["题"], ["甲"], ["丙"]]
    assert sheet.origins == [1, 2, 4]
    assert sheet.hidden == {1, 2}


def test_a_merged_cell_hands_its_text_down_when_its_first_row_goes():
    sheet = sheet_of(["东镇", "甲"], [None, "乙"], [None, "丙"], merges=[(0, 0, 2, 0)])
    sheet.keep_rows(lambda row: row != 1)
    assert texts(sheet) == [["东镇", "乙"], [None, "丙"]]
    assert sheet.merges == [(0, 0, 1, 0)]
    sheet.keep_rows(lambda row: row != 2)
    assert sheet.merges == []


def test_rows_in_another_order():
    sheet = sheet_of(["题"], ["甲"], ["乙"])
    sheet.order([0, 2, 1])
    assert texts(sheet) == [["题"], ["乙"], ["甲"]]
    assert sheet.origins == [1, 3, 2]


def test_columns_go_with_their_headings_and_a_heading_over_several_keeps_its_text():
    sheet = sheet_of(["学生", None, "家庭"], ["名", "号", "父"], ["甲", "1", "乙"], merges=[(0, 0, 0, 1)])
    sheet.drop_columns({0})
    assert texts(sheet) == [["学生", "家庭"], ["号", "父"], ["1", "乙"]]
    assert sheet.merges == []
    sheet.drop_columns(set())
    assert texts(sheet)[2] == ["1", "乙"]


def test_a_workbook_comes_back_as_it_was(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["=名", 41.5, dt.datetime(2020, 1, 2)])
    page["A1"].data_type, page["C1"].number_format = "s", "yyyy-mm-dd"
    page.append(["乙", None, "3"])
    page.merge_cells("A2:B2")
    page.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")
    write_book(read_book(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    again = read_book(tmp_path / "b.xlsx")
    assert texts(again.sheets[0]) == [["=名", 41.5, dt.datetime(2020, 1, 2)], ["乙", None, "3"]]
    assert again.sheets[0].rows[0][2].shown == "yyyy-mm-dd"
    assert (again.sheets[0].merges, again.sheets[0].hidden) == ([(1, 0, 1, 1)], {1})
    assert not again.is_text


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("gb18030", ","), ("utf-8-sig", ","), ("utf-16", ","), ("utf-8", ","), ("gb18030", "\t")],
)
def test_text_comes_back_byte_by_byte(tmp_path, encoding, delimiter):
    lines = [["姓名", "号码", "注"], ["张三", "'620799", "" if delimiter == "\t" else "有,逗号"]]
    write_book(
        SheetBook([BookSheet("", [[Written(cell) for cell in line] for line in lines])], encoding, delimiter),
        tmp_path / "a.csv",
    )
    book = read_book(tmp_path / "a.csv")
    write_book(book, tmp_path / "b.csv")
    assert texts(book.sheets[0]) == lines
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert book.is_text


def test_containers_that_cannot_be_written_again_are_refused(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (tmp_path / "b.xls").write_text("<html></html>", encoding="utf-8")
    for name in ("a.xls", "b.xls"):
        with pytest.raises(UnreadableBookError):
            read_book(tmp_path / name)
