"""L18 证件失效: numbers that fail their check, that the police do not know, or that belong to another name there.

Only this condition and its guards belong here (domain.md 1.3, 5.3; trust.md C5 22: damage is no conflict).
"""

import numpy as np
import pandas as pd

from expectations.lists.comparable import name_keys
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, capped, presence
from expectations.lists.view import View, draft, sentences, with_note


def invalid_documents(view: View) -> pd.DataFrame:
    """L18: per child at most one finding for the number (`id_no`) and one for the name that goes with it (`name`)."""
    wrong = view.codes("id_no_status", view.profile.consistency.number_states.known()) & view.active
    unknown = _unknown_to_police(view) & view.active
    listed = (view.any(wrong) | view.any(unknown)) & view.flag("alive")
    reason = np.where(
        view.any(wrong),
        "身份证号的位数、日期或校验码不对，不是有效号码",
        sentences(view, "填报的身份证号公安没有，而公安以另一号码登记了这名儿童"),
    )
    reason = with_note(
        reason, view.any(wrong) & view.flag("police_state", "active"), "公安有这名儿童，可对照户口簿更正"
    )
    # A wrong check digit is a fact of one record; another number at the police rests on the link.
    grade = capped(presence(view), view.any(wrong), 2)
    grade = np.where(view.any(wrong), 2, grade).astype(np.int64)
    numbers = draft(listed, view.first(wrong, unknown), grade, reason, "id_no")
    return pd.concat([numbers, _other_name(view)], ignore_index=True)


def _unknown_to_police(view: View) -> BoolArray:
    """Valid numbers that none of the child's police records carries, where the police have one for the child."""
    records = view.files.records
    numbered = (records["id_no"] != "").to_numpy()
    police = view.of("public_security") & numbered
    known = set(zip(view.child[police], records["id_no"].to_numpy(object)[police], strict=True))
    others = np.flatnonzero(numbered & ~view.of("public_security") & view.any(police)[view.child])
    pairs = zip(view.child[others], records["id_no"].to_numpy(object)[others], strict=True)
    found = np.zeros(len(records), dtype=np.bool_)
    found[others] = [pair not in known for pair in pairs]
    return found


def _other_name(view: View) -> pd.DataFrame:
    """Same valid number as the police, another name; unreadable characters and former names are no difference."""
    records = view.files.records
    keys = name_keys(records["name"], view.profile).to_numpy(object)
    numbers = records["id_no"].to_numpy(object)
    police = np.flatnonzero(view.of("public_security") & view.active & (numbers != "") & (keys != ""))
    former = name_keys(records["former_name"], view.profile).to_numpy(object)
    allowed = set(zip(numbers[police], keys[police], strict=True)) | set(
        zip(numbers[police], former[police], strict=True)
    )
    registered = set(numbers[police])
    others = np.flatnonzero(~view.of("public_security") & view.active & (numbers != "") & (keys != ""))
    differs = np.zeros(len(records), dtype=np.bool_)
    differs[others] = [
        number in registered and (number, key) not in allowed
        for number, key in zip(numbers[others], keys[others], strict=True)
    ]
    grade = np.full(view.n, LIKELY + 1, dtype=np.int64)
    reason = sentences(view, "身份证号与公安相同而姓名不同")
    return draft(view.any(differs) & view.flag("alive"), view.first(differs), grade, reason, "name")
