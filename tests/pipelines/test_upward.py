"""Reports, a child's file, the sample and a feed of a whole run, as the commands make them; nothing personal outside the outbox."""

import json
import shutil

import docx
import pandas as pd
import pytest
import sqlalchemy as sa
from typer import Exit

from pipelines.cli.documents import Sampling, write_file, write_sample
from pipelines.cli.dues import show_due
from pipelines.cli.feeds import FeedRequest, make_again, make_feed, show_sharing
from pipelines.cli.reports import ReportRequest, write_own_templates, write_reports
from pipelines.resources.session import Session
from pipelines.resources.tables import audit

pytestmark = pytest.mark.slow
PERIOD = "2026Q2"


@pytest.fixture(scope="module")
def county(first_quarter_made, tmp_path_factory):
    opened = Session.at(shutil.copytree(first_quarter_made, tmp_path_factory.mktemp("upward") / "workspace"))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def used(first_quarter_made, tmp_path_factory):
    """Another copy, in which one of everything was made: reports, a child's full file, a sample, a feed."""
    opened = Session.at(shutil.copytree(first_quarter_made, tmp_path_factory.mktemp("used") / "workspace"))
    write_reports(opened, ReportRequest(PERIOD, pdf=False))
    write_file(opened, published(opened).iloc[0]["finding_id"], PERIOD, "张局长")
    write_sample(opened, Sampling(PERIOD, 8))
    make_feed(opened, FeedRequest("exchange_register", PERIOD, "王科长", True))
    yield opened
    opened.engine.dispose()


def cells(path):
    return [cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells]


def published(county):
    return pd.read_csv(county.outbox.shown(PERIOD) / "findings.csv", dtype=str, encoding="utf-8-sig")


def test_the_report_s_table_is_the_published_lists(county):
    written = write_reports(county, ReportRequest(PERIOD, pdf=False))
    assert {path.suffix for path in written} == {".docx", ".xlsx"}
    inside = next(path for path in written if "季度报告_内部" in path.name)
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(inside)).tables]
    heads, *rows = next(rows for rows in tables if {"代码", "数据中仍有", "本期下发"} <= set(rows[0]))
    said = {row[heads.index("代码")]: row[heads.index("数据中仍有")].replace(",", "") for row in rows}
    counts = published(county)["code"].value_counts()
    shown = {code: int(number) for code, number in said.items() if code.startswith("L") and number.isdigit()}
    assert {code: number for code, number in shown.items() if number} == counts.to_dict()


def test_every_kind_can_be_written_and_an_unknown_one_is_refused(county):
    for kind in ("month", "year", "pack"):
        assert write_reports(county, ReportRequest(PERIOD, kind, "internal", pdf=False))
    for wrong in (
        ReportRequest(PERIOD, "weekly", pdf=False),
        ReportRequest(PERIOD, "pack", "public", pdf=False),
        ReportRequest(PERIOD, version="all", pdf=False),
    ):
        with pytest.raises(Exit):
            write_reports(county, wrong)


def test_due_and_templates(county, capsys):
    show_due(county, "2026-01-01", "2026-12-31")
    write_own_templates(county)
    assert (county.workspace.root / "templates" / "季度报告模板.docx").is_file()
    with pytest.raises(Exit):
        show_due(county, "soon", "")


def test_a_child_s_file_by_its_line_s_number(county):
    line = published(county).iloc[0]
    path = write_file(county, line["finding_id"], PERIOD, "")
    assert path.name == f"{line['child_id']}_遮蔽.docx"
    assert any(line["finding_id"] in text for text in cells(path))
    children = county.frames.read("child_files.children", PERIOD).set_index("child_id")
    number = children.loc[line["child_id"], "id_no"]
    full = write_file(county, line["child_id"], "", "张局长")
    if number:
        assert number not in "".join(cells(path))
        assert number in "".join(cells(full))
    assert "经张局长批准，完整版" in cells(full)


def test_the_sample_can_be_drawn_again(county):
    one = write_sample(county, Sampling(PERIOD, 8)).read_bytes()
    assert write_sample(county, Sampling(PERIOD, 8)).read_bytes() == one


def test_a_feed_is_delivered_shown_and_made_again(county, capsys):
    made = make_feed(county, FeedRequest("exchange_register", PERIOD, "王科长", True))
    frame = pd.read_parquet(made.path)
    children = county.frames.read("child_files.children", PERIOD)
    assert 0 < len(frame) <= len(children)
    before = made.path.read_bytes()
    make_again(county, "exchange_register", 1)
    assert made.path.read_bytes() == before
    capsys.readouterr()
    show_sharing(county)
    told = capsys.readouterr().out
    assert "exchange_register 第 1 次（全量，" in told
    assert "王科长" in told
    assert "尚未收到" in told
    assert make_feed(county, FeedRequest("", "", "", False)) is None
    with pytest.raises(Exit):
        make_feed(county, FeedRequest("nothing", PERIOD, "王科长", True))


def test_the_audit_knows_all_of_it_and_no_value(used):
    with used.engine.connect() as connection:
        lines = connection.execute(sa.select(audit.c.action, audit.c.subject, audit.c.detail)).all()
    assert {"report", "child_file", "sample", "share"} <= {line[0] for line in lines}
    children = used.frames.read("child_files.children", PERIOD)
    numbers = set(children["id_no"]) - {""}
    text = json.dumps([list(line) for line in lines], ensure_ascii=False)
    assert not [number for number in numbers if number in text]


def test_no_file_s_name_holds_a_name_or_a_number(used):
    children = used.frames.read("child_files.children", PERIOD)
    values = {value for value in [*children["name"], *children["id_no"]] if len(value) > 1}
    names = [path.name for path in used.workspace.outbox.rglob("*") if path.parent.name not in ("乡镇", "部门")]
    assert any(name.endswith(".docx") for name in names)
    assert [name for name in names if any(value in name for value in values)] == []
