"""Queries hold only what is needed; answers come back by number and become a delivery that the department's contract reads."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from assets.intake.contract import load_contracts
from assets.intake.department import StandardisingRequest, try_delivery
from assets.intake.notices import DeliveredFile
from assets.intake.tabulate import tabulate
from assets.queries.answers import take_answers
from assets.queries.people import children_to_ask, parents_to_ask
from assets.queries.rules import query_rules
from assets.queries.sheets import NUMBER, read_answers, write_query
from assets.workbooks.context import PublishContext
from assets.workbooks.csvout import write_csv
from pipelines.resources.deliveries import Branch
from pipelines.resources.reading import read_file

PERIOD = "2026Q3"
POLICE, JUSTICE = query_rules().queries["police"], query_rules().queries["justice"]
ID_A, ID_B, ID_DAD = "620722201503105115", "620722201407054323", "620722198503105113"


def children():
    common = {
        "alive": "yes",
        "police_state": "absent",
        "guardian_name": "",
        "mother_name": "",
        "mother_id": "",
        "phone": "13900001234",
    }
    rows = [
        {
            "child_id": "T1",
            "name": "甲一",
            "id_no": ID_A,
            "sex": "1",
            "birth_date": "2015-03-10",
            "father_name": "甲父",
        },
        {"child_id": "T2", "name": "乙二", "id_no": "", "sex": "2", "birth_date": "2014-07-05", "father_name": "乙父"},
        {
            "child_id": "T3",
            "name": "丙三",
            "id_no": ID_B,
            "sex": "2",
            "birth_date": "2014-07-05",
            "father_name": "丙父",
        },
        {
            "child_id": "T4",
            "name": "丁四",
            "id_no": "",
            "sex": "1",
            "birth_date": "2016-01-01",
            "father_name": "",
            "police_state": "active",
        },
    ]
    more = [
        {"categories": "dilemma", "father_id": ID_DAD},
        {"categories": "de_facto", "father_id": ID_B},
        {"categories": "", "father_id": ID_B},
    ]
    more.append({"categories": "left_behind", "father_id": ""})
    return pd.DataFrame([{**common, **row, **extra} for row, extra in zip(rows, more, strict=True)])


def context():
    return PublishContext(PERIOD, date(2026, 9, 30), "清远县", ())


@pytest.fixture
def asked(tmp_path):
    people = children_to_ask(children(), None, POLICE)
    return people, write_query(people, POLICE, context(), tmp_path / "q.xlsx")


def cells(path: Path):
    return [str(cell.value) for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value]


def test_the_police_are_asked_about_children_without_a_record_or_about_the_listed_ones():
    assert sorted(children_to_ask(children(), None, POLICE)["name"]) == ["丙三", "乙二", "甲一"]
    assert children_to_ask(children(), {"T2"}, POLICE)["name"].tolist() == ["乙二"]


def test_justice_is_asked_about_parents_of_children_in_difficulty_by_name_and_number_only(tmp_path):
    people = parents_to_ask(children(), JUSTICE)
    assert people[["name", "id_no"]].to_numpy().tolist() == [["甲父", ID_DAD]]
    said = cells(write_query(people, JUSTICE, context(), tmp_path / "q.xlsx"))
    assert ID_DAD in said
    assert not {"甲一", ID_A, "2015-03-10", "13900001234"} & set(said)


def test_a_query_shows_the_parent_only_where_there_is_no_number(asked):
    said = cells(asked[1])
    assert "乙父" in said
    assert not {"甲父", "丙父", "13900001234", "丁四"} & set(said)


def answered(path: Path, answers, target: Path) -> Path:
    """Fill in by name, and mix the rows and columns as people do."""
    book = load_workbook(path)
    sheet = book[POLICE.title]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=3)]
    head, body = rows[0], rows[1:]
    for row in body:
        for heading, value in answers.get(row[head.index("姓名")], {}).items():
            row[head.index(heading)] = value
    kept = [place for place, name in enumerate(head) if name != "性别"]
    frame = pd.DataFrame(
        [["查询答复", *[""] * (len(kept) - 1)], *[[row[place] for place in kept] for row in [head, *reversed(body)]]]
    )
    frame.to_csv(target, index=False, header=False, encoding="gb18030")
    return target


ANSWERS = {
    "甲一": {"查询结果": "存在", "户籍地址": "顺化镇上庄村1号"},
    "乙二": {"查询结果": "姓名不符", "登记姓名": "乙贰", "登记身份证号": "62072220140705436X"},
    "丙三": {"查询结果": "已死亡", "死亡日期": "2026-05-01"},
}


def test_an_answer_file_becomes_a_delivery_of_the_police(asked, tmp_path):
    people, path = asked
    lines = read_answers(read_file(answered(path, ANSWERS, tmp_path / "回复.csv")), POLICE, PERIOD)
    taken = take_answers(lines, people, POLICE)
    assert (taken.counts, taken.problems, taken.waiting) == ({"存在": 1, "姓名不符": 1, "已死亡": 1}, [], 0)
    target = write_csv(taken.delivery, tmp_path / "police.csv")
    contract = load_contracts()["public_security"]
    tabulated = tabulate(DeliveredFile(read_file(target), target.name, "0" * 64, "d"), contract, date(2026, 9, 30))
    found = try_delivery(
        None, StandardisingRequest(Branch(PERIOD, "public_security"), contract), tabulated
    ).standardised.accepted
    said = {
        row["name"]: (row["id_no_raw"], row["cancel_kind"] != "", row["death_date"]) for row in found.to_dict("records")
    }
    assert said == {
        "甲一": (ID_A, False, ""),
        "乙贰": ("62072220140705436X", False, ""),
        "丙三": (ID_B, True, "2026-05-01"),
    }


def test_no_record_and_no_answer_make_no_line(asked, tmp_path):
    people, path = asked
    target = answered(path, {"甲一": {"查询结果": "不存在"}}, tmp_path / "a.csv")
    taken = take_answers(read_answers(read_file(target), POLICE, PERIOD), people, POLICE)
    assert (taken.counts, taken.waiting, len(taken.delivery)) == ({"不存在": 1}, 2, 0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"查询结果": "查到了"}, "下拉列表"),
        ({"查询结果": "已死亡"}, "死亡日期"),
        ({"查询结果": "姓名不符"}, "登记姓名"),
        ({"查询结果": "存在", NUMBER: "Q01-AAAAAAAA-00"}, "编号损坏"),
    ],
)
def test_what_cannot_be_taken_is_said_without_the_value(asked, tmp_path, answer, said):
    people, path = asked
    target = answered(path, {"甲一": answer}, tmp_path / "a.csv")
    taken = take_answers(read_answers(read_file(target), POLICE, PERIOD), people, POLICE)
    assert [said in sentence for _, sentence in taken.problems] == [True]
    assert "甲一" not in str(taken.problems)
    assert taken.delivery.empty


def test_a_query_of_another_period_is_not_taken(asked, tmp_path):
    people, path = asked
    target = answered(path, ANSWERS, tmp_path / "a.csv")
    taken = take_answers(read_answers(read_file(target), POLICE, "2026Q4"), people, POLICE)
    assert len(taken.problems) == 3
    assert taken.delivery.empty


def test_two_answers_on_one_number_count_for_nothing(asked, tmp_path):
    people, path = asked
    one = read_answers(read_file(answered(path, {"甲一": {"查询结果": "存在"}}, tmp_path / "a.csv")), POLICE, PERIOD)
    two = read_answers(read_file(answered(path, {"甲一": {"查询结果": "不存在"}}, tmp_path / "b.csv")), POLICE, PERIOD)
    taken = take_answers([*one, *two], people, POLICE)
    assert (taken.counts, len(taken.delivery), len(taken.problems)) == ({}, 0, 1)
