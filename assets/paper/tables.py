"""Tables of an official paper as WordprocessingML, built at once: thousands of cells through the object model take seconds.

Here: cells, widths, borders, shading, repeated heading rows. Not here: figures and texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from assets.paper.fonts import fonts
from assets.workbooks.book import UNPRINTABLE

TWIPS_PER_MM = 1440 / 25.4
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LINE = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
HEAD_FILL = "E8EDF3"


@dataclass(frozen=True)
class Cell:
    """One cell: text (line breaks allowed), shading as RRGGBB, alignment, columns spanned, written downwards or not."""

    text: str
    fill: str = ""
    align: str = "center"
    bold: bool = False
    span: int = 1
    downwards: bool = False
    colour: str = ""


@dataclass(frozen=True)
class TableLook:
    """Widths in millimetres, letter size in points, how many heading rows repeat, lowest row height in millimetres."""

    widths: Sequence[float]
    size: float = 10.5
    head_rows: int = 1
    row_height: float = 7.0
    head_height: float = 8.0


Row = Sequence[Cell | str]


def table_xml(rows: Sequence[Row], look: TableLook) -> Any:
    """The table as an element to be put into a document.

    Args:
        rows: texts or cells; a plain text in a heading row is bold and shaded, elsewhere it is centred.
        look: widths and sizes.
    """
    from docx.oxml import parse_xml

    total = sum(_twips(width) for width in look.widths)
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in look.widths)
    borders = "".join(f"<w:{side} {LINE}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    margins = '<w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/>'
    head = (
        f'<w:tblPr><w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders>'
        # Fixed: an automatic layout measures every cell, and two programs break the same table differently.
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )
    body = "".join(_row(row, number < look.head_rows, look) for number, row in enumerate(rows))
    return parse_xml(f'<w:tbl xmlns:w="{NAMESPACE}">{head}{body}</w:tbl>')


def _row(row: Row, is_head: bool, look: TableLook) -> str:
    height = look.head_height if is_head else look.row_height
    marks = f'<w:cantSplit/><w:trHeight w:val="{_twips(height)}" w:hRule="atLeast"/>'
    marks += "<w:tblHeader/>" if is_head else ""
    cells, place = [], 0
    for entry in row:
        cell = entry if isinstance(entry, Cell) else Cell(entry, fill=HEAD_FILL if is_head else "", bold=is_head)
        width = sum(look.widths[place : place + cell.span])
        cells.append(_cell(cell, width, look.size))
        place += cell.span
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(cell: Cell, width: float, size: float) -> str:
    # The schema fixes the order of these elements; Word calls a file damaged that has another.
    marks = f'<w:tcW w:w="{_twips(width)}" w:type="dxa"/>'
    marks += f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{cell.fill}"/>' if cell.fill else ""
    marks += '<w:textDirection w:val="tbRlV"/>' if cell.downwards else ""
    marks += '<w:vAlign w:val="center"/>'
    return (
        f"<w:tc><w:tcPr>{marks}</w:tcPr>{''.join(_line(text, cell, size) for text in cell.text.split(chr(10)))}</w:tc>"
    )


def _line(text: str, cell: Cell, size: float) -> str:
    name = fonts().official("table")
    look = f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}"/>'
    look += "<w:b/>" if cell.bold else ""
    look += f'<w:color w:val="{cell.colour}"/>' if cell.colour else ""
    look += f'<w:sz w:val="{round(size * 2)}"/>'
    shape = (
        '<w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>'
        f'<w:jc w:val="{cell.align}"/><w:rPr><w:sz w:val="{round(size * 2)}"/></w:rPr></w:pPr>'
    )
    plain = escape(UNPRINTABLE.sub("□", text))
    return f'<w:p>{shape}<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{plain}</w:t></w:r></w:p>'


def _twips(millimetres: float) -> int:
    return round(millimetres * TWIPS_PER_MM)
