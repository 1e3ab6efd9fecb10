"""Decisions of people that contradict each other, or the numbers: reported, never silently resolved (rules/linkage.md#idea-9).

Belongs here: finding contradictions and their sentences. Does not belong here: finding decisions in a delivery (`judged`), or what they do
to a pair (`decide`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.arrays import components
from matching.decisions.judged import Judged, find_judged
from matching.distinct import as_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("kind", "record_a", "record_b", "reason")
SENTENCES = {
    "disagree": "两人结论相反：一人认定同一儿童，一人认定不是。两个结论都没有采用，请商定后由其中一人重新填写",
    "same_numbers": "人工认定不是同一儿童，但两条记录的有效身份证号相同。已按人工结论办，请核实号码归属",
    "different_numbers": "人工认定同一儿童，但两条记录的有效身份证号不同。已按人工结论办，请核实哪个号码有效",
    "triangle": "人工结论互相矛盾：经其他记录连起来是同一儿童，这一对却认定不是。不能都满足，请重新核对这几条记录",
}


def conflicts(found: Judged, records: pd.DataFrame) -> pd.DataFrame:
    """Contradictions among decisions.

    Args:
        found: the decisions on `records`.
        records: standard records, in the order that positions count.

    Returns:
        `kind` (`disagree, same_numbers, different_numbers, triangle`), `record_a, record_b`, `reason` (a Chinese sentence without
        values); sorted by kind and records.
    """
    ids = as_text(records["record_id"]).to_numpy(dtype=object) if len(records) else np.zeros(0, dtype=object)
    number = (
        as_text(records["id_no"]).to_numpy(dtype=object)
        if "id_no" in records
        else np.full(len(records), "", dtype=object)
    )
    left, right = number[found.left], number[found.right]
    both = (left != "") & (right != "")
    kinds: dict[str, NDArray[np.bool_]] = {
        "disagree": found.disputed,
        "same_numbers": (found.verdict == -1) & both & (left == right),
        "different_numbers": (found.verdict == 1) & both & (left != right),
        "triangle": _triangles(found, len(records)),
    }
    lines = [
        (kind, *sorted((str(ids[found.left[row]]), str(ids[found.right[row]]))), SENTENCES[kind])
        for kind, rows in kinds.items()
        for row in np.flatnonzero(rows).tolist()
    ]
    return pd.DataFrame(sorted(lines), columns=list(COLUMNS))


def _triangles(found: Judged, n: int) -> NDArray[np.bool_]:
    """Pairs said to be different whose records other decisions make one child."""
    same = found.verdict == 1
    label = components(n, found.left[same], found.right[same])
    out: NDArray[np.bool_] = (found.verdict == -1) & (label[found.left] == label[found.right])
    return out


def decisions_report(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> dict[str, Any]:
    """What became of people's decisions: how many were applied, how many found no record, and the contradictions (JSON-able)."""
    found = find_judged(judgements, records, remembered)
    return {
        "given": 0 if judgements is None else len(judgements),
        "applied": int((found.verdict != 0).sum()),
        "unsure": int(((found.verdict == 0) & ~found.disputed).sum()),
        "unfound": found.unfound,
        "conflicts": conflicts(found, records).to_dict("records"),
    }
