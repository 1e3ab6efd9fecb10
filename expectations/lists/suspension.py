"""L06 休学超期: pupils whose suspension should have ended.

Only this condition and its guards belong here (rules/definitions.md#school-events, rules/lists.md#l06).
"""

from datetime import date

import numpy as np
import pandas as pd
from dateutil.relativedelta import relativedelta

from expectations.lists.columns import Texts
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, SURE, capped
from expectations.lists.view import View, draft, sentences, with_note


def suspended_too_long(view: View) -> pd.DataFrame:
    """L06: suspended, and the end stated has passed, or the longest term since the status changed has; without any date, suspended for several periods."""
    school = view.profile.school
    pupils = view.of("education")
    suspended = pupils & view.codes("state", school.suspended.known())
    months = school.suspension_months.known()
    today = view.files.as_of.isoformat()
    # An end or a beginning that is a month or a year has passed when the whole of it has.
    ended = suspended & view.records.test("suspended_until", lambda day: len(day) > 0 and day < today[: len(day)])
    limit = _months_before(view.files.as_of, months).isoformat()
    long = (
        suspended
        & ~view.filled("suspended_until")
        & view.records.test("status_date", lambda day: len(day) > 0 and day < limit[: len(day)])
    )
    undated = suspended & ~view.filled("suspended_until") & ~view.filled("status_date")
    since = _suspended_since(view, view.any(undated) & ~view.any(suspended & ~undated))
    lasting = undated & (since != "")[view.child]

    # A second record, in which the pupil is at school, outweighs the suspended one; beyond grade 9 nobody has to be there.
    back = view.any(pupils & view.codes("state", ["active", "in"]))
    overdue = view.any(ended) | view.any(long) | view.any(lasting)
    listed = overdue & ~back & view.flag("alive") & (view.number("cohort_grade") <= school.years.known())

    reason = sentences(view, f"学籍状态仍为休学，自登记之日起已超过{months}个月，没有复学或延期记录")
    reason[view.any(ended)] = "学籍状态仍为休学，登记的休学截止日期已过"
    undated_only = view.any(lasting)
    reason[undated_only] = "学籍自" + since[undated_only] + "起一直登记为休学，没有登记起止日期"
    grade = np.select([view.any(ended), undated_only], [SURE, OPEN], LIKELY).astype(np.int64)
    notes = (
        (view.any(suspended & view.words("remark", ["延期", "延长", "续休", "继续休学"])), OPEN, "备注中提到延期"),
        (view.flag("moved_out"), OPEN, "户籍已迁出本县"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    return draft(listed, view.first(ended, long, lasting), grade, reason)


def _suspended_since(view: View, undated: BoolArray) -> Texts:
    """The first period of a suspension without dates, in words; "" where it may still be in order.

    In the first year that a place compares, nobody can know when it began: the second period asks. Later on it is known, and the longest term is waited for. What was asked
    once goes on being asked, although more periods are kept by then.
    """
    since = np.full(view.n, "", dtype=object)
    earlier, months = view.earlier, view.profile.school.suspension_months.known()
    if not earlier:
        return since
    names = view.text("child_id").to_numpy(object)
    for child in np.flatnonzero(undated).tolist():
        run = next((n for n, period in enumerate(earlier) if names[child] not in period.suspended), len(earlier))
        if run == 0:
            continue
        second = earlier[run - 2].last_day if run > 1 else view.files.as_of
        known_since = earlier[-1].last_day <= _months_before(second, months)
        if not known_since or earlier[run - 1].last_day <= _months_before(view.files.as_of, months):
            since[child] = earlier[run - 1].zh
    return since


def _months_before(day: date, months: int) -> date:
    earlier: date = day - relativedelta(months=months)
    return earlier
