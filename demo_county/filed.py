"""What the departments truly have on record in one period, as the truth of every list reads it.

Belongs here: the frames and what several lists ask of them. Not here: who belongs on a list (`truth`, `truth_rolls`, `truth_further`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from demo_county.further import Further


@dataclass(frozen=True)
class FiledRecords:
    """What the four departments truly have on record in one period (frames by kid), and how things stand (`now`)."""

    now: pd.DataFrame
    register: pd.DataFrame
    education: pd.DataFrame
    books: pd.DataFrame
    roll: pd.DataFrame
    holders: pd.DataFrame
    day: dt.date
    further: Further | None = None

    @property
    def active(self) -> pd.DataFrame:
        """The files of civil affairs that are not ended."""
        return self.books[self.books["roll"] == "登记在册"]

    @property
    def here(self) -> set[int]:
        """Children who live in the county."""
        return kids_in(self.now[self.now["alive_here"]])


def kids_in(frame: pd.DataFrame) -> set[int]:
    """The children of a frame."""
    return set(frame["kid"].tolist())
