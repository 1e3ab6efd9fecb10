"""What each department is to check of the lists whose lines have an owner: of what the data show, like the other figures of the pack.

Here: counting. Not here: whose a line is (`assets.asking`), who reads it (`assets.workbooks.routing`, whose rule this follows).
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from assets.editions import with_asked
from assets.reports.count import GRADES
from assets.reports.figures import TOTAL, Figures, Grid
from assets.reports.material import Material
from assets.workbooks.lines import involved
from expectations.lists.owners import OWNER

OWNED, ALL = "owned_", "all"
COLUMNS = {ALL: "合计", "sure": GRADES["sure"], "new": "新发现", "lasting": "上期延续"}


def count_owned(figures: Figures, material: Material) -> None:
    """`owned_<department>`: its own lines per list; a list stands there whenever any of its lines has an owner."""
    if OWNER not in material.findings.columns:
        return
    lines = with_asked(material.findings, material.life)
    codes = set(lines.loc[lines[OWNER] != "", "code"])
    rows = {info.code: info.name for info in material.computed if info.code in codes}
    lines = lines[lines["code"].isin(list(rows))]
    recipients = {info.code: info.recipients for info in material.computed}
    before = set[str]()
    if material.earlier:
        before = set(list(material.earlier.values())[-1]["finding_id"])
    for name in dict.fromkeys(who for code in rows for who in recipients[code]):
        mine = lines[_reached(lines, name, recipients)]
        figures.add(Grid(f"{OWNED}{name}", "本部门先核对的线索", rows, COLUMNS), _counted(mine, before))
        for code in rows:
            parts = [(f"{OWNED}{name}", code, column) for column in ("new", "lasting")]
            figures.total((f"{OWNED}{name}", code, ALL), parts)


def _reached(lines: pd.DataFrame, name: str, recipients: dict[str, tuple[str, ...]]) -> list[bool]:
    rows = zip(lines["code"], lines[OWNER], involved(lines), strict=True)
    return [
        name in recipients[code] and (owner == name if owner in recipients[code] else name in records.split(";"))
        for code, owner, records in rows
    ]


def _counted(mine: pd.DataFrame, before: set[str]) -> Counter[tuple[str, str]]:
    counts = Counter((code, ALL) for code in mine["code"])
    counts.update((code, "sure") for code in mine.loc[mine["grade"] == GRADES["sure"], "code"])
    old = mine["finding_id"].isin(before)
    counts.update((code, "lasting" if is_old else "new") for code, is_old in zip(mine["code"], old, strict=True))
    return counts


def own_number(figures: Figures, name: str, code: str, column: str) -> int | None:
    """A department's number of lines of a list: its own where the lines have an owner, else all that the list has.

    Args:
        figures: of the report.
        name: the recipient.
        code: the list.
        column: `total`, `sure`, `new` or `lasting`.
    """
    if is_owned(figures, name, code):
        return figures.number(f"{OWNED}{name}", code, ALL if column == TOTAL else column)
    return figures.number("life" if column in ("new", "lasting") else "lists", code, column)


def is_owned(figures: Figures, name: str, code: str) -> bool:
    """Whether a recipient has only those lines of a list that it is to check."""
    return f"{OWNED}{name}" in figures.grids and code in figures.grids[f"{OWNED}{name}"].rows
