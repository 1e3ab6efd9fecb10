"""In which case of its list a line is, where somebody is told of that case who is not sent the list.

Belongs here: the cases and marking drafts with them. Not here: who is told (`also_told` of the place's profile), conditions.
"""

import pandas as pd

from expectations.lists.files import BoolArray

CASE = "case"
MISSING = "missing"
"""L05: the register calls the child 失踪; it is looked for by the police (rules/codes.md#enrolment)."""


def with_case(drafts: pd.DataFrame, case: str, children: BoolArray) -> pd.DataFrame:
    """Mark the lines of these children: column `case`, "" on the others."""
    marked = children[drafts["child"].to_numpy()]
    return drafts.assign(**{CASE: pd.Series(marked, index=drafts.index).map({True: case, False: ""}).astype(object)})
