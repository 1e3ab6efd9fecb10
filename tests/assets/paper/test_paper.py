"""Paper: the page of GB/T 9704, fonts and their substitutes, safe text, charts that are whole parts."""

import zipfile

import pytest
from docx import Document
from lxml import etree

from assets.paper import fonts, pdf
from assets.paper.charts import Chart, chart_paragraph
from assets.paper.document import Cursor, blank, save
from assets.paper.tables import Cell, TableLook, table_xml

WORD = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


@pytest.fixture
def cursor():
    document = blank()
    return Cursor(document, document.add_paragraph("", "标记"))


def test_the_page_is_that_of_an_official_paper():
    section = blank().sections[0]
    measures = [
        round(one.mm) for one in (section.page_width, section.page_height, section.top_margin, section.left_margin)
    ]
    assert measures == [210, 297, 37, 28]
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == 156
    assert round(section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm) == 225


def test_the_styles_name_the_official_fonts():
    styles = blank().styles
    fonts_of = {
        name: styles[name].element.rPr.rFonts.get(f"{{{WORD['w']}}}eastAsia")
        for name in ("公文标题", "公文正文", "公文一级", "公文二级")
    }
    assert fonts_of == {
        "公文标题": "方正小标宋简体",
        "公文正文": "仿宋_GB2312",
        "公文一级": "黑体",
        "公文二级": "楷体_GB2312",
    }
    assert styles["公文正文"].font.size.pt == 16
    assert styles["公文标题"].font.size.pt == 22


@pytest.mark.parametrize(
    ("present", "official", "taken"),
    [
        ({"仿宋", "Noto Serif CJK SC"}, "仿宋_GB2312", "仿宋"),
        ({"Noto Serif CJK SC"}, "仿宋_GB2312", "Noto Serif CJK SC"),
        ({"仿宋_GB2312"}, "仿宋_GB2312", None),
        (set(), "仿宋_GB2312", None),
    ],
)
def test_a_missing_font_is_replaced_by_the_first_that_is_there(present, official, taken):
    assert fonts.substitutes(frozenset(present)).get(official) == taken


def test_a_table_keeps_text_text():
    table = table_xml([["项目", "值"], [Cell("<a&b>\x0b", span=2)]], TableLook([30, 30]))
    texts = table.xpath(".//w:t/text()")
    assert texts == ["项目", "值", "<a&b>□"]
    assert table.xpath(".//w:gridSpan/@w:val") == ["2"]


def test_a_chart_has_its_part_its_sheet_and_gaps_where_nothing_is_known(cursor, tmp_path):
    chart = Chart("bar", ["甲<镇>", "乙镇"], [("留守&困境", [3, None])], title="图<1>")
    cursor.element(chart_paragraph(cursor.document, [chart, chart]))
    cursor.close()
    path = save(cursor.document, tmp_path / "a.docx", "题", "局")
    with zipfile.ZipFile(path) as package:
        parts = sorted(name for name in package.namelist() if name.startswith("word/charts/chart"))
        root = etree.fromstring(package.read(parts[0]))
        assert [name for name in package.namelist() if name.startswith("word/embeddings/")]
    assert parts == ["word/charts/chart1.xml", "word/charts/chart2.xml"]
    values = root.xpath("//*[local-name()='numCache']/*[local-name()='pt']/@idx")
    assert values == ["0"]
    assert Document(str(path)).paragraphs


def test_without_a_converter_the_word_file_stays_and_nothing_else(tmp_path, monkeypatch):
    path = save(blank(), tmp_path / "a.docx", "题", "局")
    monkeypatch.setattr(pdf, "converter", lambda: "")
    assert pdf.to_pdf([path]) == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_converter_that_fails_leaves_no_trace(tmp_path, monkeypatch):
    path = save(blank(), tmp_path / "a.docx", "题", "局")
    monkeypatch.setattr(pdf, "converter", lambda: "/bin/false")
    assert pdf.to_pdf([path]) == []
    assert list(tmp_path.iterdir()) == [path]


def test_the_pdf_s_copy_has_the_fonts_that_are_there(tmp_path, monkeypatch):
    path = save(blank(), tmp_path / "a.docx", "题", "局")
    monkeypatch.setattr(pdf, "present_fonts", lambda: frozenset({"FangSong"}))
    copy = pdf._prepared(path, tmp_path / "b.docx")
    with zipfile.ZipFile(copy) as package:
        styles = package.read("word/styles.xml").decode()
    assert "FangSong" in styles
    assert "仿宋_GB2312" not in styles
    assert "仿宋_GB2312" in zipfile.ZipFile(path).read("word/styles.xml").decode()


def test_paragraph_properties_stand_in_the_order_that_word_asks_for():
    order = ["keepNext", "keepLines", "pageBreakBefore", "spacing", "ind", "jc", "outlineLvl"]
    for style in blank().styles:
        properties = style.element.find(f"{{{WORD['w']}}}pPr")
        names = [etree.QName(child).localname for child in properties] if properties is not None else []
        known = [name for name in names if name in order]
        assert known == sorted(known, key=order.index), style.name


def test_the_first_line_is_indented_by_two_characters():
    mark = blank().styles["公文正文"].element.pPr.ind
    assert mark.get(f"{{{WORD['w']}}}firstLineChars") == "200"
