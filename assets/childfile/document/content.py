"""What stands in one child's file: each value with every department's word for it, visits, help, findings with their history.

Belongs here: gathering and choosing what is shown. Not here: the page (`writing`). Numbers are masked and class X fields
withheld unless somebody approved. Source: rules/identifiers.md#trust-order, rules/departments.md#child-file, rules/jurisdictions.md#row-7; rules/law.md#approved-access, rules/law.md#masking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from assets.receiving.filenames import FileNames
from assets.workbooks.layout import fields_of_class
from assets.workbooks.masking import MaskRule, default_rule, mask_id, mask_phone, scrub
from assets.workbooks.wording import field_name, word_of
from expectations.life.rules import life_rules
from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import Rules, read_rules
from pipelines.resources.naming import naming

FILE = Path(__file__).with_name("layout.yaml")


class Group(Rules):
    """Fields that stand together."""

    title: str
    fields: tuple[str, ...]


class Layout(Rules):
    """The whole of `layout.yaml`."""

    title: str
    groups: tuple[Group, ...]
    help: tuple[str, ...]
    visits: tuple[str, ...]
    numbers: frozenset[str]
    masked_phones: frozenset[str]
    blank_rows: Mapping[str, int]
    withheld: str


@cache
def layout() -> Layout:
    """The validated layout."""
    return read_rules(FILE, Layout)


@dataclass(frozen=True)
class Said:
    """One field: the value taken, from whom, what each department says, and whether they disagree."""

    title: str
    value: str
    source: str
    by_department: Mapping[str, str]
    differs: bool


@dataclass(frozen=True)
class Step:
    """One event in the life of a finding."""

    day: str
    period: str
    state: str
    text: str
    author: str


@dataclass(frozen=True)
class Finding:
    """One finding of the child, present or past."""

    finding_id: str
    name: str
    grade: str
    reason: str
    clause: str
    ask: str
    steps: Sequence[Step] = ()


@dataclass(frozen=True)
class Sources:
    """The frames of the period, cut to one child, and the child's events.

    Attributes:
        child: the row of the child files.
        records: the child's standard records.
        findings: the child's lines of the period.
        known: every finding of the child that was ever listed: finding_id -> code.
        events: the events of its findings, oldest first.
        moves: what became of its number: (period, sentence).
        departments: Chinese names, in the order of the columns.
        open: whether full numbers and class X fields are shown.
        masking: how far numbers are covered where they are (the place's profile).
        names: how files and sheets are named: the paper goes further than the bureau.
    """

    child: Mapping[str, object]
    records: pd.DataFrame
    findings: pd.DataFrame
    known: Mapping[str, str]
    events: Sequence[Mapping[str, str]]
    moves: Sequence[tuple[str, str]]
    departments: Mapping[str, str]
    open: bool = False
    masking: MaskRule = field(default_factory=default_rule)
    names: FileNames = field(default_factory=lambda: FileNames(naming(), {}))


@dataclass(frozen=True)
class ChildPaper:
    """Everything that is printed."""

    child_id: str
    place: str
    columns: Sequence[str]
    groups: Mapping[str, Sequence[Said]]
    help: Sequence[Said]
    visits: Sequence[tuple[str, str, str]]
    origins: Sequence[tuple[str, str, str, str]]
    findings: Sequence[Finding]
    moves: Sequence[tuple[str, str]]
    open: bool


def paper_of(sources: Sources) -> ChildPaper:
    """Gather one child's file."""
    there = [name for name in sources.departments if name in set(sources.records["department"])]
    groups = {group.title: _said(group.fields, sources, there) for group in layout().groups}
    return ChildPaper(
        child_id=str(sources.child["child_id"]),
        place="".join(str(sources.child[name]) for name in ("town", "village")) or "未落实乡镇",
        columns=[sources.departments[name] for name in there],
        groups={title: lines for title, lines in groups.items() if lines},
        help=_said(layout().help, sources, there),
        visits=_visits(sources),
        origins=_origins(sources),
        findings=_findings(sources),
        moves=sources.moves,
        open=sources.open,
    )


def _said(fields: Sequence[str], sources: Sources, there: Sequence[str]) -> list[Said]:
    return [one for name in fields if (one := _one(name, sources, there))]


def _one(name: str, sources: Sources, there: Sequence[str]) -> Said | None:
    records = sources.records
    if name not in records:
        return None
    values = {who: _values(records, who, name) for who in there}
    if not any(values.values()):
        return None
    show = _Shown(name, sources)
    chosen = str(sources.child.get(name, "") or "") or next(found[0] for found in values.values() if found)
    source = str(sources.child.get(f"{name}_from", "") or "") or next(who for who, found in values.items() if found)
    by_department = {sources.departments[who]: _beside(found, chosen, show) for who, found in values.items()}
    every = {value for found in values.values() for value in found}
    differs = name not in layout().masked_phones and any(not _agree(value, chosen) for value in every)
    return Said(field_name(name), show(chosen), sources.departments.get(source, source), by_department, differs)


def _beside(found: Sequence[str], chosen: str, show: Callable[[str], str]) -> str:
    """What a department says, 一致 when it is the chosen value."""
    return "；".join("一致" if value == chosen else show(value) for value in found)


def _agree(one: str, other: str) -> bool:
    """Equal, or the same date at another precision."""
    return one == other or (
        len(min(one, other, key=len)) in (4, 7) and (one.startswith(other) or other.startswith(one))
    )


def _values(records: pd.DataFrame, department: str, name: str) -> list[str]:
    """The distinct values of a department, active records first."""
    mine = records[(records["department"] == department) & (records[name] != "")]
    return list(dict.fromkeys(mine.sort_values("active", ascending=False, kind="stable")[name]))


class _Shown:
    """How a value of a field is shown in this version of the file."""

    def __init__(self, name: str, sources: Sources) -> None:
        self.word, self.name, self.is_open, self.rule = word_of(name), name, sources.open, sources.masking

    def __call__(self, value: str) -> str:
        if self.is_open:
            return self.word(value)
        if self.name in fields_of_class("X"):
            return layout().withheld
        if self.name in self.rule.fields:
            return mask_id(value, self.rule)
        if self.name in layout().masked_phones:
            return mask_phone(value, self.rule)
        return value if self.name in layout().numbers else scrub(self.word(value), self.rule)


def _visits(sources: Sources) -> list[tuple[str, str, str]]:
    """Day, visitor and department of every recorded visit, the latest first."""
    records = sources.records[sources.records["visit_date"] != ""]
    lines = zip(records["visit_date"], records["child_worker"], records["department"], strict=True)
    found = {(day, who, sources.departments.get(name, name)) for day, who, name in lines}
    return sorted(found, reverse=True)


def _origins(sources: Sources) -> list[tuple[str, str, str, str]]:
    """Where each record stands: department, file, place in it, how it was linked."""
    methods = {"number": "身份证号一致", "derived_number": "其他号码推出", "name_birth": "姓名和出生日期一致"}
    methods |= {"fuzzy": "综合判断", "decision": "人工认定", "single": "只此一条"}
    found = []
    for line in sources.records.to_dict("records"):
        file, sheet = sources.names.of_record(line)
        sheet = f"{sheet} " if sheet else ""
        department = sources.departments.get(str(line["department"]), str(line["department"]))
        how = methods.get(str(line["method"]), str(line["method"]))
        found.append((department, file, f"{sheet}第{line['row']}行", how))
    return found


def _findings(sources: Sources) -> list[Finding]:
    now = sources.findings.drop_duplicates("finding_id").set_index("finding_id")
    known = load_catalogue().lists
    found = []
    listed = {str(key): str(code) for key, code in now["code"].items()}
    for identity, code in sorted({**sources.known, **listed}.items()):
        info, line = known.get(code), now.loc[identity] if identity in now.index else None
        reason = str(line["reason"]) if line is not None else "本期不在清单上。"
        detail = field_name(str(line["field"])) if line is not None and line["field"] else ""
        name = f"{code} {info.name if info else ''}" + (f"（{detail}）" if detail else "")
        grade, clause = (str(line["grade"]), str(line["clause"])) if line is not None else ("", "")
        steps = _steps(identity, sources)
        found.append(
            Finding(identity, name, grade, scrub(reason, sources.masking), clause, info.ask if info else "", steps)
        )
    return found


def _steps(identity: str, sources: Sources) -> list[Step]:
    mine = [event for event in sources.events if event["finding_id"] == identity]
    return [_step(event, sources.masking) for event in mine]


def _step(event: Mapping[str, str], rule: MaskRule) -> Step:
    words = "；".join(part for part in (event["text"], scrub(event["note"], rule)) if part)
    day = event["answered_on"] or event["at"][:10]
    return Step(day, event["period"], life_rules().say(event["state"]), words, event["author"])
