"""Files that say another period in their titles or dates, as small grids; and ordinary ones that look like it."""

import pytest

from assets.intake.misdated import other_time
from pipelines.partitions import Period

HEAD = ["姓名", "身份证号", "乡镇", "儿童类别", "最近走访日期"]


@pytest.fixture
def time_of(read, make_grid, make_number, contracts):
    """time_of(period, titles, days, ...): what a ledger with these title rows and visits says."""

    def _time_of(
        period, titles=(), days=("",) * 3, head=HEAD, department="civil_affairs", file="台账.xlsx", sheet="Sheet1"
    ):
        rows = [[title] for title in titles] + [head]
        for at, day in enumerate(days):
            cells = {
                "姓名": "甲乙",
                "身份证号": make_number("20150310", 100 + at),
                "乡镇": "甲镇",
                "儿童类别": "困境儿童",
            }
            rows.append([cells.get(name, day) for name in head])
        done = read(department, make_grid(rows, sheet), file=file)
        assert done.refusal is None
        return other_time(done.raw, done.readings, file, Period.parse(period))

    return _time_of


def test_the_as_of_date_above_the_table(time_of):
    found = time_of("2026Q3", ["某县困境儿童台账", "截至2026年6月30日"])
    assert (found.place, found.sheet, found.zh) == ("标题", "Sheet1", "2026年6月30日")
    assert time_of("2026Q2", ["某县困境儿童台账", "截至2026年6月30日"]) is None


def test_an_old_title_under_a_new_name_is_asked_about(time_of):
    assert time_of("2026Q3", ["截至2026年6月30日"], file="台账_2026年三季度.xlsx").zh == "2026年6月30日"


def test_a_later_day_above_the_table_is_doubted_only_alone(time_of):
    visits = [f"2026-06-{day:02d}" for day in range(1, 26)]
    later = ["填报日期：2026年9月15日"]
    assert time_of("2026Q2", later).zh == "2026年9月15日"
    assert time_of("2026Q2", later, visits) is None
    assert time_of("2026Q2", later, file="台账_20260618.xlsx") is None


def test_a_paper_in_the_instructions_is_no_title(time_of):
    long = "填表说明：一、本表由乡镇填写，困境儿童的范围见某县民政局2026年3月印发的通知和附件，于每季度末月二十日前报县民政局，逾期不候，请各乡镇认真核对后上报。"
    assert time_of("2026Q3", [long]) is None


def test_sheets_named_by_month(time_of):
    assert time_of("2026Q3", sheet="2026年6月").zh == "2026年6月"
    assert time_of("2026Q3", sheet="2026年9月") is None


def test_visits_of_the_quarter_before(time_of):
    visits = [f"2026-0{month}-{day:02d}" for month in (5, 6) for day in range(1, 15)]
    assert time_of("2026Q3", days=visits).zh == "2026年6月"
    assert time_of("2026Q3", days=visits).place == "「最近走访日期」列"
    assert time_of("2026Q2", days=visits) is None
    assert time_of("2026Q3", days=[*visits, "2026-07-02"]) is None
    assert time_of("2026Q3", days=visits[:19]) is None
    # A column that nobody keeps any more tells nothing.
    assert time_of("2026Q3", days=[day.replace("2026", "2024") for day in visits]) is None


def test_many_days_after_the_period_and_few(time_of):
    visits = [f"2026-06-{day:02d}" for day in range(1, 29)]
    assert time_of("2026Q2", days=[*visits, *["2026-09-10"] * 10]).zh == "2026年9月"
    assert time_of("2026Q2", days=[*visits, *["2026-09-10"] * 9]) is None


def test_a_column_that_says_as_of_when(time_of):
    head = ["姓名", "身份证号", "乡镇", "儿童类别", "统计日期"]
    assert time_of("2026Q3", days=["2026-06-30"] * 3, head=head).place == "「统计日期」列"
    assert time_of("2026Q2", days=["2026-06-30"] * 3, head=head) is None
    assert time_of("2026Q3", days=["2026-06-30", "", ""], head=head) is None


def test_births_and_certificates_are_long_ago_and_may_be(time_of):
    head = ["姓名", "身份证号", "乡镇", "儿童类别", "出生日期"]
    assert time_of("2026Q3", days=["2015-03-10"] * 30, head=head) is None
    assert time_of("2026Q3", days=["2026-06-30"] * 30, head=[*head[:-1], "登记日期"]) is None
