"""Old workbooks (BIFF)."""

from datetime import date
from pathlib import Path

import pytest
import xlwt

from pipelines.resources.reading import read_file
from pipelines.resources.reading.xls import by_calamine, by_xlrd


@pytest.fixture
def old(tmp_path: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet, second = book.add_sheet("名册"), book.add_sheet("隐藏表")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 3, "困境儿童台账")
    for column, heading in enumerate(["姓名", "身份证号", "出生日期", "电话"]):
        sheet.write(2, column, heading)
    for column, value in enumerate(["张䶮", "110101201503070011", date(2015, 3, 7), 13800000000]):
        sheet.write(3, column, value, day if column == 2 else xlwt.Style.default_style)
    for column, value in enumerate(["李四", 410181201503071234, 42070, 3.5]):
        sheet.write(4, column, value)
    sheet.write(5, 0, xlwt.Formula("1/0"))
    sheet.write(5, 1, True)
    sheet.row(4).hidden = True
    sheet.col(3).hidden = True
    second.visibility = 1
    second.write(0, 0, "另一张")
    book.save(str(tmp_path / "台账.xls"))
    return tmp_path / "台账.xls"


def test_cells_positions_and_hidden_parts(old: Path) -> None:
    reading = read_file(old)
    first, second = reading.grids
    assert reading.container == "xls"
    assert first.cells.loc[4].tolist() == ["张䶮", "110101201503070011", "2015-03-07", "13800000000"]
    assert first.cells.loc[5].tolist() == ["李四", "410181201503071000", "42070", "3.5"]
    assert first.cells.loc[6].tolist() == ["", "TRUE", "", ""]
    assert first.damaged == {(5, 1)}
    assert first.merged == [(1, 0, 1, 3)]
    assert (first.hidden_rows, first.hidden_columns) == ([5], [3])
    assert (second.sheet, second.number, second.hidden) == ("隐藏表", 2, True)
    assert [notice.code for notice in reading.notices] == ["hidden_rows", "hidden_sheet"]


def test_the_second_reader_reads_the_same(old: Path) -> None:
    data = old.read_bytes()
    first, second = by_calamine(data), by_xlrd(data)
    assert first is not None
    assert second is not None
    for one, other in zip(first, second, strict=True):
        one.trim()
        other.trim()
        assert (one.name, one.columns, one.damaged, one.hidden) == (
            other.name,
            other.columns,
            other.damaged,
            other.hidden,
        )


def test_names_and_contents_may_disagree(old: Path, tmp_path: Path) -> None:
    reading = read_file(old.rename(tmp_path / "台账.xlsx"))
    assert reading.container == "xls"
    assert reading.notices[0].code == "extension"


def test_a_stray_cell_far_down_is_left_out(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for row in range(3):
        sheet.write(row, 0, f"第{row}个")
    sheet.write(65_535, 255, " ")
    book.save(str(tmp_path / "a.xls"))
    reading = read_file(tmp_path / "a.xls")
    assert reading.grids[0].cells.shape == (3, 1)
    assert "IV65536" in reading.notices[0].message
