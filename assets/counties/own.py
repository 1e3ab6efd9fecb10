"""Which county is the workspace's own: as it is stated, else as the household register says it, else open (rules/places-and-people.md#own-county).

Belongs here: the set of own codes, and that of two counties of a size none is chosen. Not here: the county's name for people (`assets.county`), whose
register a single record stands in (`registers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from assets.counties.reading import county_key, is_county
from expectations.jurisdictions.profile import Place

STATED, INFERRED, OPEN = "stated", "inferred", ""


@dataclass(frozen=True)
class OwnCounty:
    """The workspace's own county.

    Attributes:
        code: its six digits; "" when nothing tells, or several may be it.
        codes: all that count as own: it, the further ones of a district with several, those of before a merger.
        how: `stated`, `inferred`, or "" when `code` is open.
        rivals: counties of a size of which none was chosen, with their rows in the household register, the largest first.
        rows: rows of the household register behind `code`, where it was inferred.
    """

    code: str
    codes: frozenset[str]
    how: str = OPEN
    rivals: tuple[tuple[str, int], ...] = ()
    rows: int = 0


def own_county(records: pd.DataFrame, place: Place) -> OwnCounty:
    """The own county of a period's records.

    Args:
        records: standard records of all departments.
        place: the place's profile with the workspace's settings laid over it.
    """
    further = frozenset(place.own_codes.value or [])
    former = frozenset(place.former_area_codes.value or [])
    counted = register_counts(records)
    stated = place.area_code.value or ""
    if further and not stated:
        stated = max(sorted(further), key=lambda code: counted.get(str(code), 0))
    if stated:
        return OwnCounty(stated, further | former | {stated}, STATED)

    # A code of before the merger says nothing of which county it is now, and what was answered to be another's is not ours.
    answered = {county_key(name) for name in place.other_counties.value or {}}
    candidates = {code: rows for code, rows in counted.items() if code not in former | answered}
    leading = comparably_frequent(candidates, second_county(place, "comparable"))
    if len(leading) == 1:
        return OwnCounty(leading[0], former | {leading[0]}, INFERRED, rows=candidates[leading[0]])
    return OwnCounty("", former, OPEN, tuple((code, candidates[code]) for code in leading))


def comparably_frequent(counted: dict[str, int], ratio: float) -> list[str]:
    """The most frequent code and all that come near it, the most frequent first, of equal ones the smaller: the order of rows decides nothing."""
    most = max(counted.values(), default=0)
    return sorted(
        (code for code, rows in counted.items() if rows >= ratio * most), key=lambda code: (-counted[code], code)
    )


def second_county(place: Place, name: Literal["rows", "share", "comparable", "unit"]) -> float:
    """One of the numbers of `place.second_county`; what a place left open is asked about at the first row."""
    return float((place.second_county.value or {}).get(name, 0))


def register_counts(records: pd.DataFrame) -> dict[str, int]:
    """County -> rows of the household register, by what a column or a file says, else by area code or address. Digits of citizen numbers
    say where somebody was first registered, and are no evidence (rules/identifiers.md#area-code).
    """
    police = records[records["department"] == "public_security"]
    code = row_county(police)
    return {str(key): int(rows) for key, rows in code[code != ""].value_counts().items()}


def row_county(records: pd.DataFrame) -> pd.Series:
    """The county that each row itself names: stated for it by a column or its file, else by its codes and address; "" for none."""
    stated = column_of(records, "stated_county")
    return stated.where(stated != "", coded_county(records))


def coded_county(records: pd.DataFrame) -> pd.Series:
    """The county of each row's area code, else of its address of registration. A code of a province or a prefecture names no county."""
    county = pd.Series("", index=records.index, dtype=object)
    area = column_of(records, "hukou_area_code").str.extract(r"^([1-9]\d{5})(?:\d{3}){0,2}$")[0].fillna("")
    for codes in (area, column_of(records, "hukou_county")):
        # A million rows have some dozen counties between them.
        named = {code: code if is_county(code) else "" for code in codes.unique()}
        county = county.where(county != "", codes.map(named))
    return county


def column_of(records: pd.DataFrame, name: str) -> pd.Series:
    """A text column; empty where the frame is of an earlier state and does not have it."""
    return records[name].fillna("") if name in records.columns else pd.Series("", index=records.index, dtype=object)
