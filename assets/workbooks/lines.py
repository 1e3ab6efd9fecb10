"""From findings and child files to lines: every value of every configured column, in words, not yet masked.

Here: vectorised look-ups over whole frames. Not here: who sees a line (`routing.py`), what is
masked, or how a cell looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from assets.workbooks.context import PublishContext
from assets.workbooks.layout import Column, Condition
from assets.workbooks.masking import mask_column
from assets.workbooks.wording import Item, field_name, items_of, say, say_near, say_records

# What a child file keeps under another name, or of its records only.
_OF_THE_ROLL = {"category": "categories", "aid": "aids"}
_OF_THE_RECORDS = ("enrolment_status", "pay_end", "cancel_kind")


@dataclass(frozen=True)
class Sources:
    """The frames that a line is made from, aligned to the findings.

    Attributes:
        findings: data-shapes section 6.
        children: one row per finding: the child's chosen values.
        named: one row per finding: the record that the finding names.
        evidence: the parsed `records` of each finding.
        nearby: the parsed `near` of each finding.
        records: the standard records that are named anywhere, by record_id.
    """

    findings: pd.DataFrame
    children: pd.DataFrame
    named: pd.DataFrame
    evidence: list[list[Item]]
    nearby: list[list[Item]]
    records: pd.DataFrame
    context: PublishContext

    @cached_property
    def held(self) -> Mapping[str, Mapping[str, str]]:
        """field that differs somewhere -> record_id -> its value in words; the same for every department's column."""
        fields = set(text(self.findings, "field")) & set(self.context.layout.difference_fields)
        return {field: _lookup(field, self) for field in fields}


def gather(findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext) -> Sources:
    """Align children and records to the findings (missing ones become empty texts)."""
    findings = findings.reset_index(drop=True)
    evidence = [items_of(value) for value in text(findings, "records")]
    nearby = [items_of(value) for value in text(findings, "near")]
    wanted = {str(item.get("record_id", "")) for items in (*evidence, *nearby) for item in items} | set(
        text(findings, "record_id")
    )
    by_record = _indexed(records, "record_id", wanted)
    by_child = _indexed(children, "child_id", set(text(findings, "child_id")))
    return Sources(
        findings=findings,
        children=_with_roll(by_child.reindex(text(findings, "child_id")).reset_index(drop=True), evidence, by_record),
        named=by_record.reindex(text(findings, "record_id")).reset_index(drop=True),
        evidence=evidence,
        nearby=nearby,
        records=by_record,
        context=context,
    )


def _with_roll(children: pd.DataFrame, evidence: list[list[Item]], by_record: pd.DataFrame) -> pd.DataFrame:
    """The child's values with those that a child file chooses from no department: without them their columns are empty for everybody.

    Classes and benefits are the roll's sets of the child; the rest is what the first of the line's own records says.
    """
    made = {name: text(children, source) for name, source in _OF_THE_ROLL.items() if source in children}
    for name in _OF_THE_RECORDS:
        if name in by_record and name not in children:
            known = text(by_record, name).to_dict()
            made[name] = pd.Series([_first(known, items) for items in evidence], index=children.index, dtype=object)
    return children.assign(**{name: values for name, values in made.items() if name not in children})


def _first(known: Mapping[Hashable, str], items: list[Item]) -> str:
    values = (known.get(str(item.get("record_id", "")), "") for item in items)
    return next(filter(None, values), "")


def _indexed(frame: pd.DataFrame, key: str, wanted: set[str]) -> pd.DataFrame:
    """The wanted rows by their key; only these are carried on, the frames hold a whole prefecture."""
    if key not in frame:
        return pd.DataFrame(index=pd.Index([], name=key, dtype=object))
    return frame[frame[key].isin(wanted)].drop_duplicates(key).set_index(key)


def build_lines(sources: Sources) -> pd.DataFrame:
    """All findings as lines, in the order in which they are printed within a list and recipient.

    Returns:
        One text column per column of the layout, and the steering columns `_code, _finding, _town, _department,
        _involved, _owner, _held` (the department whose correction list asks for the line).
    """
    layout, findings = sources.context.layout, sources.findings
    made = {name: _column(column, sources).to_list() for name, column in layout.columns.items()}
    lines = pd.DataFrame(made, dtype=object, index=findings.index)
    lines["_finding"] = text(findings, "finding_id")
    lines["_code"], lines["_department"] = text(findings, "code"), text(findings, "department")
    lines["_town"] = text(findings, "town")
    lines["_involved"], lines["_owner"] = involved(findings), text(findings, "owner")
    lines["_held"] = text(findings, "held")
    return lines.iloc[printing_order(findings, text(sources.children, "name"), layout.grades)].reset_index(drop=True)


