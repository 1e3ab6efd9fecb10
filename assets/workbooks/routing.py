"""Who receives which lines, and how much of each (layout.yaml: rows, columns, full).

Here: selection and masking, the last step before a cell is written. Not here: the cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from assets.workbooks.context import Kind, ListInfo, PublishContext
from assets.workbooks.layout import Layout, ListColumns, Recipient
from assets.workbooks.masking import mask_column


@dataclass(frozen=True, slots=True)
class ListPart:
    """One list for one recipient: exactly the columns of its layout, masked, in printing order."""

    info: ListInfo
    columns: tuple[str, ...]
    lines: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Packet:
    """Everything that goes into one workbook.

    Attributes:
        recipient: as printed: 民政, 顺化镇.
        kind: department or township.
        parts: one per configured list, urgent lists first, also those without lines.
    """

    recipient: str
    kind: Kind
    parts: tuple[ListPart, ...]

    @property
    def rows(self) -> int:
        """Lines of findings in the workbook."""
        return sum(len(part.lines) for part in self.parts)


def department_packets(lines: pd.DataFrame, context: PublishContext) -> list[Packet]:
    """One packet per department of the layout."""
    return [
        Packet(recipient.label, "department", _parts(lines, name, recipient, context))
        for name, recipient in context.layout.departments.items()
    ]


def township_packets(lines: pd.DataFrame, context: PublishContext) -> list[Packet]:
    """One packet per official township (also without lines), then others that occur, then the lines whose township nobody knows."""
    layout = context.layout
    mine = lines[lines["_code"].isin(layout.township.lists.keys())]
    occurring = sorted(set(mine["_town"]) - set(context.towns) - {""})
    by_town = dict(iter(mine.groupby("_town", sort=False)))
    names = [*context.towns, *occurring, *([""] if "" in by_town else [])]
    empty = mine.iloc[:0]
    return [
        Packet(name or layout.unknown_town, "township", _parts(by_town.get(name, empty), "", layout.township, context))
        for name in names
    ]


def _parts(lines: pd.DataFrame, department: str, recipient: Recipient, context: PublishContext) -> tuple[ListPart, ...]:
    """The configured lists that this jurisdiction knows or that have lines, urgent ones first."""
    by_code = dict(iter(lines.groupby("_code", sort=False)))
    known = {info.code for info in context.lists} | set(by_code)
    infos = [context.info(code) for code in recipient.lists if code in known]
    order = {info.code: place for place, info in enumerate(context.lists)}
    infos.sort(key=lambda info: (not info.urgent, order.get(info.code, len(order)), info.code))
    return tuple(
        _part(by_code.get(info.code, lines.iloc[:0]), department, recipient.lists[info.code], (info, context.layout))
        for info in infos
    )


def _part(lines: pd.DataFrame, department: str, shown: ListColumns, what: tuple[ListInfo, Layout]) -> ListPart:
    info, layout = what
    if shown.rows == "own":
        lines = lines[(";" + lines["_involved"] + ";").str.contains(f";{department};", regex=False)]
    names = layout.expand(shown.columns)
    own = lines["_department"] == department
    made = {name: _shown(lines[name], name, shown.full.get(name), (own, layout)) for name in names}
    return ListPart(info, names, pd.DataFrame(made, columns=list(names), dtype=object))


def _shown(column: pd.Series[str], name: str, full: str | None, what: tuple[pd.Series[bool], Layout]) -> pd.Series[str]:
    """One column as this recipient may see it."""
    own, layout = what
    # Our own numbers are no one's data; sides of a difference carry the number that is in question (masked by difference_masks).
    if full == "always" or name == "finding_id" or layout.columns[name].source == "department":
        return column
    masked = mask_column(column, layout.columns[name].mask, layout.masking)
    return column.where(own, masked) if full == "own" else masked
