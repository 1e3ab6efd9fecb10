"""`tongbi explain`: why two rows are the same child, or why a child is on a list: in the terminal, as JSON, as a picture.

Values of records are shown as the person asked: not at all, masked, or whole; they go to the terminal or the file asked for, nowhere else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from assets.county import department_names
from assets.protected import protected_in
from matching.explaining.explain import Explanation
from matching.explaining.picture import SMALLEST, Panel, draw, gathered, label
from pipelines.cli.protecting import admitted
from pipelines.cli.shell import USAGE, out, refuse, show
from pipelines.cli.texts import say
from pipelines.cli.tracing import ChildTrace, PairReport, TraceReader, Values
from pipelines.partitions import Period
from pipelines.resources.access import owner_only
from pipelines.resources.files import write_text
from pipelines.resources.session import Session

_BAR = 24
_TINT = {"differ": "red", "near": "yellow"}


@dataclass(frozen=True)
class ExplainRequest:
    """What was asked: the period, the ids, and how to answer."""

    period: str
    ids: list[str]
    as_json: bool = False
    svg: Path | None = None
    values: str = "none"
    named: str = ""


def explain_ids(opened: Session, request: ExplainRequest) -> None:
    """Explain a child id, a finding id, one record id or a pair of record ids."""
    if request.values not in ("none", "masked", "full"):
        refuse(say("explain.values_wrong"), USAGE)
    trace = _trace(opened, request)
    seen = [*([trace.child] if trace.child else []), *(str(line["record_id"]) for line in trace.records)]
    # Written down before anything can be seen.
    opened.look(f"explain --values {request.values}", Period.parse(request.period).label, seen)
    if request.svg:
        _draw(trace, request.svg)
    if request.as_json:
        # Numbers of pandas are none of Python's: they give their own by `item`.
        plain = json.dumps(
            trace.as_dict(),
            ensure_ascii=False,
            indent=2,
            default=lambda value: value.item() if hasattr(value, "item") else str(value),
        )
        out.print(plain, markup=False, soft_wrap=True)
    elif not request.svg:
        _print(trace, len(request.ids) == 2, department_names(opened.workspace))


def _trace(opened: Session, request: ExplainRequest) -> ChildTrace:
    label = Period.parse(request.period).label
    values: Values = "full" if request.values == "full" else "masked" if request.values == "masked" else "none"
    veil = protected_in(opened, label)
    # Who may see a child is asked of whatever was named, before a reader of the period is made that leaves the child out.
    links = opened.frames.read("link_children", label, ["child_id", "record_id"])
    findings = opened.frames.read("findings", label, ["child_id", "finding_id"])
    children = [_child_of(identity, links, findings) or identity for identity in request.ids]
    person = admitted(opened, veil, children, request.named)
    reader = TraceReader(opened, label, values, veil if person is None else veil.but_for(person))
    if len(request.ids) == 2 and set(request.ids) <= set(reader.links["record_id"]):
        if request.ids[0] == request.ids[1]:
            refuse(say("explain.unknown", period=label))
        return reader.two(request.ids)
    child = _child_of(request.ids[0], reader.links, findings) if len(request.ids) == 1 else ""
    if not child:
        refuse(say("explain.unknown", period=label))
    return reader.child(child)


def _child_of(identity: str, links: pd.DataFrame, findings: pd.DataFrame) -> str:
    for frame, column in ((links, "child_id"), (links, "record_id"), (findings, "finding_id")):
        children = frame.loc[frame[column] == identity, "child_id"]
        if len(children):
            return str(children.iloc[0])
    return ""


def _print(trace: ChildTrace, pair: bool, spoken: dict[str, str]) -> None:
    if not pair:
        out.print(say("explain.child", child=trace.child, count=len(trace.records)), markup=False, style="bold")
    for line in trace.records:
        _print_record(line, spoken)
    for report in trace.joins:
        _print_pair(report)
    if trace.via:
        out.print(say("explain.same_child", child=trace.child, via="、".join(trace.via)), markup=False)
    elif pair and not trace.joins and trace.child:
        out.print(say("explain.same_child", child=trace.child, via="—"), markup=False)
    elif pair and not trace.joins and not trace.anew:
        out.print(say("explain.no_pair"), markup=False)

    # Two records compared now, after saying plainly whether the linkage had looked at them: an answer made today is none of its.
    if trace.same_row:
        out.print(say("explain.same_row"), markup=False)
    for report in trace.anew:
        out.print(say("explain.not_kept" if report.explanation.met else "explain.not_met"), markup=False)
        _print_pair(report)

    if trace.competing:
        out.print(say("explain.rivals", count=len(trace.competing)), markup=False, style="bold")
    for report in trace.competing:
        _print_pair(report)
    for line in trace.decisions:
        facts = {name: line[name] for name in ("record_a", "record_b", "author", "note")}
        verdict, day = say(f"verdict.{line['verdict']}"), str(line["decided_at"])[:10]
        out.print("  " + say("explain.decision", verdict=verdict, day=day, **facts), markup=False)
    if not pair and not trace.findings:
        out.print(say("explain.no_finding"))
    for line in trace.findings if not pair else ():
        facts = {name: line[name] for name in ("reason", "grade", "clause")}
        out.print("  " + say("explain.finding", finding=line["finding_id"], **facts), markup=False)


def _print_record(line: dict[str, Any], spoken: dict[str, str]) -> None:
    sheet = f"工作表「{line['sheet']}」" if line["sheet"] else ""
    named = {name: line[name] for name in ("file", "row")}
    named |= {
        "department": spoken.get(line["department"], line["department"]),
        "method": say(f"method.{line['method']}"),
    }
    probability = float(line["probability"] or 0)
    text = say("explain.record", sheet=sheet, record=line["record_id"], probability=probability, **named)
    out.print(f"  {text}", markup=False)


def _print_pair(report: PairReport) -> None:
    pair = report.explanation
    numbers = {"probability": pair.probability, "weight": pair.weight}
    grade = say(f"grade.{pair.grade}")
    out.print("  " + say("explain.pair", a=pair.record_a, b=pair.record_b, grade=grade, **numbers), markup=False)
    out.print(f"    {pair.reason.removesuffix('。')}。", markup=False)
    if report.sides.rows:
        # Cells as `Text`: a value may hold what the console would take for markup.
        table = Table("", report.sides.left, report.sides.right, box=None, padding=(0, 2, 0, 4))
        for name, left, right, group in report.sides.rows:
            style = _TINT.get(group, "")
            table.add_row(Text(name), Text(left or "—", style=style), Text(right or "—", style=style))
        show(table)
    for line in _bars(pair):
        out.print(line)


def _bars(pair: Explanation) -> list[Text]:
    """The waterfall in characters: bits, a bar to the right for and to the left against, what was compared."""
    steps = gathered(pair.steps) if pair.steps else []
    longest = max((abs(step.bits) for step in steps), default=1.0) or 1.0
    lines = []
    for step in steps:
        size = max(1, round(abs(step.bits) / longest * _BAR)) if abs(step.bits) >= SMALLEST else 0
        style = "bright_black" if step.field == "prior" else "green" if step.bits >= 0 else "red"
        line = Text(f"    {step.bits:+7.2f} ")
        line.append("█" * size + " " * (_BAR - size), style=style)
        line.append(f" {label(step)}")
        lines.append(line)
    return lines


def _draw(trace: ChildTrace, target: Path) -> None:
    """Write the picture: the pairs that hold the child together, then the nearest rejected ones."""
    reports = (*trace.joins, *trace.anew, *trace.competing)
    panels = [Panel(report.explanation, report.sides) for report in reports if report.explanation.steps]
    if not panels:
        refuse(say("explain.no_picture"))
    if any(not report.explanation.met for report in trace.anew):
        title = say("explain.picture_not_met")
    else:
        title = say("explain.picture_child", child=trace.child) if trace.child else say("explain.picture_pair")
    write_text(target.resolve(), draw(panels, title))
    owner_only(target.resolve())
    out.print(say("explain.drawn", count=len(panels), path=target), markup=False)
