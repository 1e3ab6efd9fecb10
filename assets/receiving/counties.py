"""Writing into the register of deliveries what is said and asked about counties, and how many rows of another county are set aside
(rules/places-and-people.md#several-counties).

Belongs here: the register's lines. Not here: whose register a row stands in, the sentences (`assets.counties`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.counties.asking import CODES, CountyWording, accepted_rows, county_notices
from assets.counties.registers import Registers
from assets.county import department_names, profile_of
from assets.receiving.filenames import file_names
from pipelines.resources import deliveries
from pipelines.resources.database import writing
from pipelines.resources.deliveries import Branch, RowCounts
from pipelines.resources.session import Session


@dataclass(frozen=True)
class CountyRows:
    """The accepted records of a period, those of them that take part in the comparison, and whose register each stands in."""

    records: pd.DataFrame
    taken: pd.DataFrame
    registers: Registers


def note_counties(county: Session, period: str, rows: CountyRows) -> None:
    """Say and ask what there is about counties, and count the rows that are left out as set aside: rows in = accepted + quarantined + set aside."""
    workspace = county.workspace
    with county.engine.connect() as connection:
        lines = deliveries.of_period(connection, period, deliveries.LIVE)
    wording = CountyWording(department_names(workspace), file_names(workspace, period).in_register(lines))
    notices = county_notices(rows.records, rows.registers, profile_of(workspace), wording)
    counted = _counts(lines, rows)
    with writing(county.engine) as connection:
        deliveries.count(connection, counted)
        for department in wording.departments:
            for code in CODES:
                sentences = [notice for notice in notices.get(department, []) if notice.code == code]
                deliveries.replace_notices_of(connection, Branch(period, department), code, sentences)


def _counts(lines: Sequence[Mapping[Any, Any]], rows: CountyRows) -> dict[str, RowCounts]:
    """New counts of the deliveries of which rows are left out, or were in an earlier run of this station."""
    counts: dict[str, RowCounts] = {}
    by_delivery = accepted_rows(rows.records, rows.taken)
    for line in lines:
        identity = str(line["id"])
        if identity not in by_delivery:
            continue
        accepted = by_delivery[identity]
        if accepted != line["accepted"]:
            others = line["rows_in"] - line["quarantined"] - accepted
            counts[identity] = RowCounts(line["rows_in"], accepted, line["quarantined"], others)
    return counts
