"""Returned files through the inbox and the database: entered once, reported on a sheet, and the sheet itself decides."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from desk import CHOICES, FIRST_ROW, HEAD_ROW, Desk, context, fill, findings
from openpyxl import load_workbook

from assets.replies.report import NAME, TROUBLE, trouble_of, write_report
from assets.replies.sendback import send_back
from assets.replies.taking import Taking, take
from expectations.life.states import APPEARED, Event, fold
from pipelines.resources import finding_events
from pipelines.resources.database import insert_rows, writing
from pipelines.resources.finding_events import Issued
from pipelines.resources.session import Session
from pipelines.resources.tables import audit, finding
from pipelines.resources.workspace import Workspace

TODAY, PERIOD = date(2026, 11, 20), "2026Q3"
A1, A2, A3, B1 = "L01-ACHJKLMN", "L01-ADHJKLMN", "L01-AEHJKLMN", "L01-BCHJKLMN"


@pytest.fixture
def county(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A workspace whose period went out as the desk's workbooks."""
    from assets.replies import taking

    monkeypatch.setattr(
        taking,
        "load_catalogue",
        lambda: SimpleNamespace(lists={code: SimpleNamespace(answers=answers) for code, answers in CHOICES.items()}),
    )
    opened = Session(Workspace.create(tmp_path / "workspace"))
    frame = findings(PERIOD)
    with writing(opened.engine) as connection:
        rows = frame[["finding_id", "code", "child_id", "field"]].assign(first_period=PERIOD).to_dict("records")
        insert_rows(connection, finding, rows)
        finding_events.append(
            connection, [asdict(Event(name, PERIOD, APPEARED, "new", fingerprint="f")) for name in frame["finding_id"]]
        )
        sent = [
            Issued(name, one, "township" if name.endswith("镇") else "department", one[:3], "2026-11-10")
            for name, names in desk.known.issued.items()
            for one in names
        ]
        finding_events.replace_issued(connection, PERIOD, sent)
    yield opened
    opened.engine.dispose()


def give(county: Session, desk: Desk, name: str, town: str = "顺化镇", **answers: str) -> None:
    """Put a township's workbook into the inbox; `r4="…"` is the answer on row 4."""
    book = desk.out(town)
    sheet = next(one for one in book if one.title.startswith("L01"))
    for row, answer in answers.items():
        fill(sheet, int(row[1:]), answer, 核查日期="2026-10-15")
    path = county.workspace.inbox / "replies" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def states(county: Session) -> dict[str, tuple[str, str]]:
    with county.engine.connect() as connection:
        found = fold(Event(**row) for row in finding_events.events(connection))
    return {name: (life.state, life.answer) for name, life in found.items() if life.answer}


def results(taking: Taking) -> list[str]:
    return sorted(one.result for one in taking.outcome.lines if one.result != "empty")


def test_a_dry_run_shows_and_enters_nothing(county: Session, desk: Desk) -> None:
    give(county, desk, "顺化镇/a.xlsx", r4="不属本地", r5="缺少材料")
    taking = take(county, dry_run=True, today=TODAY)
    assert results(taking) == ["accepted", "accepted"]
    assert states(county) == {}
    assert not list(county.workspace.store.rglob("*.xlsx"))


def test_answers_are_entered_with_their_states_once(county: Session, desk: Desk) -> None:
    give(county, desk, "顺化镇/a.xlsx", r4="不属本地", r5="缺少材料")
    assert take(county, False, TODAY).entered == 2
    assert states(county) == {A1: ("rejected", "不属本地"), A2: ("acting", "缺少材料")}
    again = take(county, False, TODAY)
    assert (again.entered, results(again)) == (0, ["unchanged", "unchanged"])
    shutil.copy(county.workspace.inbox / "replies" / "顺化镇" / "a.xlsx", county.workspace.inbox / "replies" / "b.xlsx")
    assert take(county, False, TODAY).entered == 0
    with county.engine.connect() as connection:
        assert [row.action for row in connection.execute(audit.select()) if row.action == "replies"] == ["replies"]


def test_the_sheet_that_asks_decides_when_it_comes_back(county: Session, desk: Desk) -> None:
    give(county, desk, "一.xlsx", r4="不属本地")
    give(county, desk, "二.xlsx", r4="缺少材料", r5="其他")
    first = take(county, False, TODAY)
    assert results(first) == ["accepted", "two_answers", "two_answers"]
    path = write_report(first, context(), county.workspace.outbox / NAME, dry_run=False)
    book = load_workbook(path)
    sheet = book[TROUBLE]
    assert (sheet.cell(FIRST_ROW, 1).value or "")[:12] == A1
    at = {str(cell.value): cell.column for cell in sheet[HEAD_ROW]}
    sheet.cell(FIRST_ROW, at["最终结果"]).value = "缺少材料"
    book.save(county.workspace.inbox / "replies" / "裁定.xlsx")
    second = take(county, False, TODAY)
    assert second.entered == 1
    assert states(county)[A1] == ("acting", "缺少材料")
    third = take(county, False, TODAY)
    assert (third.entered, "two_answers" in results(third)) == (0, False)


