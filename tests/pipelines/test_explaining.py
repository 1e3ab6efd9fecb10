"""`tongbi explain` on frames of a small linkage: terminal, JSON, picture; values only as asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import sqlalchemy as sa
import typer

from expectations.jurisdictions.profile import load_profile
from matching.explaining.report import read_report, report_frame
from matching.linking import link_records
from pipelines.cli import explaining, tracing
from pipelines.cli.explaining import ExplainRequest, explain_ids
from pipelines.resources.frames import FrameStore
from pipelines.resources.tables import decision, metadata
from pipelines.resources.workspace import Settings

PERIOD = "2026Q3"
NUMBER = "341221201503101237"


def row(record: str, department: str, **fields: str) -> dict[str, Any]:
    base = {
        "record_id": record,
        "department": department,
        "period": PERIOD,
        "file": "人口.xlsx",
        "sheet": "表一",
        "row": 7,
        "layout": "",
        "id_no_birth": "",
    }
    number = {"id_no_raw": fields["id_no"], "id_no_status": "valid"} if fields.get("id_no") else {}
    return {**base, "birth_precision": "day", **number, **fields}


ROWS = [
    row(
        "PS-1",
        "public_security",
        name="张梓轩",
        birth_date="2015-03-10",
        father_name="张建国",
        id_no=NUMBER,
        hukou_addr="十里店村三组",
    ),
    row(
        "ED-1",
        "education",
        name="张子轩",
        birth_date="2015-03-10",
        father_name="张建国",
        id_no=NUMBER,
        phone="13955550001",
    ),
    row(
        "PS-2",
        "public_security",
        name="张浩宇",
        birth_date="2015-03-10",
        father_name="张建国",
        sex="2",
        hukou_addr="十里店村三组",
    ),
    row("PS-3", "public_security", name="赵一鸣", birth_date="2012-07-30", father_name="赵刚"),
]


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    records = pd.DataFrame(ROWS).fillna("")
    found = link_records(records)
    frames = FrameStore(tmp_path / "frames")
    for name, part in records.groupby("department"):
        frames.write(f"std_{name}", PERIOD, part)
    frames.write("link_children", PERIOD, found.clusters)
    frames.write("link_pairs", PERIOD, found.pairs)
    frames.write("link_register.report", PERIOD, report_frame(found.report))
    child = found.clusters.set_index("record_id").loc["PS-1", "child_id"]
    finding = {
        "finding_id": "L15-ABCDEFGH",
        "code": "L15",
        "child_id": child,
        "reason": "姓名不一致",
        "grade": "明确",
        "clause": "条款",
    }
    frames.write("findings", PERIOD, pd.DataFrame([finding]))
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    metadata.create_all(engine)
    monkeypatch.setattr(tracing, "profile_of", lambda _: load_profile("default"))
    monkeypatch.setattr(tracing, "department_names", lambda _: {"public_security": "公安", "education": "教育"})
    # A wide screen: what is asserted must not be folded.
    for name in ("explaining", "shell"):
        module = explaining if name == "explaining" else __import__("pipelines.cli.shell", fromlist=["out"])
        monkeypatch.setattr(module.out, "_width", 200)
    return SimpleNamespace(
        look=lambda *_seen, **_more: None,
        frames=frames,
        engine=engine,
        workspace=SimpleNamespace(
            frames=tmp_path / "frames", contracts=tmp_path / "contracts", areas=None, settings=Settings()
        ),
        child=child,
    )


def told(county: Any, capsys: pytest.CaptureFixture[str], *ids: str, **how: Any) -> str:
    explain_ids(county, replace(ExplainRequest(PERIOD, list(ids)), **how))
    return capsys.readouterr().out


def test_a_child_with_its_bars_rivals_and_findings(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(county, capsys, county.child)
    assert "身份证号相同" in text
    assert "双胞胎" in text
    assert "姓名不一致" in text
    assert "起点" in text
    assert "█" in text
    for finding_or_record in ("L15-ABCDEFGH", "ED-1"):
        assert told(county, capsys, finding_or_record) == text


@pytest.mark.parametrize(
    ("values", "shown", "hidden"),
    [
        ("none", [], ["张梓轩", "张*轩", NUMBER, "2015-03-10", "13955550001"]),
        ("masked", ["张*轩", "3412************37", "2015-03-10", "139****0001"], ["张梓轩", NUMBER, "13955550001"]),
        ("full", ["张梓轩", "张子轩", NUMBER, "13955550001"], []),
    ],
)
def test_values_are_shown_as_asked(
    county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path, values: str, shown: list[str], hidden: list[str]
) -> None:
    target = tmp_path / "p.svg"
    texts = [
        told(county, capsys, "PS-1", "ED-1", values=values),
        told(county, capsys, "PS-1", "ED-1", values=values, as_json=True),
    ]
    told(county, capsys, "PS-1", "ED-1", values=values, svg=target)
    for text in (*texts, target.read_text(encoding="utf-8")):
        assert [one for one in shown if one not in text] == []
        assert [one for one in hidden if one in text] == []


def test_json_says_all(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(county, capsys, county.child, as_json=True))
    assert found["child"] == county.child
    assert {line["record_id"] for line in found["records"]} == {"PS-1", "ED-1"}
    pair = found["joins"][0]
    assert sum(step["bits"] for step in pair["steps"]) == pytest.approx(pair["weight"])
    assert "PS-2" in {found["rivals"][0]["record_a"], found["rivals"][0]["record_b"]}
    assert found["findings"][0]["finding_id"] == "L15-ABCDEFGH"


def test_a_picture_of_a_child(county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "child.svg"
    assert str(target) in told(county, capsys, county.child, svg=target)
    assert ElementTree.fromstring(target.read_text(encoding="utf-8")).tag.endswith("svg")


def test_people_are_named_with_their_decisions(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"period": PERIOD, "record_a": "ED-1", "record_b": "PS-2", "verdict": "different", "author": "王主任"}
    with county.engine.begin() as connection:
        connection.execute(sa.insert(decision).values(**values, decided_at="2026-09-01T08:00:00", note="入户核实"))
    text = told(county, capsys, county.child)
    assert "不是同一儿童" in text
    assert "王主任" in text
    assert "入户核实" in text


def test_two_records_that_were_never_compared(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(county, capsys, "ED-1", "PS-3")
    assert "没有任何号码、姓名读音或出生日期线索把它们放到一起" in text
    assert "姓名不同" in text
    assert "起点" in text
    assert "█" in text


def test_they_are_compared_anew_by_the_weights_of_the_period(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(county, capsys, "ED-1", "PS-3", as_json=True))
    pair = found["anew"][0]
    assert found["joins"] == []
    assert (pair["record_a"], pair["record_b"], pair["grade"], pair["met"]) == ("ED-1", "PS-3", "different", False)
    kept = read_report(county.frames.read("link_register.report", PERIOD))["weights"]
    bits = {f"{step['field']}={step['level']}": step["bits"] for step in pair["steps"]}
    assert bits["name=different"] == pytest.approx(kept["bits"]["name=different"])
    assert sum(bits.values()) == pytest.approx(pair["weight"])
    assert pair["weight"] < 0


def test_they_are_drawn_and_their_values_shown_as_asked(
    county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "two.svg"
    told(county, capsys, "ED-1", "PS-3", svg=target, values="masked")
    picture = target.read_text(encoding="utf-8")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "没有任何线索放到一起" in picture
    assert "赵*鸣" in picture
    assert "赵一鸣" not in picture


def test_a_place_s_masking_rules_what_is_shown(
    county: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    default = load_profile("default")
    tail = default.masking.number_tail.model_copy(update={"value": 0})
    masking = default.masking.model_copy(update={"number_tail": tail})
    monkeypatch.setattr(tracing, "profile_of", lambda _: default.model_copy(update={"masking": masking}))
    assert "3412**************" in told(county, capsys, "PS-1", "ED-1", values="masked")


def test_without_kept_weights_nothing_is_made_up(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    county.frames.path("link_register.report", PERIOD).unlink()
    text = told(county, capsys, "ED-1", "PS-3")
    assert "请重新运行这一期" in text
    assert "█" not in text


@pytest.mark.parametrize(
    ("ids", "how", "said"),
    [
        (["nobody"], {}, "没有这个编号"),
        (["PS-1", "PS-1"], {}, "没有这个编号"),
        (["PS-1"], {"values": "some"}, "--values"),
        (["PS-3"], {"svg": "x.svg"}, "没有可画"),
    ],
)
def test_refusals(
    county: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path, ids: list[str], how: dict[str, Any], said: str
) -> None:
    if "svg" in how:
        how = {"svg": tmp_path / how["svg"]}
    with pytest.raises(typer.Exit):
        explain_ids(county, replace(ExplainRequest(PERIOD, ids), **how))
    assert said in capsys.readouterr().err


def test_a_period_of_an_older_version_is_told_without_bars(county: Any, capsys: pytest.CaptureFixture[str]) -> None:
    county.frames.path("link_register.report", PERIOD).unlink()
    text = told(county, capsys, "PS-1", "ED-1")
    assert "身份证号相同" in text
    assert "█" not in text
