"""L18 证件失效: numbers that fail their check, that the police do not know, or that belong to somebody else there.

Only this condition and its guards belong here (rules/identifiers.md#damage, rules/lists.md#l18; rules/bad-inputs.md#input-22). Damage by spreadsheets and masking is
no finding about a child, and another spelling of a name beside an equal number is L15.
"""

import re

import numpy as np
import pandas as pd

from expectations.lists.files import BoolArray, IntArray
from expectations.lists.grading import OPEN, SURE, capped, presence, probably_there
from expectations.lists.owners import with_owner
from expectations.lists.view import View, draft, sentences
from expectations.lists.wording import name_levels, wording

_SAME_FAMILY = "surname_only"


def invalid_documents(view: View) -> pd.DataFrame:
    """L18: per child at most one finding for the number (`id_no`) and one for the name that goes with it (`name`)."""
    wrong = view.codes("id_no_status", view.profile.consistency.number_states.known()) & view.compared
    wrong &= ~view.records.test("id_no_raw", _through_a_float)
    foreign = _of_another(view)
    unknown = _unknown_to_police(view) & ~foreign
    renamed = view.of("public_security") & view.codes("state", ["renamed"]) & view.records.filled("id_no")
    listed = (view.any(wrong) | view.any(unknown) | view.any(foreign) | view.any(renamed)) & view.flag("alive")
    reason = sentences(view, "填报的身份证号公安没有登记，而公安以另一号码登记了这名儿童，请核对是否为旧号码")
    reason = np.where(view.any(foreign), "填报的身份证号在公安户籍中是另一名儿童的，请对照户口簿更正", reason)
    reason = np.where(
        view.any(renamed) & ~view.any(foreign), "公安答复这个身份证号登记的是另一个姓名，请对照户口簿更正", reason
    )
    registered = view.flag("police_state", "active")
    phrases = wording().invalid
    fault = view.record_text("id_no_status", view.first(wrong)).map(lambda state: phrases.get(state, phrases["other"]))
    reason = np.where(view.any(wrong), fault.to_numpy(object), reason)
    # Only who is registered has a household booklet to correct it by.
    reason = np.where(view.any(wrong) & registered, reason + "，请对照户口簿更正", reason)
    # A wrong check digit is a fact of one record; another number at the police rests on the link.
    grade = np.where(view.any(wrong), SURE, presence(view)).astype(np.int64)
    # What the police answered is right for them: the row to correct is the one whose number they were asked about.
    asked_about = (
        view.records.filled("id_no") & view.compared & ~view.of("public_security") & view.any(renamed)[view.child]
    )
    numbers = draft(listed, view.first(wrong, foreign, unknown, asked_about, renamed), grade, reason, "id_no")
    doubted = _doubted(view, wrong | foreign | unknown | asked_about, foreign | unknown | asked_about)
    return pd.concat([with_owner(numbers, view, doubted), _other_name(view)], ignore_index=True)


def _doubted(view: View, holders: BoolArray, disputed: BoolArray) -> IntArray:
    """Who holds the number, then the police where only they can tell; a digit that does not check is for its holder alone."""
    police = view.of("public_security") & view.any(disputed)[view.child]
    return np.concatenate([np.flatnonzero(holders), np.flatnonzero(police)]).astype(np.int64)


def _through_a_float(number: str) -> bool:
    """Whether 18 digits are exactly what a program makes of a number it took for a quantity (rules/identifiers.md#c06): 1 slip in 100 looks so."""
    return len(number) == 18 and number.isdecimal() and int(float(number)) == int(number)


def _numbered(view: View) -> tuple[BoolArray, BoolArray, IntArray]:
    """Active records with a valid number beside the police, police records with one, and the numbers as codes."""
    filled = view.records.filled("id_no")
    police = view.of("public_security")
    return filled & view.compared & ~police, filled & police, view.records.coded("id_no")[0]


def _among(numbers: IntArray, members: IntArray) -> BoolArray:
    # Not numpy.isin: it puts the numbers of a whole county in order each time.
    return pd.Index(numbers).isin(members)


def _unknown_to_police(view: View) -> BoolArray:
    """Numbers that none of the child's police records carries, where the police have one for the child."""
    others, police, codes = _numbered(view)
    # Child and number as one integer: membership of pairs by one look-up.
    pair = view.child * (int(codes.max(initial=0)) + 1) + codes
    return np.asarray(others & view.any(police)[view.child] & ~_among(pair, pair[police]), dtype=np.bool_)


def _of_another(view: View) -> BoolArray:
    """Numbers that the police have for other children only, none of whom is probably the same child."""
    others, police, codes = _numbered(view)
    pair = view.child * (int(codes.max(initial=0)) + 1) + codes
    taken = others & _among(codes, codes[police]) & ~_among(pair, pair[police])
    return np.asarray(taken & ~probably_there(view, police & _among(codes, codes[taken]))[view.child], dtype=np.bool_)


def _other_name(view: View) -> pd.DataFrame:
    """The number of the child's police record with a wholly different name; former names and spellings are none."""
    numbers = view.records.coded("id_no")[0]
    at = np.flatnonzero(view.records.filled("id_no") & view.compared & (view.name_keys("name") != ""))
    columns = ["name", "former_name", "department", "birth_date", "id_no_birth"]
    rows = view.files.records[columns].iloc[at].assign(at=at, child=view.child[at], number=numbers[at])
    police = rows[rows["department"] == "public_security"].drop_duplicates(["child", "number"])
    pairs = rows[rows["department"] != "public_security"].merge(
        police, on=["child", "number"], suffixes=("", "_police")
    )
    pairs = pairs[(pairs["name"] != pairs["name_police"]) & (pairs["name"] != pairs["former_name_police"])]
    # A child called by its milk name (甜甜) is the same child under another name: L15 tells of it.
    milk = re.compile(view.profile.consistency.milk_name.known())
    pairs = pairs[~pairs["name"].astype(str).str.fullmatch(milk).to_numpy(np.bool_)]
    doubtful: BoolArray = np.zeros(len(view.child), dtype=np.bool_)
    if len(pairs):
        levels = name_levels(pairs["name"].to_numpy(object), pairs["name_police"].to_numpy(object))
        worse = np.isin(levels, view.profile.consistency.other_person_names.known())
        # 陈淼 and 陈水: one family name and the number's own birth date beside it is one child whose name was miswritten (L15).
        worse &= ~((levels == _SAME_FAMILY) & (pairs["birth_date"] == pairs["id_no_birth"]).to_numpy())
        doubtful[pairs["at"].to_numpy(np.int64)[worse]] = True
    grade = capped(np.full(view.n, SURE, dtype=np.int64), presence(view) == OPEN, OPEN)
    reason = sentences(view, "身份证号与公安登记的相同，姓名却完全不同，请核对号码是否填成了别人的")
    names = draft(view.any(doubtful) & view.flag("alive"), view.first(doubtful), grade, reason, "name")
    return with_owner(names, view, _doubted(view, doubtful, doubtful))
