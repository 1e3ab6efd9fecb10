"""Who receives which lines (`PrintedList.recipients`, from the place's profile), and how much of each (layout.yaml: rows, columns, full).

Here: selection and masking, the last step before a cell is written. Not here: the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from assets.workbooks.book import clean
from assets.workbooks.context import Kind, PrintedList, PublishContext
from assets.workbooks.heights import rows_needed
from assets.workbooks.layout import Recipient, WorkbookLayout
from assets.workbooks.masking import mask_column
from expectations.lists.catalogue import TOWNSHIP

Texts = npt.NDArray[np.object_]
Places = npt.NDArray[np.intp]
EVERYTHING = ""
"""A reader's name that no place can name: whoever reads all lines of the pile."""


@dataclass(frozen=True, slots=True)
class ListPart:
    """One list for one recipient.

    Attributes:
        info: the list.
        cells: exactly the columns of its layout -> clean texts, masked, in printing order.
        needed: rows of text that each line takes.
        ids: the finding of each line.
        elsewhere: findings of this list that the recipient is asked about in its correction list, and not here again.
    """

    info: PrintedList
    cells: Mapping[str, list[str]]
    needed: list[int]
    ids: list[str]
    elsewhere: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Lines."""
        return len(self.needed)


@dataclass(frozen=True, slots=True)
class Packet:
    """Everything that goes into one workbook.

    Attributes:
        recipient: as printed: 民政, 顺化镇.
        kind: department, township, or a person who alone may see these lines.
        parts: one per list that the place has sent to it, urgent lists first, also those without lines.
        urgent: a workbook of its own for the lists that cannot wait.
    """

    recipient: str
    kind: Kind
    parts: tuple[ListPart, ...]
    urgent: bool = False

    @property
    def rows(self) -> int:
        """Lines of findings in the workbook."""
        return sum(part.count for part in self.parts)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Finding and list of every line that the recipient is sent, here or in its correction list: what it may answer in either."""
        return tuple((name, part.info.code) for part in self.parts for name in (*part.ids, *part.elsewhere))

    def apart(self) -> tuple[Packet, ...]:
        """What cannot wait in a workbook of its own, before the rest (无人监护: the same day, rules/lists.md#l21)."""
        hot = tuple(part for part in self.parts if part.info.urgent and part.count)
        if not hot:
            return (self,)
        rest = tuple(part for part in self.parts if part not in hot)
        return (replace(self, parts=hot, urgent=True), replace(self, parts=rest))


@dataclass(frozen=True, slots=True)
class Pile:
    """All lines as clean texts, column by column; what everybody's workbook is taken from.

    Attributes:
        lines: the frame of `build_lines`, for the steering columns.
        whole: column -> texts as they are.
        masked: column -> texts as a reader sees them for whom nothing is lifted.
        needed: column -> rows of text in a cell of its width.
    """

    lines: pd.DataFrame
    whole: Mapping[str, Texts]
    masked: Mapping[str, Texts]
    needed: Mapping[str, npt.NDArray[np.int16]]


