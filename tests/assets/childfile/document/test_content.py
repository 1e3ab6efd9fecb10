"""One child's file: every department's word beside the chosen one, masked and withheld unless approved, the history of its lines."""

from dataclasses import replace
from datetime import date

import docx
import pandas as pd
import pytest

from assets.childfile.document.content import ChildSources, layout, paper_of
from assets.childfile.document.writing import Imprint, write_child
from assets.workbooks.layout import field_terms

NUMBER, OTHER = "620722201503105115", "620722201503105131"
PHONE = "13912345678"
FIELDS = ["name", "id_no", "birth_date", "father_status", "phone", "visit_date", "child_worker", "aid", "live_addr"]
EVENT = dict.fromkeys(("answered_on", "note", "author", "at", "period", "state", "text", "finding_id"), "")


def record(department, **values):
    place = {"file": f"{department}.xlsx", "sheet": "表1", "row": 12, "method": "number", "active": True}
    return {**place, "department": department, **{name: values.get(name, "") for name in FIELDS}}


@pytest.fixture
def sources():
    records = [
        record("civil_affairs", name="张三", id_no=OTHER, birth_date="2015-03", father_status="prison", phone=PHONE, aid="minimum_living",
               visit_date="2026-08-01", child_worker="李四", live_addr=f"某镇一村（电话{PHONE}）"),
        record("public_security", name="张三", id_no=NUMBER, birth_date="2015-03-10"),
    ]  # fmt: skip
    finding = {
        "finding_id": "L15-AAAAAAAA",
        "code": "L15",
        "field": "id_no",
        "grade": "明确",
        "reason": "身份证号不一致。",
        "clause": "某条",
    }
    events = [
        {**EVENT, "finding_id": "L15-AAAAAAAA", "at": "2026-07-02T00:00:00", "period": "2026Q2", "state": "new", "text": "本期比对新发现"},
        {**EVENT, "finding_id": "L15-AAAAAAAA", "answered_on": "2026-08-20", "period": "2026Q2", "state": "acting", "text": "答复：已申请", "note": "已去派出所", "author": "甲镇"},
    ]  # fmt: skip
    return ChildSources(
        child={"child_id": "T2026Q2-000001", "town": "某镇", "village": "一村", "name": "张三", "name_from": "public_security", "id_no": NUMBER, "id_no_from": "public_security", "birth_date": "2015-03-10"},
        records=pd.DataFrame(records),
        findings=pd.DataFrame([finding]),
        known={"L15-AAAAAAAA": "L15", "L03-BBBBBBBB": "L03"},
        events=events,
        moves=[("2026Q3", "编号T2026Q2-000009并入本编号")],
        departments={"civil_affairs": "民政", "education": "教育", "public_security": "公安"},
    )  # fmt: skip


def lines(paper):
    return {one.title: one for group in [*paper.groups.values(), paper.help] for one in group}


def test_every_department_s_value_stands_beside_the_chosen_one(sources):
    found = lines(paper_of(replace(sources, open=True)))
    assert found["身份证号"].value == NUMBER
    assert found["身份证号"].source == "公安"
    assert found["身份证号"].by_department == {"民政": OTHER, "公安": "一致"}
    assert found["身份证号"].differs
    assert not found["姓名"].differs
    assert not found["出生日期"].differs, "the same day at another precision"


def test_a_department_without_a_record_has_no_column(sources):
    assert paper_of(sources).columns == ["民政", "公安"]


def test_numbers_are_masked_and_class_x_is_withheld_unless_approved(sources):
    closed, opened = paper_of(sources), paper_of(replace(sources, open=True))
    text = repr(closed)
    assert NUMBER not in text
    assert OTHER not in text
    assert PHONE not in text
    assert lines(closed)["父亲状况"].value == layout().withheld
    assert lines(opened)["父亲状况"].value == "服刑"
    assert PHONE in repr(opened)


def test_the_history_of_its_lines_is_told_also_of_those_that_are_gone(sources):
    first, second = paper_of(sources).findings
    assert first.finding_id == "L03-BBBBBBBB"
    assert "不在清单上" in first.reason
    assert [step.state for step in second.steps] == ["新发现", "处理中"]
    assert second.steps[1].day == "2026-08-20"
    assert "已去派出所" in second.steps[1].text
    assert second.name.endswith("（身份证号）")


def test_visits_and_help_are_there(sources):
    paper = paper_of(sources)
    assert paper.visits == [("2026-08-01", "李四", "民政")]
    assert lines(paper)["享受救助保障情况"].value == "低保"


def test_the_document_has_the_five_sections_of_the_papers(sources, tmp_path):
    issue = Imprint("2026年第三季度", date(2026, 9, 30), date(2026, 10, 8), "某县民政局")
    path = write_child(paper_of(sources), issue, tmp_path / "T2026Q2-000001.docx")
    document = docx.Document(str(path))
    headings = [one.text for one in document.paragraphs if one.style.name == "公文一级"]
    assert [one[2:] for one in headings] == [
        "儿童基本信息",
        "走访记录",
        "工作日志",
        "关爱帮扶记录",
        "发现问题和解决方案",
    ]
    everything = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "编号T2026Q2-000009并入本编号" in everything
    assert NUMBER not in everything
    assert "遮蔽版" in everything


def test_the_layout_names_only_known_fields():
    named = {name for group in layout().groups for name in group.fields} | set(layout().help) | layout().numbers
    assert named <= set(field_terms())
