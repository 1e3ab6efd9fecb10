"""Whose turn a line is: first its owner, then whoever was not asked yet, among those who are sent the list."""

import pandas as pd
import pytest

from assets.publishing.turns import Sent, labels_of, turns_of
from expectations.jurisdictions.profile import load_profile
from expectations.jurisdictions.recipients import AddedDepartment
from expectations.life.states import APPEARED, CHANGED, KEPT, LASTING, PASSED, RETURNED

CA, ED, PS = "civil_affairs", "education", "public_security"
LABELS = {CA: "民政", ED: "教育", PS: "公安"}
LINE, FREE = "L15-AAAAAAAA", "L01-AAAAAAAA"


def lines(owner=ED, following=f"{CA};{PS}"):
    columns = ["finding_id", "code", "owner", "next_owners"]
    return pd.DataFrame([(LINE, "L15", owner, following), (FREE, "L01", "", "")], columns=columns)


def turns(*sent, recipients=(CA, ED, PS), **more):
    profile = load_profile("default")
    rule = profile.lists["L15"].model_copy(update={"recipients": list(recipients)})
    profile = profile.model_copy(update={"lists": {**profile.lists, "L15": rule}})
    return turns_of(lines(**more), profile, [Sent(period, who, LINE) for period, who in sent], LABELS)


def test_a_new_line_is_its_owner_s_and_cannot_go_on_yet():
    assert turns().asked(LINE, APPEARED) == ED
    assert turns().passing() == {}


def test_what_the_owner_has_had_goes_to_the_next_and_stays_there():
    after = turns(("2026Q1", "教育"))
    assert (after.passing()[LINE].department, after.passing()[LINE].before, after.passing()[LINE].then) == (
        CA,
        "教育",
        "民政",
    )
    assert after.asked(LINE, PASSED) == CA
    assert after.asked(LINE, LASTING) == ED
    further = turns(("2026Q1", "教育"), ("2026Q2", "民政"))
    assert (further.asked(LINE, LASTING), further.asked(LINE, PASSED)) == (CA, PS)
    assert further.passing()[LINE].before == "民政"


@pytest.mark.parametrize("kind", [CHANGED, RETURNED])
def test_a_line_whose_evidence_changed_begins_with_its_owner_again(kind):
    assert turns(("2026Q1", "教育"), ("2026Q2", "民政")).asked(LINE, kind) == ED


def test_a_line_that_all_had_at_once_goes_to_nobody_further_and_stays_its_owner_s():
    """So lines were sent before they had an owner."""
    everybody = turns(("2026Q1", "公安"), ("2026Q1", "教育"), ("2026Q1", "民政"))
    assert everybody.passing() == {}
    assert everybody.asked(LINE, LASTING) == ED


def test_who_is_not_sent_the_list_is_passed_over():
    assert turns(("2026Q1", "教育"), recipients=(ED, PS)).asked(LINE, PASSED) == PS
    assert turns(recipients=(CA, PS)).asked(LINE, APPEARED) == ""  # it goes to all recipients, as before


def test_lists_without_an_owner_have_no_turns():
    assert turns().asked(FREE, KEPT) == ""


def test_a_department_that_the_place_adds_is_known_by_the_name_under_which_it_was_sent_lines():
    """Without it the line would be handed to it again in every period."""
    added = {"womens_federation": AddedDepartment(zh="妇联")}
    labels = labels_of(load_profile("default").model_copy(update={"departments": added}))
    assert (labels["womens_federation"], labels[ED]) == ("妇联", "教育")
