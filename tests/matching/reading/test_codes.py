"""Words and numbers to canonical codes, sets, grades."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reading import codes
from matching.tables import table_yaml

AS_OF = date(2026, 9, 30)
UNKNOWN = "unknown"


def one(table: str, cell: str, source: str = "") -> str:
    row = codes.read_codes(pd.Series([cell]), table, source).iloc[0]
    return UNKNOWN if row["unknown"] else str(row["value"])


@pytest.mark.parametrize(
    ("table", "cell", "code"),
    [
        ("sex", "男", "1"), ("sex", "女性", "2"), ("sex", "1.0", "1"), ("sex", "2-女", "2"), ("sex", "F", "2"), ("sex", "不详", ""), ("sex", "5", UNKNOWN),
        ("nation", "汉", "01"), ("nation", "汉族", "01"), ("nation", "1", "01"), ("nation", "01", "01"), ("nation", "毛难族", "36"), ("nation", "崩龙族", "46"), ("nation", "傈傈族", "20"),
        ("nation", "穿青人", "57"), ("nation", "97", "57"), ("nation", "60", UNKNOWN), ("nation", "乌兹别克族", "43"),
        ("relation", "孙子", "41"), ("relation", "41", "41"), ("relation", "长子", "22"), ("relation", "户主", "02"), ("relation", "2", "02"),
        ("enrolment", "转学（转出）", "transferred_out"), ("enrolment", "辍学", "other_leave"), ("enrolment", "在校", "in"), ("enrolment", "3Z", UNKNOWN),
        ("left_behind", "双亲留守", "both"), ("left_behind", "2", "both"), ("left_behind", "非留守", "none"),
        ("flag", "有", "yes"), ("flag", "无", "no"), ("flag", "√", "yes"), ("flag", "0", "no"), ("flag", "未签", "no"), ("flag", "", ""), ("flag", "不详", ""), ("flag", "也许", UNKNOWN),
        ("parent_status", "服刑在押", "prison"), ("parent_status", "强制隔离戒毒", "detox"), ("parent_status", "失联", "lost_contact"), ("parent_status", "弃养", "abandoned"),
        ("guardian_relation", "奶奶", "grandparent"), ("guardian_relation", "祖母", "grandparent"), ("guardian_relation", "01", "father"),
        ("disability_level", "Ⅱ级", "2"), ("disability_level", "壹级", "1"), ("disability_level", "1级", "1"), ("disability_level", "肢体二级、智力三级", "2"), ("disability_level", "未定级", "9"),
        ("hukou_class", "4", "none"), ("hukou_class", "外省市户口", "elsewhere"), ("exit_reason", "09", "overage"), ("cancel", "死亡注销", "death"),
        ("study", "控辍", UNKNOWN), ("study", "送教", "home_teaching"), ("grade", "小一", "1"), ("grade", "初三", "9"),
    ],
)  # fmt: skip
def test_one_code(table: str, cell: str, code: str) -> None:
    assert one(table, cell) == code


def test_a_department_has_its_own_numbers() -> None:
    assert one("document", "1", "education") == "id_card"
    assert one("document", "Z", "education") == "other"
    assert one("document", "111", "public_security") == "id_card"
    assert one("document", "1") == UNKNOWN
    assert one("hukou_nature", "1", "education") == "rural"
    assert one("hukou_nature", "1") == UNKNOWN, "local copies turn these numbers round (rules/files.md#ff13)"
    assert one("study", "7", "civil_affairs") == "preschool"


@pytest.mark.parametrize(
    ("table", "cell", "value", "unknown"),
    [
        ("category", "留守儿童、困境儿童", "dilemma;left_behind", ""), ("category", "8,9", "dilemma;left_behind", ""), ("category", "孤儿", "orphan", ""),
        ("category", "事实无人抚养儿童；留守儿童", "de_facto;left_behind", ""), ("category", "孤儿、外星人", "orphan", "外星人"), ("category", "社会散居儿童（孤儿）", "orphan", ""),
        ("aid", "低保、医疗救助", "medical;minimum_living", ""), ("aid", "无", "none", ""), ("aid", "", "", ""),
        ("disability_type", "肢体残疾", "4", ""), ("disability_type", "61", "1", ""), ("disability_type", "肢体二级、智力三级", "7", ""), ("disability_type", "听力、言语", "7", ""),
        ("disability_type", "肢体二级", "4", ""), ("disability_type", "孤独症", "6", ""),
        ("category", "机构养育孤儿、留守儿童", "institution;left_behind;orphan", ""),
        ("aid", "集中供养", "destitute;institution", ""),
    ],
)  # fmt: skip
def test_sets(table: str, cell: str, value: str, unknown: str) -> None:
    row = codes.read_sets(pd.Series([cell]), table).iloc[0]
    assert (row["value"], row["unknown"]) == (value, unknown)


def test_every_written_form_is_read_as_its_own_code() -> None:
    for table, forms in table_yaml("codes.yaml").items():
        pairs = [(code, form) for code, words in forms.items() for form in words]
        read = codes.read_codes(pd.Series([form for _, form in pairs]), table)
        assert list(read["value"]) == [code for code, _ in pairs], table
        assert all(words for words in forms.values()), f"{table}: a code without a word cannot be shown"


def test_nations_are_complete() -> None:
    numbers = [f"{number:02d}" for number in range(1, 59)]
    assert sorted(table_yaml("codes.yaml")["nation"]) == numbers


def test_unknown_table() -> None:
    with pytest.raises(KeyError):
        codes.read_codes(pd.Series(["x"]), "no_such_table")


@pytest.mark.parametrize(
    ("cell", "stage", "grade"),
    [
        ("三年级", "", "3"), ("3年级2班", "", "3"), ("三（2）班", "", "3"), ("301班", "", "3"), ("六1班", "", "6"), ("小三", "", "3"), ("七年级", "", "7"), ("初一(3)班", "", "7"),
        ("三（2）班", "凤县初级中学", "9"), ("二年级", "凤县初级中学", "8"), ("高二", "", "11"), ("大班", "", "K"), ("学前班", "", "K"), ("培智二年级", "", "S2"), ("三年级", "凤县特殊教育学校", "S3"),
        ("2021级", "双石铺小学", "6"), ("2024级", "双石铺小学", "3"), ("2024级", "凤县初级中学", "9"), ("初中2025级", "", "8"), ("小学2021级", "", "6"), ("高中2024级", "", "12"), ("2021级", "", "6"),
        ("2021", "双石铺小学", "6"), ("2025级", "", UNKNOWN), ("2015级", "双石铺小学", UNKNOWN), ("2026级", "双石铺小学", "1"), ("好班", "", UNKNOWN), ("无", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_grades(cell: str, stage: str, grade: str) -> None:
    row = codes.read_grades(pd.Series([cell]), pd.Series([stage]), AS_OF).iloc[0]
    assert (UNKNOWN if row["unknown"] else row["value"]) == grade


def test_a_school_year_begins_in_september() -> None:
    june = codes.read_grades(pd.Series(["2021级"]), "小学", date(2026, 6, 30))
    assert list(june["value"]) == ["5"]


@given(
    st.text(max_size=12) | st.text(alphabet="一二三年级班初高小（）()2021级、;", max_size=9),
    st.sampled_from(sorted(table_yaml("codes.yaml"))),
)
def test_any_cell_gives_codes_of_the_table_or_nothing(cell: str, table: str) -> None:
    column = pd.Series([cell])
    known = set(table_yaml("codes.yaml")[table]) | {""}
    row, several = codes.read_codes(column, table).iloc[0], codes.read_sets(column, table).iloc[0]
    assert row["value"] in known
    assert set(several["value"].split(";")) <= known
    assert not (row["value"] and row["unknown"])
