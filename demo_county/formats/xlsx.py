"""xlsx through XlsxWriter, row by row in constant memory.

Text cells are typed as text, numbers as numbers: that difference is the point.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter

from demo_county.sheets import DemoSheet


def write_xlsx(path: Path, sheets: list[DemoSheet]) -> None:
    """Write sheets as one workbook."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": dt.datetime(2026, 1, 1)})  # the same seed gives the same bytes
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    try:
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            hidden = set(sheet.hidden)
            # merge_range() would write cells of rows that constant memory has already let go
            page.merge.extend([list(merge) for merge in sheet.merges])
            for r, row in enumerate(sheet.rows):
                if r in hidden:
                    page.set_row(r, None, None, {"hidden": True})
                for c, cell in enumerate(row):
                    if isinstance(cell, str):
                        if cell:
                            page.write_string(r, c, cell)
                    elif isinstance(cell, dt.date):
                        page.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), day)
                    else:
                        page.write_number(r, c, cell)
    finally:
        book.close()
