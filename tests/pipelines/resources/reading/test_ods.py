"""OpenDocument tables."""

from pathlib import Path

import pytest
from odf import table as odf
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.text import P

from pipelines.resources.reading import read_file


def cell(text: str = "", **attributes: object) -> odf.TableCell:
    made = odf.TableCell(**attributes)
    if text:
        made.addElement(P(text=text))
    return made


@pytest.fixture
def document(tmp_path: Path) -> Path:
    book = OpenDocumentSpreadsheet()
    unseen = Style(name="unseen", family="table")
    unseen.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(unseen)
    sheet = odf.Table(name="名册")
    sheet.addElement(odf.TableColumn(numbercolumnsrepeated=1))
    sheet.addElement(odf.TableColumn(visibility="collapse"))
    rows: list[tuple[dict[str, object], list[odf.TableCell]]] = [
        ({}, [cell("台账", numbercolumnsspanned=3, valuetype="string"), odf.CoveredTableCell(numbercolumnsrepeated=2)]),
        ({"numberrowsrepeated": 2}, [cell(numbercolumnsrepeated=16384)]),
        ({}, [cell("姓名", valuetype="string"), cell("号码", valuetype="string"), cell("出生", valuetype="string")]),
        (
            {"visibility": "filter"},
            [
                cell("张䶮", valuetype="string"),
                cell("4.1E+17", valuetype="float", value="410181201503071789"),
                cell("15/03/07", valuetype="date", datevalue="2015-03-07"),
            ],
        ),
        (
            {},
            [
                cell("是", valuetype="boolean", booleanvalue="true", numbercolumnsrepeated=2),
                cell("3", valuetype="float", value="3"),
            ],
        ),
        ({"numberrowsrepeated": 1048000}, [cell(numbercolumnsrepeated=16384)]),
    ]
    for attributes, cells in rows:
        row = odf.TableRow(**attributes)
        for one in cells:
            row.addElement(one)
        sheet.addElement(row)
    hidden = odf.Table(name="二", stylename=unseen)
    row = odf.TableRow()
    row.addElement(cell("另一张", valuetype="string"))
    hidden.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.spreadsheet.addElement(hidden)
    book.save(str(tmp_path / "台账.ods"))
    return tmp_path / "台账.ods"


def test_cells_repetitions_spans_and_hidden_parts(document: Path) -> None:
    reading = read_file(document)
    first, second = reading.grids
    assert reading.container == "ods"
    assert first.cells.to_numpy().tolist() == [
        ["台账", "", ""],
        ["", "", ""],
        ["", "", ""],
        ["姓名", "号码", "出生"],
        ["张䶮", "410181201503071000", "2015-03-07"],
        ["TRUE", "TRUE", "3"],
    ]
    assert first.damaged == {(5, 1)}
    assert first.merged == [(1, 0, 1, 2)]
    assert (first.hidden_rows, first.hidden_columns) == ([5], [1])
    assert (second.sheet, second.hidden) == ("二", True)