def test_coverage_says_who_is_late_and_by_how_much(county: Session, desk: Desk) -> None:
    give(county, desk, "顺化镇/a.xlsx", r4="不属本地", r5="缺少材料")
    covered = {one.recipient: one for one in take(county, False, TODAY).covered}
    mine, theirs = covered["顺化镇"], covered["民联镇"]
    assert (mine.issued, mine.own, mine.open, mine.waiting) == (5, 2, 1, 3)
    assert (theirs.own, theirs.waiting, theirs.overdue, theirs.days) == (0, 5, 5, 10)
    assert covered["公安"].others == 2


def test_a_workbook_in_the_wrong_folder_is_refused_and_written_into_the_audit(county: Session, desk: Desk) -> None:
    give(county, desk, "民联镇/a.xlsx", r4="不属本地")
    taking = take(county, False, TODAY)
    assert [one.code for one in taking.outcome.refused] == ["scope"]
    assert states(county) == {}
    with county.engine.connect() as connection:
        details = [row.detail for row in connection.execute(audit.select()) if row.action == "replies"]
    assert '"refused": 1' in details[0]


def new_period(county: Session, period: str) -> None:
    """The next period's workbooks go out, to the same units."""
    with writing(county.engine) as connection:
        known = finding_events.issued(connection, PERIOD)
        events = [asdict(Event(line.finding_id, period, "lasting", "new", fingerprint="f")) for line in known]
        finding_events.append(connection, events)
        finding_events.replace_issued(connection, period, known)


def test_what_was_handled_in_an_earlier_period_is_known_by_its_content(county: Session, desk: Desk) -> None:
    give(county, desk, "顺化镇/a.xlsx", r4="不属本地")
    give(county, desk, "民联镇/b.xlsx", r5="不属本地")  # refused: another township's workbook
    first = take(county, False, TODAY)
    assert (len(first.outcome.taken), len(first.outcome.refused), first.earlier) == (1, 1, 0)
    assert (len(take(county, False, TODAY).outcome.refused), len(take(county, False, TODAY).outcome.taken)) == (1, 1)
    new_period(county, "2026Q4")
    folder = county.workspace.inbox / "replies"
    shutil.move(folder / "顺化镇" / "a.xlsx", folder / "改了名字.xlsx")
    give(county, desk, "顺化镇/晚了.xlsx", r4="缺少材料")
    second = take(county, False, TODAY)
    assert second.earlier == 2
    # What comes only now is still said to be of the old period.
    assert [(one.code, one.file) for one in second.outcome.refused] == [("old", "顺化镇/晚了.xlsx")]


def test_lines_that_need_work_name_the_child_and_the_township(county: Session, desk: Desk) -> None:
    give(county, desk, "a.xlsx", r4="随便写的", r5="不属本地")
    taking = take(county, False, TODAY)
    assert [line.finding_id for line in trouble_of(taking)] == [A1, A2]
    assert (taking.about[A1].child_id, taking.about[A1].town) == (f"T{A1[4:]}", "顺化镇")
    book = load_workbook(write_report(taking, context(), county.workspace.outbox / NAME, dry_run=False))
    head = [cell.value for cell in book[TROUBLE][HEAD_ROW]]
    row = dict(zip(head, [cell.value for cell in book[TROUBLE][FIRST_ROW]], strict=True))
    assert (row["儿童编号"], row["乡镇"], row["清单"]) == (f"T{A1[4:]}", "顺化镇", "L01")


def test_a_unit_gets_back_what_only_it_can_put_right_and_returns_it(county: Session, desk: Desk) -> None:
    give(county, desk, "a.xlsx", r4="随便写的", r5="不属本地", r6="已登记（填写身份证号）")
    folder = county.workspace.outbox / "回收"
    paths = send_back(take(county, False, TODAY), context(), folder)
    assert list(paths) == ["顺化镇"]
    # Who looks a second time finds it still there.
    assert list(send_back(take(county, False, TODAY), context(), folder)) == ["顺化镇"]
    book = load_workbook(paths["顺化镇"])
    sheet = book.worksheets[0]
    at = {str(cell.value): cell.column for cell in sheet[HEAD_ROW]}
    rows = {str(sheet.cell(row, 1).value)[:12]: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    assert set(rows) == {A1, A2, A3}
    # What was right already stands there.
    assert sheet.cell(rows[A2], at["核查结果"]).value == "不属本地"
    assert "核查人" in sheet.cell(rows[A2], at["怎么办"]).value
    for row in rows.values():
        sheet.cell(row, at["核查人"]).value = "王某"
    sheet.cell(rows[A1], at["核查结果"]).value = "缺少材料"
    sheet.cell(rows[A3], at["说明"]).value = "派出所已办"
    book.save(county.workspace.inbox / "replies" / "补正.xlsx")
    second = take(county, False, TODAY)
    assert second.entered == 3
    assert trouble_of(take(county, False, TODAY)) == trouble_of(second) == []
    with county.engine.connect() as connection:
        answered = [row for row in finding_events.events(connection) if row["author"] == "王某"]
    assert {row["finding_id"]: row["note"] for row in answered} == {A1: "", A2: "", A3: "派出所已办"}
    assert send_back(second, context(), folder) == {}
    assert not paths["顺化镇"].exists()
