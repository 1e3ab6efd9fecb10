"""Web pages and XML named `.xls`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.resources.reading import Reading, Refusal, read_file

Make = Callable[..., Path]
ROWS = "<tr><th>姓名</th><th>号码</th></tr><tr><td>张䶮</td><td>0012</td></tr>"
XML = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="名册"><Table>
<Column ss:Width="50"/><Column ss:Index="3" ss:Hidden="1"/>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">台账</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:MergeDown="1"><Data ss:Type="String">姓名</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="String">号码</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="Number">3.0</Data></Cell>
<Cell><Data ss:Type="Number">4.10181201503071E+17</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2015-03-07T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Boolean">1</Data></Cell>
<Cell><Data ss:Type="Error">#N/A</Data></Cell><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>张</B>䶮</ss:Data></Cell>
</Row>
</Table></Worksheet>
<Worksheet ss:Name="二"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>
</Workbook>"""


def rows(reading: Reading, grid: int = 0) -> list[list[str]]:
    cells: list[list[str]] = reading.grids[grid].cells.to_numpy().tolist()
    return cells


@pytest.mark.parametrize("declared", ["utf-8", "gb2312"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_a_page_is_decoded_by_its_bytes_and_not_by_what_it_declares(
    encoding: str, declared: str, write_text: Make
) -> None:
    page = f'<html><head><meta charset="{declared}"></head><body><table>{ROWS}</table></body></html>'
    reading = read_file(write_text(page, encoding, "学生.xls"))
    assert reading.container == "html"
    assert rows(reading) == [["姓名", "号码"], ["张䶮", "0012"]]
    assert [grid.sheet for grid in reading.grids] == [""]
    assert [notice.code for notice in reading.notices] == ["extension"]


def test_spans_push_later_cells_to_their_column(write_text: Make) -> None:
    page = """<TABLE><TR><TD rowspan=2>姓名</TD><TD colspan="2">监护人</TD><TD rowspan=2>备注</TD></TR>
    <TR><TD>姓名</TD><TD>电话</TD></TR><TR><TD>甲<TD>乙<TD>1<TD>x</TR></TABLE>"""
    grid = read_file(write_text(page, name="a.xls")).grids[0]
    assert grid.cells.to_numpy().tolist() == [
        ["姓名", "监护人", "", "备注"],
        ["", "姓名", "电话", ""],
        ["甲", "乙", "1", "x"],
    ]
    assert grid.merged == [(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 2, 3)]


def test_text_is_what_a_browser_shows(write_text: Make) -> None:
    page = """<table><tr><td>a</td></tr><tr><td>
      一村&nbsp;二组<br>三组  &amp; <b>四</b>组<script>x()</script></td><td>&nbsp;</td>
      <td x:num="410181201503071000">4.1E+17</td>
      <td x:num="42">42.00</td><td x:num="42070">2015-03-07</td><td style='mso-number-format:"\\@"'>0042</td></tr></table>"""
    grid = read_file(write_text(page, name="a.xls")).grids[0]
    assert grid.cells.loc[2].tolist() == [
        "一村\xa0二组\n三组 & 四组",
        "",
        "410181201503071000",
        "42",
        "2015-03-07",
        "0042",
    ]
    assert grid.damaged == {(2, 2)}


def test_several_tables_are_several_sheets_and_layout_tables_none(write_text: Make) -> None:
    page = (
        f"<table><tr><td><table><caption>甲镇</caption>{ROWS}</table></td><td><table>{ROWS}</table></td></tr></table>"
    )
    reading = read_file(write_text(page, name="a.html"))
    assert [(grid.number, grid.sheet) for grid in reading.grids] == [(1, "甲镇"), (2, "表2")]
    assert reading.notices == []


def test_hidden_rows_of_a_page_are_read_and_told(write_text: Make) -> None:
    page = f"<table>{ROWS}<tr style='DISPLAY: none'><td>乙</td><td>1</td></tr></table>"
    reading = read_file(write_text(page, name="a.html"))
    assert reading.grids[0].hidden_rows == [3]
    assert rows(reading)[2] == ["乙", "1"]
    assert [notice.code for notice in reading.notices] == ["hidden_rows"]


def test_a_page_that_breaks_off_is_told(write_text: Make) -> None:
    reading = read_file(write_text(f"<html><table>{ROWS}<tr><td>乙</td><td>", name="a.html"))
    assert [notice.code for notice in reading.notices] == ["cut_table"]


def test_a_page_without_table_is_refused(write_text: Make) -> None:
    with pytest.raises(Refusal, match="里面没有表格"):
        read_file(write_text("<html><body>登录超时</body></html>", name="a.xls"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_xml_spreadsheet(encoding: str, write_text: Make) -> None:
    reading = read_file(write_text(XML.format(encoding="utf-8"), encoding, "台账.xls"))
    first, second = reading.grids
    assert reading.container == "xmlss"
    assert first.cells.loc[1].tolist() == ["台账", "", "", ""]
    assert first.cells.loc[4].tolist() == ["姓名", "", "号码", ""]
    assert first.cells.loc[6].tolist() == ["2015-03-07", "TRUE", "", "张䶮"]
    assert first.merged == [(1, 0, 1, 2), (4, 0, 5, 0)]
    assert (first.hidden_rows, first.hidden_columns) == ([5], [2])
    assert (second.sheet, second.hidden) == ("二", True)


def test_cells_below_a_range_merged_downwards_move_right(write_text: Make) -> None:
    grid = read_file(write_text(XML.format(encoding="utf-8"), "utf-8", "台账.xls")).grids[0]
    assert grid.cells.loc[5].tolist() == ["", "3", "410181201503071000", ""]
    assert grid.damaged == {(5, 2)}


def test_an_xml_spreadsheet_that_breaks_off_is_incomplete(write_text: Make) -> None:
    with pytest.raises(Refusal) as caught:
        read_file(write_text(XML.format(encoding="utf-8")[:-200], "utf-8", "台账.xls"))
    assert caught.value.code == "truncated"
