"""From findings and child files to the workbooks of one period.

Here: the one public function and the order of the sheets. Not here: what is on a sheet.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from assets.workbooks.answers import add_dictionary
from assets.workbooks.book import file_name, open_book
from assets.workbooks.context import PublishContext, Published
from assets.workbooks.explain import add_explanation
from assets.workbooks.explanations import explained
from assets.workbooks.lines import build_lines, gather
from assets.workbooks.listsheet import add_list_sheet
from assets.workbooks.routing import Packet, department_packets, pile_up, township_packets
from assets.workbooks.summary import write_summary

FOLDERS = {"department": "部门", "township": "乡镇"}
SUMMARY = "汇总.xlsx"


def publish_workbooks(
    findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext, folder: Path
) -> list[Published]:
    """Write `部门/…_核查清单.xlsx`, `乡镇/…_核查清单.xlsx` and `汇总.xlsx` below a folder.

    Every workbook is written aside and renamed; the folder itself should be new or the caller's to
    replace, because workbooks of an earlier run are not removed here. The
    order of rows in the frames does not change a cell.

    Args:
        findings: data-shapes section 6.
        children: data-shapes section 5, `child_id` and the chosen values.
        records: standard records; `record_id` and the fields that differ (data-shapes section 3).
        context: period, lists, accounting, layout.
        folder: `outbox/<period>`, made if missing.

    Returns:
        What was written: departments, townships, the summary, in this order.
    """
    context = replace(context, lists=tuple(explained(info) for info in context.lists))
    pile = pile_up(build_lines(gather(findings, children, records, context)), context.layout)
    packets = [*department_packets(pile, context), *township_packets(pile, context)]
    published = [_write(packet, context, folder) for packet in packets]
    write_summary(findings, context, folder / SUMMARY)
    return [*published, Published(folder / SUMMARY, "汇总", "summary", len(findings))]


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Pause the cyclic garbage collector for one workbook.

    It looks through hundreds of thousands of cells again and again (measured: a sixth of the time).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(packet: Packet, context: PublishContext, folder: Path) -> Published:
    path = folder / FOLDERS[packet.kind] / f"{file_name(packet.recipient)}_{file_name(context.period)}_核查清单.xlsx"
    with _no_sweeping(), open_book(path, context, packet.recipient) as book:
        add_explanation(book, packet)
        for part in packet.parts:
            if part.count:
                add_list_sheet(book, part)
        add_dictionary(book, packet)
    return Published(path, packet.recipient, packet.kind, packet.rows)
