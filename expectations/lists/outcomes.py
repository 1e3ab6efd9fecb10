"""The third outcome of a list: children of whom it cannot be said, with the reason, and lists of which nothing can be said at all.

Belongs here: taking off lines that rest on a source's silence where the source could not have shown the child, capping grades, counting who could
not be compared. Does not belong here: what was covered (`expectations.coverage`), conditions of lists. Source: rules/coverage.md#three-outcomes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from expectations.coverage.shapes import COUNTY, SOURCE, Coverage
from expectations.coverage.units import kinds_of
from expectations.lists.agreements import agreement_unseen
from expectations.lists.catalogue import Catalogue, ListBasis
from expectations.lists.columns import no_rows
from expectations.lists.files import BoolArray, ChildFiles
from expectations.lists.rollcall import roll_call
from expectations.lists.view import View

COLUMNS = ["code", "finding_id", "child_id", "town", "source", "because"]
"""One row per child and list that cannot be compared; `finding_id` where a line was taken off or would be missed, else ""."""
_UNTOLD = "没有人填写"


@dataclass(frozen=True)
class Outcomes:
    """What the lists say after what could be known.

    Attributes:
        findings: the lines that stand.
        uncompared: `COLUMNS`.
        not_known: code -> sentence of the lists of which nothing can be said.
    """

    findings: pd.DataFrame
    uncompared: pd.DataFrame
    not_known: Mapping[str, str]


class Knowledge:
    """What coverage says of a child and a source, and of a child and a field."""

    def __init__(self, view: View, coverage: Coverage, words: Mapping[str, str]) -> None:
        self.view, self.coverage, self.words = view, coverage, words
        self.files: ChildFiles = view.files
        self.catalogue: Catalogue = view.catalogue

    @cached_property
    def unseen(self) -> dict[str, dict[str, str]]:
        """source -> child_id -> why it could not be seen there."""
        return {
            str(source): dict(zip(rows["child_id"], rows["because"], strict=True))
            for source, rows in self.coverage.unseen.groupby("source")
        }

    @cached_property
    def carried(self) -> dict[str, dict[str, str]]:
        """child_id -> what of it is missing now (`department.field`, "": a whole record) -> why."""
        reasons: dict[str, dict[str, str]] = {}
        holes = self.coverage.holes()
        by_source = {source: rows["because"].iloc[0] for source, rows in holes.groupby("source", sort=False)}
        records = self.coverage.carried
        if len(records):
            for child, source, department in zip(
                records["child_id"], kinds_of(records), records["department"], strict=True
            ):
                reason = str(by_source.get(source) or by_source.get(department) or "")
                if reason:
                    reasons.setdefault(str(child), {}).setdefault("", reason)
        place = self.files.records.set_index("record_id")
        lost = {
            (row.source, row.file, row.field): row.because
            for row in self.coverage.lost_fields().itertuples(index=False)
        }
        for record, field in zip(self.coverage.refilled["record_id"], self.coverage.refilled["field"], strict=True):
            if record in place.index:
                row = place.loc[record]
                because = lost.get((f"{row['department']}.{row['layout']}", row["file"], field), "")
                if because:
                    of_child = reasons.setdefault(str(row["child_id"]), {})
                    of_child.setdefault(f"{row['department']}.{field}", str(because))
        return reasons

    def why_carried(self, child: str, fields: Collection[str]) -> str:
        """Why what a list rests on is missing now of a child: a column of its own (`department.field`) before others; "" where nothing is."""
        reasons = self.carried.get(child, {})
        return next((reasons[name] for name in ("", *fields, *reasons) if name in reasons), "")

    def is_short(self, entries: Collection[str]) -> bool:
        """Whether so much of one of the kinds of files did not come that a person is asked about it: nobody knows where else its children are missing."""
        least, holes = self.view.profile.coverage.smallest_unit.known(), self.coverage.holes()
        asked = holes[(holes["asked"] >= least) | (holes["dimension"] == SOURCE)]
        return any(matches(entry, str(source)) for entry in entries for source in asked["source"].unique())

    def why_unseen(self, child: str, entries: Collection[str]) -> str:
        """Why a child could not be seen in any of the kinds of files, "" where it could."""
        for entry in entries:
            for source, children in self.unseen.items():
                if matches(entry, source) and child in children:
                    return children[child]
        return ""

    def unseen_mask(self, entries: Collection[str]) -> BoolArray:
        """Children, in their order, who could not be seen in one of the kinds of files."""
        hidden: set[str] = set()
        for entry in entries:
            for source, children in self.unseen.items():
                if matches(entry, source):
                    hidden |= set(children)
        return self.files.children["child_id"].isin(hidden).to_numpy(np.bool_)

    def scope(self, name: str) -> BoolArray:
        """Children of a scope of the catalogue: of active records of living children."""
        return self.view.marked(self.catalogue.scopes[name]) & ~self.view.flag("alive", "no")

    def told(self, fields: Collection[str]) -> BoolArray:
        """Children of whom one of the fields (`department.field`) says something."""
        view, rows = self.view, np.zeros(len(self.view.child), dtype=np.bool_)
        for name in fields:
            department, _, field = name.partition(".")
            if field in self.files.records.columns:
                rows |= view.of(department) & view.filled(field)
        return view.any(rows)


def matches(entry: str, source: str) -> bool:
    """Whether a source is, or is part of, or holds what a list rests on: a department stands for all its kinds of files."""
    return entry == source or entry.startswith(f"{source}.") or source.startswith(f"{entry}.")


def outcomes(
    findings: pd.DataFrame, resting: pd.DataFrame, knowledge: Knowledge, computed: Collection[str]
) -> Outcomes:
    """Take off what cannot be said, and say so.

    Args:
        findings: the lists over what was delivered.
        resting: lines that rest on silence (`assets.coverage.worlds`): `finding_id, code, child_id, field, town, only`.
        knowledge: what coverage says.
        computed: codes of the lists that were computed.
    """
    parts = [_resting(findings, resting, knowledge)]
    for code in computed:
        basis = knowledge.catalogue.rests_on[code]
        lines = findings[findings["code"] == code]
        parts += [_absent(lines, basis, knowledge), _in_scope(code, lines, basis, knowledge)]
        if code in _OWN:
            parts.append(_by_own_rule(code, lines, knowledge))
    uncompared = pd.concat(parts, ignore_index=True).drop_duplicates(["code", "child_id"], ignore_index=True)[COLUMNS]
    off = set(uncompared["finding_id"]) - {""}
    standing = findings[~findings["finding_id"].isin(off)].reset_index(drop=True)
    standing = _capped(standing, knowledge)
    not_known = {
        code: sentence for code in computed if (sentence := _nothing_known(code, standing, uncompared, knowledge))
    }
    return Outcomes(standing[~standing["code"].isin(not_known)].reset_index(drop=True), uncompared, not_known)


def _resting(findings: pd.DataFrame, resting: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    """Lines of one world only; of those that only the carried world has, the ones that are not listed."""
    lines = resting[(resting["only"] == "delivered") | ~resting["finding_id"].isin(findings["finding_id"])]
    rests_on = knowledge.catalogue.rests_on
    reasons = [
        knowledge.why_carried(child, rests_on[code].fields) or "它所依据的数据本期没有交全"
        for child, code in zip(lines["child_id"], lines["code"], strict=True)
    ]
    return pd.DataFrame(
        {**{name: lines[name] for name in ("code", "finding_id", "child_id", "town")}, "source": "", "because": reasons}
    )


def _absent(lines: pd.DataFrame, basis: ListBasis, knowledge: Knowledge) -> pd.DataFrame:
    """Lines whose sentence is a source's silence about a child that it could not have shown."""
    reasons = (
        [knowledge.why_unseen(child, basis.absent_from) for child in lines["child_id"]]
        if basis.absent_from
        else [""] * len(lines)
    )
    rows = lines.assign(because=reasons, source="、".join(basis.absent_from))
    return rows.loc[rows["because"] != "", COLUMNS]


