"""What is asked before a department's files are used, and what a person's confirmation makes of it."""

import dataclasses
from datetime import date

import pandas as pd

from assets.intake.contract import all_contracts
from assets.intake.gather import unread_sheets
from assets.intake.notices import Tabulated
from assets.receiving.doubts import CUT, MISDATED, SAME_ELSEWHERE, Confirmed, Question, doubts
from pipelines.partitions import Period
from pipelines.resources.deliveries import RegisteredDelivery

CONTRACTS = all_contracts()
NOTHING = Confirmed()
EARLIER = {"period": "2026Q2", "department": "education", "received_at": "2026-07-05T03:00:00+00:00"}


def taken(name, file):
    return RegisteredDelivery(name, file, "0" * 64, True, "", "2026-10-01T00:00:00+00:00", file)


def question(file="学籍.csv", earlier=None, department="education", confirmed=NOTHING):
    lines = {"D1": earlier} if earlier else {}
    return Question(
        Period.parse("2026Q3"), CONTRACTS[department], [taken("D1", file)], lines, {"education": "教育"}, confirmed
    )


def rows(number, *stated):
    """A file without titles that names so many people, below it what it says of itself."""
    lines = (
        [("heading", "姓名", "身份证号")] + [("data", "甲乙", "")] * number + [("total", text, "") for text in stated]
    )
    frame = pd.DataFrame(lines, columns=["kind", "c000", "c001"], dtype=object)
    raw = frame.assign(
        record_id="", delivery_id="D1", file="学籍.csv", sheet="", sheet_no=1, row=range(1, len(lines) + 1), damaged=""
    )
    return Tabulated(raw, readings=unread_sheets(raw, (), CONTRACTS["education"], date(2026, 9, 30)))


def only(found):
    ((line,),) = found.values()
    return line


def test_the_same_content_of_another_period_stops_and_says_when_it_came():
    line = only(doubts(question(earlier=EARLIER), {}))
    assert (line.code, line.severity, line.file) == (SAME_ELSEWHERE, "ask", "学籍.csv")
    assert "2026年第二季度（2026Q2）" in line.message
    assert "已于2026年7月5日导入" in line.message
    assert "--accept-period 教育 --consent" in line.advice


def test_another_departments_file_of_another_period_names_the_department():
    line = only(doubts(question(earlier=EARLIER, department="public_security"), {}))
    assert "（2026Q2）教育的一份文件完全相同" in line.message


def test_a_confirmation_makes_a_remark_of_it():
    for earlier, file in ((EARLIER, "学籍.csv"), (None, "学籍_20260618.csv")):
        asked = question(file, earlier, confirmed=Confirmed(period=True))
        line = only(doubts(asked, {"D1": rows(3)}))
        assert line.severity == "warn"
        assert "确认记入审计" in line.advice


def test_the_files_name_says_another_period():
    line = only(doubts(question("学籍_20260618.csv"), {"D1": rows(3)}))
    assert (line.code, line.severity) == (MISDATED, "ask")
    assert "文件名写的是2026年6月18日，像是2026年第二季度（2026Q2）的文件" in line.message
    assert doubts(question("学籍_20260920.csv"), {"D1": rows(3)}) == {}


def test_a_roster_that_rightly_stays_the_same_is_only_said():
    line = only(doubts(question("儿童主任名册_202606.xlsx", EARLIER, "workers"), {}))
    assert (line.code, line.severity) == (SAME_ELSEWHERE, "warn")
    assert "已于2026年7月5日导入" in line.message


def test_an_answer_that_the_product_wrote_is_of_the_period_of_its_numbers():
    assert doubts(question("查询答复_2026-11-30_0a1b2c3d.csv", EARLIER), {"D1": rows(3)}) == {}


def test_fewer_rows_than_the_file_says_of_itself():
    line = only(doubts(question(), {"D1": rows(40, "合计100人")}))
    assert (line.code, line.severity, line.row) == (CUT, "ask", 42)
    assert "写明共100，实际只有40行" in line.message
    assert "--accept-size 教育 --consent" in line.advice
    second = question(confirmed=Confirmed(size=True))
    assert only(doubts(second, {"D1": rows(40, "合计100人")})).severity == "warn"
    assert doubts(question(), {"D1": rows(99, "合计100人")}) == {}


def test_the_number_on_each_piece_is_that_of_all_pieces():
    asked = dataclasses.replace(question(), taken=[taken("D1", "1.csv"), taken("D2", "2.csv")])
    pieces = {"D1": rows(60, "共100条"), "D2": rows(40)}
    assert doubts(asked, pieces) == {}
    assert [line.file for line in doubts(asked, pieces | {"D2": rows(10)})["D1"]] == ["1.csv"]


def test_no_cell_and_no_name_is_in_a_sentence():
    for line in doubts(question("甲乙_20260618.csv"), {"D1": rows(40, "甲乙合计100人")})["D1"]:
        assert "甲乙" not in line.message + line.advice
