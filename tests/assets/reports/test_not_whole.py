"""What reports say of data that did not come: holes and counts inside, neither schools nor numbers outside."""

from dataclasses import replace
from datetime import date

import pytest

from assets.coverage.owed import FIELD, UNIT, OwedPart
from assets.reports.assemble import Version, figures_of
from assets.reports.figures import TOTAL
from assets.reports.sections import Reporting, not_whole
from assets.reports.template import shipped
from assets.reports.writing import Job, write_report
from expectations.lists.knowledge import ListKnowledge

docx = pytest.importorskip("docx")
DAY = date(2026, 10, 8)
WHY = "教育的学籍「甲小学」没有交齐"
OWED = (
    OwedPart("education", UNIT, "教育的学籍「甲小学」", 43, 0, "上一次交来的43名儿童，这次一名也没有"),
    OwedPart("civil_affairs", FIELD, "民政的「监护情况」（台账.xlsx）", 20, 0, "这次没有交来这一栏"),
)


@pytest.fixture
def partial(material):
    """A list with lines that judges a part only, one without a line, and one that was left behind."""
    lines = material.findings["code"].value_counts()
    full, empty, back = lines.index[0], lines.index[-1], lines.index[-2]
    known = {
        full: ListKnowledge(hidden=69, because=WHY),
        empty: ListKnowledge(gap=WHY),
        back: ListKnowledge(is_held=True),
    }
    found = material.findings[~material.findings["code"].isin([empty, back])]
    missing = {**material.missing, back: "清单本期没有放行，未列入，不表示没有这类情况。"}
    return replace(material, findings=found, known=known, owed=OWED, missing=missing), (full, empty, back)


def told(material, version):
    return not_whole(Reporting(material, figures_of(material, version), version))


def test_the_internal_report_names_what_is_missing_and_what_the_lists_leave_out(partial):
    material, (full, empty, _) = partial
    sentences = told(material, Version.INTERNAL)
    names = {info.code: info.name for info in material.lists}
    number = figures_of(material, Version.INTERNAL).number("asked", full, TOTAL)
    assert "教育的数据没有交齐：教育的学籍「甲小学」（上一次交来的43名儿童，这次一名也没有）。" in sentences
    partial_lists = next(
        sentence for sentence in sentences if sentence.startswith(f"{WHY}，下列清单只是按已交来的数据：")
    )
    assert f"“{names[full]}”{number}条（另有69名儿童无法比对）" in partial_lists
    assert f"“{names[empty]}”没有（无法比对）" in partial_lists


def test_the_public_report_names_neither_school_nor_number(partial):
    material, (full, _, _) = partial
    sentences = told(material, Version.PUBLIC)
    assert any("没有交齐" in sentence for sentence in sentences)
    assert any(next(info.name for info in material.lists if info.code == full) in sentence for sentence in sentences)
    assert not any("甲小学" in sentence or "69" in sentence for sentence in sentences)


def test_whole_data_are_not_spoken_of(material):
    assert told(material, Version.INTERNAL) == told(material, Version.PUBLIC) == []


def test_the_table_of_lists_has_the_three_words(partial, tmp_path):
    material, (full, empty, back) = partial
    path = write_report(material, Job("quarter", Version.INTERNAL, tmp_path, shipped("quarter"), DAY))
    document = docx.Document(str(path))
    rows = {
        row.cells[0].text: [cell.text for cell in row.cells]
        for table in document.tables[1:]
        for row in table.rows
        if len(row.cells) == 9
    }
    assert "无法比对" in rows[empty]
    assert "未放行" in rows[back]
    assert rows[full][2].isdigit()


def test_a_department_s_page_asks_for_what_it_owes(partial, tmp_path):
    material, (_, empty, _) = partial
    path = write_report(material, Job("pack", Version.INTERNAL, tmp_path, shipped("pack"), DAY))
    texts = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    assert "请补交：教育的学籍「甲小学」，上一次交来的43名儿童，这次一名也没有。" in texts
    name = next(info.name for info in material.lists if info.code == empty)
    assert not any(name in line for line in texts if line.startswith("本期没有线索的清单"))
    assert any(name in line for line in texts if line.startswith("数据没有交齐"))
