"""L01: who has no household, who is only registered elsewhere, and how sure that is."""

import pytest
from town import CA, DI, ED, PS, Town, number


def test_no_police_record_and_no_number_is_listed(town: Town) -> None:
    town.add(CA, 1, id_no="", hukou_class="none")
    town.add(ED, 2, id_no="", student_no="J620722201603100012", student_no_kind="J")
    town.add(DI, 3, id_no="")
    town.add(PS, 4)
    town.add(CA, 4)
    assert town.listed("L01") == {1: "明确", 2: "明确", 3: "很可能"}


def test_sentence_says_why(town: Town) -> None:
    town.add(CA, 1, id_no="", hukou_class="none")
    assert town.reason("L01") == "公安户籍中没有找到这名儿童，也没有户籍在外地的记载；民政登记为无户口。"
    assert town.findings("L01")["clause"].item().startswith("《户口登记条例》第七条")


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"hukou_class": "elsewhere"},
        {"hukou_area_code": "620724000000"},
        {"hukou_area_code": "甘肃省张掖市高台县"},
        {"hukou_county": "620102"},
    ],
)
def test_household_elsewhere_is_not_none(town: Town, elsewhere: dict[str, str]) -> None:
    town.add(CA, 1)
    town.add(ED, 1, **elsewhere)
    assert town.listed("L01") == {}


def test_codes_that_do_not_say_another_county(town: Town) -> None:
    town.add(ED, 1, id_no="", hukou_area_code="620722000000")
    town.add(ED, 2, id_no="", hukou_area_code="620700")
    town.add(ED, 3, id_no="", hukou_area_code="甘肃省张掖市民乐县")
    assert set(town.listed("L01")) == {1, 2, 3}


def test_moved_out_dead_foreign_newborn_and_grown_up_are_not_listed(town: Town) -> None:
    town.add(PS, 1, cancel_kind="moved_out", cancel_date="2026-01-01")
    town.add(CA, 1)
    town.add(PS, 2, cancel_kind="death", cancel_date="2026-01-01")
    town.add(CA, 2)
    town.add(ED, 3, id_no="", overseas="hong_kong")
    town.add(ED, 4, id_no="", id_type="taiwan")
    town.add(CA, 5, id_no="", birth_date="2026-09-10")
    town.add(ED, 6, id_no="", birth_date="2008-09-10")
    assert town.listed("L01") == {}


@pytest.mark.parametrize(
    ("department", "fields", "expected"),
    [
        (CA, {"roll_status": "exited"}, {1: "很可能"}),
        (CA, {"roll_status": "exited", "exit_reason": "overage"}, {1: "很可能"}),
        (CA, {"roll_status": "exited", "hukou_class": "none"}, {1: "很可能"}),
        (CA, {"exit_reason": "moved_out"}, {}),
        (CA, {"exit_reason": "dead"}, {}),
        (CA, {"exit_reason": "adopted"}, {}),
        (CA, {"exit_reason": "error"}, {}),
        (ED, {"enrolment_status": "other_leave"}, {1: "很可能"}),
        (ED, {"enrolment_status": "graduated"}, {1: "很可能"}),
        (ED, {"enrolment_status": "missing"}, {1: "很可能"}),
        (ED, {"enrolment_status": "transferred_out"}, {}),
        (ED, {"enrolment_status": "abroad"}, {}),
        (ED, {"enrolment_status": "dead"}, {}),
        (ED, {"layout": "dropout_ledger", "study_status": "dropout"}, {1: "很可能"}),
        (DI, {"card_status": "cancelled"}, {1: "很可能"}),
        (DI, {"card_status": "moved"}, {}),
    ],
)
def test_a_record_that_ended_leaves_a_living_child_without_a_household(
    town: Town, department: str, fields: dict[str, str], expected: dict[int, str]
) -> None:
    town.add(department, 1, id_no="", **fields)
    town.add(PS, 9)
    assert town.listed("L01") == expected


def test_a_school_that_lets_a_child_go_ends_no_trouble_of_the_register(town: Town) -> None:
    town.add(ED, 1, id_no="", student_no_kind="J", enrolment_status="other_leave")
    assert town.listed("L01") == {1: "很可能"}
    assert "已结束的记录" in town.reason("L01")
    town.add(CA, 1, id_no="", hukou_class="none")
    assert town.listed("L01") == {1: "明确"}
    assert town.findings("L01")["department"].item() == CA


def test_born_before_the_grace_period_is_listed(town: Town) -> None:
    town.add(CA, 1, id_no="", birth_date="2026-08-30", hukou_class="none")
    assert town.listed("L01") == {1: "明确"}


def test_an_own_valid_number_points_elsewhere(town: Town) -> None:
    town.add(ED, 1)
    town.add(ED, 2, id_no="620102201603100025")
    assert town.listed("L01") == {1: "待核", 2: "待核"}
    assert "外县签发" in town.findings("L01")["reason"].iloc[1]


def test_near_candidate_at_the_police_lowers_the_grade(town: Town) -> None:
    mine = town.add(CA, 1, id_no="", hukou_class="none")
    other = town.add(PS, 2)
    assert town.listed("L01") == {1: "明确"}
    town.near(other, mine, probability=0.3)
    assert town.listed("L01") == {1: "待核"}
    assert "是否同一人尚未认定" in town.reason("L01")


