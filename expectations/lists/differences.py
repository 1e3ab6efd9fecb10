"""L15 信息不一致: one finding per child and field whose values differ between departments.

Only this comparison belongs here (domain.md 4.1-4.5, 5.3). Which fields count is profile data; what is the same way of
writing is in `comparable`.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from expectations.lists.columns import joined
from expectations.lists.comparable import code_keys, name_keys
from expectations.lists.files import BoolArray
from expectations.lists.grading import LIKELY, OPEN, capped, presence
from expectations.lists.view import View, draft

# A field's values: `child, at` (record position) and `key` ("" never), one row per value that a record states.
Keys = pd.DataFrame

WORDS = {
    "name": "姓名", "birth_date": "出生日期", "sex": "性别", "id_no": "身份证号", "nation": "民族", "hukou": "户籍",
    "father_name": "父亲姓名", "mother_name": "母亲姓名", "father_id": "父亲身份证号", "mother_id": "母亲身份证号",
    "disability_type": "残疾类别", "disability_level": "残疾等级", "student_no": "学籍号",
    "disability_no": "残疾人证号",
}  # fmt: skip
PARENTS = ("father_name", "mother_name", "father_id", "mother_id")


def inconsistent(view: View) -> pd.DataFrame:
    """L15: for every field of the profile, the children whose records state different values."""
    found = [_of_field(view, field) for field in view.profile.consistency.fields.known()]
    return pd.concat(found, ignore_index=True) if found else draft_nothing(view)


def draft_nothing(view: View) -> pd.DataFrame:
    """An empty draft."""
    none = np.zeros(view.n, dtype=np.bool_)
    whole = np.zeros(view.n, dtype=np.int64)
    return draft(none, whole, whole, np.full(view.n, "", dtype=object))


def _of_field(view: View, field: str) -> pd.DataFrame:
    keys = KEYS.get(field, _plain)(view, field)
    keys = keys[keys["key"] != ""]
    differing = _differing(view, keys) & view.flag("alive")
    concerned = keys[differing[keys["child"].to_numpy(np.int64)]]
    grade = presence(view)
    if field in PARENTS:
        # Step-parents and divorces: a parent's name may rightly differ (4.5).
        grade = capped(grade, np.ones(view.n, dtype=np.bool_), LIKELY)
    reason = _reasons(view, concerned, field)
    doubtful = presence(view) == OPEN
    reason = np.where(doubtful, reason + "；记录是否同一人尚待确认", reason)
    return draft(differing, _odd_one_out(view, concerned), grade, reason, field)


def _differing(view: View, keys: Keys) -> BoolArray:
    distinct = keys[["child", "key"]].drop_duplicates()
    return np.asarray(np.bincount(distinct["child"].to_numpy(np.int64), minlength=view.n) > 1, dtype=np.bool_)


def _odd_one_out(view: View, keys: Keys) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The record to correct: the first whose value is not the one of the first department in order (police first)."""
    rank = view.files.records["department"].map(
        {"public_security": 0, "education": 1, "disability": 2, "civil_affairs": 3}
    )
    ranked = keys.assign(rank=rank.fillna(4).to_numpy(np.int64)[keys["at"].to_numpy(np.int64)])
    ranked = ranked.sort_values(["child", "rank", "at"], kind="stable")
    leading = ranked.groupby("child", sort=False)["key"].transform("first")
    odd = ranked[ranked["key"] != leading].drop_duplicates("child")
    found = np.full(view.n, -1, dtype=np.int64)
    found[odd["child"].to_numpy(np.int64)] = odd["at"].to_numpy(np.int64)
    return found


def _reasons(view: View, keys: Keys, field: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    departments = view.files.records["department"].to_numpy(object)[keys["at"].to_numpy(np.int64)]
    order = [*view.catalogue.departments]
    codes, names = pd.factorize(departments)
    spoken = joined(keys["child"].to_numpy(np.int64), (codes.astype(np.int64), [str(name) for name in names]), view.n)
    word = WORDS.get(field, field)
    known = {
        text: _sentence(
            view, sorted(text.split(";"), key=lambda code: order.index(code) if code in order else len(order)), word
        )
        if text
        else ""
        for text in set(spoken)
    }
    return np.array([known[text] for text in spoken], dtype=object)


def _sentence(view: View, departments: list[str], word: str) -> str:
    spoken = view.catalogue.spoken(departments)
    if len(departments) > 1:
        return f"{spoken}登记的{word}不一致"
    return f"{spoken}的记录中{word}前后不一致"


def _frame(view: View, key: pd.Series, where: BoolArray) -> Keys:
    at = np.flatnonzero(where & view.active)
    return pd.DataFrame({"child": view.child[at], "at": at, "key": key.to_numpy(object)[at]})


def _plain(view: View, field: str) -> Keys:
    key = code_keys(view.files.records[field], field, view.profile)
    return _frame(view, key, (key != "").to_numpy())


def _names(view: View, field: str) -> Keys:
    key = name_keys(view.files.records[field], view.profile)
    return _frame(view, key, (key != "").to_numpy())


def _births(view: View, field: str) -> Keys:
    """Declared dates and dates in valid numbers, compared at the coarser precision (4.2 B04, B05)."""
    records = view.files.records
    valid = view.codes("id_no_status", ["valid"])
    declared = _frame(view, records["birth_date"], (records["birth_date"] != "").to_numpy())
    in_number = _frame(view, records["id_no_birth"], valid & (records["id_no_birth"] != "").to_numpy())
    keys = pd.concat([declared, in_number], ignore_index=True)
    coarsest = keys["key"].str.len().groupby(keys["child"]).transform("min")
    # Cut to the coarsest precision of the child only where the full dates do not already disagree.
    full = keys[keys["key"].str.len() == 10]
    disagree = np.bincount(full[["child", "key"]].drop_duplicates()["child"].to_numpy(np.int64), minlength=view.n) > 1
    cut = [key[:size] for key, size in zip(keys["key"], coarsest, strict=True)]
    whole = disagree[keys["child"].to_numpy(np.int64)]
    shown = np.where(whole & (keys["key"].str.len() == 10).to_numpy(), keys["key"], np.where(whole, "", cut))
    return keys.assign(key=shown)


def _sexes(view: View, field: str) -> Keys:
    records = view.files.records
    valid = view.codes("id_no_status", ["valid"])
    declared = _frame(view, records["sex"], (records["sex"] != "").to_numpy())
    in_number = _frame(view, records["id_no_sex"], valid & (records["id_no_sex"] != "").to_numpy())
    return pd.concat([declared, in_number], ignore_index=True)


def _hukou(view: View, field: str) -> Keys:
    """Township of the household register where it is here, else the side (elsewhere, none) that a record states."""
    records = view.files.records
    side = records["register_side"]
    key = records["hukou_town"].mask(view.codes("register_side", ["elsewhere", "none"]), side)
    return _frame(view, key, (key != "").to_numpy())


KEYS: dict[str, Callable[[View, str], Keys]] = {
    "name": _names,
    "father_name": _names,
    "mother_name": _names,
    "guardian_name": _names,
    "birth_date": _births,
    "sex": _sexes,
    "hukou": _hukou,
}
