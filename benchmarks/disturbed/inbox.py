"""One period's delivered files with the truth's account of their rows: whatever is done to a file is done to the account.

The product's own reading says which row is data and what a column means, so that any county's files will do. Belongs here: finding rows
and columns, changing, splitting, removing and adding files. Does not belong here: which of it is a disturbance (`disturbances`).
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.intake.contract import Contract, all_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.pieces import tabulate_files
from benchmarks.disturbed.books import BookSheet, SheetBook, read_book, write_book
from pipelines.partitions import Period
from pipelines.resources.reading import read_file

_ROWS = ("dept", "file", "sheet", "row", "kid", "errors")
_TOWNSHIP = re.compile(r"(?:县|市|区|旗)((?:(?![县市区旗])[一-鿿]){1,9}?(?:镇|乡|街道))")
ADDRESSES = ("town", "hukou_addr", "live_addr")


@dataclass(frozen=True)
class Part:
    """One sheet of a file, as it was understood.

    Attributes:
        place: which sheet of the file, from 0.
        layout: what kind of list it is.
        columns: field -> its columns, from 0.
        rows: the rows that are data, as a person counts.
    """

    path: Path
    place: int
    layout: str
    columns: Mapping[str, tuple[int, ...]]
    rows: tuple[int, ...]


class DeliveredPeriod:
    """The folder of one period and the truth of its rows (`rows.csv`: dept, file, sheet, row, kid, errors)."""

    def __init__(self, folder: Path, truth: Path) -> None:
        self.folder, self.truth = folder, truth
        self.period = Period.parse(folder.name)
        with (truth / "rows.csv").open(encoding="utf-8", newline="") as source:
            self.account = list(csv.DictReader(source))
        self._contracts: dict[str, Contract] = all_contracts(None)
        self._parts: dict[Path, list[Part]] = {}
        self._looked_at: dict[Path, SheetBook] = {}

    def files(self, department: str) -> list[Path]:
        """The files of a department, by name."""
        return sorted(path for path in (self.folder / department).glob("*") if path.is_file())

    def departments(self) -> list[str]:
        """Who delivered, by folder."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and self.files(path.name))

    def parts(self, department: str) -> list[Part]:
        """All sheets with data that a department delivered."""
        return [part for path in self.files(department) for part in self.parts_of(path)]

    def parts_of(self, path: Path) -> list[Part]:
        """The sheets of a file that hold data."""
        if path not in self._parts:
            self._parts[path] = self._understood(path)
        return self._parts[path]

    def look(self, path: Path) -> SheetBook:
        """A file to be looked at, not to be changed (`change`)."""
        if path not in self._looked_at:
            self._looked_at[path] = read_book(path)
        return self._looked_at[path]

    def values(self, part: Part, fields: Iterable[str]) -> dict[int, str]:
        """Row -> what stands in these fields, side by side."""
        sheet = self.look(part.path).sheets[part.place]
        columns = [column for name in fields for column in part.columns.get(name, ())]
        return {row: " ".join(sheet.text(row, column) for column in columns) for row in part.rows}

    def towns(self) -> list[str]:
        """The townships that addresses name, the largest first."""
        found: Counter[str] = Counter()
        # The police register has everybody's address; without it whoever else has some.
        for department in sorted(self.departments(), key=lambda name: name != "public_security"):
            for part in self.parts(department):
                for text in self.values(part, ADDRESSES).values():
                    found.update(_TOWNSHIP.findall(text)[:1])
            if found:
                break
        # What a few rows say is another county's.
        return [town for town, count in found.most_common() if count > 0.005 * sum(found.values())]

    def change(self, path: Path, edit: Callable[[SheetBook], object]) -> None:
        """Let a file be changed."""
        book = read_book(path)
        edit(book)
        self.put({path: book}, path)

    def leave_out(self, part: Part, gone: Collection[int]) -> None:
        """Take rows out of a sheet."""
        if gone:
            self.change(part.path, lambda book: book.sheets[part.place].leave_out(gone))

    def put(self, books: Mapping[Path, SheetBook], of: Path) -> None:
        """Write books in the place of one file; their rows are those of that file."""
        ours = {
            (line["sheet"], int(line["row"])): line
            for line in self.account
            if line["file"] == of.name and self._is_of(line, of)
        }
        self._forget(of)
        for path, book in books.items():
            write_book(book, path)
            self._know_no_more(path)
            for sheet in book.sheets:
                self.account += _moved(sheet, path.name, ours)
        self._save()

    def remove(self, path: Path) -> None:
        """Take a file away."""
        self._forget(path)
        self._save()

    def empty(self, department: str) -> None:
        """Take everything of a department away, its folder, too."""
        for path in self.files(department):
            self._forget(path)
        shutil.rmtree(self.folder / department)
        self._save()

    def add(self, path: Path, other: DeliveredPeriod, name: str = "", prefix: str = "") -> Path:
        """Put a file of another inbox beside ours, under another name if one is given.

        Args:
            path: the other inbox's file.
            other: that inbox, which knows its rows.
            name: its name here.
            prefix: put before the numbers of its children, where they are others than ours.
        """
        target = self.folder / path.parent.name / (name or path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        theirs = [line for line in other.account if line["file"] == path.name and other._is_of(line, path)]
        self.account += [{**line, "file": target.name, "kid": prefix + line["kid"]} for line in theirs]
        self._know_no_more(target)
        self._save()
        return target

    def know_also(self, other: DeliveredPeriod, prefix: str) -> None:
        """Take another county's children and what is true of them into the truth, their numbers with the prefix."""
        for name, column in (("kids.csv", "kid"), ("findings.csv", "kid")):
            with (other.truth / name).open(encoding="utf-8", newline="") as source:
                theirs = list(csv.DictReader(source))
            with (self.truth / name).open("a", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerows(
                    [prefix + line[column] if key == column else line[key] for key in line] for line in theirs
                )

    def _understood(self, path: Path) -> list[Part]:
        contract = self._contracts[path.parent.name]
        source = DeliveredFile(read_file(path), path.name, "0" * 64, "disturbed")
        tabulated = tabulate_files([source], contract, self.period.last_day)[0]
        parts = []
        for report in tabulated.sheets:
            raw = tabulated.raw[(tabulated.raw["sheet_no"] == report.sheet_no) & (tabulated.raw["kind"] == "data")]
            columns: dict[str, tuple[int, ...]] = {}
            for place, (_, name) in report.columns.items():
                columns[name] = (*columns.get(name, ()), place)
            if len(raw):
                rows = tuple(raw["row"].astype(int).tolist())
                parts.append(Part(path, report.sheet_no - 1, report.layout, columns, rows))
        return parts

    def _is_of(self, line: Mapping[str, str], path: Path) -> bool:
        """Two departments may send files of one name; the account names the department by its own two letters."""
        twins = [other for other in self.folder.glob(f"*/{path.name}") if other != path]
        return not twins or line["dept"] == _CODES.get(path.parent.name, line["dept"])

    def _forget(self, path: Path) -> None:
        self.account = [line for line in self.account if line["file"] != path.name or not self._is_of(line, path)]
        self._know_no_more(path)
        path.unlink()

    def _know_no_more(self, path: Path) -> None:
        self._parts.pop(path, None)
        self._looked_at.pop(path, None)

    def _save(self) -> None:
        with (self.truth / "rows.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, _ROWS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.account)


# Folder of the inbox -> the truth's letters for the department.
_CODES = {"civil_affairs": "ca", "education": "edu", "public_security": "psb", "disability": "dpf"}


def _moved(sheet: BookSheet, file: str, ours: Mapping[tuple[str, int], dict[str, str]]) -> list[dict[str, str]]:
    found = ((now, ours.get((sheet.name, before))) for now, before in enumerate(sheet.origins, 1))
    return [{**line, "file": file, "row": str(now)} for now, line in found if line is not None]
