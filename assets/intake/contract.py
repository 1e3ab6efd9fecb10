"""What a department's export looks like, as data: the models of `assets/contracts/*.yaml` and their loading.

Belongs here: contracts, layouts, the shared heading dictionary, and the messages about a mistake in them.
Does not belong here: looking at a file with them (`layout`, `tabulate`) or reading values (`standard`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assets.intake.folders import DepartmentNames, NamedDepartment, foldered
from assets.intake.staterules import StateRule
from matching.tables.mistakes import MistakeError, mistakes_in, parse_own_yaml

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
DICTIONARY = Path(__file__).with_name("dictionary.yaml")
FIELDS = CONTRACTS / "fields.yaml"
M = TypeVar("M", bound=BaseModel)
Subject = Literal["child", "adult", "anyone"]


class ContractError(ValueError):
    """A contract file is wrong; the message names the file and the key, in Chinese."""


class StrictModel(BaseModel):
    """Strict: an unknown key is a spelling mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class StandardField(StrictModel):
    """One field of `fields.yaml`: its Chinese term, how a cell is read, how sensitive it is, and what a word means that nobody can read."""

    zh: str
    # Refused here: a kind that nobody knows leaves its cells unread, and a class that nobody knows is not X, so nothing would hide the field.
    kind: str = Field(
        pattern=r"^(name|id|student_no|disability_no|date|month|phone|address|text|number|(code|set):[a-z_]+)$"
    )
    sens: Literal["P", "S", "X"]
    unread: str = ""


class Ambiguity(StrictModel):
    """A heading with several meanings: the candidates in order, decided by the values; `default` when no shape fits."""

    candidates: list[str]
    default: str = ""


class Carry(StrictModel):
    """A value that a file, sheet or title carries for a whole sheet (rules/files.md#ff8)."""

    pattern: str
    value: str


class Recognise(StrictModel):
    """How a layout is recognised: headings (as written), fields, or words in titles, sheet and file name."""

    all: list[str] = []
    any: list[str] = []
    any_fields: list[str] = []
    least: int = 1
    none_of: list[str] = []
    none_fields: list[str] = []
    titles: str = ""


class Flag(StrictModel):
    """A heading that asks one thing and is answered by yes or no: 是否低保, 是否已死亡. Yes says `value` in `field`.

    With `veto` a no empties the field whatever else the row or the sheet says: a member of a 低保 household who is not covered.
    With `leads` a yes outweighs what another column says in the field: 是否失学辍学 beside 在校生状况.
    """

    field: str
    value: str
    veto: bool = False
    leads: bool = False


class Positional(StrictModel):
    """A profile by position for files without a heading row (rules/files.md#ff11); `fits` names the columns whose values must fit."""

    name: str
    zh: str
    headings: list[str]
    fits: dict[int, str]


class FileLayout(StrictModel):
    """One kind of file that a department delivers.

    `subject` says whom a row is about: a `child`; an `adult` (a child worker, the head of a household, a parent), whose row is never linked
    to children but may be joined to them by a parent's number; or `anyone`.
    """

    name: str
    zh: str
    kind: Literal["records", "set_aside"] = "records"
    subject: Subject = "child"
    recognise: Recognise = Recognise()
    headings: dict[str, list[str]] = {}
    ignore: list[str] = []
    mandatory: list[list[str]] | None = None
    defaults: dict[str, str] = {}
    lookups: dict[str, dict[str, str]] = {}
    flags: dict[str, Flag] = {}
    carried: dict[str, list[Carry]] = {}
    set_aside_age: int | None = None
    notice: str = ""
    advice: str = ""


class AgeBounds(StrictModel):
    """Bounds of a department's rows: ages (completed years) from which a row is no child's and is set aside."""

    set_aside_age: int | None = None


class Person(StrictModel):
    """Somebody beside the child: the words a heading begins with, and where each role goes."""

    prefixes: list[str]
    fields: dict[str, str]


class RowWords(StrictModel):
    """Words and limits by which a row is recognised as total, signature or note."""

    scan: int
    least_hits: int
    total: str
    grand_total: str
    signature: str
    note: str
    example: str
    piece: int


class FormWords(StrictModel):
    """By what a sheet is recognised as a form (one page for each child).

    Attributes:
        scan: filled rows that are looked at, from the top.
        width: columns that are looked at, from the left.
        label_length: a longer cell names no field.
        least_pairs: different fields that stand each beside a value.
        least_rows: rows that hold such a pair.
        name: the field that must be among them.
        beside: fields of which at least one must be among them, too.
    """

    scan: int
    width: int
    label_length: int
    least_pairs: int
    least_rows: int
    name: str
    beside: list[str]


