"""The layout of every workbook, read from `layout.yaml` and checked once.

Here: the shape of the file and what it may not say (an unknown column, a field of class X, a column
twice). Not here: any list, column or colour, and who receives a list: that is the place's profile; a layout says only how it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from assets.workbooks.masking import MaskKind, MaskRule, default_rule, rule_of
from expectations.jurisdictions.profile import Profile
from expectations.jurisdictions.recipients import AddedDepartment
from expectations.lists.catalogue import ADDED, TOWNSHIP, load_catalogue
from expectations.rulebook import Rules, read_rules
from matching.tables import parse_yaml

# What a column made of several fields may look at: the check against class X needs it.
MADE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "address": ("hukou_addr", "live_addr"),
    "school": ("school", "grade"),
    "groups": (),
    "records": (),
    "near": (),
    "field": (),
    "cite": (),
    "disability": ("disability_type", "disability_level"),
    "category": ("category",),
    "cancel_date": ("cancel_date", "death_date"),
}
FILE = Path(__file__).with_name("layout.yaml")
# The set of columns that shows each department's own value of what differs.
SIDES = "sides"
SOURCES = frozenset({"finding", "child", "record", "department", "list", "made"})


class LayoutColumn(Rules):
    """A column of a list.

    Heading, width in characters, where the value comes from, and how it is masked unless a list
    lifts the mask.
    """

    zh: str
    width: float = Field(gt=2, lt=60)
    value: str
    mask: MaskKind = "none"
    align: Literal["left", "center"] = "left"

    @property
    def source(self) -> str:
        """The kind of thing that the value is taken from."""
        return self.value.partition(".")[0]

    @property
    def item(self) -> str:
        """The name of the value within its source."""
        return self.value.partition(".")[2]


class AnswerColumn(Rules):
    """A yellow column that the reader fills in."""

    name: str
    zh: str
    width: float = Field(gt=2, lt=60)
    kind: Literal["answers", "date", "text"]


class CodeCondition(Rules):
    """A child field that holds a code (`*` = anything)."""

    field: str
    code: str


class KeyGroup(Rules):
    """A key group and the conditions of which one is enough."""

    zh: str
    any: tuple[CodeCondition, ...] = Field(min_length=1)


class ListColumns(Rules):
    """What a recipient sees of a list, where the place's profile has the list sent to it."""

    columns: tuple[str, ...] = Field(min_length=1)
    full: dict[str, Literal["always", "own"]] = Field(default_factory=dict)
    rows: Literal["all", "own", "owner"] = "all"


class Recipient(Rules):
    """One kind of recipient: its Chinese name, how a letter addresses it, and its lists by code."""

    label: str
    bureau: str = ""
    lists: dict[str, ListColumns]


class Difference(Rules):
    """A difference between several fields: its Chinese name and the fields shown."""

    zh: str
    fields: tuple[str, ...] = Field(min_length=1)


class FontNames(Rules):
    """Font names; a machine without them falls back to its own."""

    title: str
    head: str
    body: str
    text: str


class FontSizes(Rules):
    """Font sizes in points."""

    title: float
    head: float
    body: float
    text: float


