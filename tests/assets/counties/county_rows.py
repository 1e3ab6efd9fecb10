"""Records of two made-up counties for the tests of `assets.counties`: A is 620722, B 620725. Names and numbers are invented."""

from __future__ import annotations

import numpy as np
import pandas as pd

from expectations.jurisdictions.profile import Profile, load_profile

A, B, FAR = "620722", "620725", "511722"
COLUMNS = [
    "department",
    "file",
    "sheet",
    "school",
    "town",
    "county",
    "hukou_area_code",
    "hukou_county",
    "live_county",
    "stated_county",
    "cancel_kind",
]


class Deliveries:
    """Collects rows and whose they are."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []
        self.child: list[int] = []

    def add(self, count: int, department: str, first_child: int = 0, **fields: str) -> None:
        """`count` rows of a department, of the children from `first_child` on."""
        for at in range(count):
            number = f"{department[:2].upper()}-{len(self.rows)}"
            self.rows.append(
                dict.fromkeys(COLUMNS, "")
                | {"record_id": number, "department": department, "file": f"{department}.xlsx", "sheet": "S"}
                | fields
            )
            self.child.append(first_child + at)

    @property
    def records(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)

    @property
    def children(self):
        return np.array(self.child, dtype=np.int64)


def place(profile: str = "default", **values: object) -> Profile:
    """A profile with settings of its section `place` changed."""
    loaded = load_profile(profile)
    changed = {name: getattr(loaded.place, name).model_copy(update={"value": value}) for name, value in values.items()}
    return loaded.model_copy(update={"place": loaded.place.model_copy(update=changed)})
