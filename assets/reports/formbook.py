"""The national form as a workbook: one row per township and the county, one column per item, as the system prints it.

Counts of townships are small: internal only. Not here: counting (`survey`).
"""

from __future__ import annotations

from pathlib import Path

from assets.reports.figures import TOTAL, Figures
from assets.reports.material import ReportMaterial
from assets.reports.survey import survey, tables
from assets.workbooks.book import open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.table import Cell, TableSheet

NAME = "农村留守儿童基本情况排查汇总表"


def write_form(material: ReportMaterial, figures: Figures, folder: Path) -> Path:
    """Write the form's workbook, counts on one sheet, shares on another; returns its path."""
    path = folder / f"{material.known_place}{material.period.label}{NAME}_内部.xlsx"
    context = PublishContext(
        period=material.period.label,
        as_of=material.period.last_day,
        place=material.place,
        lists=(),
        office=material.office,
    )
    items = [(block.title, *item) for block in survey().blocks for item in tables(block)]
    first = f"survey_{survey().blocks[0].name}"
    headings = ["地区", "留守儿童总数", *[f"{title}\n{zh}" for title, _, _, zh in items]]
    rows: list[list[Cell]] = []
    shares: list[list[Cell]] = []
    for row, zh in figures.grids[first].rows.items():
        whole = figures.number(first, row, TOTAL) or 0
        numbers: list[Cell] = [figures.number(table, row, column) or 0 for _, table, column, _ in items]
        rows.append([zh, whole, *numbers])
        shares.append([zh, whole, *[figures.share(table, row, (column, TOTAL)) for _, table, column, _ in items]])
    widths = [16, 9, *[9.5] * len(items)]
    with open_book(path, context, material.office) as book:
        TableSheet("人数", NAME, headings, widths, rows, total=True, kept=2).write(book)
        TableSheet("占比", NAME, headings, widths, shares, total=True, kept=2).write(book)
    return path
