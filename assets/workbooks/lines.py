"""From findings and child files to lines: every value of every configured column, in words, not yet masked.

Here: vectorised look-ups over whole frames. Not here: who sees a line (`routing.py`), what is
masked, or how a cell looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from assets.workbooks.context import PublishContext
from assets.workbooks.layout import LayoutColumn
from assets.workbooks.masking import mask_column
from assets.workbooks.wording import Item, field_name, items_of, say, say_near, say_records

# What a child file keeps under another name, or of its records only.
_OF_THE_ROLL = {"category": "categories", "aid": "aids"}
_OF_THE_RECORDS = ("enrolment_status", "pay_end", "cancel_kind")


@dataclass(frozen=True)
class LineSources:
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
    def values_by_field(self) -> Mapping[str, Mapping[str, str]]:
        """field that differs somewhere -> record_id -> its value in words; the same for every department's column."""
        fields = set(text(self.findings, "field")) & set(self.context.layout.difference_fields)
        return {field: _values_in_words(field, self) for field in fields}

    def column(self, values: Iterable[str]) -> pd.Series[str]:
        """One text per finding as a column."""
        return pd.Series(list(values), index=self.findings.index, dtype=object)


def align(
    findings: pd.DataFrame, children: pd.DataFrame, records: pd.DataFrame, context: PublishContext
) -> LineSources:
    """Align children and records to the findings (missing ones become empty texts)."""
    findings = findings.reset_index(drop=True)
    evidence = [items_of(value) for value in text(findings, "records")]
    nearby = [items_of(value) for value in text(findings, "near")]
    named = {str(item.get("record_id", "")) for items in (*evidence, *nearby) for item in items}
    by_record = _indexed(records, "record_id", named | set(text(findings, "record_id")))
    by_child = _indexed(children, "child_id", set(text(findings, "child_id")))
    return LineSources(
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
    added = {name: text(children, source) for name, source in _OF_THE_ROLL.items() if source in children}
    for name in _OF_THE_RECORDS:
        if name in by_record and name not in children:
            values = text(by_record, name).to_dict()
            of_records = ([values.get(str(item.get("record_id", "")), "") for item in items] for items in evidence)
            firsts = [next(filter(None, texts), "") for texts in of_records]
            added[name] = pd.Series(firsts, index=children.index, dtype=object)
    return children.assign(**{name: values for name, values in added.items() if name not in children})


def _indexed(frame: pd.DataFrame, key: str, names: set[str]) -> pd.DataFrame:
    """The named rows by their key; only these are carried on, the frames hold a whole prefecture."""
    if key not in frame:
        return pd.DataFrame(index=pd.Index([], name=key, dtype=object))
    return frame[frame[key].isin(names)].drop_duplicates(key).set_index(key)


def build_lines(sources: LineSources) -> pd.DataFrame:
    """All findings as lines, in the order in which they are printed within a list and recipient.

    Returns:
        One text column per column of the layout, and the steering columns `_code, _finding, _town, _department,
        _involved, _owner, _told, _held` (the department whose correction list asks for the line), `_judge` (who alone is sent it).
    """
    layout, findings = sources.context.layout, sources.findings
    columns = {name: _column(column, sources).to_list() for name, column in layout.columns.items()}
    lines = pd.DataFrame(columns, dtype=object, index=findings.index)
    lines["_finding"] = text(findings, "finding_id")
    lines["_code"], lines["_department"] = text(findings, "code"), text(findings, "department")
    lines["_town"] = text(findings, "town")
    lines["_involved"], lines["_owner"] = involved(findings), text(findings, "owner")
    lines["_told"] = text(findings, "told")
    lines["_held"], lines["_judge"] = text(findings, "held"), text(findings, "judged_by")
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
    evidence = (items_of(value) for value in text(findings, "records"))
    departments = [
        ";".join(sorted({own, *(str(item.get("department", "")) for item in items)} - {""}))
        for own, items in zip(text(findings, "department"), evidence, strict=True)
    ]
    return pd.Series(departments, index=findings.index, dtype=object)


def _column(column: LayoutColumn, sources: LineSources) -> pd.Series[str]:
    """The values of one layout column for all findings."""
    findings, item = sources.findings, column.item
    match column.source:
        case "finding":
            return text(findings, item)
        case "child":
            return say(text(sources.children, item), item)
        case "record":
            return say(number_text(sources.named, item), item)
        case "list":
            codes = text(findings, "code")
            words = {code: str(getattr(sources.context.info(code), item)) for code in codes.unique()}
            return codes.map(words).astype(object)
        case "department":
            return _side(item, sources)
        case _:
            return _MADE[item](sources)


def _side(department: str, sources: LineSources) -> pd.Series[str]:
    """What one department holds of the field that differs: its values, different ones joined with a slash."""
    by_field, sides = sources.values_by_field, []
    for field, items in zip(text(sources.findings, "field"), sources.evidence, strict=True):
        values = by_field.get(field)
        if values is None:
            # A field that no workbook may show: that it differs is said, with what it differs is not.
            sides.append(sources.context.layout.withheld if field else "")
            continue
        own = [item for item in items if item.get("department") == department]
        # A finding that states the value itself is taken at its word: that is what was compared.
        texts = [
            str(item["value"]) if "value" in item else values.get(str(item.get("record_id", "")), "") for item in own
        ]
        sides.append(" / ".join(dict.fromkeys(value or "（空）" for value in texts)))
    return sources.column(sides)


def _values_in_words(field: str, sources: LineSources) -> Mapping[str, str]:
    """record_id -> the value of a field in words, masked where the layout says so."""
    layout, records = sources.context.layout, sources.records
    difference = layout.difference_names.get(field)
    fields = difference.fields if difference else (field,)
    columns = [say(number_text(records, name), name) for name in fields]
    joined = [" ".join(filter(None, row)) for row in zip(*columns, strict=True)]
    values = pd.Series(joined, index=records.index, dtype=object)
    if field == "birth_date":
        # The row's own number often shows which of two dates was mistyped.
        inside = text(records, "id_no_birth")
        values = values.where((inside == "") | (inside == values), values + "（号码内" + inside + "）")
    kind = layout.difference_mask(field)
    return dict(zip(records.index, mask_column(values, kind, layout.masking) if kind else values, strict=True))


def _joined(sources: LineSources, fields: tuple[str, ...], glue: str) -> pd.Series[str]:
    columns = [say(text(sources.children, field), field) for field in fields]
    return sources.column(
        glue.join(dict.fromkeys(value for value in row if value)) for row in zip(*columns, strict=True)
    )


def _address(sources: LineSources) -> pd.Series[str]:
    home, live = text(sources.children, "hukou_addr"), text(sources.children, "live_addr")
    both = (home != "") & (live != "") & (home != live)
    return home.where(home != "", live).where(~both, "户籍：" + home + "\n现住：" + live)


def _groups(sources: LineSources) -> pd.Series[str]:
    """The key groups that a child belongs to, 孤儿、残疾."""
    groups = sources.column([""] * len(sources.findings))
    for group in sources.context.layout.groups:
        belongs = pd.Series(False, index=groups.index)
        for condition in group.any:
            values = text(sources.children, condition.field)
            if condition.code == "*":
                belongs |= values != ""
            else:
                belongs |= (";" + values + ";").str.contains(f";{condition.code};", regex=False)
        groups = groups.where(~belongs, groups + "、" + group.zh)
    return groups.str.removeprefix("、")


def _category(sources: LineSources) -> pd.Series[str]:
    """Only the classes that a workbook may name."""
    named = set(sources.context.layout.named_categories)
    values = text(sources.children, "category")
    kept = {value: ";".join(part for part in value.split(";") if part in named) for value in values.unique()}
    return say(values.map(kept).astype(object), "category")


def _cancel_date(sources: LineSources) -> pd.Series[str]:
    death = text(sources.children, "death_date")
    return death.where(death != "", text(sources.children, "cancel_date"))


def _near(sources: LineSources) -> pd.Series[str]:
    names = dict(zip(sources.records.index, text(sources.records, "name"), strict=True))
    return sources.column(say_near(items, names, sources.context) for items in sources.nearby)


def _field(sources: LineSources) -> pd.Series[str]:
    fields = text(sources.findings, "field")
    differences = sources.context.layout.difference_names
    words = {value: differences[value].zh if value in differences else field_name(value) for value in fields.unique()}
    return fields.map(words).astype(object)


def _cite(sources: LineSources) -> pd.Series[str]:
    """The paper and the article; their words stand once, on the sheet 说明, so that a line stays low."""
    clauses = text(sources.findings, "clause")
    return clauses.map({clause: cited(clause) for clause in clauses.unique()}).astype(object)


def cited(clause: str) -> str:
    """《义务教育法》第十一条：“…” without what it says."""
    parts = (part.partition("：")[0].strip() for part in re.sub("“[^”]*”", "", clause).split("；"))
    return "；".join(dict.fromkeys(part for part in parts if part))


_MADE: Mapping[str, Callable[[LineSources], pd.Series[str]]] = {
    "address": _address,
    "school": lambda sources: _joined(sources, ("school", "grade"), "\n"),
    "disability": lambda sources: _joined(sources, ("disability_type", "disability_level"), " "),
    "category": _category,
    "cancel_date": _cancel_date,
    "groups": _groups,
    "cite": _cite,
    "near": _near,
    "records": lambda sources: sources.column(say_records(items, sources.context) for items in sources.evidence),
    "field": _field,
}
