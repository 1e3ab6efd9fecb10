"""Who is to check a line first, and who is asked next when that department answers that its own entry is right.

Belongs here: turning records in the order of asking into departments. Not here: that order (each list knows whose entry is
doubted), who is sent a list at all (the place's profile), and what was answered (`assets.publishing.turns`). Source: rules/lists.md#own-entry.
"""

import numpy as np
import pandas as pd

from expectations.lists.files import IntArray
from expectations.lists.view import View

OWNER, NEXT = "owner", "next_owners"


def with_owner(drafts: pd.DataFrame, view: View, doubted: IntArray) -> pd.DataFrame:
    """Add who is to check each line of a draft.

    Args:
        drafts: of `view.draft`.
        view: the period.
        doubted: positions of records, those to be checked first before the others; records of children without a line are passed over.

    Returns:
        The drafts with `owner` (a department) and `next_owners` (further ones, `;`-joined, each once, in the order of asking). The department
        of the record that the line names comes first whatever the order says: the reader is shown that row.
    """
    departments = view.files.records["department"].to_numpy(object)
    named = drafts["record"].to_numpy(np.int64)
    order: dict[int, list[str]] = {child: [departments[at]] for child, at in zip(drafts["child"], named, strict=True)}
    for child, department in zip(view.child[doubted].tolist(), departments[doubted], strict=True):
        if child in order and department not in order[child]:
            order[child].append(department)
    turns = [order[child] for child in drafts["child"]]
    return drafts.assign(**{OWNER: [turn[0] for turn in turns], NEXT: [";".join(turn[1:]) for turn in turns]})
