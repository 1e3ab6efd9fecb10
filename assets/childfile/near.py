"""Near candidates: pairs that were close enough to deserve a sentence but did not make two records one child.

Belongs here: turning `link_pairs` into rows per child, both ways round. Not here: the effect on a finding's grade
(`expectations.lists.grading`).
"""

import pandas as pd

from expectations.lists.columns import no_rows

COLUMNS = [
    *("child", "child_id", "record_id", "department"),
    *("other_child_id", "other_record_id", "other_department", "other_file", "other_sheet", "other_row"),
    *("grade", "probability", "reason"),
]


def near_candidates(pairs: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """One row per child and near candidate of another child, best first.

    Args:
        pairs: `record_a, record_b, grade, probability, reason` of `link_pairs`; any grade. A pair graded `same` whose
            records ended in different clusters is a near candidate too (the cluster rules kept them apart).
        records: records with `record_id, department, child, child_id`.
    """
    if pairs.empty:
        return no_rows(COLUMNS)
    place = pd.Series(range(len(records)), index=records["record_id"])
    # Pairs of adults' records, and of records that the period no longer has, are near to no child.
    known = pairs[pairs["record_a"].isin(place.index) & pairs["record_b"].isin(place.index)]
    shown = records[["child", "child_id", "record_id", "department", "file", "sheet", "row"]]
    sides = {name: shown.iloc[place.loc[known[name]].to_numpy()] for name in ("record_a", "record_b")}
    both = pd.concat(
        [
            _directed(known, sides["record_a"], sides["record_b"]),
            _directed(known, sides["record_b"], sides["record_a"]),
        ],
        ignore_index=True,
    )
    both = both[both["child_id"] != both["other_child_id"]]
    both = both.sort_values(
        ["child", "probability", "other_record_id", "record_id"], ascending=[True, False, True, True]
    )
    return both.reset_index(drop=True)[COLUMNS]


def _directed(pairs: pd.DataFrame, own: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The pairs as the records `own` see them: each beside the other one of its pair."""
    of_own = {name: own[name].to_numpy() for name in ("child", "child_id", "record_id", "department")}
    of_other = {f"other_{name}": other[name].to_numpy() for name in other.columns if name != "child"}
    judgement = {
        "grade": pairs["grade"].to_numpy(),
        "probability": pd.to_numeric(pairs["probability"]).to_numpy(),
        "reason": pairs["reason"].to_numpy(),
    }
    return pd.DataFrame(of_own | of_other | judgement)
