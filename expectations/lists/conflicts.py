"""L24 残疾类别等级不一致: the certificate's own digits, the federation's columns, and what schools and civil affairs wrote.

Only this condition and its guards belong here (rules/identifiers.md#certificate-number, rules/codes.md#disability, rules/lists.md#l24). Other differences between departments are L15.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from expectations.lists.grading import LIKELY, OPEN, SURE, capped, presence
from expectations.lists.owners import with_owner
from expectations.lists.view import View, draft, sentences, with_note

# Not assessed yet; and several categories, of which a cell may name some (rules/codes.md#disability).
_UNSETTLED = "9"
_SEVERAL = "7"


def disability_conflicts(view: View) -> pd.DataFrame:
    """L24: one finding for the level (`disability_level`) and one for the category (`disability_type`) of a child."""
    level = _of_field(view, "disability_level", lambda own, other: own != other, "等级")
    return pd.concat([level, _of_field(view, "disability_type", _types_differ, "类别")], ignore_index=True)


def _of_field(view: View, field: str, differ: Callable[[str, str], bool], word: str) -> pd.DataFrame:
    stated = view.filled(field) & view.active & view.of("disability", "education", "civil_affairs")
    stated &= ~view.codes(field, [_UNSETTLED])
    own = stated & view.of("disability")
    printed = view.of("disability") & view.active & view.words("issues", [f"{field}_conflict"])
    first = view.first(own)
    certified = view.record_text(field, first).to_numpy(object)[view.child]
    written = view.files.records[field].to_numpy(object)
    differing = [bool(own) and differ(str(own), str(other)) for own, other in zip(certified, written, strict=True)]
    apart = stated & ~own & np.array(differing, dtype=np.bool_)
    listed = (view.any(printed) | view.any(apart)) & view.flag("alive")
    reason = sentences(view, f"残联登记的残疾{word}与其他部门登记的不同，请按最近一次评定更正")
    reason[view.any(printed)] = f"残疾人证号末位所示的{word}与残联登记的{word}不同，请核对是否重新评定过"
    grade = np.where(view.any(printed), SURE, np.minimum(presence(view), LIKELY)).astype(np.int64)
    # Characters behind the twentieth mean a re-issue, and after a re-assessment the printed number lags behind the columns.
    reissued = view.any(printed & view.records.test("disability_no", lambda number: len(number) > 20))
    codes = view.records.coded(field)[0]
    pairs = pd.DataFrame({"child": view.child[own], "code": codes[own]}).drop_duplicates()
    several = np.bincount(pairs["child"].to_numpy(np.int64), minlength=view.n) > 1
    notes = (
        (reissued, LIKELY, "证件曾补办或换领"),
        (several, OPEN, "残联有两条登记"),
    )
    for where, at_most, note in notes:
        grade, reason = capped(grade, where, at_most), with_note(reason, where & listed, note)
    doubted = np.concatenate([np.flatnonzero(rows) for rows in (printed, apart, own)])
    return with_owner(draft(listed, view.first(printed, apart), grade, reason, field), view, doubted)


def _types_differ(own: str, other: str) -> bool:
    """Two sets of categories without one in common; "several" agrees with any pair of them."""
    left, right = set(own.split(";")), set(other.split(";"))
    return left.isdisjoint(right) and not (_SEVERAL in left | right and len(left | right) > 2)
