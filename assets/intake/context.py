"""What standardising needs to know besides the rows: the period and the county's own places.

Belongs here: the record that callers fill. Does not belong here: reading configuration (that is the caller's).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from matching.reading.grades import YEAR_START

if TYPE_CHECKING:
    from matching.reading.places import Gazetteer


@dataclass(frozen=True)
class Context:
    """The period's surroundings.

    Attributes:
        period: e.g. `2026Q3`.
        as_of: the period's last day.
        places: the county's towns and villages; without them addresses are left as they are.
        county: six-digit code of the county, "" when not known: rows registered elsewhere are then not marked.
        year_start: first day of the school year, MM-DD: an entry year (2021级) is a grade by it.
    """

    period: str
    as_of: date
    places: Gazetteer | None = None
    county: str = ""
    year_start: str = YEAR_START
