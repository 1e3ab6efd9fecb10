"""L26 应推送入学: children on civil affairs' roll who enter school next and are on no list of entrants.

Only this condition and its guards belong here (rules/definitions.md#school-age, rules/lists.md#l26; the duty to push entrants to education).
"""

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.ages import day_in
from expectations.lists.grading import LIKELY, OPEN, SURE, capped, near_notes
from expectations.lists.view import View, draft, sentences, with_note


def entrants_to_push(view: View) -> pd.DataFrame:
    """L26: enters first grade at the next start of school, which is near; on the roll; not enrolled, not pre-enrolled."""
    school = view.profile.school
    rolled = view.roll
    entering = (view.number("cohort_grade") == 0) & (view.number("age") >= school.entry_age.known() - 1)
    # A place in kindergarten is no school record.
    enrolled = view.of("education") & ~view.codes("grade", ["K"])
    start = day_in(view.files.as_of.year, school.year_start.known())
    start = start if start > view.files.as_of else start.replace(year=start.year + 1)
    ahead = relativedelta(months=school.push_months_before.known())
    due = bool(school.push_entrants.known()) and start - ahead <= view.files.as_of
    listed = entering & view.any(rolled) & view.flag("alive") & ~view.flag("moved_out") & ~view.any(enrolled) & due
    reason = sentences(view, f"民政在册，{start.year}年秋季应入小学一年级，入学名单中还没有这名儿童")
    grade = np.full(view.n, SURE, dtype=np.int64)
    notes = (
        ((view.text("birth_precision") != "day").to_numpy(np.bool_), OPEN, "出生日期不完整"),
        (view.truth("said_elsewhere"), LIKELY, "户口在外，可能回户籍地入学"),
        (view.any(view.of("disability") & view.active), SURE, "持残疾人证，请安排入学前评估"),
        *near_notes(view, "入学名单", "education"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(rolled), grade, reason)
