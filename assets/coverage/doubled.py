"""Two files of one department that hold the same children: a corrected file beside the one that it corrects.

Belongs here: counting the children that pairs of files share. Does not belong here: the question (`gate`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import pandas as pd


@dataclass(frozen=True)
class DoubledFiles:
    """Two files: how many children both hold, and their share of the smaller file."""

    department: str
    layout: str
    first: str
    second: str
    both: int
    share: float


def doubled_files(records: pd.DataFrame, least_share: float, least: int) -> Iterator[DoubledFiles]:
    """The pairs of files of one kind that share so many of their children.

    Args:
        records: `child_id, department, layout, file, category, active` of child files.
        least_share: of the smaller file's children.
        least: fewer shared children than this say nothing.
    """
    for (department, layout), rows in records.groupby(["department", "layout"], sort=True):
        # Ledgers kept by class (困境, 留守) share children by design: only files that speak of the same classes are versions of one.
        children = {str(file): set(part["child_id"]) for file, part in rows.groupby("file", sort=True)}
        classes = {str(file): set(part["category"]) for file, part in rows.groupby("file", sort=True)}
        for first, second in combinations(children, 2):
            both = len(children[first] & children[second])
            smaller = min(len(children[first]), len(children[second]))
            alike = classes[first] == classes[second]
            if alike and smaller and both >= max(least, 2) and both / smaller >= least_share:
                yield DoubledFiles(str(department), str(layout), first, second, both, both / smaller)