def test_a_rejected_near_candidate_is_named_and_leaves_it_likely(town: Town) -> None:
    mine = town.add(CA, 1, id_no="", hukou_class="none")
    town.near(mine, town.add(PS, 2), "different", "疑为双胞胎", probability=0.001)
    assert town.listed("L01") == {1: "很可能"}
    assert "比对判断是另一名儿童" in town.reason("L01")


def test_a_bare_name_that_finds_nobody_is_no_lead(town: Town) -> None:
    town.add(PS, 9)
    town.add(CA, 1, id_no="", birth_date="")
    assert town.listed("L01") == {}
    town.add(CA, 1, id_no="", birth_date="", hukou_class="none")
    assert set(town.listed("L01")) == {1}


def test_nobody_walks_out_for_a_child_who_is_probably_in_the_register(town: Town) -> None:
    """It is listed all the same, with the rival named, and waits for the bureau's review."""
    mine = town.add(CA, 1, id_no="", hukou_class="none")
    rival = town.add(PS, 2)
    town.near(mine, rival, probability=0.8)
    assert town.listed("L01") == {1: "待核"}
    assert "同一儿童复核" in town.reason("L01")
    found = town.findings("L01")
    assert found["judged_by"].item() == "civil_affairs"
    assert rival in found["near"].item()


@pytest.mark.parametrize(
    ("mine", "theirs", "others", "judge"),
    [
        # Linked with certainty, and another birth date, another number, or a file of its own in our very book.
        ({"birth_date": "2016-03-11"}, {}, (ED,), ""),
        ({"id_no": number("2016-03-10", 7)}, {}, (ED,), ""),
        ({"layout": "ledger"}, {"name": "张三丰", "layout": "ledger"}, (CA,), ""),
        # Nothing says that it is another child; its file may be the same name written twice; nobody else knows that record.
        ({}, {}, (ED,), "civil_affairs"),
        ({"birth_date": "2016-03"}, {}, (ED,), "civil_affairs"),
        ({"layout": "ledger", "name": "张小明"}, {"name": "张晓明", "layout": "ledger"}, (CA,), "civil_affairs"),
        ({"birth_date": "2016-03-11"}, {}, (), "civil_affairs"),
        # A number that does not fit the child's own birth date is a brother's, perhaps.
        ({"id_no": number("2014-01-05", 7), "birth_date": "2016-03-10"}, {}, (ED,), "civil_affairs"),
        ({"birth_date": "2016-03-11"}, {"probability": 0.95}, (ED,), "civil_affairs"),
    ],
)
def test_a_review_pair_hides_nobody_when_the_other_side_is_certainly_another_child(
    town: Town, mine: dict[str, str], theirs: dict[str, str], others: tuple[str, ...], judge: str
) -> None:
    own = town.add(CA, 1, **({"id_no": ""} | mine))
    rival = town.add(PS, 2)
    for department in others:
        town.add(department, 2, **theirs)
    town.near(own, rival, probability=0.8)
    found = town.findings("L01")
    ours = found[found["child_id"] == "T2026Q3-000001"]
    assert ours["judged_by"].tolist() == [judge]
    assert ("另一名儿童" in ours["reason"].item()) == (not judge)
    assert (ours["grade"].item() != "待核") == (not judge and not mine.get("id_no"))


def test_without_police_data_the_list_is_reported_not_computed(town: Town) -> None:
    from expectations.lists.findings import not_computed

    town.add(CA, 1, id_no="", hukou_class="none")
    assert town.findings("L01", delivered=(CA, ED, DI)).empty
    missing = not_computed(town.profile, (CA, ED, DI, "education.register")).set_index("code")["sentence"]
    assert missing["L01"] == "本期没有收到公安的数据，清单“无户籍”未计算，不表示没有这类情况。"
    # 在校名单 did not come, and the prefecture sets no rhythm of visits and no standards of allowances.
    assert set(missing.index) == {"L01", "L14", "L04", "L22", "L28"}


def test_without_civil_affairs_nothing_is_certain(town: Town) -> None:
    town.add(ED, 1, id_no="", student_no_kind="J")
    found = town.findings("L01", delivered=(ED, PS))
    assert found["grade"].tolist() == ["很可能"]
    assert "民政本期没有数据" in found["reason"].item()


def test_county_is_inferred_when_not_configured() -> None:
    town = Town(place="default")
    for child in (1, 2, 3):
        town.add(PS, child, hukou_county="610330")
    town.add(ED, 4, id_no="", hukou_area_code="610330")
    town.add(ED, 5, id_no="", hukou_area_code="620722")
    assert town.files().county == "610330"
    assert set(town.listed("L01")) == {4}


def test_police_that_answer_queries_say_who_is_not_there(town: Town) -> None:
    """An answer file is no register: a row 不存在 is no registration (rules/departments.md#answer-mode)."""
    for child, answer in ((1, "不存在"), (2, "存在"), (3, "姓名不符"), (4, "已死亡")):
        town.add(CA, child, category="left_behind")
        town.add(PS, child, population_status=answer)
    assert set(town.listed("L01")) == {1, 3}
    found = town.findings("L01").set_index("child_id")["reason"]
    assert "公安答复没有查到这名儿童" in found.iloc[0]
    assert set(town.listed("L18")) == {3}
    assert "另一个姓名" in town.reason("L18")
    assert set(town.listed("L13")) == {4}
