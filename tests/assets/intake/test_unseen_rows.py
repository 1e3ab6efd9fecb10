"""Rows of files that other counties delivered: grown-ups on a roll without dates of birth, sums, blanks, examples, flags."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from assets.intake.standard import Standardised
from assets.intake.tabulate import Tabulated
from pipelines.resources.reading.shapes import Grid

Take = Callable[..., Standardised]
Read = Callable[..., Tabulated]
MakeGrid = Callable[..., Grid]
MakeNumber = Callable[..., str]

HOLDERS = ["姓名", "性别", "身份证号", "残疾证号", "残疾类别", "残疾等级", "监护人"]


def holders(make_number: MakeNumber, *births: str) -> list[list[str]]:
    numbers = [make_number(birth, 121 + 2 * at) for at, birth in enumerate(births)]
    return [[f"张{'甲乙丙丁'[at]}", "男", one, f"{one}42", "肢体", "二级", "张大"] for at, one in enumerate(numbers)]


def test_grown_up_certificate_holders_are_set_aside_without_a_date_of_birth(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    done = take("disability", make_grid([HOLDERS, *holders(make_number, "19800102", "20150310", "19701111")]))
    assert list(done.accepted["name"]) == ["张乙"]
    assert list(done.set_aside["row"]) == [2, 4]


def test_a_certificate_alone_tells_the_age(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    rows = [[one[0], *one[3:]] for one in holders(make_number, "19800102", "20150310")]
    done = take("disability", make_grid([["姓名", "残疾证号", "残疾类别", "残疾等级", "监护人"], *rows]))
    assert list(done.accepted["name"]) == ["张乙"]
    assert len(done.set_aside) == 1


def test_a_mothers_number_beside_the_childs_certificate_is_no_reason_to_drop_the_child(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    child = holders(make_number, "20150310")[0]
    child[2] = make_number("19880405", 226)
    done = take("disability", make_grid([HOLDERS, child]))
    assert len(done.accepted) == 1
    assert done.accepted.iloc[0]["id_no"] == ""
    assert "parent_number" in done.accepted.iloc[0]["issues"]


def test_grown_ups_of_a_register_without_dates_of_birth_are_set_aside(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    heading = ["户号", "姓名", "与户主关系", "公民身份号码"]
    rows = [["1", "张大", "户主", make_number("19800102")], ["1", "张乙", "长子", make_number("20150310")]]
    done = take("public_security", make_grid([heading, *rows]))
    assert list(done.accepted["name"]) == ["张乙"]


LEDGER = ["序号", "姓名", "身份证号", "性别", "监护人姓名", "保障金额"]


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (["", "以上共计2人"], "total"),
        (["", "本页合计：2人"], "total"),
        (["全镇合计", "", "", "", "", "2900"], "total"),
        (["共2名"], "total"),
        (["", "以下空白"], "note"),
        (["——以下空白——"], "note"),
    ],
)
def test_what_stands_below_the_children_is_no_child(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber, last: list[str], kind: str
) -> None:
    rows = [
        [str(at), f"李{name}", make_number("20150310", 120 + at), "男", "李大", "1450"]
        for at, name in ((1, "甲"), (2, "乙"))
    ]
    raw = read("civil_affairs", make_grid([LEDGER, *rows, last])).raw
    assert list(raw["kind"]) == ["heading", "data", "data", kind]


def test_a_sum_of_money_is_not_held_against_the_number_of_rows(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    row = ["1", "李甲", make_number("20150310"), "男", "李大", "1450"]
    done = read("civil_affairs", make_grid([LEDGER, row, ["合计", "", "", "", "", "1450"]]))
    assert "total_differs" not in {notice.code for notice in done.notices}
    wrong = read("civil_affairs", make_grid([LEDGER, row, ["合计", "3", "", "", "", "1450"]]))
    assert "total_differs" in {notice.code for notice in wrong.notices}


def test_the_example_row_of_a_form_is_no_child(read: Read, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    example = ["例", "张三", make_number("20150310", 111), "男", "张大", "1450"]
    row = ["1", "李甲", make_number("20150310"), "男", "李大", "1450"]
    assert list(read("civil_affairs", make_grid([LEDGER, example, row])).raw["kind"]) == ["heading", "note", "data"]


def template(name: str, number: str) -> list[str]:
    row = [""] * 71
    row[2], row[3], row[4], row[6], row[21], row[47], row[48] = name, "男", "20150310", number, "五年级", "李大", "父亲"
    return row


def test_headings_in_unknown_words_above_the_template_are_no_child(
    read: Read, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    rows = [template(f"李{name}", make_number("20150310", 121 + 2 * at)) for at, name in enumerate("甲乙丙丁")]
    raw = read("education", make_grid([[f"字段{at}" for at in range(71)], *rows])).raw
    assert list(raw["kind"]) == ["heading", "title", "data", "data", "data", "data"]
    raw = read("education", make_grid(rows)).raw
    assert list(raw["kind"]) == ["heading", "data", "data", "data", "data"]


def test_yes_and_no_columns_say_their_word(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    heading = ["姓名", "身份证号", "监护人姓名", "儿童类别", "救助措施", "是否低保", "是否建档立卡"]
    rows = [["李甲", make_number("20150310"), "李大", "困境儿童", "临时救助", "是", "√"]]
    rows += [["李乙", make_number("20150310", 125), "李大", "困境儿童", "无", "是", "否"]]
    rows += [["李丙", make_number("20150310", 127), "李大", "困境儿童", "", "", "否"]]
    found: pd.DataFrame = take("civil_affairs", make_grid([heading, *rows])).accepted
    assert list(found["aid"]) == ["minimum_living;poverty_file;temporary", "minimum_living", ""]


def test_the_register_says_by_a_yes_who_died_or_moved(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    heading = ["户号", "姓名", "公民身份号码", "出生日期", "是否已迁出", "是否已死亡"]
    told = [("否", "是"), ("是", "否"), ("否", "否")]
    rows = [
        ["1", f"李{name}", make_number("20150310", 121 + 2 * at), "20150310", *told[at]]
        for at, name in enumerate("甲乙丙")
    ]
    assert list(take("public_security", make_grid([heading, *rows])).accepted["cancel_kind"]) == [
        "death",
        "moved_out",
        "",
    ]


def test_what_is_said_of_a_parents_work_may_be_a_death(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    heading = ["姓名", "身份证号", "监护人姓名", "父亲务工情况", "母亲务工情况"]
    rows = [
        ["李甲", make_number("20150310"), "李大", "是", "死亡"],
        ["李乙", make_number("20150310", 125), "李大", "否", "服刑在押"],
    ]
    found = take("civil_affairs", make_grid([heading, *rows])).accepted
    assert list(found["father_status"]) == ["away", ""]
    assert list(found["mother_status"]) == ["dead", "prison"]


def test_the_federations_number_for_a_card_in_use(take: Take, make_grid: MakeGrid, make_number: MakeNumber) -> None:
    row = [*holders(make_number, "20150310")[0], "6"]
    assert list(take("disability", make_grid([[*HOLDERS, "状态标注"], row])).accepted["card_status"]) == ["normal"]


def test_a_register_without_dates_of_birth_tells_them_by_its_numbers(
    take: Take, make_grid: MakeGrid, make_number: MakeNumber
) -> None:
    heading = ["户号", "姓名", "公民身份号码", "与户主关系"]
    record = take(
        "public_security", make_grid([heading, ["1", "李甲", make_number("20150310", 124), "长女"]])
    ).accepted.iloc[0]
    assert (record["birth_date"], record["birth_precision"], record["sex"]) == ("2015-03-10", "day", "2")
    assert record["birth_date_raw"] == ""
    ledger = take("civil_affairs", make_grid([LEDGER, ["1", "李甲", make_number("20150310", 124), "", "李大", ""]]))
    assert ledger.accepted.iloc[0]["birth_date"] == ""
