"""What is known about a pair or a child, collected for `tongbi explain`: records, joins, rivals, decisions, findings.

Belongs here: collecting from frames and database. Does not belong here: how it is shown (`explaining`), or the explanation itself
(`matching.explaining.explain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from assets.county import department_names, profile_of
from assets.intake.contract import load_contracts
from assets.intake.linkable import fold, linkable
from assets.protected import Protected
from assets.receiving.filenames import file_names
from assets.workbooks.masking import MaskKind, mask_text, rule_of
from matching.explaining.explain import Explanation, explain_anew, explain_kept
from matching.explaining.picture import Sides
from matching.explaining.report import read_report
from matching.model import default_model
from pipelines.partitions import Period
from pipelines.resources.session import Opened
from pipelines.resources.tables import decision

Values = Literal["none", "masked", "full"]
MOST_PAIRS = 30
SHOWN: dict[str, tuple[str, str, MaskKind]] = {
    "name": ("姓名", "name", "name"),
    "former_name": ("曾用名", "", "name"),
    "sex": ("性别", "sex", "open"),
    "birth_date": ("出生日期", "birth", "open"),
    "id_no_raw": ("身份证号", "number", "id"),
    "student_no": ("学籍号", "", "id"),
    "disability_no": ("残疾人证号", "", "id"),
    "father_name": ("父亲", "people", "name"),
    "mother_name": ("母亲", "people", "name"),
    "guardian_name": ("监护人", "people", "name"),
    "phone": ("电话", "phone", "phone"),
    "live_addr": ("现住址", "place", "none"),
    "hukou_addr": ("户籍地址", "place", "none"),
    "school": ("学校", "school", "none"),
}
"""Columns that a reader compares: Chinese name, the compared field that judges them, how they are masked (numbers: as the place says)."""


@dataclass(frozen=True)
class Told:
    """One compared pair: what the linkage says of it, bar by bar, and the two records' values if they were asked for."""

    explanation: Explanation
    sides: Sides

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found = asdict(self.explanation)
        rows = [
            {"field": name, "a": left, "b": right, "agreement": group} for name, left, right, group in self.sides.rows
        ]
        return {**found, "place_a": self.sides.left, "place_b": self.sides.right, "values": rows}


@dataclass
class Story:
    """Everything about a child, or about two records.

    Attributes:
        child: the child's number; "" for two records of two children.
        records: the records' places, methods and probabilities.
        joins: pairs that hold the child together (of two records: the pair itself).
        rivals: pairs with other children's records that were compared and rejected, or wait for a person.
        decisions: people's decisions on these records: both ids, verdict, author, time, note.
        findings: the child's lines on lists.
        via: records through which two records that were not joined directly belong together.
        anew: two records that are no kept pair, compared now.
        same_row: two records that say exactly the same: the linkage took them as one.
    """

    child: str = ""
    records: list[dict[str, Any]] = field(default_factory=list)
    joins: list[Told] = field(default_factory=list)
    rivals: list[Told] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    via: list[str] = field(default_factory=list)
    anew: list[Told] = field(default_factory=list)
    same_row: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain = {name: getattr(self, name) for name in ("child", "records", "decisions", "findings", "via", "same_row")}
        return {
            **plain,
            "joins": [one.as_dict() for one in self.joins],
            "rivals": [one.as_dict() for one in self.rivals],
            "anew": [one.as_dict() for one in self.anew],
        }


