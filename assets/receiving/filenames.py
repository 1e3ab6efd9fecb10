"""How the files of a county's deliveries are named in everything but the bureau's own workbooks: the county's towns and codes put to
`pipelines.resources.naming`.

Belongs here: from a delivery, a record or an arrival to the name that may be said. Not here: which words may be said (`naming.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.county import official_areas
from assets.intake.contract import all_contracts
from assets.receiving.inbox_account import kept_entries
from assets.receiving.sorting import places_now
from pipelines.resources.frames import FrameStore
from pipelines.resources.naming import Naming, naming_with, number_in, number_of, sheet_in
from pipelines.resources.workspace import Workspace

PLACES = "county_places"
# A department whose contract is gone.
UNKNOWN_CODE = "XX"


@dataclass(frozen=True)
class FileNames:
    """Names files: `naming` knows the words, `codes` the two letters with which a department's record numbers begin."""

    naming: Naming
    codes: Mapping[str, str]

    def of_delivery(self, row: Mapping[Any, Any]) -> str:
        """A line of the register of deliveries (`department, sha256, file`)."""
        return self.naming.file(self.number(row), str(row["file"]))

    def number(self, row: Mapping[Any, Any]) -> str:
        """The delivery number of such a line."""
        return number_of(self.codes.get(str(row["department"]), UNKNOWN_CODE), str(row["sha256"]))

    def of_record(self, record: Mapping[Any, Any]) -> tuple[str, str]:
        """File and sheet of a record (`record_id, file, sheet`), each "" where the record has none."""
        number = str(record.get("record_id", ""))
        file, sheet = str(record.get("file", "")), str(record.get("sheet", ""))
        return self.naming.exported(number_in(number), file) if file else "", self.naming.sheet(sheet, sheet_in(number))

    def in_register(self, lines: Iterable[Mapping[Any, Any]]) -> dict[str, str]:
        """Delivery id -> name, of lines of the register."""
        return {str(line["id"]): self.of_delivery(line) for line in lines}

    def on(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame of records with the columns `file` and `sheet` named so; its rows and order stay."""
        if frame.empty:
            return frame
        keys = ["_sheet", "file", "sheet"]
        marked = frame.assign(_sheet=frame["record_id"].astype(str).str.rpartition("-")[0])
        # Each sheet is named once, and not each of its rows.
        sheets = marked.drop_duplicates(keys).to_dict("records")
        names = {tuple(line[key] for key in keys): self.of_record(line) for line in sheets}
        pairs = [names[key] for key in marked[keys].itertuples(index=False, name=None)]
        return frame.assign(file=[file for file, _ in pairs], sheet=[sheet for _, sheet in pairs])


@dataclass(frozen=True)
class Arriving:
    """Names the files of one department's folder, also those that have no delivery number: by their place in it.

    `code` is "" for files that are no department's.
    """

    naming: Naming
    code: str
    places: Mapping[str, str]

    def label(self, file: str, sha256: str = "") -> str:
        """第2个文件 ED-3f9a1c2b07_学籍.csv; without a hash only the place and the known words; "" for the folder as a whole."""
        if not file:
            return ""
        # The place alone finds the file in a folder listing, and says nothing of a child.
        place = self.places.get(file, "")
        name = self.naming.file(number_of(self.code, sha256) if sha256 and self.code else "", file)
        return " ".join(part for part in (place, name) if part) or "文件"


@dataclass(frozen=True)
class Listing:
    """Names deliveries with their places in the folders of the inbox as they are now, so that a person finds which file is meant."""

    names: FileNames
    places: Mapping[str, Mapping[str, str]]

    def label(self, row: Mapping[Any, Any]) -> str:
        """第2个文件 ED-3f9a1c2b07_学籍.csv; without the place where the file lies there no more."""
        place = self.places.get(str(row["department"]), {}).get(str(row["file"]), "")
        return f"{place} {self.names.of_delivery(row)}".lstrip()


def naming_of(workspace: Workspace, period: str = "") -> Naming:
    """What may be said of names in this county.

    Args:
        workspace: its list of areas, where it has one, gives the towns.
        period: for a county without such a list the towns are those that this period's own addresses name.
    """
    towns = {town for town, _ in official_areas(workspace)}
    frames = FrameStore(workspace.frames)
    if not towns and period and frames.exists(PLACES, period):
        towns = set(frames.read(PLACES, period, ["town"])["town"].astype(str))
    return naming_with(towns)


def file_names(workspace: Workspace, period: str = "") -> FileNames:
    """The names of a county's files; arguments as in `naming_of`."""
    contracts = all_contracts(workspace.contracts)
    return FileNames(naming_of(workspace, period), {name: each.code for name, each in contracts.items()})


def arriving(names: FileNames, department: str, places: Mapping[str, str]) -> Arriving:
    """The names of what lies in a department's folders of the inbox (`places` of `sort_inbox`), or, for "", in none."""
    return Arriving(names.naming, names.codes.get(department, UNKNOWN_CODE) if department else "", places)


def listing(workspace: Workspace, period: str) -> Listing:
    """The names of a period's deliveries, for the command line."""
    names = file_names(workspace, period)
    kept = kept_entries(FrameStore(workspace.frames), period)
    return Listing(names, places_now(workspace, period, names.naming, kept))
