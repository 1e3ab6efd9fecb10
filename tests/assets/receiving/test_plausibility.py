"""A first delivery that cannot be whole, by what the other departments hold."""

from datetime import date

import pandas as pd
import pytest

from assets.receiving.plausibility import sentence, shortfalls
from expectations.jurisdictions.profile import load_profile

AS_OF = date(2026, 9, 30)
EVERYBODY = ("education", "public_security", "civil_affairs", "disability")
PROFILE = load_profile("default")


def records(held, area="620722", born="2014-03-10"):
    """Standard records: department -> which children (numbers of a row) it holds."""
    lines = [(department, f"{area}{at:012d}", "valid", born, "") for department, kids in held.items() for at in kids]
    return pd.DataFrame(lines, columns=["department", "id_no", "id_no_status", "id_no_birth", "cancel_kind"])


def short(frame, profile=PROFILE, departments=EVERYBODY):
    return [(one.department, one.asked, one.found) for one in shortfalls(frame, profile, AS_OF, departments)]


def test_a_register_cut_in_half_is_seen_and_a_whole_one_is_not():
    whole = {"education": range(160), "public_security": range(20, 200)}
    assert short(records(whole)) == []
    cut = whole | {"public_security": range(100, 200)}
    assert short(records(cut)) == [("public_security", 160, 60)]


def test_the_sentence_names_both_numbers_and_the_way_out():
    cut = records({"education": range(160), "civil_affairs": range(10), "public_security": range(100, 200)})
    (found,) = shortfalls(cut, PROFILE, AS_OF, EVERYBODY)
    line = sentence(found, {"education": "教育", "civil_affairs": "民政", "public_security": "公安"})
    assert (
        "公安本期有100名儿童；教育、民政的数据里本县号码的儿童160名，在公安数据中只找到60名（38%，至少应有75%）"
        in line.message
    )
    assert "--accept-size 公安 --consent" in line.advice


def test_a_school_register_cut_to_a_third():
    whole = {"education": range(150), "public_security": range(160)}
    assert short(records(whole)) == []
    assert short(records(whole | {"education": range(60)})) == [("education", 160, 60)]
    # Who is no pupil yet, or no more, is no sign.
    assert short(records(whole | {"education": range(60)}, born="2022-03-10")) == []


@pytest.mark.parametrize(
    "held",
    [
        {"public_security": range(9)},
        {"education": range(200)},
        {"education": range(200), "civil_affairs": range(30)},
        {"education": range(99), "public_security": range(5)},
        {"civil_affairs": range(40), "disability": range(20), "public_security": range(10)},
    ],
)
def test_little_or_nothing_to_compare_with_is_silence(held):
    assert short(records(held)) == []


def test_children_who_moved_in_need_not_be_in_the_register():
    local = records({"education": range(120), "public_security": range(120)})
    elsewhere = records({"education": range(1000, 1110)}, area="511722")
    assert short(pd.concat([local, elsewhere], ignore_index=True)) == []


def test_only_a_first_delivery_is_looked_at_and_only_where_the_place_asks():
    cut = records({"education": range(160), "public_security": range(100, 200)})
    assert short(cut, departments=["education"]) == []

    def place(**changed):
        settings = {
            key: getattr(PROFILE.comparison, key).model_copy(update={"value": value}) for key, value in changed.items()
        }
        return PROFILE.model_copy(update={"comparison": PROFILE.comparison.model_copy(update=settings)})

    assert short(cut, place(police_mode="answer_file")) == []
    assert short(cut, place(least_found={"education": 0.5})) == []
    assert short(cut, place(least_found={"public_security": 0.3})) == []


def test_children_whom_the_register_gave_up_are_not_asked_for():
    frame = records({"education": range(150), "public_security": range(200)})
    frame.loc[frame["department"].eq("public_security") & (frame.index >= 300), "cancel_kind"] = "moved_out"
    assert short(frame) == []
