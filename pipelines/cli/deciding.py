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
from pipelines.resources.session import Opened

_KEYS = (
    *("record_id", "department", "layout", "id_no", "id_no_raw", "name", "birth_date"),
    *("father_name", "mother_name", "guardian_name"),
)


@dataclass(frozen=True)
class Said:
    """What was said on the command line: two records and a verdict, or a table; who says so, and why."""

    period: str
    ids: list[str]
    verdict: str = ""
    note: str = ""
    author: str = ""
    table: Path | None = None


def decide(opened: Opened, said: Said) -> None:
    """Enter decisions, then print what they contradict."""
    label = Period.parse(said.period).label
    records = _records(opened, label)
    asked = _asked(said)
    known = set(records["record_id"])
    strange = sorted({*asked["record_a"], *asked["record_b"]} - known)
    if strange:
        refuse(say("decide.unknown", period=label, count=len(strange)))
    who = said.author or opened.workspace.operator
    with writing(opened.engine) as connection:
        count = decisions.enter(connection, label, _lines(asked, records, who), opened.workspace.operator)
        every = decisions.read(connection)
    out.print(say("decide.entered", count=count, again=len(asked) - count, period=label), markup=False)
    _print_conflicts(every, records)


def _records(opened: Opened, label: str) -> pd.DataFrame:
    """The period's records, only what recognises them."""
    names = sorted(
        folder.name for folder in opened.workspace.frames.glob("std_*") if opened.frames.exists(folder.name, label)
    )
    frames = [opened.frames.read(name, label, _KEYS) for name in names]
    if not frames:
        refuse(say("decide.no_period", period=label))
    return pd.concat(frames, ignore_index=True).fillna("")


def _asked(said: Said) -> pd.DataFrame:
    if said.table:
        return read_decisions(*_table(said.table))
    if len(said.ids) != 2 or said.verdict not in ("same", "different", "unsure"):
        refuse(say("decide.usage"), USAGE)
    line = {"记录甲": said.ids[0], "记录乙": said.ids[1], "结论": said.verdict, "说明": said.note}
    return read_decisions(pd.DataFrame([line]))


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


def _lines(asked: pd.DataFrame, records: pd.DataFrame, who: str) -> Iterator[decisions.Decision]:
    """Decisions with the content of their records; who gives no name is the operator."""
    named = records[records["record_id"].isin({*asked["record_a"], *asked["record_b"]})]
    keys = dict(zip(named["record_id"], content_keys(named.reset_index(drop=True)), strict=True))
    for line in asked.to_dict("records"):
        made = decisions.Decision(**{str(name): str(value) for name, value in line.items()}, key_a="", key_b="")
        yield replace(
            made,
            author=made.author or who,
            key_a=keys[made.record_a],
            key_b=keys[made.record_b],
        )


def _print_conflicts(every: pd.DataFrame, records: pd.DataFrame) -> None:
    found = conflicting_decisions(find_decisions(every, records), records)
    if found.empty:
        out.print(say("decide.no_conflict"))
        return
    out.print(say("decide.conflicts", count=len(found)), markup=False, style="yellow")
    for line in found.itertuples(index=False):
        out.print(f"  {line.record_a} · {line.record_b}：{line.reason}。", markup=False)
