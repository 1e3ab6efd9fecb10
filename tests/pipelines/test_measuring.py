"""`tongbi linkage` and `tongbi decide` on frames of a generated county: report, groups, the sample's way out and back, decisions."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa
import typer

from assets.workbooks.samplebook import HEADING_ROW, read_answers
from matching.explaining.report import report_frame
from matching.linking import link_records
from matching.measuring.groups import link_rates
from matching.reading.citizen import check_character
from pipelines.cli import deciding, measuring, shell, tracing
from pipelines.cli.deciding import DecisionRequest, decide
from pipelines.cli.measuring import LinkageRequest, show_linkage
from pipelines.resources import decisions
from pipelines.resources.database import open_database
from pipelines.resources.frames import FrameStore
from pipelines.resources.workspace import Settings

PERIOD = "2026Q3"
NAMES = ["王梓涵", "李浩然", "张雨桐", "刘子墨", "陈思远", "杨若曦", "赵一鸣", "黄嘉怡", "周俊杰", "吴欣妍"]


def records() -> pd.DataFrame:
    rows = []
    for place, name in enumerate(NAMES * 4):
        born = f"201{place % 8}-0{1 + place % 9}-1{place % 9}"
        first17 = f"341221{born.replace('-', '')}{100 + place}"
        number = first17 + check_character(first17)
        person = {
            "name": name,
            "birth_date": born,
            "birth_precision": "day",
            "id_no": number,
            "id_no_raw": number,
            "id_no_status": "valid",
        }
        for code, department in (("PS", "public_security"), ("ED", "education")):
            place_of = {
                "record_id": f"{code}-{place:03d}",
                "department": department,
                "file": f"{code}.xlsx",
                "sheet": "",
                "row": place + 2,
            }
            rows.append({**place_of, **person, "period": PERIOD, "live_town": f"第{place % 2}镇"})
    return pd.DataFrame(rows).fillna("")


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    every = records()
    found = link_records(every)
    frames = FrameStore(tmp_path / "frames")
    for name, part in every.groupby("department"):
        frames.write(f"std_{name}", PERIOD, part)
    frames.write("link_children", PERIOD, found.clusters)
    frames.write("link_pairs", PERIOD, found.pairs)
    frames.write("link_register.report", PERIOD, report_frame(found.report))
    frames.write("link_register.rates", PERIOD, link_rates(every, found.clusters, found.pairs, date(2026, 9, 30)))
    for module in (tracing, measuring):
        monkeypatch.setattr(module, "department_names", lambda _: {"public_security": "公安", "education": "教育"})
    for module in (shell, measuring, deciding):
        monkeypatch.setattr(module.out, "_width", 200)
    own = {"frames": tmp_path / "frames", "contracts": tmp_path / "contracts", "areas": None}
    workspace = SimpleNamespace(**own, operator="操作员", root=tmp_path, settings=Settings())
    engine = open_database(f"sqlite:///{tmp_path / 'tongbi.db'}")
    looks: list[tuple[Any, ...]] = []
    look = lambda *seen, **more: looks.append((*seen, more))  # noqa: E731
    return SimpleNamespace(frames=frames, engine=engine, workspace=workspace, look=look, looks=looks)


def test_the_report_says_how_good_and_for_whom(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    show_linkage(county, LinkageRequest(PERIOD))
    text = capsys.readouterr().out
    for said in ("估计查准率", "各键产出", "按乡镇", "第1镇", "公安", "没有哪一类孩子的关联率明显偏低"):
        assert said in text
    show_linkage(county, LinkageRequest(PERIOD, as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert told["estimates"]["links"]["with_number"] == 40
    assert {line["group"] for line in told["groups"]} >= {"按乡镇", "按姓名长度", "按有无有效号码"}
    assert not any(name in json.dumps(told, ensure_ascii=False) for name in NAMES)


def test_the_sample_goes_out_blind_and_comes_back(
    county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "核对.xlsx"
    show_linkage(county, LinkageRequest(PERIOD, sample=target, size=12, seed=4))
    assert [seen[0] for seen in county.looks] == ["linkage --sample"]
    book = openpyxl.load_workbook(target)
    sheet = book.active
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert not any(word in cell for cell in cells[3:] for word in ("把握", "判为", "相同、", "probability"))
    assert any(name in cells for name in NAMES)
    heads = [cell.value for cell in sheet[HEADING_ROW + 1]]
    for row in range(HEADING_ROW + 2, sheet.max_row + 1, 2):
        sheet.cell(row, heads.index("结论") + 1).value = "同一儿童"
    book.save(target)
    batch, answers = read_answers(target)
    assert (batch, len(answers), set(answers["verdict"])) == (f"{PERIOD}-12-4", 12, {"same"})
    capsys.readouterr()
    show_linkage(county, LinkageRequest(PERIOD, as_json=True, answers=target))
    told = json.loads(capsys.readouterr().out)
    assert told["precision"]["value"] == 1
    assert told["precision"]["low"] < 0.97
    county.frames.write("link_pairs", "2026Q2", county.frames.read("link_pairs", PERIOD))
    with pytest.raises(typer.Exit):
        show_linkage(county, LinkageRequest("2026Q2", answers=target))


def test_a_conclusion_of_ones_own_is_refused(county: Any, tmp_path: Path) -> None:
    target = tmp_path / "核对.xlsx"
    show_linkage(county, LinkageRequest(PERIOD, sample=target, size=3))
    book = openpyxl.load_workbook(target)
    heads = [cell.value for cell in book.active[HEADING_ROW + 1]]
    book.active.cell(HEADING_ROW + 2, heads.index("结论") + 1).value = "大概是"
    book.save(target)
    with pytest.raises(ValueError, match="编号 1 的结论"):
        read_answers(target)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="不是抽样核对表"):
        read_answers(tmp_path / "x.csv")


def test_decisions_are_entered_once_with_author_time_and_content(
    county: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    said = DecisionRequest(PERIOD, ["PS-000", "ED-000"], "different", "入户核实")
    decide(county, said)
    text = capsys.readouterr().out
    assert "登记 1 条" in text
    assert "有效身份证号相同" in text
    with county.engine.connect() as connection:
        line = decisions.read(connection).iloc[0]
        acts = connection.execute(sa.text("SELECT action, detail FROM audit")).all()
    assert (line["author"], line["note"], line["verdict"]) == ("操作员", "入户核实", "different")
    assert line["key_a"].startswith("public_security")
    assert line["key_b"].startswith("education")
    assert line["decided_at"][:2] == "20"
    assert ("decide", '{"decisions": 1}') in acts
    decide(county, replace(said, verdict="same", author="李主任"))
    assert "两人结论相反" in capsys.readouterr().out


def test_a_table_may_be_handed_in_again(county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "结论.csv"
    table.write_text(
        "记录甲,记录乙,结论,填写人,时间\nPS-001,ED-001,同一儿童,王,2026-09-01\nPS-002,ED-003,不是同一人,王,2026-09-01\n",
        encoding="utf-8",
    )
    decide(county, DecisionRequest(PERIOD, [], table=table))
    assert "登记 2 条" in capsys.readouterr().out
    decide(county, DecisionRequest(PERIOD, [], table=table))
    assert "登记 0 条人工结论（已有的 2 条没有重复登记）" in capsys.readouterr().out
    with county.engine.connect() as connection:
        found = link_records(records(), judgements=decisions.read(connection))
    assert found.report["decisions"]["applied"] == 2


def test_a_decision_cannot_be_changed(county: Any) -> None:
    decide(county, DecisionRequest(PERIOD, ["PS-000", "ED-000"], "same"))
    for statement in ("UPDATE decision SET verdict = 'different'", "DELETE FROM decision"):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), county.engine.begin() as connection:
            connection.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (DecisionRequest(PERIOD, ["PS-000"], "same"), "请给出两个记录编号"),
        (DecisionRequest(PERIOD, ["PS-000", "ED-000"], "perhaps"), "请给出两个记录编号"),
        (DecisionRequest(PERIOD, ["PS-000", "XX-999"], "same"), "1 个记录编号不在"),
        (DecisionRequest("2025Q1", ["PS-000", "ED-000"], "same"), "还没有数据"),
    ],
)
def test_refusals(county: Any, capsys: pytest.CaptureFixture[str], said: DecisionRequest, told: str) -> None:
    with pytest.raises(typer.Exit):
        decide(county, said)
    assert told in capsys.readouterr().err
