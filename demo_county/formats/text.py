"""Text containers: CSV and tab-separated text in any encoding, HTML tables, XML Spreadsheet 2003 — often under
the name .xls (rules/files.md#ff1 to #ff3).
"""

from __future__ import annotations

import csv
import io
from html import escape
from pathlib import Path

from demo_county.sheets import Cell, DemoSheet

_OFFICE = "urn:schemas-microsoft-com:office"


def write_csv(path: Path, sheet: DemoSheet, encoding: str) -> None:
    """Write one sheet as comma-separated text; what the encoding cannot hold becomes `?`."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(sheet.rows)
    path.write_bytes(out.getvalue().encode(encoding, errors="replace"))


def write_tabs(path: Path, sheet: DemoSheet, encoding: str) -> None:
    """Write one sheet as a careless exporter does: tabs, `NULL` for empty, an apostrophe before ten or more
    digits (rules/files.md#ff1, rules/identifiers.md#c04).
    """
    lines = ["\t".join(map(str, sheet.rows[0]))]
    lines += ["\t".join(map(_exported, row)) for row in sheet.rows[1:]]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding, errors="replace"))


def _exported(cell: Cell) -> str:
    text = str(cell)
    if not text:
        return "NULL"
    return "'" + text if len(text) >= 10 and text.isdigit() else text


def write_html(path: Path, sheet: DemoSheet, encoding: str) -> None:
    """Write one sheet as the HTML table that Java systems call .xls (rules/files.md#ff2)."""
    rows = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in sheet.rows)
    name = "gb2312" if encoding == "gb18030" else encoding  # they say gb2312 and mean more
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={name}">'
    page = (
        f'<html xmlns:x="{_OFFICE}:excel"><head>{meta}</head>\n<body><table border="1">\n{rows}</table></body></html>\n'
    )
    path.write_bytes(page.encode(encoding, errors="replace"))


def write_xmlss(path: Path, sheets: list[DemoSheet]) -> None:
    """Write sheets as XML Spreadsheet 2003."""
    pages = ""
    for sheet in sheets:
        rows = ""
        for row in sheet.rows:
            kinds = [("String" if isinstance(cell, str) else "Number", escape(str(cell))) for cell in row]
            cells = "".join(f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>' for kind, text in kinds)
            rows += f"<Row>{cells}</Row>\n"
        pages += f'<Worksheet ss:Name="{escape(sheet.name)}"><Table>\n{rows}</Table></Worksheet>'
    # The second line makes Windows open the file in Excel although it is XML.
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    book = f'<Workbook xmlns="{_OFFICE}:spreadsheet" xmlns:ss="{_OFFICE}:spreadsheet">'
    path.write_text(head + book + pages + "</Workbook>\n", encoding="utf-8")