def _in_scope(code: str, lines: pd.DataFrame, basis: ListBasis, knowledge: Knowledge) -> pd.DataFrame:
    """Children whom the list could name and of whom what alone can show it did not come."""
    if not basis.scope or not (basis.shown_by or basis.any_field):
        return no_rows(COLUMNS)
    if basis.any_field:
        hidden = knowledge.scope(basis.scope) & ~knowledge.told(basis.any_field)
    else:
        hidden = knowledge.scope(basis.scope) & knowledge.unseen_mask(basis.shown_by)
    rows = _not_listed(code, hidden, lines, knowledge).assign(source="、".join([*basis.shown_by, *basis.any_field]))
    if basis.any_field:
        return rows.assign(because=_fields_untold(basis, knowledge))
    return rows.assign(because=[knowledge.why_unseen(child, basis.shown_by) for child in rows["child_id"]])


def _not_listed(code: str, hidden: BoolArray, lines: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    """These children as rows of `COLUMNS`, still without a reason; whoever is on the list anyhow is not among them."""
    children = knowledge.files.children
    mask = hidden & ~children["child_id"].isin(lines["child_id"]).to_numpy(np.bool_)
    return children.loc[mask, ["child_id", "town"]].assign(code=code, finding_id="", source="", because="")[COLUMNS]


def _without_class_list(view: View) -> BoolArray:
    """Pupils of compulsory school whose school and grade handed in no list of who is there (rules/lists.md#l04)."""
    calls = roll_call(view)
    pupils = view.any(calls.pupils & ~view.codes("grade", ["K"])) & view.truth("in_cohort") & view.flag("alive")
    return np.asarray(pupils & ~view.any(calls.covered), dtype=np.bool_)


_OWN: Mapping[str, tuple[Callable[[View], BoolArray], str]] = {
    "L04": (_without_class_list, "学校没有交这个年级的在校名单"),
    "L20": (agreement_unseen, "民政的台账没有「是否签订委托照护协议」一栏，或整份没有填写"),
}
"""Lists whose own rule knows of whom it cannot speak: the mask per child, and why."""


def _by_own_rule(code: str, lines: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    hidden, because = _OWN[code]
    return _not_listed(code, hidden(knowledge.view), lines, knowledge).assign(because=because)


def _fields_untold(basis: ListBasis, knowledge: Knowledge) -> str:
    fields = [name.partition(".")[2] for name in basis.any_field]
    words = "、".join(knowledge.words.get(field, field) for field in fields)
    departments = knowledge.catalogue.spoken(dict.fromkeys(name.partition(".")[0] for name in basis.any_field))
    return f"{departments}的「{words}」{_UNTOLD}"


def _capped(findings: pd.DataFrame, knowledge: Knowledge) -> pd.DataFrame:
    """Nothing is certain without whole coverage: of a child that one of the list's guards could not have shown, and of nobody where the kind of files
    on whose silence the sentence rests is short (rules/coverage.md#three-outcomes).
    """
    grades = knowledge.catalogue.grades
    capped = findings.copy()
    for code, info in knowledge.catalogue.lists.items():
        absent_from = knowledge.catalogue.rests_on[code].absent_from
        mine = findings.index[(findings["code"] == code) & (findings["grade"] == grades[-1])]
        children = findings.loc[mine, "child_id"]
        hidden = mine[[bool(knowledge.why_unseen(child, info.guards)) for child in children]] if len(mine) else mine
        short = mine.difference(hidden) if knowledge.is_short(absent_from) else mine[:0]
        doubts = ((hidden, info.guards, "未能排除例外"), (short, absent_from, "可能在没有交来的部分"))
        for rows, entries, doubt in doubts:
            departments = knowledge.catalogue.spoken(dict.fromkeys(name.partition(".")[0] for name in entries))
            capped.loc[rows, "grade"] = grades[-2]
            note = f"（{departments}的数据没有交齐，{doubt}）。"
            capped.loc[rows, "reason"] = capped.loc[rows, "reason"].str.removesuffix("。") + note
    return capped


def _nothing_known(code: str, standing: pd.DataFrame, uncompared: pd.DataFrame, knowledge: Knowledge) -> str:
    """Why nothing at all can be said by a list, "" where something can."""
    basis, info = knowledge.catalogue.rests_on[code], knowledge.catalogue.lists[code]
    for row in knowledge.coverage.holes().itertuples(index=False):
        if row.dimension in (COUNTY, SOURCE) and any(matches(entry, str(row.source)) for entry in basis.absent_from):
            return f"{row.because}，清单“{info.name}”未计算，不表示没有这类情况。"
    hidden = uncompared[uncompared["code"] == code]
    if basis.scope and len(hidden) and not (standing["code"] == code).any():
        everybody = int(knowledge.scope(basis.scope).sum())
        if everybody and len(hidden) >= everybody:
            return f"{hidden['because'].iloc[0]}，清单“{info.name}”未计算，不表示没有这类情况。"
    return ""


def spoken_counts(uncompared: pd.DataFrame) -> Iterator[tuple[str, int, str]]:
    """Per list: how many children cannot be compared, and the commonest reasons in one phrase."""
    for code, rows in uncompared.groupby("code", sort=True):
        reasons = rows["because"].value_counts()
        phrase = "；".join(
            f"{because}（{number}名）" if len(reasons) > 1 else str(because)
            for because, number in reasons.head(3).items()
        )
        yield str(code), rows["child_id"].nunique(), phrase + ("等" if len(reasons) > 3 else "")
