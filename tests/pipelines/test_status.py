"""`tongbi status`: a period on one screen, and the one thing to do next."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from assets.coverage.owed import UNIT, OwedPart
from assets.glance import NOT_RUN, PUBLISHED, STOPPED, WAITS, DepartmentArrival, EditionState, Glance, present_period
from assets.publishing.edition_lines import COLUMNS, EditionLines
from assets.replies.coverage import Covered
from assets.reports.due import Duty
from expectations.jurisdictions.duties import Role
from pipelines.cli.glance import next_step

TODAY = date(2026, 10, 9)
NAMES = {"education": "教育", "disability": "残联"}
CAME = DepartmentArrival("education", {"current": 1}, 90, 2, 0)
NOTHING = DepartmentArrival("education", {}, 0, 0, 0)
OWED = OwedPart("education", UNIT, "学籍「甲小学」", 43, 0, "一名也没有")
REPORT = Duty("quarter", "报送季度报告", "县民政局", "", Role.ACT, date(2026, 10, 15), "10月15日", "2026Q3", "")


def at(state=PUBLISHED, **more):
    edition = EditionState(state, "2026-10-08T02:00:00+00:00", "done", "2026-10-08T02:00:00+00:00")
    lines = EditionLines(pd.DataFrame(columns=COLUMNS))
    whole = Glance("2026Q3", [CAME], [], [], edition, lines, [], "2026Q3", 0, 0, [])
    return replace(whole, **more)


@pytest.mark.parametrize(
    ("glance", "wanted"),
    [
        (at(NOT_RUN, arrivals=[NOTHING]), "把各部门的文件放进 inbox/2026Q3/"),
        (at(NOT_RUN), "运行 tongbi run --period 2026Q3"),
        (at(NOT_RUN, to_come=["disability"]), "等残联交来；不等的，运行 tongbi run"),
        (at(arrivals=[replace(CAME, unread=1)], returned=2), "文件已到：运行 tongbi run"),
        (at(WAITS, owed=[OWED], returned=2), "tongbi review-edition --period 2026Q3"),
        (at(STOPPED), "按提示改正后再运行 tongbi run"),
        (at(returned=2, owed=[OWED]), "读入交回的 2 份核查表：tongbi replies"),
        (at(owed=[OWED], answers=[Covered("甲镇", "township", overdue=3)]), "请教育补交"),
        (at(answers=[Covered("甲镇", "township", overdue=3)], reviews=4), "超期未答 3 条，催办：甲镇"),
        (at(reviews=4, due=[REPORT]), "判断 4 对记录是否同一人"),
        (at(due=[REPORT]), "10月15日 到期：报送季度报告"),
        (at(), "2026年第四季度的文件放进 inbox/2026Q4/"),
    ],
)
def test_the_next_step_is_the_first_thing_that_there_is_to_do(glance, wanted):
    assert wanted in next_step(glance, NAMES, "inbox", TODAY)


def test_the_present_period_is_the_last_of_which_anything_came(opened):
    assert present_period(opened, TODAY) == "2026Q4"
    for period in ("2026Q2", "2026Q3"):
        folder = opened.workspace.inbox / period / "education"
        folder.mkdir(parents=True)
    (opened.workspace.inbox / "2026Q2" / "education" / "学籍.csv").write_text("姓名", encoding="utf-8")
    assert present_period(opened, TODAY) == "2026Q2"


@pytest.mark.slow
def test_a_published_period_fits_on_one_screen(first_quarter, tongbi):
    done = tongbi("status", "--period", "2026Q2", "--workspace", first_quarter, environment={"COLUMNS": "80"})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 40
    heads = [line.split("　")[0].split(" ")[0] for line in lines]
    assert [head for head in ("结果", "交来", "等谁", "到期", "下一步") if head not in heads] == []
    assert "已发布" in done.stdout
    assert "教育" in done.stdout
    assert "审计记录完整" in done.stdout
    files = tongbi("status", "--files", "--workspace", first_quarter)
    assert "采用中" in files.stdout
    assert "收到时间" in files.stdout
