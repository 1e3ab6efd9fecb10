"""The Word files: every number in them is a figure; the public one holds no small number anywhere, charts included."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from pydantic import ValidationError

from assets.paper.document import TemplateError
from assets.reports.assemble import Version, figures_of
from assets.reports.figures import HIDDEN, TOTAL, Figures
from assets.reports.formbook import write_form
from assets.reports.template import shipped, template_name, template_of, write_templates
from assets.reports.words import NUMERALS, Kind, words
from assets.reports.writing import INTERNAL_ONLY, PACK_SECTIONS, SECTIONS, Job, write_report

DAY = date(2026, 10, 8)
docx = pytest.importorskip("docx")


def written(material, folder, kind="quarter", version=Version.INTERNAL):
    return write_report(material, Job(kind, version, folder, shipped(kind), DAY))


def cells(path):
    document = docx.Document(str(path))
    return [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def text(path):
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


@pytest.mark.parametrize("kind", sorted(words().kinds))
def test_every_kind_is_written_without_a_mark_left(material, tmp_path, kind):
    for version in (Version.INTERNAL,) if kind in INTERNAL_ONLY else tuple(Version):
        path = written(material, tmp_path, kind, version)
        assert "{{" not in text(path)
        assert material.office in text(path)
        assert words().versions[version.value] in text(path)


def test_every_section_stands_in_a_report_and_every_place_has_its_section():
    """One that no report names is printed nowhere; a name without one is refused only when somebody asks for that report."""
    asked = {section for kind in words().kinds.values() for _, section in (*kind.parts, *kind.annex)}
    assert asked == {*SECTIONS, *PACK_SECTIONS}


@pytest.mark.parametrize("kind", sorted(words().kinds))
def test_no_section_reads_a_grid_that_nobody_counted(material, tmp_path, kind, monkeypatch):
    """Its numbers would be printed as dashes, which say that the data did not come."""
    read = set()
    say = Figures.say
    monkeypatch.setattr(Figures, "say", lambda self, *key: read.add((key[0] in self.grids, key[0])) or say(self, *key))
    for version in (Version.INTERNAL,) if kind in INTERNAL_ONLY else tuple(Version):
        written(material, tmp_path, kind, version)
    assert read
    assert [grid for counted, grid in read if not counted] == []


def test_a_report_has_no_more_headings_than_there_are_numerals():
    kind = words().kinds["year"]
    more = [*kind.parts, *[("又一节", "数据")] * len(NUMERALS)]
    with pytest.raises(ValidationError, match="parts"):
        Kind.model_validate(kind.model_dump() | {"parts": more})


def test_the_table_of_lists_is_the_figures(material, tmp_path):
    figures = figures_of(material, Version.INTERNAL)
    rows = [
        [cell.text for cell in row.cells]
        for table in docx.Document(str(written(material, tmp_path))).tables
        for row in table.rows
    ]
    for info in material.computed:
        mine = next(row for row in rows if row[0] == info.code and row[1] == info.name and len(row) == 9)
        assert mine[2:5] == [figures.say("asked", info.code, name) for name in (TOTAL, "asked", "quiet")]
        assert mine[5] == figures.say("lists", info.code, "sure")
    missing = next(row for row in rows if row[0] in material.missing)
    assert "未计算" in missing


def test_the_public_version_prints_no_small_number(material, tmp_path):
    path = written(material, tmp_path, version=Version.PUBLIC)
    assert HIDDEN in cells(path)
    assert [one for one in cells(path) if re.fullmatch(r"[1-7]", one)] == []
    with zipfile.ZipFile(path) as package:
        charts = [
            package.read(name).decode() for name in package.namelist() if re.fullmatch(r"word/charts/\w+\.xml", name)
        ]
        sheets = [package.read(name) for name in package.namelist() if name.startswith("word/embeddings/")]
    caches = [cache for chart in charts for cache in re.findall(r"<c:numCache>.*?</c:numCache>", chart)]
    numbers = [int(one) for cache in caches for one in re.findall(r"<c:v>(\d+)</c:v>", cache)]
    behind = [
        cell for sheet in sheets for row in openpyxl.load_workbook(io.BytesIO(sheet)).active.values for cell in row
    ]
    assert numbers
    assert len(sheets) == len(charts)
    assert [one for one in [*numbers, *behind] if isinstance(one, int) and 1 <= one <= 7] == []


def test_the_internal_version_does_print_them(material, tmp_path):
    assert [one for one in cells(written(material, tmp_path)) if re.fullmatch(r"[1-7]", one)]


def test_the_pack_has_one_page_for_each_department(material, tmp_path):
    path = written(material, tmp_path, "pack")
    pages = re.findall(r"(\S+)待办事项", text(path))
    assert {"民政", "教育", "公安", "残联"} <= set(pages)
    document = docx.Document(str(path))
    breaks = [one for one in document.paragraphs if one.paragraph_format.page_break_before]
    assert len(breaks) == len(set(pages) - {"各部门"})


def test_the_shipped_templates_are_those_that_the_command_makes(tmp_path):
    write_templates(tmp_path)
    for kind in words().kinds:
        made, ours = (docx.Document(str(path)) for path in (tmp_path / template_name(kind), shipped(kind)))
        assert [one.text for one in made.paragraphs] == [one.text for one in ours.paragraphs]


def test_the_office_s_own_template_is_used_and_never_overwritten(material, tmp_path):
    own = tmp_path / "templates"
    path = next(one for one in write_templates(own) if "季度" in one.name)
    document = docx.Document(str(path))
    document.paragraphs[1].insert_paragraph_before("抄送：县未成年人保护工作委员会")
    document.save(str(path))
    write_templates(own)
    assert template_of("quarter", tmp_path) == path
    report = write_report(material, Job("quarter", Version.INTERNAL, tmp_path, path, DAY))
    assert "抄送：县未成年人保护工作委员会" in text(report)


def test_a_mark_that_nobody_knows_is_named(material, tmp_path):
    path = write_templates(tmp_path)[0]
    document = docx.Document(str(path))
    document.add_paragraph("{{节:天气}}")
    document.save(str(path))
    with pytest.raises(TemplateError) as told:
        write_report(material, Job("quarter", Version.INTERNAL, tmp_path, path, DAY))
    assert "天气" in told.value.message
    assert path.name in told.value.message


def test_the_national_form_has_a_row_for_every_township(material, tmp_path):
    path = write_form(material, figures_of(material, Version.INTERNAL), tmp_path)
    sheet = openpyxl.load_workbook(path)["人数"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert set(rows) == {*material.towns, "未落实", "合计"}
    for column in range(1, len(rows["合计"])):
        assert rows["合计"][column] == sum(rows[name][column] for name in rows if name != "合计")


@pytest.mark.parametrize("version", list(Version))
def test_a_period_without_a_single_line_has_its_report_too(made_up_with, tmp_path, version):
    empty = made_up_with(children=4, lines=0)
    path = written(replace(empty, earlier={}, answers=()), tmp_path, version=version)
    assert "本期各清单没有下发的线索" in text(path)
    assert "这是第一期比对" in text(path)


def test_nobody_s_help_is_ended_by_a_report(material, tmp_path):
    """rules/people.md#nobody-loses: the words 停发 and 退出 stand only where the report says what it is not."""
    for kind in words().kinds:
        path = written(material, tmp_path, kind)
        for line in [*text(path).split("\n"), *cells(path)]:
            if "停发" in line or "取消待遇" in line:
                assert "不" in line[: line.index("停发")], line
