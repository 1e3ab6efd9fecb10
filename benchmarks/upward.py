"""How long a quarterly report takes in a workspace that was run: counting, the public version, Word, PDF; one child's file; a feed's rows.

`python benchmarks/upward.py --workspace demo --period 2026Q3` (after `tongbi demo`, 20,000 children). Writes beside nothing: into a temporary folder.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

from assets.childfile.document.content import paper_of
from assets.childfile.document.finding_child import sources_of
from assets.childfile.document.writing import Imprint, write_child
from assets.feeds.delivering import stock_of
from assets.feeds.feed import load_feeds
from assets.feeds.rows import rows_of
from assets.paper.pdf import to_pdf
from assets.protected import protected_in
from assets.reports.assemble import Version, figures_of
from assets.reports.material import gather
from assets.reports.template import shipped
from assets.reports.writing import Job, write_report
from pipelines.partitions import Period
from pipelines.resources.session import Session


class Clock:
    """Says how long each step took, and all of them together."""

    def __init__(self) -> None:
        self.at, self.total = time.perf_counter(), 0.0

    def say(self, what: str) -> None:
        now = time.perf_counter()
        self.total += now - self.at
        print(f"{what:<44} {now - self.at:7.2f} s")
        self.at = time.perf_counter()


def measure(opened: Session, period: Period, folder: Path) -> None:
    clock = Clock()
    material = gather(opened, period)
    clock.say(f"reading ({len(material.children):,} children, {len(material.findings):,} lines)")
    inside = figures_of(material, Version.INTERNAL)
    clock.say(f"counting ({len(inside.values):,} cells)")
    outside = figures_of(material, Version.PUBLIC)
    clock.say(f"public version ({len(outside.hidden):,} of {len(outside.values):,} cells hidden)")
    jobs = [Job("quarter", version, folder, shipped("quarter"), date.today()) for version in Version]
    written = [write_report(material, job, figures) for job, figures in zip(jobs, (inside, outside), strict=True)]
    clock.say("Word, internal and public")
    made = to_pdf(written)
    clock.say(f"PDF ({len(made)} of {len(written)})")
    print(f"{'quarterly report, both versions':<44} {clock.total:7.2f} s")
    paper = paper_of(replace(sources_of(opened, period.label, str(material.findings["child_id"].iloc[0])), open=False))
    write_child(paper, Imprint(period.zh, period.last_day, date.today(), material.office), folder / "child.docx")
    clock.say("one child's file (Word)")
    stock = stock_of(opened, period.label, protected_in(opened, period.label))
    for name, feed in load_feeds().items():
        print(f"  {name}: {len(rows_of(feed, stock)):,} rows")
    clock.say("rows of every shipped feed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--period", required=True)
    options = parser.parse_args()
    opened = Session.at(options.workspace)
    with tempfile.TemporaryDirectory(dir=opened.workspace.outbox) as name:
        measure(opened, Period.parse(options.period), Path(name))


if __name__ == "__main__":
    main()
