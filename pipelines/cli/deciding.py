"""`tongbi decide`: enter people's decisions on pairs of records, one by one or as a table, and say which contradict each other.

Record ids and counts only; values stay in the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from matching.decisions.clerical import content_keys, find_decisions
from matching.decisions.conflicts import conflicting_decisions
from matching.decisions.table import read_decisions
from pipelines.cli.shell import USAGE, out, refuse
from pipelines.cli.texts import say
from pipelines.cli.unlocking import read_asking
from pipelines.partitions import Period
from pipelines.resources import decisions
from pipelines.resources.database import writing
from pipelines.resources.session import Session

_KEYS = (
    *("record_id", "department", "layout", "id_no", "id_no_raw", "name", "birth_date"),
    *("father_name", "mother_name", "guardian_name"),
)


@dataclass(frozen=True)
class DecisionRequest:
    """What was request on the command line: two records and a verdict, or a table; who says so, and why."""

    period: str
    ids: list[str]
    verdict: str = ""
    note: str = ""
    author: str = ""
    table: Path | None = None


def decide(opened: Session, request: DecisionRequest) -> None:
    """Enter decisions, then print what they contradict."""
    label = Period.parse(request.period).label
    records = _records(opened, label)
    if request.table:
        pairs = read_decisions(*_table(request.table))
    elif len(request.ids) == 2 and request.verdict in ("same", "different", "unsure"):
        line = {"记录甲": request.ids[0], "记录乙": request.ids[1], "结论": request.verdict, "说明": request.note}
        pairs = read_decisions(pd.DataFrame([line]))
    else:
        refuse(say("decide.usage"), USAGE)
    strange = {*pairs["record_a"], *pairs["record_b"]} - set(records["record_id"])
    if strange:
        refuse(say("decide.unknown", period=label, count=len(strange)))
    who = request.author or opened.workspace.operator
    with writing(opened.engine) as connection:
        count = decisions.enter(connection, label, _lines(pairs, records, who), opened.workspace.operator)
        entered = decisions.read(connection)
    out.print(say("decide.entered", count=count, again=len(pairs) - count, period=label), markup=False)

    contradicting = conflicting_decisions(find_decisions(entered, records), records)
    if contradicting.empty:
        out.print(say("decide.no_conflict"))
        return
    out.print(say("decide.conflicts", count=len(contradicting)), markup=False, style="yellow")
    for row in contradicting.itertuples(index=False):
        out.print(f"  {row.record_a} · {row.record_b}：{row.reason}。", markup=False)


def _records(opened: Session, label: str) -> pd.DataFrame:
    """The period's records, only what recognises them."""
    names = sorted(
        folder.name for folder in opened.workspace.frames.glob("std_*") if opened.frames.exists(folder.name, label)
    )
    frames = [opened.frames.read(name, label, _KEYS) for name in names]
    if not frames:
        refuse(say("decide.no_period", period=label))
    return pd.concat(frames, ignore_index=True).fillna("")


def _table(path: Path) -> tuple[pd.DataFrame, int]:
    """The first sheet that has rows, its first row as headings; and the number of the row below it."""
    if not path.is_file():
        refuse(say("fault.no_file", path=path))
    grid = next((grid for grid in read_asking(path).grids if len(grid.cells) > 1), None)
    if grid is None:
        refuse(say("decide.empty"))
    body = grid.cells.iloc[1:].astype(str)
    body.columns = pd.Index(grid.cells.iloc[0].astype(str).tolist())
    return body, int(grid.cells.index[0]) + 1


def _lines(pairs: pd.DataFrame, records: pd.DataFrame, who: str) -> Iterator[decisions.Decision]:
    """Decisions with the content of their records; who gives no name is the operator."""
    named = records[records["record_id"].isin({*pairs["record_a"], *pairs["record_b"]})]
    # By content as well as by id: the next delivery gives the same row another id, and the decision still holds.
    keys = dict(zip(named["record_id"], content_keys(named.reset_index(drop=True)), strict=True))
    for line in pairs.to_dict("records"):
        bare = decisions.Decision(**{str(name): str(value) for name, value in line.items()}, key_a="", key_b="")
        yield replace(bare, author=bare.author or who, key_a=keys[bare.record_a], key_b=keys[bare.record_b])