class Dictionary(StrictModel):
    """The shared heading dictionary (rules/files.md#headings) and everything else that does not depend on the department."""

    headings: dict[str, list[str]]
    sequence: list[str]
    ignore: list[str]
    ambiguous: dict[str, Ambiguity]
    shapes: dict[str, str]
    roles: dict[str, list[str]]
    people: dict[str, Person]
    upper_endings: list[str]
    compounds: list[str]
    away_words: dict[str, str]
    rows: RowWords
    forms: FormWords
    surnames: str
    carried: dict[str, str]
    same_words: list[str]
    same_address: list[str]
    placeholders: list[str]


class Contract(StrictModel):
    """One department's export: headings, layouts, mandatory fields, bounds.

    `marks` are the fields typical of it; a file with fewer than `least_marks` of them that shows another department's is
    that department's. `numbers_are_truth`: it gives the numbers (rules/identifiers.md#trust-order), so that a number tells birth and sex where
    the file has no column for them. `further`: no department of every county; its stations exist only where a workspace has files of it.
    `states`: how it says that a record has ended; left out, every record counts as active, and one that replaces a built-in contract keeps that one's.
    `names`: words by which people call its folder and files (`assets.intake.folders`), beside `zh` and the key; kept like `states`.
    `steady`: its content rightly stays the same for a quarter and longer, so that the same file again is said and not asked about.
    """

    department: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    code: str = Field(pattern=r"^[A-Z]{2}$")
    zh: str
    names: list[str] = []
    headings: dict[str, list[str]] = {}
    ambiguous: dict[str, Ambiguity] = {}
    ignore: list[str] = []
    mandatory: list[list[str]]
    further: bool = False
    steady: bool = False
    marks: list[str] = []
    least_marks: int = 0
    numbers_are_truth: bool = False
    carried: dict[str, list[Carry]] = {}
    flags: dict[str, Flag] = {}
    positional: list[Positional] = []
    defaults: dict[str, str] = {}
    lookups: dict[str, dict[str, str]] = {}
    bounds: AgeBounds = AgeBounds()
    states: list[StateRule] | None = None
    layouts: list[FileLayout] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_fields(self) -> Contract:
        # At load, and not when the first file comes that has such a column.
        fields = {*load_fields(), "sequence"}
        for place, name in _named_fields(self):
            if name not in fields:
                raise ValueError(f"{place}: 字段「{name}」不在 fields.yaml 中")
        return self

    def layout(self, name: str) -> FileLayout:
        """The layout of that name; the ordinary one, which is the last, for a name that the contract does not have."""
        return next((each for each in self.layouts if each.name == name), self.layouts[-1])

    @property
    def age_limits(self) -> dict[str, int | None]:
        """By layout the age (completed years) from which a row is no child's; None where none is set aside."""
        return {
            each.name: each.set_aside_age if each.set_aside_age is not None else self.bounds.set_aside_age
            for each in self.layouts
        }

    @property
    def subjects(self) -> dict[str, Subject]:
        """Whom the rows of each layout are about."""
        return {each.name: each.subject for each in self.layouts}


def _named_fields(contract: Contract) -> Iterator[tuple[str, str]]:
    groups: list[tuple[str, Contract | FileLayout]] = [("", contract)]
    groups += [(f"layouts.{each.name}.", each) for each in contract.layouts]
    for place, group in groups:
        for key, holder in (("headings", group.headings), ("defaults", group.defaults), ("lookups", group.lookups)):
            yield from ((f"{place}{key}", name) for name in holder)
        yield from ((f"{place}mandatory", name) for names in group.mandatory or [] for name in names)
    yield from (("marks", name) for name in contract.marks)
    for place, group in groups:
        yield from ((f"{place}carried", name) for name in group.carried)
        yield from ((f"{place}flags.{heading}", flag.field) for heading, flag in group.flags.items())
    stated = [(place, name) for place, rule in enumerate(contract.states or []) for name in rule.fields]
    # The kind of file is no column of it, and a state may rest on it all the same.
    yield from ((f"states.{place}", name) for place, name in stated if name != "layout")
    for heading, choice in contract.ambiguous.items():
        yield from ((f"ambiguous.{heading}", name) for name in [*choice.candidates, choice.default] if name)


@lru_cache(maxsize=1)
def load_fields() -> dict[str, StandardField]:
    """The fields of `assets/contracts/fields.yaml`, in file order.

    Raises:
        ContractError: a field without a way of reading or a class of harm, or with one that nobody knows; file, field and key are named.
    """
    stated = _read_yaml(FIELDS)
    return {name: _checked(StandardField, spec, f"{FIELDS.name} 的字段 {name}") for name, spec in stated.items()}


@lru_cache(maxsize=1)
def load_dictionary() -> Dictionary:
    """The shared heading dictionary of rules/files.md#headings."""
    return _validated(Dictionary, DICTIONARY)


