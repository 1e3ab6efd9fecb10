"""L15 信息不一致: one finding per child and field whose values differ between departments.

Only this comparison belongs here (domain.md 4.1-4.5, 5.3). Which fields count is profile data; what is the same way of
writing is in `comparable`.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from expectations.lists.columns import Texts, joined
from expectations.lists.comparable import code_keys
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
    """Children with more than one distinct key: lowest and highest code per child differ."""
    codes = pd.factorize(keys["key"].to_numpy(object))[0]
    child = keys["child"].to_numpy(np.int64)
    low, high = np.full(view.n, len(codes), dtype=np.int64), np.full(view.n, -1, dtype=np.int64)
    np.minimum.at(low, child, codes)
    np.maximum.at(high, child, codes)
    return np.asarray(high > low, dtype=np.bool_)


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


def _frame(view: View, key: Texts, where: BoolArray | None = None) -> Keys:
    stated = np.asarray(key != "", dtype=np.bool_) & view.active
    at = np.flatnonzero(stated if where is None else stated & where)
    return pd.DataFrame({"child": view.child[at], "at": at, "key": key[at]})


def _column(view: View, field: str) -> Texts:
    return view.files.records[field].to_numpy(object)


def _plain(view: View, field: str) -> Keys:
    return _frame(view, code_keys(view.records, field, view.profile))


def _names(view: View, field: str) -> Keys:
    return _frame(view, view.name_keys(field))


def _births(view: View, field: str) -> Keys:
    """Declared dates and dates in valid numbers, compared at the coarser precision (4.2 B04, B05)."""
    valid = view.codes("id_no_status", ["valid"])
    parts = [_frame(view, _column(view, "birth_date")), _frame(view, _column(view, "id_no_birth"), valid)]
    keys = pd.concat(parts, ignore_index=True)
    child, stated = keys["child"].to_numpy(np.int64), keys["key"].to_numpy(object)
    length = np.fromiter(map(len, stated), np.int64, len(stated))
    # Cut to the coarsest precision of the child only where the full dates do not already disagree.
    disagree = _differing(view, keys[length == 10])[child]
    coarsest = np.full(view.n, 10, dtype=np.int64)
    np.minimum.at(coarsest, child, length)
    cut = np.array([text[:size] for text, size in zip(stated, coarsest[child], strict=True)], dtype=object)
    return keys.assign(key=np.where(disagree, np.where(length == 10, stated, ""), cut))


def _sexes(view: View, field: str) -> Keys:
    valid = view.codes("id_no_status", ["valid"])
    parts = [_frame(view, _column(view, "sex")), _frame(view, _column(view, "id_no_sex"), valid)]
    return pd.concat(parts, ignore_index=True)


def _hukou(view: View, field: str) -> Keys:
    """Township of the household register where it is here, else the side (elsewhere, none) that a record states."""
    told = view.codes("register_side", ["elsewhere", "none"])
    return _frame(view, np.where(told, _column(view, "register_side"), _column(view, "hukou_town")))


KEYS: dict[str, Callable[[View, str], Keys]] = {
    "name": _names,
    "father_name": _names,
    "mother_name": _names,
    "guardian_name": _names,
    "birth_date": _births,
    "sex": _sexes,
    "hukou": _hukou,
}
