"""The workbook of a person who alone may see some children (受保护儿童 – 仅限 某某 本人): all their lines, whole, for nobody else.

Here: which columns such a person sees, where the workbook and the pairs to review lie. Not here: which children those are
(`assets.protected`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from assets.protected import FOLDER, book_of, printed_for
from assets.workbooks.book import file_name
from assets.workbooks.context import PublishContext, Published
from assets.workbooks.explain import explained
from assets.workbooks.layout import ListColumns, Recipient, WorkbookLayout
from assets.workbooks.lines import align, build_lines
from assets.workbooks.publish import numbered, write_packet
from assets.workbooks.routing import person_packet, pile_up


def folder_of(person: str, folder: Path) -> Path:
    """Where everything of a person lies, below a folder of the outbox."""
    return folder / FOLDER / file_name(book_of(person))


@dataclass(frozen=True)
class PersonBook:
    """What one person alone may see of a period.

    Attributes:
        person: who; "" is the bureau's own book.
        findings: the lines of the children whom this person alone may see.
        children: of the period, without other persons' children.
        records: of the period, without those of other persons' children.
    """

    person: str
    findings: pd.DataFrame
    children: pd.DataFrame
    records: pd.DataFrame


def write_person_book(book: PersonBook, context: PublishContext, folder: Path) -> list[Published]:
    """Write the workbook of a person, what cannot wait in one of its own; nothing where there is no line.

    Args:
        book: the person, and what that person may see.
        context: of the period.
        folder: of the period.
    """
    findings = book.findings
    if findings.empty:
        return []
    context = replace(context, lists=tuple(explained(info) for info in context.lists))
    lines = build_lines(align(numbered(findings, context.period), book.children, book.records, context))
    recipient = widest(context.layout, printed_for(book.person), sorted(set(findings["code"])))
    packets = person_packet(pile_up(lines, context.layout), recipient, context).apart()
    return [write_packet(packet, context, folder_of(book.person, folder)) for packet in packets if packet.rows]


def widest(layout: WorkbookLayout, label: str, codes: list[str]) -> Recipient:
    """For every list the columns of all who receive it, unmasked where it is unmasked for one of them.

    A list that the layout sends to nobody has the columns of the township's first one: no line of such a child is lost.
    """
    everybody = [layout.township, *layout.departments.values()]
    spare = next(iter(layout.township.lists.values()))
    lists = {}
    for code in codes:
        several = [recipient.lists[code] for recipient in everybody if code in recipient.lists] or [spare]
        # What stands behind the reasons in one layout stands before them in another: the fullest one gives the order.
        several.sort(key=lambda shown: -len(layout.expand(shown.columns)))
        columns = dict.fromkeys(name for shown in several for name in layout.expand(shown.columns))
        lifted = sorted({name for shown in several for name in shown.full} & set(columns))
        lists[code] = ListColumns(columns=tuple(columns), full=dict.fromkeys(lifted, "always"))
    return Recipient(label=label, lists=lists)
