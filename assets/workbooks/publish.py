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

from assets.publishing.edition_lines import EditionLines, lines_of
from assets.workbooks.answers import add_dictionary
from assets.workbooks.book import file_name, open_book
from assets.workbooks.context import PublishContext, Published
from assets.workbooks.explain import add_explanation, explained
from assets.workbooks.furtherbooks import write_further_books
from assets.workbooks.lines import align, build_lines
from assets.workbooks.listsheet import add_list_sheet
from assets.workbooks.owedsheet import add_owed
from assets.workbooks.routing import Packet, department_packets, pile_up, township_packets
from assets.workbooks.summary import write_summary
from expectations.life.numbering import printed

FOLDERS = {"department": "部门", "township": "乡镇"}
SUMMARY = "汇总.xlsx"


def publish_workbooks(
    findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext, folder: Path
) -> list[Published]:
    """Write `部门/…_核查清单.xlsx`, `乡镇/…_核查清单.xlsx`, `汇总.xlsx` and, where a place keeps further books, those below a folder.

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
    published = publish_lists(findings, children, records, context, folder)
    findings = numbered(findings, context.period)
    context = replace(context, lists=tuple(explained(info) for info in context.lists))
    # Without a frame of lines nothing was answered before: everything goes out.
    lines = context.lines if len(context.lines) else lines_of(findings, pd.DataFrame(), ())
    write_summary(EditionLines(lines), children, context, folder / SUMMARY)
    write_further_books(children, context, folder / FOLDERS["department"] / further_name(context))
    return [*published, Published(folder / SUMMARY, "汇总", "summary", len(findings))]


def publish_lists(
    findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext, folder: Path
) -> list[Published]:
    """Write the workbooks of departments and townships alone; arguments and order as in `publish_workbooks`."""
    context = replace(context, lists=tuple(explained(info) for info in context.lists))
    packets = [part for packet in packets_of(findings, children, records, context) for part in packet.apart()]
    return [write_packet(packet, context, folder / FOLDERS[packet.kind]) for packet in packets]


def packets_of(
    findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext
) -> list[Packet]:
    """What every department and township is sent, before anything is written; arguments as in `publish_workbooks`."""
    pile = pile_up(build_lines(align(numbered(findings, context.period), children, records, context)), context.layout)
    return [*department_packets(pile, context), *township_packets(pile, context)]


def further_name(context: PublishContext) -> str:
    """The file of the further books: it bears civil affairs' name, for nobody else opens it."""
    return f"{file_name(context.department('civil_affairs'))}_{file_name(context.period)}_另设台账.xlsx"


def numbered(findings: pd.DataFrame, period: str) -> pd.DataFrame:
    """The findings with the number that a workbook shows (`number`): with its check characters."""
    # A frame without any finding may have no columns either.
    names = findings["finding_id"].astype(str) if "finding_id" in findings else pd.Series(dtype=object)
    return findings.assign(number=[printed(name, period) for name in names])


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


def write_packet(packet: Packet, context: PublishContext, folder: Path) -> Published:
    """Write one workbook into a folder."""
    kind = "急件" if packet.urgent else "核查清单"
    path = folder / f"{file_name(packet.recipient)}_{file_name(context.period)}_{kind}.xlsx"
    if packet.kind == "township":
        context = context.for_town(packet.recipient)
    with _no_sweeping(), open_book(path, context, packet.recipient) as book:
        add_explanation(book, packet)
        if packet.kind == "department" and not packet.urgent:
            add_owed(book)
        for part in packet.parts:
            if part.count:
                add_list_sheet(book, part)
        add_dictionary(book, packet)
    return Published(path, packet.recipient, packet.kind, packet.rows, packet.lines)