class Teller:
    """The frames of one period, read once."""

    def __init__(self, opened: Opened, label: str, values: Values, veil: Protected) -> None:
        self._opened, self._label, self._values, self._veil = opened, label, values, veil
        self.links = veil.without(opened.frames.read("link_children", label))
        self.pairs = veil.without(opened.frames.read("link_pairs", label))
        self._spoken = department_names(opened.workspace)
        self._names = file_names(opened.workspace, label)
        self._masking = rule_of(profile_of(opened.workspace))
        kept = "link_register.report"  # absent where an older version linked the period
        self._weights = (
            read_report(opened.frames.read(kept, label))["weights"] if opened.frames.exists(kept, label) else None
        )

    def child(self, child: str) -> Story:
        """The story of a child."""
        ours = self.links[self.links["child_id"] == child]
        story = self._about(set(ours["record_id"]), child)
        findings = self._opened.frames.read("findings", self._label)
        columns = ["finding_id", "code", "reason", "grade", "clause"]
        story.findings = findings.loc[findings["child_id"] == child, columns].to_dict("records")  # type: ignore[assignment]
        return story

    def two(self, ids: Sequence[str]) -> Story:
        """The story of two records."""
        one, other = sorted(ids)
        children = self.links.set_index("record_id")["child_id"]
        same = children[one] == children[other]
        story = self._about({one, other}, str(children[one]) if same else "")
        direct = (self.pairs["record_a"] == one) & (self.pairs["record_b"] == other)
        story.joins = self._told(self.pairs[direct])
        story.rivals = []
        if same and not any(told.explanation.grade == "same" for told in story.joins):
            others = self.links[(self.links["child_id"] == children[one]) & ~self.links["record_id"].isin(ids)]
            story.via = others["record_id"].tolist()
        if not story.joins:
            self._compare_anew(story, (one, other), same)
        return story

    def _compare_anew(self, story: Story, ids: tuple[str, str], same: bool) -> None:
        """Two records of which nothing was kept: compared now, among the records of the period, by its weights."""
        folded = fold(self._linked(), default_model().decide.cluster_limit)
        position = {record: place for place, record in enumerate(folded.records["record_id"])}
        stands = folded.records["record_id"].to_numpy(object)[folded.stands]
        a, b = (str(stands[position[record]]) for record in ids)
        story.same_row = a == b
        if a == b or self._weights is None:
            return
        try:
            found = explain_anew(folded.kept, (a, b), self._weights, same)
        except ValueError:  # the weights are another model's
            return
        named = dict(zip((a, b), ids, strict=True))
        found = replace(found, record_a=named[found.record_a], record_b=named[found.record_b])
        story.anew = [Told(found, self._sides(found, self._records(set(ids))))]

    def _linked(self) -> pd.DataFrame:
        """The records that the period's linkage read."""
        contracts = load_contracts(self._opened.workspace.contracts)
        there = [f"std_{name}" for name in contracts if self._opened.frames.exists(f"std_{name}", self._label)]
        frames = [self._opened.frames.read(name, self._label) for name in there]
        return linkable(frames, contracts, Period.parse(self._label).last_day)

    def told_of(self, pairs: pd.DataFrame) -> list[Told]:
        """The named pairs (`record_a, record_b`), in that order."""
        wanted = pairs[["record_a", "record_b"]].merge(self.pairs, on=["record_a", "record_b"], how="left", sort=False)
        return self._told(wanted)

    def _about(self, records: set[str], child: str) -> Story:
        ours = self.links[self.links["record_id"].isin(records)]
        touching = self.pairs[self.pairs["record_a"].isin(records) | self.pairs["record_b"].isin(records)]
        inside = touching["record_a"].isin(records) & touching["record_b"].isin(records)
        joins = touching[inside & (touching["grade"] == "same")].sort_values("weight", ascending=False, kind="stable")
        rivals = touching[~(inside & (touching["grade"] == "same"))].sort_values(
            "weight", ascending=False, kind="stable"
        )
        columns = ["record_id", "child_id", "department", "file", "sheet", "row", "method", "probability"]
        return Story(
            child,
            self._names.on(ours[columns]).to_dict("records"),  # type: ignore[arg-type]
            self._told(joins.head(MOST_PAIRS)),
            self._told(rivals.head(MOST_PAIRS)),
            self._decisions(records),
        )

    def _told(self, pairs: pd.DataFrame) -> list[Told]:
        lines = pairs.to_dict("records")
        values = (
            self._records({str(line[side]) for line in lines for side in ("record_a", "record_b")}) if lines else {}
        )
        out = []
        for line in lines:
            found = self._explained({str(key): value for key, value in line.items()})
            out.append(Told(found, self._sides(found, values)))
        return out

    def _explained(self, line: dict[str, Any]) -> Explanation:
        """The pair bar by bar; without bars where the weights were not kept or are another model's."""
        try:
            if self._weights is not None:
                return explain_kept(line, self._weights)
        except ValueError:
            pass
        levels = dict(part.split("=", 1) for part in line["levels"].split(";"))
        figures = float(line["weight"]), float(line["probability"]), line["grade"], line["reason"], levels
        return Explanation(line["record_a"], line["record_b"], (), *figures)

    def _records(self, ids: set[str]) -> dict[str, dict[str, str]]:
        """The standard rows of these records, only the columns that are shown."""
        wanted = ["record_id", "department", "file", "sheet", "row", *SHOWN]
        found: dict[str, dict[str, str]] = {}
        for folder in sorted(self._opened.workspace.frames.glob("std_*")):
            if self._opened.frames.exists(folder.name, self._label):
                frame = self._opened.frames.read(folder.name, self._label, wanted)
                ours = self._names.on(frame[frame["record_id"].isin(ids)].astype(str))
                found |= {line["record_id"]: line for line in ours.to_dict("records")}
        return found

    def _sides(self, found: Explanation, values: dict[str, dict[str, str]]) -> Sides:
        left, right = (values.get(record, {}) for record in (found.record_a, found.record_b))
        rows = []
        for column, (name, compared, mask) in SHOWN.items() if self._values != "none" else ():
            a, b = left.get(column, ""), right.get(column, "")
            if a or b:
                rows.append(
                    (name, self._shown(column, a, mask), self._shown(column, b, mask), _group(found, compared, a, b))
                )
        return Sides(self._place(left, found.record_a), self._place(right, found.record_b), rows)

    def _shown(self, column: str, text: str, mask: MaskKind) -> str:
        if column == "sex":
            return {"1": "男", "2": "女"}.get(text, text)
        if self._values != "masked":
            return text
        return mask_text(text, self._masking.of_field(column.removesuffix("_raw"), mask), self._masking)

    def _place(self, record: dict[str, str], identity: str) -> str:
        if not record:
            return identity
        sheet = f"「{record['sheet']}」" if record["sheet"] else " "
        spoken = self._spoken.get(record["department"], record["department"])
        return f"{spoken} {record['file']}{sheet}第 {record['row']} 行"

    def _decisions(self, records: set[str]) -> list[dict[str, Any]]:
        columns = (
            decision.c.record_a,
            decision.c.record_b,
            decision.c.verdict,
            decision.c.author,
            decision.c.decided_at,
            decision.c.note,
        )
        asked = (
            sa.select(*columns)
            .where(decision.c.record_a.in_(records) | decision.c.record_b.in_(records))
            .order_by(decision.c.id)
        )
        with self._opened.engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(asked).mappings()]
        return [row for row in rows if not {row["record_a"], row["record_b"]} & set(self._veil.records)]


def _group(found: Explanation, compared: str, a: str, b: str) -> str:
    """How a shown value agrees: as the linkage judged its field, or as the eye does."""
    if not a or not b:
        return "missing"
    if compared and compared in found.levels and found.levels[compared] != "missing" and a != b:
        level = default_model().spec(compared).levels[found.levels[compared]]
        return "near" if level.group == "agree" else level.group
    return "agree" if a == b else "differ"