def load_contracts(extra: Path | None = None) -> dict[str, Contract]:
    """The contracts that a workspace needs, by department key, its own over the built-in ones.

    The departments that every county has are always there; a further source (在校名单, 殡葬 …) once its folder lies in the workspace's inbox,
    under whichever of its names, or data of it were taken before: putting files there is all that its use asks for.

    Args:
        extra: the workspace's folder of contracts; a file for a known department replaces the built-in contract.

    Raises:
        ContractError: a file cannot be read or breaks the model; file and key are named.
    """

    def in_use(department: str) -> bool:
        # Also by its frames: who empties the inbox takes no station away.
        root = extra.parent if extra else None
        if root is None:
            return False
        return department in there or (root / "frames" / f"raw_{department}").is_dir()

    there = foldered(extra.parent / "inbox", department_names_of(extra)) if extra else frozenset()
    return {name: each for name, each in all_contracts(extra).items() if not each.further or in_use(name)}


@lru_cache(maxsize=8)
def all_contracts(extra: Path | None = None) -> dict[str, Contract]:
    """All contracts, with the further sources that nobody delivered yet; arguments and errors as in `load_contracts`."""
    paths = [path for path in sorted(CONTRACTS.glob("*.yaml")) if path != FIELDS]
    if extra is not None and extra.is_dir():
        paths += sorted(extra.glob("*.yaml"))
    contracts: dict[str, Contract] = {}
    for path in paths:
        contract = _validated(Contract, path)
        replaced = contracts.get(contract.department)
        # A county's own contract states headings; written before there were `states`, it must not silently lose them.
        if replaced is not None and contract.states is None:
            contract = contract.model_copy(update={"states": replaced.states})
        if replaced is not None and not contract.names:
            contract = contract.model_copy(update={"names": replaced.names})
        contracts[contract.department] = contract
    # The code begins the number of every record: two departments with one would have records of the same number.
    codes = [contract.code for contract in contracts.values()]
    for contract in contracts.values():
        if codes.count(contract.code) > 1:
            raise ContractError(
                f"约定文件有误：代码 {contract.code} 被两个部门使用（键 code，部门 {contract.department}）"
            )
    return contracts


def department_names_of(extra: Path | None = None) -> DepartmentNames:
    """By which names folders, files and people call the departments; arguments and errors as in `load_contracts`."""
    return names_in(all_contracts(extra))


def names_in(contracts: Mapping[str, Contract]) -> DepartmentNames:
    """The names of these departments; what is one's own name (`zh`) is no other's word. A word of two departments means neither."""
    titles = {contract.zh: contract.department for contract in contracts.values()}
    return DepartmentNames(
        tuple(
            NamedDepartment(
                each.department,
                (each.zh, *(name for name in each.names if titles.get(name, each.department) == each.department)),
                each.further,
            )
            for each in contracts.values()
        )
    )


def state_rules(extra: Path | None = None) -> dict[str, list[StateRule]]:
    """Department -> how it says that a record has ended; arguments and errors as in `load_contracts`."""
    return {name: contract.states for name, contract in all_contracts(extra).items() if contract.states}


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        return parse_own_yaml(path.read_bytes())
    except OSError as error:
        raise ContractError(f"约定文件 {path.name} 读不出来：请检查文件是否存在、有没有权限。") from error
    except MistakeError as error:
        raise ContractError(f"约定文件 {path.name} {error}。") from error


def _validated(model: type[M], path: Path) -> M:
    return _checked(model, _read_yaml(path), path.name)


def _checked(model: type[M], content: Any, place: str) -> M:
    """What a file says, as its model; `place` begins the sentence about a mistake."""
    try:
        checked = model.model_validate(content)
        _check_patterns(checked)
    except ValidationError as error:
        # Without the original: pydantic's English repeats the file's own words, and everything raised may end in a log.
        raise ContractError(f"约定文件 {place} 有误：{mistakes_in(error, model)}。请改正后重新运行。") from None
    except re.error as error:
        raise ContractError(f"约定文件 {place} 有误：正则表达式「{error.pattern!r}」不合法") from error
    return checked


def _check_patterns(model: BaseModel) -> None:
    """Compile every regular expression once at load, so that a mistake is found before a delivery comes."""
    if isinstance(model, Dictionary):
        for pattern in (*model.shapes.values(), *model.carried.values(), model.rows.total, model.rows.signature):
            re.compile(pattern)
    if isinstance(model, Contract):
        holders = [model.carried, *(each.carried for each in model.layouts)]
        patterns = [carry.pattern for carried in holders for carries in carried.values() for carry in carries]
        for pattern in [*patterns, *(each.recognise.titles for each in model.layouts)]:
            re.compile(pattern)
