"""What each department is to check of the lists whose lines have an owner: of what the data show and of what goes out, like the other figures of the pack.

Here: counting. Not here: whose a line is (`assets.publishing.turns`), who reads it (`assets.workbooks.routing`, whose rule this follows).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from assets.publishing.edition_lines import ASKED, QUIET
from assets.publishing.editions import with_asked
from assets.reports.count import GRADES
from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import ReportMaterial
from assets.workbooks.lines import involved
from expectations.life.rules import life_rules
from expectations.lists.owners import OWNER

OWNED, SENT, LISTED = "owned_", "sent", "listed"


def count_owned(figures: Figures, material: ReportMaterial) -> None:
    """`owned_<department>`: its own lines per list; a list stands there whenever any of its lines has an owner."""
    if OWNER not in material.findings.columns:
        return
    lines = with_asked(material.findings, material.life)
    codes = set(lines.loc[lines[OWNER] != "", "code"])
    rows = {info.code: info.name for info in material.computed if info.code in codes}
    lines = lines[lines["code"].isin(list(rows))]
    recipients = {info.code: info.recipients for info in material.computed}
    records = [departments.split(";") for departments in involved(lines)]
    words = life_rules().counts
    columns = {LISTED: words["listed"], QUIET: words["quiet"], SENT: words["asked"], "sure": GRADES["sure"]}
    for name in dict.fromkeys(who for code in rows for who in recipients[code]):
        # An owner that the place does not send the list to cannot check it: then all are asked who have a record.
        reached = [
            name in recipients[code] and (owner == name if owner in recipients[code] else name in departments)
            for code, owner, departments in zip(lines["code"], lines[OWNER], records, strict=True)
        ]
        own = lines[np.array(reached, dtype=np.bool_)]
        sent = own[own["status"] == ASKED]
        counts = Counter((code, LISTED) for code in own["code"])
        counts.update((code, SENT) for code in sent["code"])
        counts.update((code, QUIET) for code in own.loc[own["status"] == QUIET, "code"])
        counts.update((code, "sure") for code in sent.loc[sent["grade"] == GRADES["sure"], "code"])

        grid = f"{OWNED}{name}"
        figures.add(FigureGrid(grid, "本部门先核对的线索", rows, columns), counts)
        for code in rows:
            figures.total((grid, code, LISTED), [(grid, code, column) for column in (SENT, QUIET)])


def own_number(figures: Figures, name: str, code: str, column: str) -> int | None:
    """A department's number of lines of a list: its own where the lines have an owner, else all that the list has.

    Args:
        figures: of the report.
        name: the recipient.
        code: the list.
        column: `listed` (in the data), `quiet` (answered, not sent again), `total` (sent out) or `sure` (of those sent out).
    """
    if is_owned(figures, name, code):
        return figures.number(f"{OWNED}{name}", code, SENT if column == TOTAL else column)
    if column in (LISTED, QUIET):
        return figures.number("asked", code, TOTAL if column == LISTED else QUIET)
    return figures.number("lists", code, column)


def is_owned(figures: Figures, name: str, code: str) -> bool:
    """Whether a recipient has only those lines of a list that it is to check."""
    return f"{OWNED}{name}" in figures.grids and code in figures.grids[f"{OWNED}{name}"].rows
