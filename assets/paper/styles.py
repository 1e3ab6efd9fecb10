"""The styles and the page of an official paper: A4, margins, fonts, sizes, line spacing, page number.

Source: GB/T 9704-2012: A4, top margin 37 mm, left 28 mm, type area 156 x 225 mm, 22 lines of 28 characters, title in
2号小标宋, body 3号仿宋, first level 黑体, second level 楷体, page number 4号 between dashes. Not here: any text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assets.paper.fonts import fonts

TOP, LEFT, WIDTH, HEIGHT = 37.0, 28.0, 156.0, 225.0
PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LINE_POINTS = 28.95
FOOTER = 25.0


@dataclass(frozen=True)
class ParagraphLook:
    """One paragraph style.

    Attributes:
        name: as people see it in Word.
        role: of `fonts.yaml`.
        size: points.
        align: left, center, right or justify.
        indent: first line, in characters.
        line: exact line spacing in points; 0 = single.
        before: space above in points.
        level: heading level for the navigation pane, 0 = none.
    """

    name: str
    role: str
    size: float
    align: str = "justify"
    indent: int = 0
    line: float = LINE_POINTS
    before: float = 0
    level: int = 0
    bold: bool = False


LOOKS = (
    ParagraphLook("公文标题", "title", 22, "center", line=34, before=0),
    ParagraphLook("公文副题", "second", 16, "center"),
    ParagraphLook("公文正文", "body", 16, indent=2),
    ParagraphLook("公文一级", "heading", 16, indent=2, level=1),
    ParagraphLook("公文二级", "second", 16, indent=2, level=2),
    ParagraphLook("公文署名", "body", 16, "right"),
    ParagraphLook("公文附注", "body", 12, indent=2, line=20),
    ParagraphLook("表题", "heading", 12, "center", line=22, before=8, level=0),
    ParagraphLook("表注", "table", 9, "left", line=14),
    ParagraphLook("标记", "table", 10.5, "left", line=16),
)


def set_page(document: Any) -> None:
    """A4 with the margins of an official paper, and the page number between dashes."""
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.top_margin, section.left_margin = Mm(TOP), Mm(LEFT)
    section.right_margin = Mm(PAGE_WIDTH - LEFT - WIDTH)
    section.bottom_margin = Mm(PAGE_HEIGHT - TOP - HEIGHT)
    section.footer_distance = Mm(FOOTER)
    _page_number(section)


def add_styles(document: Any) -> None:
    """Add every style of `LOOKS`; the document's default is the body's font."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    normal = document.styles["Normal"]
    _set_font(normal.element.get_or_add_rPr(), fonts().official("body"))
    normal.font.size = Pt(16)
    for look in LOOKS:
        style = document.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = normal, True  # in Word's gallery, where the office looks for styles
        _dress(style, look)


def flush(paragraph: Any) -> Any:
    """Take the indent of the first line away from one paragraph, in points and in characters (Word heeds the latter)."""
    from docx.oxml.ns import qn

    paragraph.paragraph_format.first_line_indent = 0
    paragraph._p.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "0")
    return paragraph


def _dress(style: Any, look: ParagraphLook) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.size, style.font.bold = Pt(look.size), look.bold
    _set_font(style.element.get_or_add_rPr(), fonts().official(look.role))
    shape = style.paragraph_format
    shape.alignment = getattr(WD_ALIGN_PARAGRAPH, look.align.upper())
    shape.space_before, shape.space_after = Pt(look.before), Pt(0)
    shape.keep_with_next = look.level > 0 or look.name == "表题"
    if look.line:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.line)
    # The object model knows neither an indent counted in characters nor the level in the navigation pane. In characters,
    # because two characters of the body stay two when somebody changes the letter size.
    properties = style.element.get_or_add_pPr()
    if look.indent:
        shape.first_line_indent = Pt(look.indent * look.size)
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(look.indent * 100))
    if look.level:
        mark = OxmlElement("w:outlineLvl")
        mark.set(qn("w:val"), str(look.level - 1))
        properties.append(mark)


def _set_font(properties: Any, name: str) -> None:
    from docx.oxml.ns import qn

    mark = properties.get_or_add_rFonts()
    # All four: Word chooses by the script of each character, and the object model sets the Latin ones alone.
    for side in ("ascii", "hAnsi", "eastAsia", "cs"):
        mark.set(qn(f"w:{side}"), name)


def _page_number(section: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        run.font.size = Pt(14)
        _set_font(run._r.get_or_add_rPr(), fonts().official("table"))
        if text is not None:
            continue
        # A field has no number of its own: Word puts it in when it lays the pages out.
        for kind in ("begin", "", "end"):
            mark = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark.text = "PAGE"
            run._r.append(mark)
