"""Workbooks that come back as people send them: what is entered, what is reported, and that nothing is overwritten (rules/bad-inputs.md#input-34 to #input-39)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt
from desk import CHOICES, FIRST_ROW, HEAD_ROW, Desk, columns, fill, results
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from assets.replies.judging import EarlierAnswer, choose, suggest
from assets.replies.lines import own_kind
from pipelines.resources.reading import read_file

A1, A2, A3, A4 = "L01-ACHJKLMN", "L01-ADHJKLMN", "L01-AEHJKLMN", "L03-AFHJKLMN"
B1 = "L01-BCHJKLMN"


def sheet_of(book: Workbook, code: str = "L01") -> Any:
    return next(sheet for sheet in book if sheet.title.startswith(code))


def grid(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_filled_workbook_is_entered_by_number(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地", 核查日期="2026-10-15", 核查人="王某", 说明="住邻县")
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert results(outcome) == {A1: "accepted"}
    found = outcome.of("accepted")[0]
    assert (found.answer, found.answered_on, found.recipient) == ("不属本地", "2026-10-15", "顺化镇")
    assert (found.line.answered_by, found.line.note) == ("王某", "住邻县")


def test_a_date_that_the_program_made_a_date_is_read(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地", 核查日期=date(2026, 10, 15))
    fill(sheet_of(book), FIRST_ROW + 1, "其他", 核查日期=datetime(2026, 10, 16, 9, 30))
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert [one.answered_on for one in outcome.of("accepted")] == ["2026-10-15", "2026-10-16"]


def test_34_rows_reordered_deleted_and_columns_added_and_removed(desk: Desk) -> None:
    """Sorted the other way round, a line deleted, columns inserted and deleted, sheet and file renamed."""
    book = desk.out()
    sheet = sheet_of(book)
    for row, answer in ((FIRST_ROW, "不属本地"), (FIRST_ROW + 1, "缺少材料"), (FIRST_ROW + 2, "其他")):
        fill(sheet, row, answer)
    rows = grid(sheet)
    at = columns(sheet)
    body = [row for row in reversed(rows[HEAD_ROW:]) if row[at["核查结果"] - 1] != "缺少材料"]
    other = Workbook()
    other.active.title = "汇总后"
    gone = {at["姓名"] - 1, at["原因"] - 1, at["把握程度"] - 1}
    for row in [rows[HEAD_ROW - 1], *body]:
        kept = [value for place, value in enumerate(row) if place not in gone]
        other.active.append(["我加的一列", *kept[:2], "又一列", *kept[2:]])
    outcome = desk.judge(desk.back("改了名的表.xlsx", other.save))
    assert results(outcome) == {A1: "accepted", A3: "accepted"}
    assert {one.finding_id: one.answer for one in outcome.of("accepted")} == {A1: "不属本地", A3: "其他"}


def save_xls(rows: list[list[Any]], path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.write(number, place, "" if value is None else value)
    book.save(str(path))


def save_csv(rows: list[list[Any]], path: Path, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "gbk.csv", "a.et"])
def test_34_saved_as_something_else(desk: Desk, name: str) -> None:
    """Old Excel, WPS and CSV lose the hidden sheet; the line's own number still says period and finding."""
    sheet = sheet_of(desk.out())
    fill(sheet, FIRST_ROW + 1, "户籍在外地", 核查日期="2026.10.8")
    rows = grid(sheet)

    def save(path: Path) -> None:
        if name.endswith(".csv"):
            save_csv(rows, path, "gb18030" if name == "gbk.csv" else "utf-8-sig")
        else:
            save_xls(rows, path)

    returned = desk.back(name, save)
    outcome = desk.judge(returned)
    assert results(outcome) == {A2: "accepted"}
    assert [(one.recipient, one.answered_on) for one in outcome.of("accepted")] == [("顺化镇", "2026-10-08")]


def test_34_filtered_and_hidden_rows_are_read(desk: Desk) -> None:
    book = desk.out()
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW + 2, "其他")
    sheet.row_dimensions[FIRST_ROW + 2].hidden = True
    assert results(desk.judge(desk.back("a.xlsx", book.save))) == {A3: "accepted"}


def test_34_a_number_that_was_never_sent_is_reported(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "其他")
    outcome = desk.judge(desk.back("a.xlsx", book.save), issued={"顺化镇": frozenset({A2})})
    assert results(outcome) == {A1: "unknown"}


@pytest.mark.parametrize(
    "damage", [lambda n: n[:5] + ("X" if n[5] != "X" else "Y") + n[6:], lambda n: n[:-3], lambda n: n[:-1]]
)
def test_35_a_damaged_number_is_reported_and_its_line_left(desk: Desk, damage: Any) -> None:
    book = desk.out()
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW, "不属本地")
    fill(sheet, FIRST_ROW + 1, "其他")
    sheet.cell(FIRST_ROW, 1).value = broken = damage(sheet.cell(FIRST_ROW, 1).value)
    assert results(desk.judge(desk.back("a.xlsx", book.save))) == {broken: "damaged", A2: "accepted"}


