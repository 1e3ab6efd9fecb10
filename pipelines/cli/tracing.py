"""What is known about a pair or a child, collected for `tongbi explain`: records, joins, competing candidates, decisions,
findings.

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
from pipelines.resources.session import Session
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
class PairReport:
    """One compared pair: what the linkage says of it, bar by bar, and the two records' values if they were asked for."""

    explanation: Explanation
    sides: Sides

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        explanation = asdict(self.explanation)
        rows = [
            {"field": name, "a": left, "b": right, "agreement": group} for name, left, right, group in self.sides.rows
        ]
        return {**explanation, "place_a": self.sides.left, "place_b": self.sides.right, "values": rows}


@dataclass
class ChildTrace:
    """Everything about a child, or about two records.

    Attributes:
        child: the child's number; "" for two records of two children.
        records: the records' places, methods and probabilities.
        joins: pairs that hold the child together (of two records: the pair itself).
        competing: pairs with other children's records that were compared and rejected, or wait for a person.
        decisions: people's decisions on these records: both ids, verdict, author, time, note.
        findings: the child's lines on lists.
        via: records through which two records that were not joined directly belong together.
        anew: two records that are no kept pair, compared now.
        same_row: two records that say exactly the same: the linkage took them as one.
    """

    child: str = ""
    records: list[dict[str, Any]] = field(default_factory=list)
    joins: list[PairReport] = field(default_factory=list)
    competing: list[PairReport] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    via: list[str] = field(default_factory=list)
    anew: list[PairReport] = field(default_factory=list)
    same_row: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain = {name: getattr(self, name) for name in ("child", "records", "decisions", "findings", "via", "same_row")}
        return {
            **plain,
            "joins": [report.as_dict() for report in self.joins],
            "rivals": [report.as_dict() for report in self.competing],
            "anew": [report.as_dict() for report in self.anew],
        }


