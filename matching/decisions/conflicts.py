"""Decisions of people that contradict each other, or the numbers: reported, never silently resolved (rules/linkage.md#idea-9).

Belongs here: finding contradictions and their sentences. Does not belong here: finding decisions in a delivery (`clerical`), or what they do
to a pair (`decide`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from matching.arrays import components
from matching.decisions.clerical import ClericalDecisions, find_decisions
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


def conflicting_decisions(decisions: ClericalDecisions, records: pd.DataFrame) -> pd.DataFrame:
    """Contradictions among decisions.

    Args:
        decisions: the decisions on `records`.
        records: standard records, in the order that positions count.

    Returns:
        `kind` (`disagree, same_numbers, different_numbers, triangle`), `record_a, record_b`, `reason` (a Chinese sentence without
        values); sorted by kind and records.
    """

    def text(column: str) -> NDArray[np.object_]:
        if column not in records:
            return np.full(len(records), "", dtype=object)
        return as_text(records[column]).to_numpy(dtype=object)

    ids, number = text("record_id"), text("id_no")
    left, right = number[decisions.left], number[decisions.right]
    both = (left != "") & (right != "")
    same, different = decisions.verdict == 1, decisions.verdict == -1
    # 同一儿童 carries over, 不是 does not: only a chain of the former can meet a decision of the latter.
    label = components(len(records), decisions.left[same], decisions.right[same])
    kinds: dict[str, NDArray[np.bool_]] = {
        "disagree": decisions.conflicting,
        "same_numbers": different & both & (left == right),
        "different_numbers": same & both & (left != right),
        "triangle": different & (label[decisions.left] == label[decisions.right]),
    }
    lines = [
        (kind, *sorted((str(ids[decisions.left[row]]), str(ids[decisions.right[row]]))), SENTENCES[kind])
        for kind, mask in kinds.items()
        for row in np.flatnonzero(mask).tolist()
    ]
    return pd.DataFrame(sorted(lines), columns=list(COLUMNS))


def decisions_report(
    judgements: pd.DataFrame | None, records: pd.DataFrame, remembered: pd.DataFrame | None = None
) -> dict[str, Any]:
    """What became of people's decisions: how many were applied, how many found no record, and the contradictions (JSON-able)."""
    decisions = find_decisions(judgements, records, remembered)
    return {
        "given": 0 if judgements is None else len(judgements),
        "applied": int((decisions.verdict != 0).sum()),
        "unsure": int(((decisions.verdict == 0) & ~decisions.conflicting).sum()),
        "unfound": decisions.unfound,
        "conflicts": conflicting_decisions(decisions, records).to_dict("records"),
    }