def test_35_a_number_used_twice_is_no_second_answer(desk: Desk) -> None:
    book = desk.out()
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW, "不属本地")
    fill(sheet, FIRST_ROW + 1, "其他")
    sheet.cell(FIRST_ROW + 1, 1).value = sheet.cell(FIRST_ROW, 1).value
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert [one.result for one in outcome.lines if one.finding_id == A1] == ["two_answers", "two_answers"]
    assert not outcome.of("accepted")


def test_35_lower_case_and_full_width_are_no_damage(desk: Desk) -> None:
    book = desk.out()
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW, "不属本地")
    sheet.cell(FIRST_ROW, 1).value = " " + sheet.cell(FIRST_ROW, 1).value.lower().replace("-", "－")
    assert results(desk.judge(desk.back("a.xlsx", book.save))) == {A1: "accepted"}


def test_36_free_text_is_not_accepted_and_the_nearest_choice_is_named(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "户籍在外地的，在兰州")
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert results(outcome) == {A1: "free_text"}
    assert outcome.lines[0].suggestion == "户籍在外地"


def test_36_a_note_without_a_choice_is_reported(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "", 说明="去过两次，没人")
    assert results(desk.judge(desk.back("a.xlsx", book.save))) == {A1: "no_answer"}


def test_37_two_people_two_answers_and_neither_counts(desk: Desk) -> None:
    one, other = desk.out(), desk.out()
    fill(sheet_of(one), FIRST_ROW, "不属本地")
    fill(sheet_of(other), FIRST_ROW, "缺少材料")
    fill(sheet_of(other), FIRST_ROW + 1, "其他")
    files = desk.back("张.xlsx", one.save), desk.back("李.xlsx", other.save)
    assert results(desk.judge(*files)) == {A1: "two_answers", A2: "accepted"}
    assert results(desk.judge(*reversed(files))) == {A1: "two_answers", A2: "accepted"}


def test_37_an_answer_that_was_entered_is_not_overwritten(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "缺少材料")
    before = {A1: EarlierAnswer("不属本地", "顺化镇", "2026-10-01", state="rejected")}
    outcome = desk.judge(desk.back("a.xlsx", book.save), answers=before)
    assert [(one.result, one.other) for one in outcome.lines if one.answer] == [("two_answers", "不属本地")]


@pytest.mark.parametrize(("day", "result"), [("2026-10-20", "accepted"), ("2026-10-01", "two_answers")])
def test_37_the_same_township_may_go_on_from_an_open_answer(desk: Desk, day: str, result: str) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "已登记", 核查日期=day)
    before = {A1: EarlierAnswer("缺少材料", "顺化镇", "2026-10-10", state="acting")}
    assert results(desk.judge(desk.back("a.xlsx", book.save), answers=before)) == {A1: result}


