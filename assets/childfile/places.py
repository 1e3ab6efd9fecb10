"""The township and village that must act for a child.

Belongs here: applying the order of addresses from `preference.yaml`. Not here: reading addresses (`matching`).
"""

import numpy as np
import pandas as pd

from assets.childfile.choose import Chooser


def responsible_places(chooser: Chooser, order: list[tuple[str, str, str]]) -> pd.DataFrame:
    """`town, village, town_from` per child: the first address in order that names a township, with its own village."""
    place = pd.DataFrame({"town": "", "village": "", "town_from": ""}, index=range(chooser.n), dtype=object)
    undecided = np.ones(chooser.n, dtype=np.bool_)
    for department, town, village in order:
        mask = chooser.of(department) & chooser.columns.filled(town)
        at = np.where(undecided, chooser.first(mask, [department]), -1)
        found, undecided = at >= 0, undecided & (at < 0)
        for column, source in (("town", town), ("village", village), ("town_from", "department")):
            place.loc[found, column] = chooser.take(source, at)[found]
    return place
