"""Review pairs go out two rows each with the differences coloured, and the answers become decisions that last."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from assets.replies.judging import SentLines, judge
from assets.replies.lines import read_lines
from assets.replies.reviewing import decided, enter, sent_pairs
from assets.replies.taking import with_pairs
from assets.workbooks.context import PublishContext
from assets.workbooks.review import FOLDER, SHEET, pair_id, write_review
from pipelines.resources import decisions
from pipelines.resources.database import writing
from pipelines.resources.reading import read_file
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace

PERIOD, TODAY = "2026Q3", date(2026, 11, 20)
HEAD_ROW = 4


def records() -> pd.DataFrame:
    rows = [
        ("CA-1", "civil_affairs", "张小明", "2015-03-10", "990722201503101238", "张大山"),
        ("ED-1", "education", "张晓明", "2015-03-10", "", "张大山"),
        ("CA-2", "civil_affairs", "李芳", "2014-07-05", "990722201407054321", "李强"),
        ("ED-2", "education", "李芳", "2014-07-06", "990722201407064321", ""),
    ]
    columns = ["record_id", "department", "name", "birth_date", "id_no", "father_name"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(file="台账.xlsx", sheet="名册", row=[2, 3, 4, 5], layout="ledger", period=PERIOD)


def pairs() -> pd.DataFrame:
    rows = [
        ("CA-1", "ED-1", 0.6, "review", "姓名读音相同"),
        ("CA-2", "ED-2", 0.4, "review", "生日差一天"),
        ("CA-1", "CA-2", 0.1, "different", ""),
    ]
    return pd.DataFrame(rows, columns=["record_a", "record_b", "probability", "grade", "reason"])


@pytest.fixture
def county(tmp_path: Path) -> Any:
    opened = Session(Workspace.create(tmp_path / "workspace"))
    opened.frames.write("link_pairs", PERIOD, pairs())
    opened.frames.write("child_files.records", PERIOD, records())
    yield opened
    opened.engine.dispose()


def workbook(folder: Path) -> Path:
    context = PublishContext(PERIOD, date(2026, 9, 30), "清远县", ())
    assert write_review(pairs(), records(), context, folder) == 2
    return folder / FOLDER / f"{SHEET}_{PERIOD}.xlsx"


def taken(county: Session, *paths: Path) -> list[tuple[str, str]]:
    """Give files back, enter what can be entered; returns (result, answer) of the lines that say something."""
    files = [read_lines(read_file(p), p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths]
    sent = sent_pairs(county, PERIOD)
    with county.engine.connect() as connection:
        known = with_pairs(SentLines(PERIOD, [], {}, {}, {}, {}, TODAY), sent, decided(connection))
    outcome = judge(files, known)
    with writing(county.engine) as connection:
        enter(connection, county, outcome.of("accepted"), PERIOD, sent)
    return [(one.result, one.answer or one.line.answer) for one in outcome.lines if one.result != "empty"]


def fill(path: Path, answers: dict[str, str], name: str) -> Path:
    book = load_workbook(path, rich_text=True)
    sheet = book[SHEET]
    at = {str(cell.value): cell.column for cell in sheet[HEAD_ROW]}
    for row in range(HEAD_ROW + 1, sheet.max_row + 1):
        number = str(sheet.cell(row, 1).value)[:-3]
        if row % 2 and number in answers:
            sheet.cell(row, at["判断结果"]).value = answers[number]
            sheet.cell(row, at["判断日期"]).value = "2026-10-15"
            sheet.cell(row, at["判断人"]).value = "赵某"
    book.save(path.with_name(name))
    return path.with_name(name)


def entered(county: Session) -> pd.DataFrame:
    with county.engine.connect() as connection:
        return decisions.read(connection)


FIRST, SECOND = pair_id("CA-1", "ED-1"), pair_id("ED-2", "CA-2")


def test_two_rows_carry_one_number_and_the_differing_characters_are_red(tmp_path: Path) -> None:
    sheet = load_workbook(workbook(tmp_path), rich_text=True)[SHEET]
    rows = list(sheet.iter_rows(min_row=HEAD_ROW + 1))
    assert [str(row[0].value)[:-3] for row in rows] == [FIRST, FIRST, SECOND, SECOND]
    names = [row[2].value for row in rows[:2]]
    assert [[str(part) for part in name] for name in names] == [["张", "小", "明"], ["张", "晓", "明"]]
    assert names[0][1].font.color.rgb == "FFC00000"
    assert isinstance(rows[0][4].value, str)  # the same birth date is not coloured
    assert rows[0][5].value == "990722201503101238"
    assert [cell.protection.locked for cell in (rows[0][0], rows[0][14], rows[1][14])] == [True, False, True]


def test_an_answer_becomes_a_decision_with_the_content_of_the_records(county: Session, tmp_path: Path) -> None:
    path = fill(workbook(tmp_path), {FIRST: "是同一人", SECOND: "不是同一人"}, "back.xlsx")
    assert taken(county, path) == [("accepted", "是同一人"), ("accepted", "不是同一人")]
    found = entered(county)
    assert found[["record_a", "record_b", "verdict"]].to_numpy().tolist() == [
        ["CA-1", "ED-1", "same"],
        ["CA-2", "ED-2", "different"],
    ]
    assert set(found["decided_at"]) == {"2026-10-15"}
    assert all(found["key_a"])
    assert all(found["key_b"])
    assert "赵某" in found["note"].iloc[0]


def test_the_same_workbook_twice_decides_once(county: Session, tmp_path: Path) -> None:
    path = fill(workbook(tmp_path), {FIRST: "是同一人"}, "back.xlsx")
    taken(county, path)
    assert taken(county, path) == [("unchanged", "是同一人")]
    assert len(entered(county)) == 1


def test_a_decision_is_not_overwritten_by_another_copy(county: Session, tmp_path: Path) -> None:
    taken(county, fill(workbook(tmp_path), {FIRST: "是同一人"}, "back.xlsx"))
    assert taken(county, fill(workbook(tmp_path), {FIRST: "不是同一人"}, "other.xlsx")) == [
        ("two_answers", "不是同一人")
    ]
    assert entered(county)["verdict"].tolist() == ["same"]


def test_two_people_who_disagree_decide_nothing(county: Session, tmp_path: Path) -> None:
    one = fill(workbook(tmp_path), {FIRST: "是同一人"}, "one.xlsx")
    two = fill(workbook(tmp_path), {FIRST: "不是同一人", SECOND: "也许"}, "two.xlsx")
    assert sorted(result for result, _ in taken(county, one, two)) == ["free_text", "two_answers", "two_answers"]
    assert entered(county).empty


def test_no_pair_no_workbook(tmp_path: Path) -> None:
    context = PublishContext(PERIOD, date(2026, 9, 30), "清远县", ())
    assert write_review(pairs().iloc[2:], records(), context, tmp_path) == 0
    assert not list(tmp_path.iterdir())
