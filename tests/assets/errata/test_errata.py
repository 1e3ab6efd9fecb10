"""Errors in a department's own file: asked for, listed with its own value, followed until its next delivery."""

import json
from datetime import date

import docx
import pandas as pd
import pytest
from openpyxl import load_workbook

from assets.errata.holding import held_lines, hold
from assets.errata.lines import ANSWERED, CHANGED, FIXED, OTHER, STANDING, UNKNOWN, EarlierErrors, errors_of, outcome
from assets.errata.writing import DepartmentErrors, Frames, write_errata
from assets.replies.lines import read_lines
from assets.workbooks.context import PrintedList, PublishContext
from pipelines.resources.frames import FrameStore
from pipelines.resources.reading import read_file

OWN, OTHERS = "education", "public_security"


def finding(name, code="L15", department=OWN, **more):
    keys = {"department": department, "file": "学籍.xlsx", "sheet": "一班", "row": 7, "record_id": f"r{name}"}
    other = {"department": OTHERS, "file": "户籍.csv", "sheet": "", "row": 9, "record_id": f"p{name}"}
    said = {
        "field": "name" if code == "L15" else "",
        "grade": "明确",
        "reason": "姓名用字不同。",
        "clause": "",
        "town": "顺化镇",
    }
    named = {"period": "2026Q3", "code": code, "finding_id": f"{code}-{name}", "child_id": f"T{name}", "village": ""}
    return {**named, **keys, **said, "records": json.dumps([keys, other], ensure_ascii=False), "near": "[]", **more}


@pytest.fixture
def findings():
    rows = [
        finding("AAAAAAAA"),
        finding("BBBBBBBB", "L18"),
        finding("CCCCCCCC", department=OTHERS),
        finding("DDDDDDDD", "L01"),
    ]
    return pd.DataFrame(rows)


SENT = {"L15", "L17", "L18"}


def test_only_errors_in_its_own_rows_are_a_department_s(findings):
    assert errors_of(findings, OWN, SENT)["finding_id"].tolist() == ["L15-AAAAAAAA", "L18-BBBBBBBB"]
    assert errors_of(findings, OTHERS, SENT)["finding_id"].tolist() == ["L15-CCCCCCCC"]


def test_a_department_is_asked_about_no_list_that_the_place_does_not_send_it(findings):
    assert errors_of(findings, OWN, {"L15", "L01"})["finding_id"].tolist() == ["L15-AAAAAAAA"]
    assert errors_of(findings, OWN, {"L01"}).empty


BEFORE = {f"{OWN}.name": "a", f"{OTHERS}.name": "b"}


@pytest.mark.parametrize(
    ("listed", "shown", "now", "came", "result"),
    [
        ("no", "no", {f"{OWN}.name": "b", f"{OTHERS}.name": "b"}, True, FIXED),
        ("no", "no", {f"{OWN}.name": "a", f"{OTHERS}.name": "a"}, True, OTHER),
        ("yes", "yes", {f"{OWN}.name": "c", f"{OTHERS}.name": "b"}, True, CHANGED),
        ("yes", "yes", BEFORE, True, STANDING),
        ("yes", "no", BEFORE, True, ANSWERED),
        ("yes", "yes", BEFORE, False, UNKNOWN),
    ],
)
def test_the_next_delivery_tells_what_became_of_an_error(findings, listed, shown, now, came, result):
    row = {"finding_id": "L15-AAAAAAAA", "listed": listed, "shown": shown, "evidence": json.dumps(now)}
    asked = EarlierErrors(errors_of(findings, OWN, SENT).head(1), {"L15-AAAAAAAA": json.dumps(BEFORE)})
    assert outcome(asked, pd.DataFrame([row]), {OWN} if came else {OTHERS})["result"].tolist() == [result]


def test_letter_and_list_name_the_place_and_both_values_and_can_come_back(findings, tmp_path):
    values = {"id_no": "", "id_no_raw": "990722201503101239", "birth_date": "2015-03-10"}
    records = pd.DataFrame(
        [
            {"record_id": "rAAAAAAAA", "department": OWN, "name": "张晓明", **values},
            {"record_id": "pAAAAAAAA", "department": OTHERS, "name": "张小明", **values},
            {"record_id": "rBBBBBBBB", "department": OWN, "name": "李芳", **values},
        ]
    )
    children = pd.DataFrame({"child_id": ["TAAAAAAAA", "TBBBBBBBB"], "name": ["张小明", "李芳"]})
    lists = tuple(PrintedList(code, f"清单{code}", code, answers=("已更正", "维持原登记")) for code in ("L15", "L18"))
    context = PublishContext("2026Q3", date(2026, 9, 30), "清远县", lists, "清远县民政局")
    before = errors_of(findings, OWN, SENT).head(1).assign(result=STANDING)
    sheet = DepartmentErrors(OWN, errors_of(findings, OWN, SENT), before)
    letter, path = write_errata(sheet, Frames(children, records), context, tmp_path)
    said = "\n".join(paragraph.text for paragraph in docx.Document(str(letter)).paragraphs)
    assert "2处" in said
    assert "未更正1处" in said
    assert "张" not in said
    book = load_workbook(path)
    rows = {row[0][:3]: row for row in book["更正清单"].iter_rows(min_row=4, values_only=True)}
    assert rows["L15"][2:9] == ("学籍.xlsx", "一班", "7", "张小明", "姓名", "张晓明", "公安：张小明")
    assert rows["L18"][7] == "990722201503101239"
    assert "上期更正情况" in book.sheetnames
    returned = read_lines(read_file(path), path.name, "x")
    assert (returned.facts["recipient"], len(returned.lines)) == ("教育", 2)


def test_nothing_to_say_writes_nothing(findings, tmp_path):
    context = PublishContext("2026Q3", date(2026, 9, 30), "清远县", ())
    none = findings.iloc[:0]
    assert write_errata(DepartmentErrors(OWN, none, none), Frames(findings, findings), context, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_department_is_not_sent_any_more_is_taken_away(findings, tmp_path):
    context, none = PublishContext("2026Q3", date(2026, 9, 30), "清远县", ()), findings.iloc[:0]
    kept = tmp_path / "公安_2026Q3_更正清单.xlsx"
    for path in (kept, tmp_path / "教育_2026Q3_更正清单.xlsx", tmp_path / "教育_2026Q3_数据更正函.docx"):
        path.write_bytes(b"earlier")
    write_errata(DepartmentErrors(OWN, none, none), Frames(findings, findings), context, tmp_path)
    assert list(tmp_path.iterdir()) == [kept]


def test_a_line_that_another_department_is_asked_to_check_is_no_error_here(findings):
    asked = findings.assign(owner=[OTHERS, OWN, "", ""])
    assert errors_of(asked, OWN, SENT)["finding_id"].tolist() == ["L18-BBBBBBBB"]


def test_the_list_holds_its_lines_until_it_is_written_again_and_answered_ones_for_good(findings, tmp_path):
    frames, none = FrameStore(tmp_path), findings.iloc[:0]
    assert held_lines(frames, "2026Q3") == {}
    assert hold(frames, "2026Q3", {OWN: DepartmentErrors(OWN, errors_of(findings, OWN, SENT), none)}, ()) == 2
    assert held_lines(frames, "2026Q3") == {"L15-AAAAAAAA": OWN, "L18-BBBBBBBB": OWN}
    assert hold(frames, "2026Q3", {OWN: DepartmentErrors(OWN, none, none)}, {"L18-BBBBBBBB"}) == 0
    assert held_lines(frames, "2026Q3") == {"L18-BBBBBBBB": OWN}
