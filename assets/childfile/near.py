"""Near candidates: pairs that were close enough to deserve a sentence but did not make two records one child.

Belongs here: turning `link_pairs` into rows per child, both ways round. Not here: the effect on a finding's grade
(`expectations.lists.grading`).
"""

import pandas as pd

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
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    at = pd.Series(range(len(records)), index=records["record_id"])
    known = pairs[pairs["record_a"].isin(at.index) & pairs["record_b"].isin(at.index)]
    one_way = _directed(known, "record_a", "record_b", (records, at))
    other_way = _directed(known, "record_b", "record_a", (records, at))
    both = pd.concat([one_way, other_way], ignore_index=True)
    both = both[both["child_id"] != both["other_child_id"]]
    both = both.sort_values(
        ["child", "probability", "other_record_id", "record_id"], ascending=[True, False, True, True]
    )
    return both.reset_index(drop=True)[COLUMNS]


def _directed(pairs: pd.DataFrame, own: str, other: str, source: tuple[pd.DataFrame, pd.Series]) -> pd.DataFrame:
    records, at = source
    told = records[["child", "child_id", "record_id", "department", "file", "sheet", "row"]]
    mine = told.iloc[at.loc[pairs[own]].to_numpy()].reset_index(drop=True)
    theirs = told.iloc[at.loc[pairs[other]].to_numpy()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "child": mine["child"],
            "child_id": mine["child_id"],
            "record_id": mine["record_id"],
            "department": mine["department"],
            "other_child_id": theirs["child_id"],
            "other_record_id": theirs["record_id"],
            "other_department": theirs["department"],
            "other_file": theirs["file"],
            "other_sheet": theirs["sheet"],
            "other_row": theirs["row"],
            "grade": pairs["grade"].to_numpy(),
            "probability": pd.to_numeric(pairs["probability"]).to_numpy(),
            "reason": pairs["reason"].to_numpy(),
        }
    )
