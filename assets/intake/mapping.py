"""The mapping of one sheet: which column feeds which field, which layout it is, what is unknown or missing.

Belongs here: putting headings, values and layouts together. Does not belong here: row kinds (`rows`), reading values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from assets.intake import profile
from assets.intake.contract import Contract, FileLayout, load_dictionary
from assets.intake.headings import Aliases, Target, compile_aliases, heading_forms, normalise_heading, place_headings


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: its position (0-based), heading, and where it goes."""

    position: int
    heading: str
    target: Target

    @property
    def field(self) -> str:
        """The standard field this column feeds, "" when none (a member's role is resolved row by row)."""
        if self.target.person:
            person = load_dictionary().people.get(self.target.person)
            return person.fields.get(self.target.role, "") if person and "member" not in self.target.person else ""
        return "" if self.target.field in {"sequence", "ignore"} else self.target.field


@dataclass(frozen=True)
class Mapping:
    """Everything understood about the columns of one sheet."""

    layout: FileLayout
    columns: list[SheetColumn]

    def positions(self, field: str) -> list[int]:
        """The columns that feed a field, in sheet order."""
        return [column.position for column in self.columns if column.field == field]

    @property
    def fields(self) -> set[str]:
        """The fields that have a column."""
        return {column.field for column in self.columns if column.field}

    @property
    def unknown(self) -> list[str]:
        """Headings that nobody knows, as written (rule 5: reported, never dropped silently)."""
        return [self.columns[place].heading for place in self.unknown_places]

    @property
    def unknown_places(self) -> list[int]:
        """The columns (0-based) whose headings nobody knows."""
        return [column.position for column in self.columns if column.heading.strip() and not column.target.known]

    @property
    def sequence(self) -> int | None:
        """The position of the running number, if any."""
        return next((each.position for each in self.columns if each.target.field == "sequence"), None)

    def member_columns(self) -> dict[str, dict[str, int]]:
        """Positions of the numbered family members' roles: `{"member1": {"name": 4, "relation": 5}}`."""
        positions: dict[str, dict[str, int]] = {}
        for column in self.columns:
            if "member" in column.target.person:
                positions.setdefault(column.target.person, {}).setdefault(column.target.role, column.position)
        return positions


@dataclass(frozen=True)
class Surroundings:
    """What stands around a table: sheet name, file name, titles above the heading; `as_of` is the last day of its period.

    A file reads the same whenever it is read: who is of age in it is asked as of its period, not of the day.
    """

    file: str
    sheet: str
    titles: str
    as_of: date


@dataclass(frozen=True)
class Headings:
    """What the headings of a sheet mean by themselves; where several things may be meant, the values have yet to tell."""

    names: list[str]
    targets: list[Target]
    layout: FileLayout
    aliases: Aliases
    as_of: date

    def settled_by(self, cells: pd.DataFrame) -> Mapping:
        """The columns' meaning by the values of some rows, text, one column of `cells` per heading."""
        targets = _settle_ambiguous(self.targets, cells, self.aliases)
        targets = _settle_names(targets)
        targets = _settle_adults(targets, cells, self.as_of)
        return Mapping(self.layout, [SheetColumn(place, name, targets[place]) for place, name in enumerate(self.names)])


def understand_headings(names: list[str], contract: Contract, around: Surroundings) -> Headings:
    """Recognise the layout and place every heading of a sheet.

    A run asks this once for a sheet and a contract, where the file is read; everybody else has the reading that was kept.

    Args:
        names: flattened headings, one per column.
        contract: the department's contract.
        around: sheet, file and titles, for layouts that only these tell apart.
    """
    layout = recognise(names, contract, around)
    aliases = compile_aliases(contract, layout)
    return Headings(names, place_headings(names, aliases), layout, aliases, around.as_of)


def map_columns(names: list[str], cells: pd.DataFrame, contract: Contract, around: Surroundings) -> Mapping:
    """Map every heading of a sheet whose data rows are known; arguments as in `understand_headings`, `cells` the data rows, text."""
    return understand_headings(names, contract, around).settled_by(cells)


def recognise(headings: list[str], contract: Contract, around: Surroundings) -> FileLayout:
    """The first layout whose marks are there; the last one is the department's ordinary file."""
    forms = {form for heading in headings for form in heading_forms(heading)}
    text = f"{around.sheet} {around.titles} {around.file}"
    targets = place_headings(headings, compile_aliases(contract))
    fields = {SheetColumn(0, "", target).field for target in targets}
    for layout in contract.layouts[:-1]:
        if _fits(layout, forms, fields, text):
            return layout
    return contract.layouts[-1]


def _fits(layout: FileLayout, forms: set[str], fields: set[str], text: str) -> bool:
    marks = layout.recognise
    if any(normalise_heading(word) in forms for word in marks.none_of) or fields & set(marks.none_fields):
        return False
    if not all(normalise_heading(word) in forms for word in marks.all):
        return False
    hits = sum(normalise_heading(word) in forms for word in marks.any) + len(fields & set(marks.any_fields))
    if marks.titles and hits == 0:
        return re.search(marks.titles, text) is not None
    return hits >= marks.least


def _settle_ambiguous(targets: list[Target], cells: pd.DataFrame, aliases: Aliases) -> list[Target]:
    taken = {target.field for target in targets if target.field and not target.field.startswith("?")}
    settled = list(targets)
    for position, target in enumerate(targets):
        if target.field.startswith("?"):
            field = profile.choose(aliases.ambiguous[target.field[1:]], cells.iloc[:, position], taken)
            settled[position] = Target(field=field)
            # In sheet order: of two columns 学籍号 the first that looks national is it, the next one the local number.
            taken.add(field)
    return settled


def _settle_names(targets: list[Target]) -> list[Target]:
    """家庭成员姓名 is the child when no other column is (household member files, federation lists)."""
    if any(target.field == "name" for target in targets):
        return targets
    if not any(target.person == "member1" and target.role == "name" for target in targets):
        return targets
    child = {"name": "name", "id": "id_no", "phone": "phone", "relation": "guardian_rel"}
    return [
        Target(field=child.get(target.role, "ignore")) if target.person == "member1" else target for target in targets
    ]


def _settle_adults(targets: list[Target], cells: pd.DataFrame, as_of: date) -> list[Target]:
    """A single 身份证号 column to the right of a person's name that holds adults' numbers is that person's (rules/identifiers.md#c14)."""
    ids = [position for position, target in enumerate(targets) if target.field == "id_no"]
    # With two of them one is the child's, and which one no share of adults could say.
    if len(ids) != 1:
        return targets
    before = [target.person for target in targets[: ids[0]] if target.role == "name" and target.person]
    before += [t.field.removesuffix("_name") for t in targets[: ids[0]] if t.field in {"guardian_name", "payee_name"}]
    if not before or profile.adult_share(cells.iloc[:, ids[0]], as_of) < 0.6:
        return targets
    settled = list(targets)
    settled[ids[0]] = Target(person=before[-1], role="id")
    return settled


def missing_mandatory(mapping: Mapping, contract: Contract) -> list[list[str]]:
    """The groups of mandatory fields of which no alternative has a column."""
    groups = mapping.layout.mandatory or contract.mandatory
    # Which member is the guardian is known row by row; that there are members is enough for the column to be there.
    fields = mapping.fields | ({"guardian_id"} if mapping.member_columns() else set())
    return [group for group in groups if not fields & set(group)]