def test_37_the_same_answer_again_changes_nothing(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地", 核查日期="2026-10-01")
    before = {A1: EarlierAnswer("不属本地", "顺化镇", "2026-10-01", state="rejected")}
    assert results(desk.judge(desk.back("a.xlsx", book.save), answers=before)) == {A1: "unchanged"}


def test_38_an_old_workbook_is_refused_whole_with_an_explanation(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地")
    returned = desk.back("a.xlsx", book.save)
    outcome = desk.judge(returned, period="2026Q4", periods=["2026Q3"])
    assert [(one.code, one.file) for one in outcome.refused] == [("old", "a.xlsx")]
    assert "2026Q3" in outcome.refused[0].message
    assert outcome.lines == []


def test_38_an_old_list_saved_as_csv_is_recognised_line_by_line(desk: Desk) -> None:
    sheet = sheet_of(desk.out())
    fill(sheet, FIRST_ROW, "不属本地")
    returned = desk.back("a.csv", lambda path: save_csv(grid(sheet), path, "utf-8"))
    outcome = desk.judge(returned, period="2026Q4", periods=["2026Q3", "2026Q2"])
    assert {one.result for one in outcome.lines if one.answer or one.line.answer} == {"old"}


def test_39_another_township_s_workbook_is_refused(desk: Desk) -> None:
    book = desk.out("顺化镇")
    fill(sheet_of(book), FIRST_ROW, "不属本地")
    outcome = desk.judge(desk.back("a.xlsx", book.save, sender="民联镇"))
    assert [one.code for one in outcome.refused] == ["scope"]
    assert outcome.lines == []
    assert results(desk.judge(desk.back("b.xlsx", book.save, sender="顺化镇"))) == {A1: "accepted"}


def test_39_another_township_s_line_in_one_s_own_workbook_is_reported(desk: Desk) -> None:
    book = desk.out("顺化镇")
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW, "不属本地")
    sheet.cell(FIRST_ROW, 1).value = sheet_of(desk.out("民联镇")).cell(FIRST_ROW, 1).value
    assert results(desk.judge(desk.back("a.xlsx", book.save))) == {B1: "scope"}


def test_a_date_that_cannot_be_read_leaves_the_answer(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地", 核查日期="上个月")
    fill(sheet_of(book), FIRST_ROW + 1, "其他", 核查日期="2036-10-15")
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert results(outcome) == {A1: "bad_date", A2: "future_date"}
    assert [(one.answer, one.answered_on) for one in outcome.lines if one.answer] == [("不属本地", ""), ("其他", "")]


def test_a_file_without_numbers_is_refused(desk: Desk) -> None:
    book = Workbook()
    for row in (["姓名", "核查结果"], ["甲", "不属本地"], ["乙", "其他"]):
        book.active.append(row)
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert [one.code for one in outcome.refused] == ["no_numbers"]


def test_a_deleted_heading_row_does_not_lose_the_numbers(desk: Desk) -> None:
    rows = grid(sheet_of(desk.out()))[HEAD_ROW:]
    returned = desk.back("a.csv", lambda path: save_csv(rows, path, "utf-8"))
    assert len(returned.lines) == 3


def test_choices_may_miss_what_stands_in_brackets() -> None:
    assert choose("已登记", CHOICES["L01"]) == "已登记（填写身份证号）"
    assert choose(" 已登记(填写身份证号) ", CHOICES["L01"]) == "已登记（填写身份证号）"
    assert choose("登记了", CHOICES["L01"]) == ""
    assert suggest("", CHOICES["L01"]) == ""


def test_what_is_missing_is_said_with_row_and_column(desk: Desk) -> None:
    book = desk.out()
    sheet = sheet_of(book)
    fill(sheet, FIRST_ROW, "已登记（填写身份证号）", 核查日期="2026-10-15", 核查人="王某")
    fill(sheet, FIRST_ROW + 1, "不属本地", 核查日期="2099-01-01", 核查人="王某")
    fill(sheet, FIRST_ROW + 2, "其他", 核查日期="上个月")
    at = {name: get_column_letter(column) for name, column in columns(sheet).items()}
    lines = {one.finding_id: one for one in desk.judge(desk.back("a.xlsx", book.save)).lines if one.answer}
    assert lines[A1].result == "accepted"
    assert lines[A1].asks == (
        f"第4行{at['说明']}列“说明”是空的，而选项是“已登记（填写身份证号）”：请在这一格写明身份证号。",
    )
    (future,) = lines[A2].asks
    assert future.startswith(f"第5行{at['核查日期']}列“核查日期”写的是还没有到的日期")
    unread, unnamed = lines[A3].asks
    assert unread.startswith(f"第6行{at['核查日期']}列“核查日期”不是可以读出的日期")
    assert unnamed.startswith(f"第6行{at['核查人']}列“核查人”没有填写")


def test_what_an_option_asks_for_may_stand_in_its_brackets(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "已登记(派出所已办)", 核查日期="2026-10-15", 核查人="王某")
    fill(sheet_of(book), FIRST_ROW + 1, "不属本地（不知道）", 核查日期="2026-10-15", 核查人="王某")
    outcome = desk.judge(desk.back("a.xlsx", book.save))
    assert results(outcome) == {A1: "accepted", A2: "free_text"}
    (line,) = outcome.of("accepted")
    assert (line.answer, line.line.note, line.asks) == ("已登记（填写身份证号）", "派出所已办", ())


def test_the_name_that_was_missing_is_news(desk: Desk) -> None:
    book = desk.out()
    fill(sheet_of(book), FIRST_ROW, "不属本地", 核查日期="2026-10-15", 核查人="王某")
    file = desk.back("a.xlsx", book.save)
    nameless = EarlierAnswer("不属本地", "顺化镇", "2026-10-15", "", "rejected", author="顺化镇")
    assert results(desk.judge(file, answers={A1: nameless})) == {A1: "accepted"}
    named = EarlierAnswer("不属本地", "顺化镇", "2026-10-15", "", "rejected", author="李某")
    assert results(desk.judge(file, answers={A1: named})) == {A1: "unchanged"}


@pytest.mark.parametrize("save", ["book", "csv"])
def test_our_own_workbook_is_known_from_a_visit_record(desk: Desk, save: str) -> None:
    path = desk.folder / f"a.{'xlsx' if save == 'book' else 'csv'}"
    if save == "book":
        desk.out().save(path)
    else:
        path.write_text(
            "\n".join(",".join(str(cell or "") for cell in row) for row in grid(sheet_of(desk.out()))), "utf-8"
        )
    assert own_kind(read_file(path)) == "findings"
    path = desk.folder / "visits.csv"
    path.write_text(
        "编号,姓名,走访日期,走访结果,走访人\n1,王小,2026-09-01,正常,李某\n2,王大,2026-09-01,正常,李某\n", "utf-8"
    )
    assert own_kind(read_file(path)) == ""