class WorkbookLayout(Rules):
    """The whole of `layout.yaml`, with sets already written out; `masking` is no part of the file, it is the place's (`layout_for`)."""

    version: int
    fonts: FontNames
    sizes: FontSizes
    colours: dict[str, str]
    masking: MaskRule = Field(default_factory=default_rule)
    grades: tuple[str, ...] = Field(min_length=1)
    unknown_town: str
    withheld: str
    footer: str
    columns: dict[str, LayoutColumn]
    answers: tuple[AnswerColumn, ...]
    sets: dict[str, tuple[str, ...]]
    difference_fields: tuple[str, ...]
    difference_names: dict[str, Difference] = Field(default_factory=dict)
    difference_masks: dict[str, MaskKind] = Field(default_factory=dict)
    groups: tuple[KeyGroup, ...]
    named_categories: tuple[str, ...]
    township: Recipient
    departments: dict[str, Recipient]
    added: Recipient

    @field_validator("masking", mode="before")
    @classmethod
    def _not_in_the_file(cls, _: object) -> MaskRule:
        raise ValueError("遮盖多少由地区规则（profile 的 masking）决定，不在本文件中写")

    @model_validator(mode="after")
    def _check(self) -> WorkbookLayout:
        problems = [*self._column_problems(), *self._list_problems()]
        if problems:
            raise ValueError("；".join(problems))
        return self

    def _column_problems(self) -> list[str]:
        # Refused when the file is read, not when a cell is written: a column that shows what it must not is never printed once.
        hidden = fields_of_class("X")
        problems = [f"sets.{name} 与列同名" for name in self.sets if name in self.columns]
        for name, column in self.columns.items():
            items = MADE_FIELDS.get(column.item) if column.source == "made" else (column.item,)
            if column.source not in SOURCES or items is None:
                problems.append(f"columns.{name}.value 无法识别：{column.value}")
            elif hidden.intersection(items):
                problems.append(f"columns.{name} 取自不得外发的字段：{column.item}")
        shown = {*self.difference_fields, *(name for both in self.difference_names.values() for name in both.fields)}
        problems += [f"difference_fields 含不得外发的字段：{name}" for name in sorted(shown & hidden)]
        return problems

    def _list_problems(self) -> list[str]:
        known = load_catalogue()
        problems = [
            f"departments.{name} 不是清单目录中的部门" for name in self.departments if name not in known.recipients
        ]
        if SIDES not in self.sets:
            problems.append(f"sets 缺少 {SIDES}（信息不一致的各方登记）")
        for who, recipient in self.recipients.items():
            strange = [code for code in recipient.lists if code not in known.lists]
            problems += [f"{who}.lists.{code} 不是清单目录中的清单" for code in strange]
            for code, shown in recipient.lists.items():
                names = self.expand(shown.columns)
                place = f"{who}.lists.{code}"
                problems += [f"{place} 的列未定义：{name}" for name in names if name not in self.columns]
                problems += [f"{place}.full 的列未列出：{name}" for name in shown.full if name not in names]
                # The number comes first, because it is what a returned workbook is read by when other columns are gone.
                if len(set(names)) != len(names) or names[0] != "finding_id":
                    problems.append(f"{place} 的列重复，或第一列不是线索编号")
        return problems

    @property
    def recipients(self) -> dict[str, Recipient]:
        """Everybody for whom there are columns, as a profile names them."""
        return {TOWNSHIP: self.township, **self.departments, ADDED: self.added}

    @property
    def sides(self) -> dict[str, str]:
        """Department -> the column that shows its own value of what differs."""
        return {column.item: name for name, column in self.columns.items() if column.source == "department"}

    def bureau(self, department: str) -> str:
        """How a letter addresses a department; "" for one that the layout does not know."""
        known = self.departments.get(department)
        return known.bureau or known.label if known else ""

    def with_departments(self, added: Mapping[str, AddedDepartment]) -> WorkbookLayout:
        """The layout of a place that adds departments: each sees what the file says for all of them, and its side of a difference is shown."""
        if not added:
            return self
        recipients = {
            name: self.added.model_copy(update={"label": each.zh, "bureau": each.bureau})
            for name, each in added.items()
        }
        # As wide as the widest side of the file: what the department holds is not known when the layout is made.
        width = max(self.columns[name].width for name in self.sides.values())
        sides = {
            f"by_{name}": LayoutColumn(zh=f"{each.zh}登记", width=width, value=f"department.{name}")
            for name, each in added.items()
        }
        return self.model_copy(
            update={
                "departments": {**self.departments, **recipients},
                "columns": {**self.columns, **sides},
                "sets": {**self.sets, SIDES: (*self.sets[SIDES], *sides)},
            }
        )

    def columns_for(self) -> dict[str, frozenset[str]]:
        """Recipient -> the lists that it has columns for, against which a profile is checked (`load_profile`)."""
        return {name: frozenset(recipient.lists) for name, recipient in self.recipients.items()}

    def mask_of(self, column: LayoutColumn) -> MaskKind:
        """How a column is masked where nothing is lifted: a field's numbers as the place says, the rest as the file says."""
        if column.source in ("child", "record"):
            return self.masking.of_field(column.item, column.mask)
        return column.mask

    def difference_mask(self, field: str) -> MaskKind | None:
        """How the sides of a difference are masked; None = they stand as they are, they are what is asked about."""
        kind = self.difference_masks.get(field)
        return self.masking.of_field(field, kind) if kind else None

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Write the sets out: the columns in order."""
        return tuple(column for name in names for column in self.sets.get(name, (name,)))


@cache
def field_terms() -> Mapping[str, Mapping[str, str]]:
    """The field dictionary `assets/contracts/fields.yaml`: field -> {zh, kind, sens}."""
    text = (files("assets.contracts") / "fields.yaml").read_text(encoding="utf-8")
    terms: dict[str, dict[str, str]] = parse_yaml(text)
    return terms


def fields_of_class(sens: str) -> frozenset[str]:
    """The fields of one sensitivity class (P, S, X)."""
    return frozenset(name for name, term in field_terms().items() if term.get("sens") == sens)


def read_layout(path: Path) -> WorkbookLayout:
    """Read and check a layout file.

    Raises:
        RuleFileError: with the file, the key and what is wrong there, in Chinese.
    """
    return read_rules(path, WorkbookLayout)


@cache
def default_layout() -> WorkbookLayout:
    """The layout that comes with the product."""
    return read_layout(FILE)


def layout_for(profile: Profile) -> WorkbookLayout:
    """The product's layout with the masking of a place and the departments that it adds."""
    return default_layout().with_departments(profile.departments).model_copy(update={"masking": rule_of(profile)})
