"""L18 证件失效: numbers that fail their check, that the police do not know, or that belong to another name there.

Only this condition and its guards belong here (domain.md 1.3, 5.3; trust.md C5 22: damage is no conflict).
"""

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray
from expectations.lists.grading import SURE, presence
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
    grade = np.where(view.any(wrong), SURE, presence(view)).astype(np.int64)
    numbers = draft(listed, view.first(wrong, unknown), grade, reason, "id_no")
    return pd.concat([numbers, _other_name(view)], ignore_index=True)


def _unknown_to_police(view: View) -> BoolArray:
    """Valid numbers that none of the child's police records carries, where the police have one for the child."""
    numbered = view.records.filled("id_no")
    codes, values = view.records.coded("id_no")
    pair = view.child * len(values) + codes
    police = view.of("public_security") & numbered
    others = numbered & ~view.of("public_security") & view.any(police)[view.child]
    return np.asarray(others & ~np.isin(pair, pair[police]), dtype=np.bool_)


def _other_name(view: View) -> pd.DataFrame:
    """Same valid number as the police, another name; unreadable characters and former names are no difference."""
    numbers = view.records.coded("id_no")[0]
    keys, former = view.name_keys("name"), view.name_keys("former_name")
    codes = pd.factorize(np.concatenate([keys, former]))[0].astype(np.int64)
    name, old = codes[: len(keys)], codes[len(keys) :]
    stated = view.active & view.records.filled("id_no") & (keys != "")
    police = stated & view.of("public_security")
    others = stated & ~view.of("public_security") & np.isin(numbers, numbers[police])
    size = int(codes.max(initial=0)) + 1
    allowed = np.concatenate([numbers[police] * size + name[police], numbers[police] * size + old[police]])
    differs = others & ~np.isin(numbers * size + name, allowed)
    grade = np.full(view.n, SURE, dtype=np.int64)
    reason = sentences(view, "身份证号与公安相同而姓名不同")
    return draft(view.any(differs) & view.flag("alive"), view.first(differs), grade, reason, "name")
