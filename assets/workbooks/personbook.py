"""The workbook of a person who alone may see some children (受保护儿童 – 仅限 某某 本人): all their lines, whole, for nobody else.

Here: which columns such a person sees, where the workbook and the pairs to review lie. Not here: which children those are
(`assets.protected`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from assets.protected import FOLDER, book_of, printed_for
from assets.workbooks.book import file_name
from assets.workbooks.context import PublishContext, Published
from assets.workbooks.explanations import explained
from assets.workbooks.layout import Layout, ListColumns, Recipient
from assets.workbooks.lines import build_lines, gather
from assets.workbooks.publish import numbered, write_packet
from assets.workbooks.routing import person_packet, pile_up


def folder_of(person: str, folder: Path) -> Path:
    """Where everything of a person lies, below a folder of the outbox."""
    return folder / FOLDER / file_name(book_of(person))


def write_person_book(
    findings: pd.DataFrame, frames: tuple[pd.DataFrame, pd.DataFrame], context: PublishContext, where: tuple[str, Path]
) -> list[Published]:
    """Write the workbook of a person, what cannot wait in one of its own; nothing where there is no line.

    Args:
        findings: the lines of the children whom this person alone may see.
        frames: children and records of the period, as this person may see them.
        context: of the period.
        where: the person and the folder of the period.
    """
    if findings.empty:
        return []
    (person, folder), (children, records) = where, frames
    context = replace(context, lists=tuple(explained(info) for info in context.lists))
    lines = build_lines(gather(numbered(findings, context.period), children, records, context))
    recipient = widest(context.layout, printed_for(person), sorted(set(findings["code"])))
    packets = person_packet(pile_up(lines, context.layout), recipient, context).apart()
    return [write_packet(packet, context, folder_of(person, folder)) for packet in packets if packet.rows]


def widest(layout: Layout, label: str, codes: list[str]) -> Recipient:
    """For every list the columns of all who receive it, unmasked where it is unmasked for one of them.

    A list that the layout sends to nobody has the columns of the township's first one: no line of such a child is lost.
    """
    everybody = [layout.township, *layout.departments.values()]
    spare = next(iter(layout.township.lists.values()))
    lists = {code: [one.lists[code] for one in everybody if code in one.lists] or [spare] for code in codes}
    return Recipient(label=label, lists={code: _together(layout, several) for code, several in lists.items()})


def _together(layout: Layout, several: list[ListColumns]) -> ListColumns:
    wanted = {name for shown in several for name in layout.expand(shown.columns)}
    # What stands behind the reasons in one layout stands before them in another: the fullest one gives the order.
    order = sorted(several, key=lambda shown: -len(layout.expand(shown.columns)))
    columns = list(dict.fromkeys(name for shown in order for name in layout.expand(shown.columns)))
    lifted = sorted({name for shown in several for name in shown.full} & wanted)
    return ListColumns(columns=tuple(columns), full=dict.fromkeys(lifted, "always"))
