"""L02 户口在外: children on the county's roll whose household register is elsewhere.

Only this condition and its guards belong here (rules/codes.md#register-class, rules/lists.md#l02). It asks where the child's files are; it ends nothing.
"""

import numpy as np
import pandas as pd

from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.view import View, draft, sentences, with_note


def household_elsewhere(view: View) -> pd.DataFrame:
    """L02: on civil affairs' roll, alive, and civil affairs says 外省市户口 or the police say moved out; no active register here."""
    rolled = view.helped
    stated = rolled & view.codes("register_side", ["elsewhere"])
    here = view.flag("police_state", "active")
    # Whom the police have here in so many words is none of these: then the form is wrong, which L15 tells.
    settled = here & view.flag("hukou", "here")
    listed = view.any(rolled) & (view.any(stated) | view.flag("moved_out")) & view.flag("alive") & ~settled
    reason = sentences(view, "民政名册在册，民政登记户口在外省市（外县），请核实户籍地是否已有档案")
    reason[view.flag("moved_out")] = "民政名册在册，公安登记户籍已迁出本县，请核实迁入地是否已接续"
    grade = np.where(view.flag("moved_out"), presence(view), SURE).astype(np.int64)
    by_class = view.any(stated & view.codes("hukou_class", ["elsewhere"]))
    notes = (
        (view.any(stated) & ~by_class, LIKELY, "按户籍地址判断"),
        (view.truth("said_none"), OPEN, "另有档案登记为无户口"),
        (here, OPEN, "公安另有未注销的记录"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(stated, rolled), grade, reason)