def printing_order(findings: pd.DataFrame, names: pd.Series[str], grades: tuple[str, ...]) -> list[int]:
    """Positions sorted by code, grade (surest first), township, village, name, number.

    Chinese by GB 18030, which is by sound for common characters.
    """
    rank = {grade: place for place, grade in enumerate(grades)}
    keys = zip(
        text(findings, "code"),
        text(findings, "grade").map(rank).fillna(len(grades)),
        _by_sound(text(findings, "town")),
        _by_sound(text(findings, "village")),
        _by_sound(names),
        text(findings, "finding_id"),
        strict=True,
    )
    return [place for place, _ in sorted(enumerate(keys), key=lambda pair: pair[1])]


def _by_sound(column: pd.Series[str]) -> list[bytes]:
    # An unnamed village goes last, not first.
    return [value.encode("gb18030", "replace") if value else b"\xff\xff" for value in column]


def text(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    """A column as text without gaps; a column that is not there is empty."""
    if name not in frame:
        return pd.Series([""] * len(frame), index=frame.index, dtype=object)
    return frame[name].astype(object).where(frame[name].notna(), "").astype(str).astype(object)


def number_text(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    """A column, or where it is empty what came in the file (`<name>_raw`).

    A wrong number is shown as it was written.
    """
    chosen = text(frame, name)
    return chosen.where(chosen != "", text(frame, f"{name}_raw"))


def involved(findings: pd.DataFrame) -> pd.Series[str]:
    """The departments on whose records each finding rests, `;`-joined; the `records` of each as JSON or none."""
    items = (items_of(value) for value in text(findings, "records"))
    found = [
        ";".join(sorted({own, *(str(item.get("department", "")) for item in some)} - {""}))
        for own, some in zip(text(findings, "department"), items, strict=True)
    ]
    return pd.Series(found, index=findings.index, dtype=object)


def _column(column: Column, sources: Sources) -> pd.Series[str]:
    """The values of one layout column for all findings."""
    readers: Mapping[str, Callable[[], pd.Series[str]]] = {
        "finding": lambda: text(sources.findings, column.item),
        "child": lambda: say(text(sources.children, column.item), column.item),
        "record": lambda: say(number_text(sources.named, column.item), column.item),
        "list": lambda: _of_list(column.item, sources),
        "department": lambda: _side(column.item, sources),
        "made": lambda: _MADE[column.item](sources),
    }
    return readers[column.source]()


def _of_list(item: str, sources: Sources) -> pd.Series[str]:
    codes = text(sources.findings, "code")
    return codes.map({code: str(getattr(sources.context.info(code), item)) for code in codes.unique()}).astype(object)


def _side(department: str, sources: Sources) -> pd.Series[str]:
    """What one department holds of the field that differs: its values, different ones joined with a slash."""
    layout, fields = sources.context.layout, text(sources.findings, "field").to_list()
    held, found = sources.held, []
    for field, items in zip(fields, sources.evidence, strict=True):
        if field and field not in held:
            found.append(layout.withheld)
        else:
            found.append(_held(items, department, held.get(field)))
    return pd.Series(found, index=sources.findings.index, dtype=object)


def _lookup(field: str, sources: Sources) -> Mapping[str, str]:
    """record_id -> the value of a field in words, masked where the layout says so."""
    layout, records = sources.context.layout, sources.records
    named = layout.difference_names.get(field)
    columns = [say(number_text(records, name), name) for name in (named.fields if named else (field,))]
    values = pd.Series(
        [" ".join(filter(None, row)) for row in zip(*columns, strict=True)], index=records.index, dtype=object
    )
    if field == "birth_date":
        values = _with_number_date(values, records)
    kind = layout.difference_mask(field)
    return dict(zip(records.index, mask_column(values, kind, layout.masking) if kind else values, strict=True))


def _with_number_date(dates: pd.Series[str], records: pd.DataFrame) -> pd.Series[str]:
    """A date with the one in the row's own number behind it, where that is another."""
    inside = text(records, "id_no_birth")
    return dates.where((inside == "") | (inside == dates), dates + "（号码内" + inside + "）")


def _held(items: list[Item], department: str, values: Mapping[str, str] | None) -> str:
    if values is None:
        return ""
    mine = [item for item in items if item.get("department") == department]
    found = [str(item["value"]) if "value" in item else values.get(str(item.get("record_id", "")), "") for item in mine]
    return " / ".join(dict.fromkeys(value or "（空）" for value in found))


def _joined(sources: Sources, fields: tuple[str, ...], glue: str) -> pd.Series[str]:
    columns = [say(text(sources.children, field), field) for field in fields]
    joined = [glue.join(dict.fromkeys(value for value in row if value)) for row in zip(*columns, strict=True)]
    return pd.Series(joined, index=sources.findings.index, dtype=object)


def _address(sources: Sources) -> pd.Series[str]:
    home, live = text(sources.children, "hukou_addr"), text(sources.children, "live_addr")
    both = (home != "") & (live != "") & (home != live)
    return home.where(home != "", live).where(~both, "户籍：" + home + "\n现住：" + live)


def _groups(sources: Sources) -> pd.Series[str]:
    """The key groups that a child belongs to, 孤儿、残疾."""
    marks = pd.Series([""] * len(sources.findings), index=sources.findings.index, dtype=object)
    for group in sources.context.layout.groups:
        belongs = pd.Series(False, index=marks.index)
        for condition in group.any:
            belongs |= _meets(condition, sources.children)
        marks = marks.where(~belongs, marks + "、" + group.zh)
    return marks.str.removeprefix("、")


def _meets(condition: Condition, children: pd.DataFrame) -> pd.Series[bool]:
    values = text(children, condition.field)
    if condition.code == "*":
        return values != ""
    return (";" + values + ";").str.contains(f";{condition.code};", regex=False)


def _category(sources: Sources) -> pd.Series[str]:
    """Only the classes that a workbook may name."""
    named = set(sources.context.layout.named_categories)
    values = text(sources.children, "category")
    kept = {value: ";".join(part for part in value.split(";") if part in named) for value in values.unique()}
    return say(values.map(kept).astype(object), "category")


def _cancel_date(sources: Sources) -> pd.Series[str]:
    death = text(sources.children, "death_date")
    return death.where(death != "", text(sources.children, "cancel_date"))


def _near(sources: Sources) -> pd.Series[str]:
    names = dict(zip(sources.records.index, text(sources.records, "name"), strict=True))
    said = [say_near(items, names, sources.context) for items in sources.nearby]
    return pd.Series(said, index=sources.findings.index, dtype=object)


def _records(sources: Sources) -> pd.Series[str]:
    said = [say_records(items, sources.context) for items in sources.evidence]
    return pd.Series(said, index=sources.findings.index, dtype=object)


def _field(sources: Sources) -> pd.Series[str]:
    fields = text(sources.findings, "field")
    named = sources.context.layout.difference_names
    said = {value: named[value].zh if value in named else field_name(value) for value in fields.unique()}
    return fields.map(said).astype(object)


def _cite(sources: Sources) -> pd.Series[str]:
    """The paper and the article; their words stand once, on the sheet 说明, so that a line stays low."""
    clauses = text(sources.findings, "clause")
    return clauses.map({clause: cited(clause) for clause in clauses.unique()}).astype(object)


def cited(clause: str) -> str:
    """《义务教育法》第十一条：“…” without what it says."""
    parts = (part.partition("：")[0].strip() for part in re.sub("“[^”]*”", "", clause).split("；"))
    return "；".join(dict.fromkeys(part for part in parts if part))


_MADE: Mapping[str, Callable[[Sources], pd.Series[str]]] = {
    "address": _address,
    "school": lambda sources: _joined(sources, ("school", "grade"), "\n"),
    "disability": lambda sources: _joined(sources, ("disability_type", "disability_level"), " "),
    "category": _category,
    "cancel_date": _cancel_date,
    "groups": _groups,
    "cite": _cite,
    "near": _near,
    "records": _records,
    "field": _field,
}
