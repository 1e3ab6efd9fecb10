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
from pipelines.cli.story import Story, Teller, Told, Values
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.access import owner_only
from pipelines.resources.files import write_text
from pipelines.resources.session import Opened

_BAR = 24
_TINT = {"differ": "red", "near": "yellow"}


@dataclass(frozen=True)
class Wanted:
    """What was asked: the period, the ids, and how to answer."""

    period: str
    ids: list[str]
    as_json: bool = False
    svg: Path | None = None
    values: str = "none"
    named: str = ""


def explain_ids(opened: Opened, wanted: Wanted) -> None:
    """Explain a child id, a finding id, one record id or a pair of record ids."""
    if wanted.values not in ("none", "masked", "full"):
        refuse(say("explain.values_wrong"), USAGE)
    story = _story(opened, wanted)
    seen = [*([story.child] if story.child else []), *(str(line["record_id"]) for line in story.records)]
    opened.look(f"explain --values {wanted.values}", Period.parse(wanted.period).label, seen)
    if wanted.svg:
        _draw(story, wanted.svg)
    if wanted.as_json:
        out.print(
            json.dumps(story.as_dict(), ensure_ascii=False, indent=2, default=_plain), markup=False, soft_wrap=True
        )
    elif not wanted.svg:
        _print(story, len(wanted.ids) == 2, department_names(opened.workspace))


def _story(opened: Opened, wanted: Wanted) -> Story:
    label = Period.parse(wanted.period).label
    values: Values = "full" if wanted.values == "full" else "masked" if wanted.values == "masked" else "none"
    veil = protected_in(opened, label)
    person = admitted(opened, veil, _children_of(opened, label, wanted.ids), wanted.named)
    teller = Teller(opened, label, values, veil if person is None else veil.but_for(person))
    if len(wanted.ids) == 2 and set(wanted.ids) <= set(teller.links["record_id"]):
        if wanted.ids[0] == wanted.ids[1]:
            refuse(say("explain.unknown", period=label))
        return teller.two(wanted.ids)
    child = (
        _child_of(wanted.ids[0], teller.links, opened.frames.read("findings", label)) if len(wanted.ids) == 1 else ""
    )
    if not child:
        refuse(say("explain.unknown", period=label))
    return teller.child(child)


def _children_of(opened: Opened, label: str, ids: list[str]) -> list[str]:
    links = opened.frames.read("link_children", label, ["child_id", "record_id"])
    findings = opened.frames.read("findings", label, ["child_id", "finding_id"])
    return [_child_of(one, links, findings) or one for one in ids]


def _child_of(identity: str, links: pd.DataFrame, findings: pd.DataFrame) -> str:
    for frame, column in ((links, "child_id"), (links, "record_id"), (findings, "finding_id")):
        found = frame.loc[frame[column] == identity, "child_id"]
        if len(found):
            return str(found.iloc[0])
    return ""


def _plain(value: Any) -> Any:
    """Numbers of pandas as Python's own."""
    return value.item() if hasattr(value, "item") else str(value)


def _print(story: Story, pair: bool, spoken: dict[str, str]) -> None:
    if not pair:
        out.print(say("explain.child", child=story.child, count=len(story.records)), markup=False, style="bold")
    for line in story.records:
        _print_record(line, spoken)
    for told in story.joins:
        _print_pair(told)
    if story.via:
        out.print(say("explain.same_child", child=story.child, via="、".join(story.via)), markup=False)
    elif pair and not story.joins:
        _print_unmet(story)
    _print_anew(story)
    if story.rivals:
        out.print(say("explain.rivals", count=len(story.rivals)), markup=False, style="bold")
    for told in story.rivals:
        _print_pair(told)
    _print_decisions(story)
    if not pair:
        _print_findings(story)


def _print_unmet(story: Story) -> None:
    """Two records between which nothing was kept."""
    if story.child:
        out.print(say("explain.same_child", child=story.child, via="—"), markup=False)
    elif not story.anew:
        out.print(say("explain.no_pair"), markup=False)


def _print_anew(story: Story) -> None:
    """Two records compared now, after saying plainly whether the linkage had looked at them."""
    if story.same_row:
        out.print(say("explain.same_row"), markup=False)
    for told in story.anew:
        out.print(say("explain.not_kept" if told.explanation.met else "explain.not_met"), markup=False)
        _print_pair(told)


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


def _print_pair(told: Told) -> None:
    found = told.explanation
    numbers = {"probability": found.probability, "weight": found.weight}
    grade = say(f"grade.{found.grade}")
    out.print("  " + say("explain.pair", a=found.record_a, b=found.record_b, grade=grade, **numbers), markup=False)
    out.print(f"    {found.reason.removesuffix('。')}。", markup=False)
    if told.sides.rows:
        show(_side_table(told))
    for line in _bars(found):
        out.print(line)


def _side_table(told: Told) -> Table:
    table = Table("", told.sides.left, told.sides.right, box=None, padding=(0, 2, 0, 4))
    for name, left, right, group in told.sides.rows:
        style = _TINT.get(group, "")
        table.add_row(Text(name), Text(left or "—", style=style), Text(right or "—", style=style))
    return table


def _bars(found: Explanation) -> list[Text]:
    """The waterfall in characters: bits, a bar to the right for and to the left against, what was compared."""
    steps = gathered(found.steps) if found.steps else []
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


def _print_decisions(story: Story) -> None:
    for line in story.decisions:
        told = {name: line[name] for name in ("record_a", "record_b", "author", "note")}
        verdict, day = say(f"verdict.{line['verdict']}"), str(line["decided_at"])[:10]
        out.print("  " + say("explain.decision", verdict=verdict, day=day, **told), markup=False)


def _print_findings(story: Story) -> None:
    if not story.findings:
        out.print(say("explain.no_finding"))
    for line in story.findings:
        named = {name: line[name] for name in ("reason", "grade", "clause")}
        out.print("  " + say("explain.finding", finding=line["finding_id"], **named), markup=False)


def _title(story: Story) -> str:
    if any(not one.explanation.met for one in story.anew):
        return say("explain.picture_not_met")
    return say("explain.picture_child", child=story.child) if story.child else say("explain.picture_pair")


def _draw(story: Story, target: Path) -> None:
    """Write the picture: the pairs that hold the child together, then the nearest rejected ones."""
    told = [one for one in (*story.joins, *story.anew, *story.rivals) if one.explanation.steps]
    if not told:
        refuse(say("explain.no_picture"))
    title = _title(story)
    panels = [Panel(one.explanation, one.sides) for one in told]
    write_text(target.resolve(), draw(panels, title))
    owner_only(target.resolve())
    out.print(say("explain.drawn", count=len(panels), path=target), markup=False)