class TraceReader:
    """The frames of one period, read once."""

    def __init__(self, opened: Session, label: str, values: Values, veil: Protected) -> None:
        self._opened, self._label, self._values, self._veil = opened, label, values, veil
        # A protected child is left out where frames are read, not where they are shown: nothing made of them later can hold it.
        self.links = veil.without(opened.frames.read("link_children", label))
        self.pairs = veil.without(opened.frames.read("link_pairs", label))
        self._spoken = department_names(opened.workspace)
        self._names = file_names(opened.workspace, label)
        self._masking = rule_of(profile_of(opened.workspace))
        kept = "link_register.report"  # absent where an older version linked the period
        self._weights = (
            read_report(opened.frames.read(kept, label))["weights"] if opened.frames.exists(kept, label) else None
        )

    def child(self, child: str) -> ChildTrace:
        """The trace of a child."""
        own = self.links[self.links["child_id"] == child]
        trace = self._about(set(own["record_id"]), child)
        findings = self._opened.frames.read("findings", self._label)
        columns = ["finding_id", "code", "reason", "grade", "clause"]
        trace.findings = findings.loc[findings["child_id"] == child, columns].to_dict("records")  # type: ignore[assignment]
        return trace

    def two(self, ids: Sequence[str]) -> ChildTrace:
        """The trace of two records."""
        a, b = sorted(ids)  # pairs are kept with the smaller id first
        children = self.links.set_index("record_id")["child_id"]
        same = children[a] == children[b]
        trace = self._about({a, b}, str(children[a]) if same else "")
        direct = (self.pairs["record_a"] == a) & (self.pairs["record_b"] == b)
        trace.joins = self._reports(self.pairs[direct])
        # Asked about two records, it is what stands between them that is told, not who else was compared with either.
        trace.competing = []
        if same and not any(report.explanation.grade == "same" for report in trace.joins):
            others = self.links[(self.links["child_id"] == children[a]) & ~self.links["record_id"].isin(ids)]
            trace.via = others["record_id"].tolist()
        if not trace.joins:
            self._compare_anew(trace, (a, b), same)
        return trace

    def _compare_anew(self, trace: ChildTrace, ids: tuple[str, str], same: bool) -> None:
        """Two records of which nothing was kept: compared now, among the records of the period, by its weights."""
        # All the records that the period's linkage read: whether a key brings two of them together depends on the others, too.
        contracts = load_contracts(self._opened.workspace.contracts)
        there = [f"std_{name}" for name in contracts if self._opened.frames.exists(f"std_{name}", self._label)]
        frames = [self._opened.frames.read(name, self._label) for name in there]
        linked = linkable(frames, contracts, Period.parse(self._label).last_day)
        folded = fold(linked, default_model().decide.cluster_limit)
        position = {record: place for place, record in enumerate(folded.records["record_id"])}
        stands = folded.records["record_id"].to_numpy(object)[folded.stands]
        a, b = (str(stands[position[record]]) for record in ids)
        trace.same_row = a == b
        if a == b or self._weights is None:
            return
        try:
            explanation = explain_anew(folded.kept, (a, b), self._weights, same)
        except ValueError:  # the weights are another model's
            return
        # Rows that say the same stand for each other in the linkage; the answer names the two that were asked about.
        named = dict(zip((a, b), ids, strict=True))
        explanation = replace(explanation, record_a=named[explanation.record_a], record_b=named[explanation.record_b])
        trace.anew = [PairReport(explanation, self._sides(explanation, self._records(set(ids))))]

    def reports_of(self, pairs: pd.DataFrame) -> list[PairReport]:
        """The named pairs (`record_a, record_b`), in that order."""
        return self._reports(
            pairs[["record_a", "record_b"]].merge(self.pairs, on=["record_a", "record_b"], how="left", sort=False)
        )

    def _about(self, records: set[str], child: str) -> ChildTrace:
        own = self.links[self.links["record_id"].isin(records)]
        touching = self.pairs[self.pairs["record_a"].isin(records) | self.pairs["record_b"].isin(records)]
        inside = touching["record_a"].isin(records) & touching["record_b"].isin(records)
        by_weight = touching.sort_values("weight", ascending=False, kind="stable")
        is_join = (inside & (touching["grade"] == "same")).loc[by_weight.index]
        columns = ["record_id", "child_id", "department", "file", "sheet", "row", "method", "probability"]
        return ChildTrace(
            child,
            self._names.on(own[columns]).to_dict("records"),  # type: ignore[arg-type]
            self._reports(by_weight[is_join].head(MOST_PAIRS)),
            self._reports(by_weight[~is_join].head(MOST_PAIRS)),
            self._decisions(records),
        )

    def _reports(self, pairs: pd.DataFrame) -> list[PairReport]:
        lines = pairs.to_dict("records")
        values = (
            self._records({str(line[side]) for line in lines for side in ("record_a", "record_b")}) if lines else {}
        )
        explanations = [self._explained({str(key): value for key, value in line.items()}) for line in lines]
        return [PairReport(explanation, self._sides(explanation, values)) for explanation in explanations]

    def _explained(self, line: dict[str, Any]) -> Explanation:
        """The pair bar by bar; without bars where the weights were not kept or are another model's."""
        try:
            if self._weights is not None:
                return explain_kept(line, self._weights)
        except ValueError:
            pass
        # What the linkage kept of the pair itself needs no weights.
        levels = dict(part.split("=", 1) for part in line["levels"].split(";"))
        figures = float(line["weight"]), float(line["probability"]), line["grade"], line["reason"], levels
        return Explanation(line["record_a"], line["record_b"], (), *figures)

    def _records(self, ids: set[str]) -> dict[str, dict[str, str]]:
        """The standard rows of these records, only the columns that are shown."""
        columns = ["record_id", "department", "file", "sheet", "row", *SHOWN]
        rows: dict[str, dict[str, str]] = {}
        for folder in sorted(self._opened.workspace.frames.glob("std_*")):
            if self._opened.frames.exists(folder.name, self._label):
                frame = self._opened.frames.read(folder.name, self._label, columns)
                own = self._names.on(frame[frame["record_id"].isin(ids)].astype(str))
                rows |= {line["record_id"]: line for line in own.to_dict("records")}
        return rows

    def _sides(self, pair: Explanation, values: dict[str, dict[str, str]]) -> Sides:
        left, right = (values.get(record, {}) for record in (pair.record_a, pair.record_b))
        rows = []
        for column, (name, compared, mask) in SHOWN.items() if self._values != "none" else ():
            a, b = left.get(column, ""), right.get(column, "")
            if a or b:
                group = _agreement(pair, compared, a, b)
                rows.append((name, self._shown(column, a, mask), self._shown(column, b, mask), group))
        return Sides(self._place(left, pair.record_a), self._place(right, pair.record_b), rows)

    def _shown(self, column: str, text: str, mask: MaskKind) -> str:
        if column == "sex":
            return {"1": "男", "2": "女"}.get(text, text)
        if self._values != "masked":
            return text
        # The number as it was written is covered by the place's rule for numbers.
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
        statement = (
            sa.select(*columns)
            .where(decision.c.record_a.in_(records) | decision.c.record_b.in_(records))
            .order_by(decision.c.id)
        )
        with self._opened.engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(statement).mappings()]
        # A decision that names a protected child's record would tell that there is one.
        return [row for row in rows if not {row["record_a"], row["record_b"]} & set(self._veil.records)]


def _agreement(pair: Explanation, compared: str, a: str, b: str) -> str:
    """How a shown value agrees: as the linkage judged its field, or as the eye does."""
    if not a or not b:
        return "missing"
    # Equal texts agree for the eye even where the linkage compared something else of the field, as one of several people's names.
    if compared and compared in pair.levels and pair.levels[compared] != "missing" and a != b:
        level = default_model().spec(compared).levels[pair.levels[compared]]
        return "near" if level.group == "agree" else level.group
    return "agree" if a == b else "differ"
