"""What stands in one child's file: each value with every department's word for it, visits, help, findings with their history.

Belongs here: gathering and choosing what is shown. Not here: the page (`writing`). Numbers are masked and class X fields
withheld unless somebody approved. Source: rules/identifiers.md#trust-order, rules/departments.md#child-file, rules/jurisdictions.md#row-7; rules/law.md#approved-access, rules/law.md#masking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class FieldGroup(Rules):
    """Fields that stand together."""

    title: str
    fields: tuple[str, ...]


class ChildFileLayout(Rules):
    """The whole of `layout.yaml`."""

    title: str
    groups: tuple[FieldGroup, ...]
    help: tuple[str, ...]
    visits: tuple[str, ...]
    numbers: frozenset[str]
    masked_phones: frozenset[str]
    blank_rows: Mapping[str, int]
    withheld: str


@cache
def layout() -> ChildFileLayout:
    """The validated layout."""
    return read_rules(FILE, ChildFileLayout)


@dataclass(frozen=True)
class FieldEntry:
    """One field: the value taken, from whom, what each department says, and whether they disagree."""

    title: str
    value: str
    source: str
    by_department: Mapping[str, str]
    differs: bool


@dataclass(frozen=True)
class FindingEvent:
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
    steps: Sequence[FindingEvent] = ()


@dataclass(frozen=True)
class ChildSources:
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
    groups: Mapping[str, Sequence[FieldEntry]]
    help: Sequence[FieldEntry]
    visits: Sequence[tuple[str, str, str]]
    origins: Sequence[tuple[str, str, str, str]]
    findings: Sequence[Finding]
    moves: Sequence[tuple[str, str]]
    open: bool


def paper_of(sources: ChildSources) -> ChildPaper:
    """Gather one child's file."""
    there = [name for name in sources.departments if name in set(sources.records["department"])]
    groups = {group.title: _entries(group.fields, sources, there) for group in layout().groups}
    visited = sources.records[sources.records["visit_date"] != ""]
    lines = zip(visited["visit_date"], visited["child_worker"], visited["department"], strict=True)
    # A set: the same visit may stand on several rows of the child. The latest comes first.
    visits = sorted({(day, who, sources.departments.get(name, name)) for day, who, name in lines}, reverse=True)
    return ChildPaper(
        child_id=str(sources.child["child_id"]),
        place="".join(str(sources.child[name]) for name in ("town", "village")) or "未落实乡镇",
        columns=[sources.departments[name] for name in there],
        groups={title: lines for title, lines in groups.items() if lines},
        help=_entries(layout().help, sources, there),
        visits=visits,
        origins=_origins(sources),
        findings=_findings(sources),
        moves=sources.moves,
        open=sources.open,
    )


def _entries(fields: Sequence[str], sources: ChildSources, there: Sequence[str]) -> list[FieldEntry]:
    """The fields that any department says something of."""
    entries = (_entry(name, sources, there) for name in fields if name in sources.records)
    return [entry for entry in entries if entry]


def _entry(name: str, sources: ChildSources, there: Sequence[str]) -> FieldEntry | None:
    # Active records first: what a department said before it ended a record stands behind what it says now.
    records = sources.records[sources.records[name] != ""].sort_values("active", ascending=False, kind="stable")
    values = {who: list(dict.fromkeys(records.loc[records["department"] == who, name])) for who in there}
    first = next(((who, texts[0]) for who, texts in values.items() if texts), None)
    if first is None:
        return None

    show = _Shown(name, sources)
    # A field of which the child file chooses no value shows the first department's.
    chosen = str(sources.child.get(name, "") or "") or first[1]
    source = str(sources.child.get(f"{name}_from", "") or "") or first[0]
    by_department = {
        sources.departments[who]: "；".join("一致" if text == chosen else show(text) for text in texts)
        for who, texts in values.items()
    }
    # Telephones are left out: that two departments know two numbers of a family is no contradiction.
    differs = name not in layout().masked_phones and any(
        not _agree(text, chosen) for texts in values.values() for text in texts
    )
    return FieldEntry(field_name(name), show(chosen), sources.departments.get(source, source), by_department, differs)


def _agree(text: str, other: str) -> bool:
    """Equal, or the same date at another precision."""
    return text == other or (
        len(min(text, other, key=len)) in (4, 7) and (text.startswith(other) or other.startswith(text))
    )


class _Shown:
    """How a value of a field is shown in this version of the file."""

    def __init__(self, name: str, sources: ChildSources) -> None:
        self.word, self.name, self.is_open, self.rule = word_of(name), name, sources.open, sources.masking

    def __call__(self, value: str) -> str:
        if self.is_open:
            return self.word(value)
        # Before the masks: of a class X field no part may be seen, not even the ends of a number.
        if self.name in fields_of_class("X"):
            return layout().withheld
        if self.name in self.rule.fields:
            return mask_id(value, self.rule)
        if self.name in layout().masked_phones:
            return mask_phone(value, self.rule)
        return value if self.name in layout().numbers else scrub(self.word(value), self.rule)


def _origins(sources: ChildSources) -> list[tuple[str, str, str, str]]:
    """Where each record stands: department, file, place in it, how it was linked."""
    methods = {"number": "身份证号一致", "derived_number": "其他号码推出", "name_birth": "姓名和出生日期一致"}
    methods |= {"fuzzy": "综合判断", "decision": "人工认定", "single": "只此一条"}
    origins = []
    for line in sources.records.to_dict("records"):
        file, sheet = sources.names.of_record(line)
        sheet = f"{sheet} " if sheet else ""
        department = sources.departments.get(str(line["department"]), str(line["department"]))
        how = methods.get(str(line["method"]), str(line["method"]))
        origins.append((department, file, f"{sheet}第{line['row']}行", how))
    return origins


def _findings(sources: ChildSources) -> list[Finding]:
    """Every finding that the child has or had, those of earlier periods with what became of them."""
    now = sources.findings.drop_duplicates("finding_id").set_index("finding_id")
    known = load_catalogue().lists
    listed = {str(key): str(code) for key, code in now["code"].items()}
    findings = []
    for identity, code in sorted({**sources.known, **listed}.items()):
        info, line = known.get(code), now.loc[identity] if identity in now.index else None
        reason = str(line["reason"]) if line is not None else "本期不在清单上。"
        detail = field_name(str(line["field"])) if line is not None and line["field"] else ""
        name = f"{code} {info.name if info else ''}" + (f"（{detail}）" if detail else "")
        grade, clause = (str(line["grade"]), str(line["clause"])) if line is not None else ("", "")
        steps = [_step(event, sources.masking) for event in sources.events if event["finding_id"] == identity]
        # A reason may hold another person's number: it is covered even where somebody approved the child's own.
        reason, ask = scrub(reason, sources.masking), info.ask if info else ""
        findings.append(Finding(identity, name, grade, reason, clause, ask, steps))
    return findings


def _step(event: Mapping[str, str], rule: MaskRule) -> FindingEvent:
    words = "；".join(part for part in (event["text"], scrub(event["note"], rule)) if part)
    # The day on which somebody knocked at a door, where it is known, not the one on which the answer was read in.
    day = event["answered_on"] or event["at"][:10]
    return FindingEvent(day, event["period"], life_rules().say(event["state"]), words, event["author"])
