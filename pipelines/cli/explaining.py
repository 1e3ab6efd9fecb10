"""`tongbi explain`: why two rows are the same child, or why a child is on a list. Sentences and places; values stay in
the files.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from pipelines.cli.shell import out, refuse
from pipelines.cli.texts import say
from pipelines.partitions import Period
from pipelines.resources.opened import Opened

MOST_PAIRS = 30


def explain_ids(opened: Opened, period: str, ids: list[str]) -> None:
    """Explain a child id, a finding id, one record id or a pair of record ids."""
    label = Period.parse(period).label
    links = opened.frames.read("link_children", label)
    pairs = opened.frames.read("link_pairs", label)
    if len(ids) == 2 and set(ids) <= set(links["record_id"]):
        _explain_pair(links, pairs, ids)
        return
    findings = opened.frames.read("findings", label)
    child = _child_of(ids[0], links, findings) if len(ids) == 1 else ""
    if not child:
        refuse(say("explain.unknown", period=label))
    _explain_child(links[links["child_id"] == child], pairs)
    _explain_findings(findings[findings["child_id"] == child])


def _child_of(identity: str, links: pd.DataFrame, findings: pd.DataFrame) -> str:
    for frame, column in ((links, "child_id"), (links, "record_id"), (findings, "finding_id")):
        found = frame.loc[frame[column] == identity, "child_id"]
        if len(found):
            return str(found.iloc[0])
    return ""


def _explain_child(ours: pd.DataFrame, pairs: pd.DataFrame) -> None:
    out.print(say("explain.child", child=ours["child_id"].iloc[0], count=len(ours)), markup=False)
    for line in ours.to_dict("records"):
        _print_record(line)
    known = set(ours["record_id"])
    touching = pairs[pairs["record_a"].isin(known) | pairs["record_b"].isin(known)]
    for line in touching.head(MOST_PAIRS).to_dict("records"):
        _print_pair(line)


def _print_record(line: Mapping[Hashable, object]) -> None:
    sheet = f"工作表「{line['sheet']}」" if line["sheet"] else ""
    named = {name: line[name] for name in ("department", "file", "row", "method")}
    probability = float(str(line["probability"] or 0))
    text = say("explain.record", sheet=sheet, record=line["record_id"], probability=probability, **named)
    out.print(f"  {text}", markup=False)


def _print_pair(line: Mapping[Hashable, object]) -> None:
    numbers = {name: float(str(line[name])) for name in ("probability", "weight")}
    grade = say(f"grade.{line['grade']}")
    out.print("  " + say("explain.pair", a=line["record_a"], b=line["record_b"], grade=grade, **numbers), markup=False)
    out.print(f"    {str(line['reason']).removesuffix('。')}。", markup=False)


def _explain_findings(ours: pd.DataFrame) -> None:
    if ours.empty:
        out.print(say("explain.no_finding"))
    for line in ours.to_dict("records"):
        named = {name: line[name] for name in ("reason", "grade", "clause")}
        out.print("  " + say("explain.finding", finding=line["finding_id"], **named), markup=False)


def _explain_pair(links: pd.DataFrame, pairs: pd.DataFrame, ids: list[str]) -> None:
    one, other = sorted(ids)
    direct = pairs[(pairs["record_a"] == one) & (pairs["record_b"] == other)]
    for line in direct.to_dict("records"):
        _print_pair(line)
    children = links.set_index("record_id")["child_id"]
    if (direct["grade"] == "same").any():
        return
    if children[one] == children[other]:
        via = links.loc[(links["child_id"] == children[one]) & ~links["record_id"].isin(ids), "record_id"]
        out.print(say("explain.same_child", child=children[one], via="、".join(via) or "—"), markup=False)
    elif direct.empty:
        out.print(say("explain.no_pair"))
