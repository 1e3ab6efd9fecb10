"""`tongbi check` shows headings to whoever holds the file, and not what looks like data."""

import pytest

from assets.intake.shown import shown_headings

NAME, NUMBER = "欧阳鹍鹏", "620722201503105115"


def shown(*headings, known=()):
    words = {at: word for at, word in enumerate(headings) if word in known}
    return list(shown_headings(dict(enumerate(headings)), words).values())


def test_unknown_words_are_shown_and_names_are_not():
    assert shown("姓名", "心理测评得分", "星座", known=("姓名",)) == ["姓名", "心理测评得分", "星座"]
    for name in (NAME, "张三", "陈德福", "阿依古丽·买买提"):
        assert shown("姓名", name, "星座", known=("姓名",)) == ["姓名", "第2列（B）", "星座"]


@pytest.mark.parametrize("cell", [NUMBER, "13912345678", "2015-03-10", "2015年3月", "139-1234"])
def test_a_row_with_a_number_or_a_day_is_data(cell):
    assert shown("姓名", "星座", cell, known=("姓名",)) == ["第1列（A）", "第2列（B）", "第3列（C）"]


def test_headings_with_names_beside_them_are_a_form():
    assert shown("姓名", NAME, "监护人", "陈德福", "星座", known=("姓名", "监护人")) == [
        f"第{at}列（{letter}）" for at, letter in enumerate("ABCDE", 1)
    ]


def test_of_a_known_heading_only_the_known_word_is_shown():
    assert list(shown_headings({0: f"姓名（{NAME}）", 1: "身份证号*"}, {0: "姓名", 1: "身份证号"}).values()) == [
        "姓名",
        "身份证号*",
    ]
