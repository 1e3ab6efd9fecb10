"""How long the closed loop takes: workbooks of 30 townships written, filled in, returned and entered; a second period followed.

`python benchmarks/loop.py [--towns 30] [--lines 67]` (30 × 67 ≈ 2,000 open findings); everything in it is invented.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pandas as pd
from workbooks import example

from assets.graph.finding_life import LifeFrames, follow
from assets.publishing.verdicts import PeriodVerdicts, record
from assets.replies.taking import take
from assets.workbooks.publish import publish_workbooks
from demo_county.reply_files import Filled, books_of, write_csv_copy, write_edited, write_xls_copy
from expectations.lists.catalogue import load_catalogue
from expectations.lists.findings import finding_id
from pipelines.resources.database import insert_rows, writing
from pipelines.resources.finding_events import Issued
from pipelines.resources.session import Session
from pipelines.resources.tables import finding
from pipelines.resources.workspace import Workspace

FIRST, SECOND = "2026Q3", "2026Q4"
NO_MOVES = pd.DataFrame({"kind": [], "child_id": [], "other_id": []}, dtype=object)


class Clock:
    """Says how long each step took."""

    def __init__(self) -> None:
        self.at, self.total = time.perf_counter(), 0.0

    def say(self, what: str, counts: bool = True) -> None:
        now = time.perf_counter()
        self.total += (now - self.at) * counts
        print(f"{what:<44} {now - self.at:7.2f} s")
        self.at = time.perf_counter()


def records_of(findings: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """The records as child files have them."""
    owner = findings.drop_duplicates("record_id").set_index("record_id")["child_id"]
    return records.assign(child_id=records["record_id"].map(owner).fillna(""), state="active", active=True)


def publish(opened: Session, period: str, frames: tuple[pd.DataFrame, ...], context: object) -> int:
    findings, children, records = frames
    life = follow(opened, period, LifeFrames(findings, records_of(findings, records), children, NO_MOVES))
    shown = findings[findings["finding_id"].isin(life.loc[life["shown"] == "yes", "finding_id"])]
    written = publish_workbooks(shown, children, records, context, opened.workspace.outbox / period)  # type: ignore[arg-type]
    issued = {
        (one.recipient, name): Issued(one.recipient, name, one.kind, code)
        for one in written
        for name, code in one.lines
    }
    with writing(opened.engine) as connection:
        known = {row[0] for row in connection.execute(finding.select().with_only_columns(finding.c.finding_id))}
        fresh = findings[~findings["finding_id"].isin(known)].drop_duplicates("finding_id")
        rows = fresh[["finding_id", "code", "child_id", "field"]].assign(first_period=period).to_dict("records")
        insert_rows(connection, finding, [{str(name): value for name, value in row.items()} for row in rows])
        record(connection, PeriodVerdicts(period, life, list(issued.values()), "bench", "bench"))
    return len(shown)


def give_back(opened: Session) -> int:
    """Every township answers four lines in five; files as people save them."""
    books = books_of(opened.workspace.outbox / FIRST, ())
    for place, book in enumerate(books):
        filled = {number: _answer(number) for index, number in enumerate(book.numbers) if index % 5}
        save, ending = ((write_edited, "xlsx"), (write_csv_copy, "csv"), (write_xls_copy, "xls"))[place % 3]
        save(book, filled, opened.workspace.inbox / "replies" / f"{book.recipient}.{ending}")
    return len(books)


def _answer(number: str) -> Filled:
    return Filled(load_catalogue().lists[number.partition("-")[0]].answers[-1], "2026-10-10", "某", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--towns", type=int, default=30)
    parser.add_argument("--lines", type=int, default=67)
    asked = parser.parse_args()
    findings, children, records, context = example(asked.towns, asked.lines)
    parts = zip(findings["code"], findings["child_id"], findings["field"], strict=True)
    findings["finding_id"] = [finding_id(*part) for part in parts]
    with tempfile.TemporaryDirectory() as folder:
        opened, clock = Session(Workspace.create(Path(folder) / "w")), Clock()
        count = publish(opened, FIRST, (findings, children, records), context)
        clock.say(f"first period: {count} findings out", counts=False)
        files = give_back(opened)
        clock.say(f"(filling in {files} workbooks)", counts=False)
        taking = take(opened, dry_run=False, today=date(2026, 10, 20))
        clock.say(f"{files} workbooks back, {taking.entered} answers entered")
        later = findings.assign(period=SECOND)
        publish(opened, SECOND, (later, children, records), context)
        clock.say(f"second period followed and written ({len(findings)} known)")
        print(f"{'back and second period together':<44} {clock.total:7.2f} s")
        opened.engine.dispose()


if __name__ == "__main__":
    main()