def pile_up(lines: pd.DataFrame, layout: WorkbookLayout) -> Pile:
    """Clean, mask and measure every column once for all workbooks.

    Our own numbers are no one's data; the sides of a difference carry the number in question
    (`difference_masks` rules them).
    """
    whole, masked, needed = {}, {}, {}
    for name, column in layout.columns.items():
        values = lines[name]
        # Each distinct text once: a county's lists repeat names of places, sentences and paragraphs thousands of times.
        cleaned = {value: clean(value) for value in values.unique()}
        rows = {value: rows_needed(text, column.width) for value, text in cleaned.items()}
        shown = values.map(cleaned)
        whole[name] = shown.to_numpy(object)
        # Measured once, unmasked: no mask makes a text longer.
        needed[name] = values.map(rows).to_numpy(np.int16)
        open_to_all = name == "finding_id" or column.source == "department"
        masked[name] = (
            whole[name] if open_to_all else mask_column(shown, layout.mask_of(column), layout.masking).to_numpy(object)
        )
    return Pile(lines, whole, masked, needed)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a workbook.

    Attributes:
        name: as profile, layout and records call it: `township`, or a department; `EVERYTHING` is a person.
        shown: what the layout shows it of each list.
    """

    name: str
    shown: Recipient

    def lists(self, context: PublishContext) -> list[PrintedList]:
        """The lists that the place has sent to this reader, urgent ones first; a person who alone may see a child has all that it is on."""
        if self.name == EVERYTHING:
            sent = [info for info in context.lists if info.code in self.shown.lists]
        else:
            sent = [info for info in context.lists if self.name in (*info.recipients, *info.also_told)]
        return sorted(sent, key=lambda info: not info.urgent)


def department_packets(pile: Pile, context: PublishContext) -> list[Packet]:
    """One packet per department that the place names for any list."""
    places = _places_by(pile.lines["_code"], np.arange(len(pile.lines)))
    readers = [Reader(name, recipient) for name, recipient in context.layout.departments.items()]
    return [
        Packet(reader.shown.label, "department", _parts(pile, places, reader, context))
        for reader in readers
        if reader.lists(context)
    ]


def township_packets(pile: Pile, context: PublishContext) -> list[Packet]:
    """One packet per township: the official ones (also without lines), others that occur, then the lines of none.

    None at all where the place has nothing sent to townships.
    """
    reader, codes = Reader(TOWNSHIP, context.layout.township), pile.lines["_code"]
    lists = [info.code for info in reader.lists(context)]
    if not lists:
        return []
    of_townships = np.flatnonzero(codes.isin(lists))
    by_town = _places_by(pile.lines["_town"], of_townships)
    occurring = sorted(set(by_town) - set(context.towns) - {""})
    packets = []
    for name in [*context.towns, *occurring, *([""] if "" in by_town else [])]:
        places = _places_by(codes, by_town.get(name, of_townships[:0]))
        parts = _parts(pile, places, reader, context)
        packets.append(Packet(name or context.layout.unknown_town, "township", parts))
    return packets


def person_packet(pile: Pile, recipient: Recipient, context: PublishContext) -> Packet:
    """Every line of the pile, for one person."""
    places = _places_by(pile.lines["_code"], np.arange(len(pile.lines)))
    return Packet(recipient.label, "person", _parts(pile, places, Reader(EVERYTHING, recipient), context))


def _places_by(column: pd.Series[str], places: Places) -> dict[str, Places]:
    """Positions of the lines by a steering column, in printing order."""
    by_value: dict[str, list[int]] = {}
    for place, value in zip(places.tolist(), column.to_numpy(object)[places], strict=True):
        by_value.setdefault(str(value), []).append(place)
    return {value: np.array(ordered, dtype=np.intp) for value, ordered in by_value.items()}


def _parts(pile: Pile, places: Mapping[str, Places], reader: Reader, context: PublishContext) -> tuple[ListPart, ...]:
    """The reader's lists, also those without lines: that nothing is to be verified is said, too."""
    nowhere = np.array([], dtype=np.intp)
    parts = (
        _part(pile, places.get(info.code, nowhere), reader, info, context.layout) for info in reader.lists(context)
    )
    # Who is told of single lines of another's list has nothing to do with it where there is none.
    return tuple(part for part in parts if part.count or reader.name not in part.info.also_told)


def _part(pile: Pile, places: Places, reader: Reader, info: PrintedList, layout: WorkbookLayout) -> ListPart:
    """One list as this reader sees it: its lines, without those of its correction list, masked where nothing lifts the mask."""
    shown = reader.shown.lists[info.code]
    places = places[_reached(pile, places, reader, info)]
    # "" holds nothing: it is the reader of everything, and the mark of a line that no correction list has.
    in_corrections = (pile.lines["_held"].to_numpy(object)[places] == reader.name) & (reader.name != EVERYTHING)
    places, elsewhere = places[~in_corrections], places[in_corrections]

    own = pile.lines["_department"].to_numpy(object)[places] == reader.name
    names, cells = layout.expand(shown.columns), {}
    for name in names:
        match shown.full.get(name):
            case "always":
                seen = pile.whole[name][places]
            case "own":
                seen = np.where(own, pile.whole[name][places], pile.masked[name][places])
            case _:
                seen = pile.masked[name][places]
        cells[name] = seen.tolist()

    needed = np.max([pile.needed[name][places] for name in names], axis=0)
    identities = pile.lines["_finding"].to_numpy(object)
    return ListPart(info, cells, needed.tolist(), identities[places].tolist(), tuple(identities[elsewhere].tolist()))


def _reached(pile: Pile, places: Places, reader: Reader, info: PrintedList) -> npt.NDArray[np.bool_]:
    """Which lines of a list are this reader's: of one that is to be checked by somebody, those that are the reader's to check; of one that is another's, those of which the reader is told."""
    rows = reader.shown.lists[info.code].rows
    if reader.name in info.also_told:
        addressed = pile.lines["_told"].to_numpy(object)[places]
        return np.array([reader.name in names.split(";") for names in addressed], dtype=np.bool_)
    columns = (pile.lines[name].to_numpy(object)[places] for name in ("_involved", "_owner", "_judge"))
    reached = []
    for involved, owner, judge in zip(*columns, strict=True):
        if judge and reader.name != EVERYTHING and (judge in info.recipients or reader.name == TOWNSHIP):
            reached.append(_judges(reader.name, judge, info))
        elif rows == "all":
            reached.append(True)
        elif rows == "owner" and owner in info.recipients:
            reached.append(reader.name == owner)
        else:
            # Whoever is to check and is not sent the list cannot answer: then all are asked who have a record.
            reached.append(reader.name in involved.split(";"))
    return np.array(reached, dtype=np.bool_)


def _judges(reader: str, judge: str, info: PrintedList) -> bool:
    """Whether a reader is the one who judges a line from papers, so that nobody walks for it (rules/lists.md#near-in-register).

    Where the place does not send the list to that department, its departments judge; townships do only where there is nobody else.
    """
    return reader == judge if judge in info.recipients else set(info.recipients) == {TOWNSHIP}
