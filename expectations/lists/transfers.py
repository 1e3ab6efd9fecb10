"""Pupils who were transferred out long ago and came to no school that anybody knows: a part of L05.

Only this condition and its guards belong here (rules/codes.md#enrolment, rules/lists.md#l05, rules/workflow.md#m42). A transfer is no drop-out, so nobody is sent out: education is
asked to look into the national register. Of a child whose stay is protected nothing is asked.
"""

from datetime import timedelta

import numpy as np

from expectations.lists.columns import Texts
from expectations.lists.dropouts import LEDGER
from expectations.lists.files import BoolArray
from expectations.lists.grading import probably_there
from expectations.lists.rollcall import roll_call
from expectations.lists.view import View

_ASK = "本县没有学校接收的学籍，各部门也没有在别处就读的记载；转出不等于辍学，请教育局先在全国学籍系统查询，不要向原校、邻里打听去向"


def transfers(view: View) -> BoolArray:
    """Records of the register that are 转出."""
    return view.of("education") & view.codes("state", ["transferred_out"]) & ~view.codes("layout", [LEDGER])


def not_received(view: View) -> BoolArray:
    """Children of the cohort, still here by somebody's register, transferred out longer ago than a transfer takes, whom nobody received."""
    school = view.profile.school
    education = view.of("education")
    enrolled = education & view.codes("state", ["active", *school.enrolled.known()])
    abroad = education & view.codes("state", ["abroad"])
    elsewhere = [*school.studies_elsewhere.known(), *school.taught_at_home.known(), *school.said_at_school.known()]
    received = view.any(enrolled | abroad) | probably_there(view, enrolled) | roll_call(view).present
    received |= view.any(view.codes("study_status", elsewhere) & view.active & ~education)

    registered = view.any(view.of("public_security") & view.active) & view.flag("hukou", "here")
    here = registered | view.any(view.of("civil_affairs", "disability") & view.active)
    listed = _long_ago(view) & here & ~received & view.truth("in_cohort") & view.flag("alive")
    # Where its new school is must not be found out by asking about it (未成年人保护法 Art. 103).
    return np.asarray(listed & ~view.flag("moved_out") & ~view.veiled, dtype=np.bool_)


def transfer_sentences(view: View) -> Texts:
    """What L05 says of each child that was transferred out."""
    window = view.profile.school.transfer_window_days.known()
    sentence = np.full(view.n, f"学籍状态为转出，已超过{window}天的转学办理期限，{_ASK}", dtype=object)
    if view.earlier:
        undated = view.any(transfers(view)) & ~view.any(_old(view))
        sentence[undated] = f"学籍至少自{view.earlier[0].zh}起登记为转出，没有登记日期，{_ASK}"
    return sentence


def _long_ago(view: View) -> BoolArray:
    """Children all of whose transfers are older than the window, by their day or by standing in the period before as well."""
    out = transfers(view)
    undated = out & ~view.filled("status_date")
    fresh = view.any(out & ~undated & ~_old(view))
    before = view.earlier[0].transferred if view.earlier else frozenset[str]()
    lasting = view.any(undated) & view.text("child_id").isin(before).to_numpy(np.bool_)
    return (view.any(_old(view)) | lasting) & ~fresh


def _old(view: View) -> BoolArray:
    """Transfers whose day, month or year lies wholly before the window."""
    window = view.profile.school.transfer_window_days.known()
    opened = (view.files.as_of - timedelta(days=window)).isoformat()
    return transfers(view) & view.records.test("status_date", lambda day: len(day) > 0 and day < opened[: len(day)])
