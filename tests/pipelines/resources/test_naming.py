"""What may be said of the name of a file or a sheet: numbers and known words, nothing that somebody could be recognised by."""

import re

import pytest

from pipelines.resources.naming import load_vocabulary, naming, naming_with, number_in, number_of, sheet_in

NUMBER = "ED-3f9a1c2b07"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("学籍.csv", f"{NUMBER}_学籍.csv"),
        ("张三转学.xlsx", f"{NUMBER}_转学.xlsx"),
        ("留守儿童2026年三季度(1).XLSX", f"{NUMBER}_留守儿童2026年三季度_1.xlsx"),
        ("教体局-学籍信息导出20260920.xlsx", f"{NUMBER}_教体局_学籍信息导出20260920.xlsx"),
        ("张三20150310.xlsx", f"{NUMBER}.xlsx"),
        ("民乐县学籍.xlsx", f"{NUMBER}_民乐县学籍.xlsx"),
        ("欧阳鹍鹏620722201503105115.xls", f"{NUMBER}.xls"),
        ("李小红2015-03-10出生.csv", f"{NUMBER}_出生.csv"),
        ("2015年3月10日.csv", f"{NUMBER}.csv"),
        ("王五 6207 2220 1503 1051 15.xls", f"{NUMBER}.xls"),
        ("１３９１２３４５６７８.xlsx", f"{NUMBER}.xlsx"),
        ("199-8877-6655.csv", f"{NUMBER}.csv"),
        ("尉迟璟雯", NUMBER),
        ("名册.尉迟璟雯", f"{NUMBER}_名册"),
        ("东关镇/张三.csv", f"{NUMBER}_东关镇.csv"),
    ],
)
def test_a_file_is_its_number_and_the_known_words_of_its_name(name, said):
    assert naming_with(["东关镇"]).file(NUMBER, name) == said


@pytest.mark.parametrize(
    "text", ["张三1234567.csv", "1 2 3 4 5 6 7 8.csv", "20262027.csv", "2026Q320263.csv", "620722202609103115.csv"]
)
def test_five_digits_never_stand_in_a_row(text):
    assert not re.search(r"\d{5}", naming().words(text))


@pytest.mark.parametrize(
    ("name", "exported"),
    [
        ("农村留守儿童信息台账.xlsx", "农村留守儿童信息台账.xlsx"),
        ("公安局_常住人口(0-17周岁)_2026年二季度.csv", "公安局_常住人口(0-17周岁)_2026年二季度.csv"),
        ("教体局-学籍信息导出20260618.xlsx", "教体局-学籍信息导出20260618.xlsx"),
        ("张三转学.xlsx", f"{NUMBER}_转学.xlsx"),
        ("学籍.张三", f"{NUMBER}_学籍"),
        ("东关镇/张三.csv", f"{NUMBER}.csv"),
    ],
)
def test_an_export_keeps_a_name_of_known_words_alone(name, exported):
    """Other systems find files by the names they gave them; the number begins every record_id beside it."""
    assert naming().exported(NUMBER, name) == exported


@pytest.mark.parametrize("town", ["", "东关镇"])
def test_a_town_is_said_only_where_the_county_has_it(town):
    assert naming_with([town]).words("东关镇花名册") == (f"{town}花名册" if town else "花名册")


@pytest.mark.parametrize(
    ("name", "label", "sentence"),
    [
        ("Sheet1", "Sheet1", "工作表「Sheet1」"),
        ("五年级(2)班", "五年级(2)班", "工作表「五年级(2)班」"),
        ("陈思雨", "第2张表", "第2张表"),
        ("陈思雨学籍", "第2张表_学籍", "第2张表（学籍）"),
        ("和", "第2张表", "第2张表"),
        ("", "", "第2张表"),
    ],
)
def test_a_sheet_keeps_a_name_of_known_words_and_else_is_counted(name, label, sentence):
    assert (naming().sheet(name, 2), naming().where(name, 2)) == (label, sentence)


def test_the_number_begins_the_numbers_of_the_records():
    assert number_of("ED", "3f9a1c2b07" + "0" * 54) == NUMBER
    assert number_in(f"{NUMBER}-2-15") == number_in(f"第1个文件 {NUMBER}_学籍.csv") == NUMBER
    assert (sheet_in(f"{NUMBER}-2-15"), sheet_in("r1")) == (2, 0)
    assert number_in("学籍.csv") == ""


def test_no_word_is_a_single_character():
    """A single character may be a part of any name: 李和, 及第."""
    assert [word for word in load_vocabulary().words if len(word) < 2] == []
