"""`tongbi due`: who acts towards whom, what townships owe and have handed in; noting is repeatable and can be taken back."""

from datetime import date

import pytest
import typer

from pipelines.cli import dues
from pipelines.cli.dues import ReportNote, note_receipt, show_due
from pipelines.resources import audit, receipts
from pipelines.resources.database import writing
from pipelines.resources.receipts import OwedReport
from pipelines.resources.session import Session
from pipelines.resources.workspace import SETTINGS_NAME, Workspace

REPORT = OwedReport("township_report", "2026")


@pytest.fixture
def county(tmp_path, monkeypatch):
    """A county of Fengxian's rules with three townships, on 30 November 2026."""
    root = Workspace.create(tmp_path / "county").root
    settings = root / SETTINGS_NAME
    settings.write_text(settings.read_text(encoding="utf-8").replace('profile = ""', 'profile = "fengxian"'), "utf-8")
    (root / "areas.csv").write_text("乡镇,村\n甲镇,一村\n乙镇,二村\n丙镇,三村\n", encoding="utf-8")

    class Today(date):
        @classmethod
        def today(cls):
            return cls(2026, 11, 30)

    monkeypatch.setattr(dues, "date", Today)
    monkeypatch.setattr(dues.out, "_width", 240)  # what is asserted must not be folded
    opened = Session.at(root)
    yield opened
    opened.engine.dispose()


def received(county):
    with county.engine.connect() as connection:
        return receipts.senders_in(connection, REPORT)


def test_a_report_of_the_townships_is_followed_one_by_one(county, capsys):
    show_due(county, "", "")
    lines = [line for line in capsys.readouterr().out.splitlines() if "报送本镇" in line]
    assert len(lines) == 1
    assert "我方接收" in lines[0]
    assert "已过 29 天" in lines[0]
    assert "未报" in lines[0]
    note_receipt(county, ReportNote(("甲镇", "乙镇"), period="2026", day="2026-10-28"))
    assert "已收 2/3，未报：丙镇" in capsys.readouterr().out
    note_receipt(county, ReportNote(("丙镇",), period="2026", day="2026-11-03"))
    assert received(county) == {"甲镇": "2026-10-28", "乙镇": "2026-10-28", "丙镇": "2026-11-03"}
    capsys.readouterr()
    show_due(county, "", "")
    assert "报送本镇" not in capsys.readouterr().out
    show_due(county, "2026-10-01", "2026-12-31")
    assert "3 个乡镇都已报送" in capsys.readouterr().out


def test_noting_twice_adds_nothing_and_a_mistake_is_taken_back(county):
    for _ in range(2):
        note_receipt(county, ReportNote(("甲镇",), period="2026", day="2026-10-28"))
    with county.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM report_receipt").scalar() == 1
    note_receipt(county, ReportNote(("甲镇",), period="2026", taken_back=True))
    assert received(county) == {}
    with writing(county.engine) as connection:
        assert audit.broken_line(connection) is None


@pytest.mark.parametrize(
    ("receipt", "sentence"),
    [
        (ReportNote(("某镇",), period="2026"), "没有名为“某镇”的乡镇"),
        (ReportNote(("甲镇",), period="2026Q3"), "--period 写明报告的是哪一期：2026"),
        (ReportNote(("甲镇",), period="2026", day="十月"), "日期写成"),
        (ReportNote(("甲镇",), duty="inspection", period="2026"), "--duty 写明是哪一项：township_report"),
    ],
)
def test_what_is_no_report_is_refused_and_nothing_noted(county, capsys, receipt, sentence):
    with pytest.raises(typer.Exit):
        note_receipt(county, receipt)
    assert sentence in capsys.readouterr().err
    assert received(county) == {}


def test_a_place_where_no_township_reports_says_so(county, capsys):
    settings = county.workspace.root / SETTINGS_NAME
    settings.write_text(settings.read_text(encoding="utf-8").replace("fengxian", "fuyang"), "utf-8")
    with pytest.raises(typer.Exit):
        note_receipt(Session.at(county.workspace.root), ReportNote(("甲镇",), period="2026"))
    assert "安徽省阜阳市没有规定乡镇向民政局报送什么" in capsys.readouterr().err
