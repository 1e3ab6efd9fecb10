"""Who receives a list: the profile's word alone, and what is refused when it is loaded."""

from pathlib import Path

import pytest

from assets.county import load_place
from assets.workbooks.layout import default_layout
from expectations.jurisdictions.profile import load_profile, places
from expectations.lists.catalogue import TOWNSHIP, load_catalogue
from expectations.rulebook import RuleFileError

DEPARTMENTS = {"civil_affairs", "education", "public_security", "disability"}


def stated(folder: Path, lists: str, name: str = "own.yaml", extends: str = "default") -> Path:
    path = folder / name
    path.write_text(f"extends: {extends}\nlists:\n{lists}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lists", "parts"),
    [
        ("  L03: {recipients: [school]}", ["lists.L03.recipients（未建学籍）", "没有名为“school”的接收单位", "education＝教育", "township＝"]),
        ("  L03: {recipients: [health]}", ["没有名为“health”的接收单位"]),
        ("  L03: {recipients: [教育]}", ["没有名为“教育”的接收单位", "education＝教育"]),
        ("  L33: {recipients: [township]}", ["lists.L33：没有这张清单", "L01、L02", "L26"]),
        ("  L03: {recipients: []}", ["lists.L03.recipients（未建学籍）", "没有写明发给谁", "active: false"]),
        ("  L03: {recipients: [township, township]}", ["同一个接收单位写了两次"]),
        ("  L20: {recipients: [education]}", ["lists.L20.recipients（无委托照护协议）", "layout.yaml", "教育（education）", "可写：township＝"]),
        ("  L15: {recipients: [township]}", ["lists.L15.recipients（信息不一致）", "乡镇（街道）（township）", "可写：civil_affairs＝民政"]),
    ],
)  # fmt: skip
def test_who_cannot_be_told_is_refused_with_file_list_recipient_and_what_is_allowed(
    tmp_path: Path, lists: str, parts: list[str]
) -> None:
    with pytest.raises(RuleFileError) as refused:
        load_place(stated(tmp_path, lists))
    assert "own.yaml" in str(refused.value)
    assert [part for part in parts if part not in str(refused.value)] == []


@pytest.mark.parametrize(
    ("lists", "parts"),
    [
        ("  L05: {also_told: {lost: [public_security]}}\n", ["lists.L05.also_told", "没有名为“lost”的情形", "missing"]),
        ("  L03: {also_told: {missing: [public_security]}}\n", ["lists.L03.also_told", "不分情形"]),
        ("  L05: {also_told: {missing: [police]}}\n", ["lists.L05", "没有名为“police”的接收单位"]),
        ("  L05: {also_told: {missing: [disability]}}\n", ["lists.L05", "残联（disability）"]),
    ],
)
def test_who_is_told_of_single_lines_is_checked_like_a_recipient(tmp_path: Path, lists: str, parts: list[str]) -> None:
    with pytest.raises(RuleFileError) as refused:
        load_place(stated(tmp_path, lists))
    assert [part for part in parts if part not in str(refused.value)] == []


def test_who_is_told_of_single_lines_is_sent_no_list() -> None:
    profile = load_profile("default")
    assert profile.lists["L05"].also == ["public_security"]
    assert "L05" not in profile.lists_for("public_security")


def test_every_mistake_is_said_at_once_and_in_the_file_where_it_stands(tmp_path: Path) -> None:
    stated(tmp_path, "  L03: {recipients: [school]}\n", "county.yaml")
    path = stated(tmp_path, "  L03: {due_days: 3}\n  L05: {recipients: [nobody]}\n", extends="county")
    with pytest.raises(RuleFileError) as refused:
        load_place(path)
    assert "规则文件 county.yaml 的 lists.L03" in str(refused.value)
    assert "规则文件 own.yaml 的 lists.L05" in str(refused.value)


def test_names_are_checked_where_no_layout_is_at_hand(tmp_path: Path) -> None:
    assert load_profile(stated(tmp_path, "  L20: {recipients: [education]}\n")).lists["L20"].lead == "education"
    with pytest.raises(RuleFileError, match="没有名为"):
        load_profile(stated(tmp_path, "  L20: {recipients: [teacher]}\n"))


def test_a_list_that_is_switched_off_needs_nobody_and_reaches_nobody(tmp_path: Path) -> None:
    profile = load_place(stated(tmp_path, "  L03: {active: false, recipients: []}\n  L05: {active: false}\n"))
    assert profile.lists["L03"].lead == ""
    for name in (TOWNSHIP, *DEPARTMENTS):
        assert not {"L03", "L05"} & profile.lists_for(name)


def test_a_place_s_recipients_replace_those_of_the_default_and_the_first_one_leads(tmp_path: Path) -> None:
    profile = load_place(stated(tmp_path, "  L07: {recipients: [township, education]}\n"))
    reached = {name for name in (TOWNSHIP, *DEPARTMENTS) if "L07" in profile.lists_for(name)}
    assert (reached, profile.lists["L07"].lead) == ({"township", "education"}, "township")
    assert profile.lists["L07"].due == load_profile("default").lists["L07"].due


@pytest.mark.parametrize("name", places())
def test_every_place_that_comes_with_the_product_can_be_followed(name: str) -> None:
    profile, columns = load_place(name), default_layout().columns_for()
    for recipient, lists in columns.items():
        assert profile.lists_for(recipient) <= lists
    sent = set().union(*(profile.lists_for(recipient) for recipient in columns))
    assert sent == set(load_catalogue().lists)


def test_the_default_sends_what_the_layout_has_always_shown() -> None:
    profile, columns = load_profile("default"), default_layout().columns_for()
    # Shown to whom a place adds: the default adds nobody.
    always = {
        **columns,
        "rescue_station": frozenset(),
        "added": frozenset(),
        "education": columns["education"] - {"L22"},
        # Told of single lines only.
        "public_security": columns["public_security"] - {"L05"},
    }
    assert {name: profile.lists_for(name) for name in columns} == always


def test_only_where_a_visit_is_another_s_a_list_goes_to_others_than_the_default() -> None:
    """Langao's school and Guiyang's rescue station owe the visit (rules/lists.md#visits); no other paper names another recipient."""
    usual = load_profile("default")
    differing = {
        (name, code)
        for name in places()
        for code, rule in load_profile(name).lists.items()
        if rule.recipients != usual.lists[code].recipients
    }
    assert differing == {("langao", "L22"), ("guiyang", "L22")}


def test_the_catalogue_does_not_say_who_is_told() -> None:
    fields = set(type(load_catalogue().lists["L01"]).model_fields)
    assert fields.isdisjoint({"owner", "told", "recipients"})
