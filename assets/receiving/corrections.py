"""How a corrected file differs from the one it supersedes: rows added, removed and changed, counted by content.

Counts only: which cells changed is for the department's own eyes, in its files. Rows that only moved are the same rows.
"""

from __future__ import annotations

import pandas as pd

# A value that more rows than this share (a school, a township) does not say which old row a new row was.
_MOST_SHARED = 20
_LEAST_ALIKE = 0.5


def compare_contents(old: pd.DataFrame, new: pd.DataFrame) -> dict[str, int]:
    """Count the differences between the data rows of two raw frames (docs/data-shapes.md section 2).

    Args:
        old: raw rows of the superseded file.
        new: raw rows of the corrected file.

    Returns:
        `added`, `removed`, `changed`: a changed row shares at least half of its filled cells with the row it was.
    """
    before, after = _contents(old), _contents(new)
    # One row more at the top gives every row below another running number, and none of them another content.
    counting = [
        name for name in before.columns.intersection(after.columns) if _counts(before[name]) and _counts(after[name])
    ]
    before, after = before.drop(columns=counting), after.drop(columns=counting)
    gone, come = _surplus(before, after), _surplus(after, before)
    changed = _pairs(before.loc[gone], after.loc[come])
    return {"added": len(come) - changed, "removed": len(gone) - changed, "changed": changed}


def _contents(raw: pd.DataFrame) -> pd.DataFrame:
    data = raw[raw["kind"] == "data"]
    cells = data[[name for name in data.columns if name[:1] == "c" and name[1:].isdigit()]]
    return cells.reset_index(drop=True)


def _counts(column: pd.Series) -> bool:
    """Whether a column holds running numbers."""
    steps = pd.to_numeric(column.where(column.str.fullmatch(r"\d{1,7}(?:\.0)?")), errors="coerce").diff().iloc[1:]
    return len(steps) > 1 and bool((steps == 1).mean() > 0.9)


def _surplus(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Index:
    """Those of the rows that the others have not, as often as they have them not."""
    # As often: of three equal rows, where the other file has two, one is new.
    keys, other_keys = _row_keys(rows), _row_keys(others)
    places = keys.groupby(keys).cumcount()
    return rows.index[(places >= keys.map(other_keys.value_counts()).fillna(0)).to_numpy()]


def _row_keys(frame: pd.DataFrame) -> pd.Series:
    """One text per row; trailing empty cells do not count, so that a wider neighbour file changes nothing."""
    if frame.empty:
        return pd.Series([], dtype=object)
    return pd.Series(["\x1f".join(row).rstrip("\x1f") for row in frame.itertuples(index=False)], dtype=object)


def _pairs(gone: pd.DataFrame, come: pd.DataFrame) -> int:
    """How many of the rows that are gone have become one of those that came."""
    left, right = _cells(gone), _cells(come)
    shared = left.merge(right, on=["column", "value"]).groupby(["row_x", "row_y"], as_index=False).size()
    if shared.empty:
        return 0
    telling = shared["row_x"].map(left.groupby("row")["value"].size())
    shared = shared[shared["size"] >= _LEAST_ALIKE * telling]
    shared = shared.sort_values(["size", "row_x", "row_y"], ascending=[False, True, True])
    # The most alike first, each row once: two children of a family are alike in half their cells, and a child with itself in more.
    used_left: set[int] = set()
    used_right: set[int] = set()
    for before, after in zip(shared["row_x"], shared["row_y"], strict=True):
        if before not in used_left and after not in used_right:
            used_left.add(before)
            used_right.add(after)
    return len(used_left)


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    long = rows.rename_axis("row").reset_index().melt("row", var_name="column", value_name="value")
    long = long[long["value"] != ""]
    # Without what many rows share: joined on a school's name, each of its rows would meet each other one.
    return long[long.groupby(["column", "value"])["row"].transform("size") <= _MOST_SHARED]
