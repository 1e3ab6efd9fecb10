"""What departments still owe of a period: the holes and the silent columns, each department's own, counts only, never a child.

Belongs here: which of the holes are told (the widest of a department), and what is said of each. Does not belong here: the judgement
(`expectations.coverage`), sheets and screens that print it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from expectations.coverage.shapes import (
    CONFIRMED,
    COUNTY,
    FILE,
    GRADE,
    HOLE,
    KEPT,
    SCHOOL,
    SOURCE,
    STAGE,
    TOWN,
    Coverage,
)

_WIDEST = (COUNTY, FILE, TOWN, SCHOOL, GRADE, STAGE)
_TOO_WIDE = (TOWN, GRADE, STAGE)
UNIT, FIELD, KNOWN_WHOLE = "unit", "field", "confirmed"
MOST_NAMED = 3
"""More places than that are counted, not named, where a reason stands behind a number."""


@dataclass(frozen=True)
class OwedPart:
    """One thing that a department did not bring.

    Attributes:
        department: its key.
        kind: `unit` (a source, a file, a school, ...), `field` (a column), or `confirmed`: a person said that it is all there is.
        which: what is missing, as people call it: 教育的学籍「甲小学」.
        expected: children expected; of a column the children of the file.
        came: of them those that came, or have the column filled.
        because: what was seen, Chinese.
        lists: names of the lists that cannot judge for it, or only in part.
    """

    department: str
    kind: str
    which: str
    expected: int
    came: int
    because: str
    lists: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Children who did not come."""
        return max(0, self.expected - self.came)


def widest_holes(coverage: Coverage, state: str = HOLE) -> Iterator[tuple[str, pd.DataFrame]]:
    """Department -> its holes of the widest dimension: a school is not told besides the file that held it, nor a township besides the county.

    A kind of file that did not come at all is told beside holes of the department's other kinds.
    """
    holes = coverage.units[coverage.units["state"] == state]
    for department, rows in holes.groupby(holes["source"].map(lambda source: str(source).partition(".")[0]), sort=True):
        gone = rows[rows["dimension"] == SOURCE]
        rest = rows[~rows["source"].map(lambda source, gone=gone: _is_of(str(source), list(gone["source"])))]
        dimensions = set(rest["dimension"])
        widest = next((name for name in (*_WIDEST, *rest["dimension"]) if name in dimensions), SOURCE)
        # A township or a grade is short because one of its schools is.
        dimension = SCHOOL if widest in _TOO_WIDE and SCHOOL in dimensions else widest
        shown = pd.concat([gone, rest[rest["dimension"] == dimension]], ignore_index=True)
        # What a school had before says more than what others know of it; of one unit one thing is told.
        kept = set(shown.loc[shown["basis"] == KEPT, "unit"])
        again = (shown["basis"] != KEPT) & shown["unit"].isin(kept)
        yield str(department), shown[~again].drop_duplicates("because", ignore_index=True)


def _is_of(source: str, wholes: Collection[str]) -> bool:
    """Whether a source is one of these, or a kind of file of such a department."""
    return any(source == whole or source.startswith(f"{whole}.") for whole in wholes)


def owed_parts(coverage: Coverage, concerned: Mapping[str, Collection[str]] | None = None) -> tuple[OwedPart, ...]:
    """Everything that is owed, by department; of one department units before columns.

    Args:
        coverage: of the period.
        concerned: a short reason (`short_reasons`) -> names of the lists that cannot judge for it.
    """
    words, lists = short_reasons(coverage), concerned or {}
    parts = []
    for state, kind in ((HOLE, UNIT), (CONFIRMED, KNOWN_WHOLE)):
        for department, units in widest_holes(coverage, state):
            for unit in units.to_dict("records"):
                which, _, seen = str(unit["because"]).partition("：")
                judged = tuple(lists.get(words.get(str(unit["because"]), ""), ()))
                parts.append(OwedPart(department, kind, which, int(unit["asked"]), int(unit["seen"]), seen, judged))
    for row in coverage.lost_fields().to_dict("records"):
        which, _, seen = str(row["because"]).partition("：")
        judged = tuple(lists.get(words[str(row["because"])], ()))
        which, department = f"{which}（{row['file']}）", str(row["source"]).partition(".")[0]
        parts.append(OwedPart(department, FIELD, which, int(row["rows"]), int(row["filled"]), seen, judged))
    order = {kind: place for place, kind in enumerate((UNIT, FIELD, KNOWN_WHOLE))}
    return tuple(sorted(parts, key=lambda part: (part.department, order[part.kind])))


def short_reasons(coverage: Coverage) -> dict[str, str]:
    """The sentence of every hole and silent column -> the same in few words, as it stands behind a number: 教育的学籍信息「甲小学」没有交齐.

    Holes of a township or a grade are told as the schools that make them, so that one thing has one name wherever it is read.
    """
    short = {}
    holes = coverage.holes()
    departments = holes["source"].map(lambda source: str(source).partition(".")[0])
    for department, units in widest_holes(coverage):
        words = {str(because): _in_few_words(str(because)) for because in units["because"]}
        every = list(dict.fromkeys(words.values()))
        together = "；".join(every) if len(every) <= MOST_NAMED else f"{every[0]}，另有{len(every) - 1}处"
        for because in holes.loc[departments == department, "because"]:
            short[str(because)] = words.get(str(because), together) if len(every) <= MOST_NAMED else together
    for because in coverage.lost_fields()["because"]:
        short[str(because)] = _in_few_words(str(because))
    return short


def _in_few_words(because: str) -> str:
    which, _, seen = because.partition("：")
    for ending in ("没有交来这一栏", "有栏目而没有填写", "没有交来"):
        if seen.endswith(ending):
            return f"{which}{ending}"
    return f"{which}没有交齐"


def really_owed(parts: Collection[OwedPart]) -> tuple[OwedPart, ...]:
    """Without what a person confirmed to be whole."""
    return tuple(part for part in parts if part.kind != KNOWN_WHOLE)
