"""From the number that a person types to the child's frames and events: also a number that was merged into another.

Here: reading frames and SQL for one child. Not here: what is shown of them (`content`).
"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from assets.childfile.document.content import ChildSources
from assets.county import department_names, profile_of
from assets.receiving.filenames import file_names
from assets.workbooks.masking import rule_of
from pipelines.resources import finding_events
from pipelines.resources.session import Session
from pipelines.resources.tables import child_event, finding, life_event

MOVES = {"merge": "编号{other}并入本编号", "split": "从本编号拆出编号{other}"}


class NoSuchChildError(Exception):
    """No child of the period has this number; the Chinese sentence says what to do."""

    def __init__(self, period: str) -> None:
        super().__init__(period)
        self.message = f"{period}没有这个编号的儿童。"
        self.advice = "请从核查清单、links.csv 或 findings.csv 里复制儿童编号、线索编号或记录编号。"


def sources_of(opened: Session, period: str, number: str) -> ChildSources:
    """Everything about one child in a period.

    Args:
        opened: the workspace.
        period: a period that was run.
        number: the child's number (an ended one leads to the one that stays), a finding's or a record's.

    Raises:
        NoSuchChildError: nobody has it.
        FrameError: the period was not run.
    """
    frames = opened.frames
    children = frames.read("child_files.children", period)
    records = frames.read("child_files.records", period)
    findings = frames.read("findings", period)
    child = child_of(opened, number, set(children["child_id"]), records, findings)
    if not child:
        raise NoSuchChildError(period)
    ever_listed = sa.select(finding.c.finding_id, finding.c.code).where(finding.c.child_id == child)
    moved = sa.select(child_event.c.period, child_event.c.kind, child_event.c.other_id)
    moved = moved.where(child_event.c.child_id == child).order_by(child_event.c.id)
    with opened.engine.connect() as connection:
        known = {row[0]: row[1] for row in connection.execute(ever_listed)}
        events = finding_events.events(connection, life_event.c.finding_id.in_(sorted(known))) if known else []
        moves = [(row[0], MOVES[row[1]].format(other=row[2])) for row in connection.execute(moved)]
    return ChildSources(
        child={str(key): value for key, value in children[children["child_id"] == child].iloc[0].items()},
        records=records[records["child_id"] == child],
        findings=findings[findings["child_id"] == child],
        known=known,
        # A file of an earlier period says what was known then, whatever happened since.
        events=[event for event in events if event["period"] <= period],
        moves=[move for move in moves if move[0] <= period],
        departments=department_names(opened.workspace),
        masking=rule_of(profile_of(opened.workspace)),
        names=file_names(opened.workspace, period),
    )


def child_of(opened: Session, number: str, children: set[str], records: pd.DataFrame, findings: pd.DataFrame) -> str:
    """The child of a number of any kind, "" when nobody has it.

    Args:
        opened: the workspace.
        number: a child's (also an ended one), a finding's or a record's.
        children: the children's numbers in the period.
        records: the records of the period.
        findings: the findings of the period.
    """
    if number in children:
        return number
    # On paper a finding's number has check characters behind it.
    plain = "-".join(number.split("-")[:2])
    for frame, column, written in ((records, "record_id", number), (findings, "finding_id", plain)):
        owners = frame.loc[frame[column] == written, "child_id"]
        if len(owners):
            return str(owners.iloc[0])
    with opened.engine.connect() as connection:
        stays = finding_events.merged_children(connection).get(number, "")
    return stays if stays in children else ""
