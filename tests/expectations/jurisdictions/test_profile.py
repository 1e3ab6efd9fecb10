"""Profiles: what the three places say, what is refused, and that a clause stands beside every value."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from expectations.jurisdictions.profile import UnknownSettingError, load_profile, places
from expectations.lists.catalogue import load_catalogue
from expectations.rulebook import RuleFileError


def test_places_that_come_with_the_product() -> None:
    assert places() == [
        *("anqing_district", "default", "fengxian", "fuyang", "guiyang", "langao"),
        *("minle", "nm_banner", "sanming", "suqian", "yizheng", "zhangye"),
    ]


def test_each_place_says_its_own() -> None:
    default, fengxian, minle = (load_profile(name) for name in ("default", "fengxian", "minle"))
    assert (fengxian.place.area_code.value, minle.place.area_code.value, default.place.area_code.value) == (
        "610330",
        "620722",
        None,
    )
    assert fengxian.rhythm.compare_every.value == "P3M"
    assert "至少每季度进行一次比对分析" in fengxian.rhythm.compare_every.clause
    assert minle.rhythm.compare_every.value is None
    assert fengxian.workers.children_per_worker.value == 30
    assert default.school.cutoff.value == minle.school.cutoff.value == "08-31"
    assert default.school.band.value == (6, 16)


def test_values_that_matter_have_their_clause() -> None:
    profile = load_profile("default")
    for info in load_catalogue().lists.values():
        for path in info.parameters:
            setting = profile.setting(path)
            assert isinstance(setting, BaseModel)
            # What a benefit amounts to is for the place to say: nothing is assumed.
            assert (setting.value is None) == (path == "allowances.monthly"), path
    assert "一个月" in profile.household.registration_grace_months.clause


def test_every_list_has_recipients_and_a_due_date() -> None:
    for name in places():
        rules = load_profile(name).lists
        assert set(rules) == set(load_catalogue().lists)
        assert all(rule.recipients and rule.due_days for rule in rules.values())


def test_an_undecided_value_is_an_error_only_when_asked_for() -> None:
    with pytest.raises(UnknownSettingError):
        load_profile("minle").rhythm.visit_every.known()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("extends: default\nschool: {cutof: {value: 1}}\n", "school.cutof"),
        ("extends: default\nschool: {entry_age: {value: six}}\n", "school.entry_age.value"),
        ("extends: default\nlists: {L01: {recipients: []}}\n", "lists.L01.recipients"),
        ("extends: default\nnickname: x\n", "nickname"),
        ("- a\n", "place.yaml"),
        ("a: [\n", "place.yaml"),
        ("extends: place\n", "extends"),
    ],
)
def test_mistakes_name_file_and_key(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "place.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError) as error:
        load_profile(path)
    assert where in str(error.value)
    assert "place.yaml" in str(error.value)


def test_a_local_file_states_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "somewhere.yaml"
    path.write_text("extends: minle\nname: 某县\nschool: {cutoff: {value: '12-31'}}\n", encoding="utf-8")
    profile = load_profile(path)
    assert (profile.code, profile.name, profile.school.cutoff.value) == ("somewhere", "某县", "12-31")
    assert profile.school.cutoff.clause == ""
    assert profile.place.area_code.value == "620722"


def test_unknown_place() -> None:
    with pytest.raises(RuleFileError, match="minle"):
        load_profile("nowhere")


def test_another_key_than_the_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "place.yaml"
    path.write_text("extends: default\ncomparison: {key_field: {value: name}}\n", encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"comparison\.key_field"):
        load_profile(path)
