"""A Word document being written: places in a template are filled in order with paragraphs, tables and charts.

A template is an ordinary Word file that the office may edit: `{{name}}` inside a text is replaced by a text, a paragraph
that is only `{{节:name}}` by the section of that name. Sections may be moved, deleted, and surrounded by own words.
Not here: what a section says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assets.paper.tables import Row, TableLook, table_xml
from assets.workbooks.book import UNPRINTABLE
from pipelines.resources.files import replacing

SECTION = re.compile(r"^\s*\{\{节:(?P<name>[^{}]+)\}\}\s*$")
PLACE = re.compile(r"\{\{(?P<name>[^{}:]+)\}\}")


class TemplateError(ValueError):
    """A template asks for something that does not exist; the Chinese sentence names the file and the mark."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice


class Cursor:
    """The place in a document where the next paragraph, table or chart goes: before its mark."""

    def __init__(self, document: Any, mark: Any) -> None:
        self.document, self._mark = document, mark

    def text(self, words: str, style: str = "公文正文") -> Any:
        """Add a paragraph."""
        return self._mark.insert_paragraph_before(UNPRINTABLE.sub("□", words), style)

    def heading(self, words: str, level: int = 1) -> None:
        """Add a heading of the first or second level."""
        self.text(words, "公文一级" if level == 1 else "公文二级")

    def table(self, title: str, rows: list[Row], look: TableLook, note: str = "") -> None:
        """Add a table with its title above and a note below."""
        if title:
            self.text(title, "表题")
        self._mark._p.addprevious(table_xml(rows, look))
        # Word joins two tables that touch.
        self.text(note, "表注")

    def element(self, element: Any) -> None:
        """Add a ready element (a chart's paragraph)."""
        self._mark._p.addprevious(element)

    def page_break(self) -> None:
        """Start a new page."""
        self.text("", "表注").paragraph_format.page_break_before = True

    def close(self) -> None:
        """Remove the mark."""
        self._mark._p.getparent().remove(self._mark._p)


Section = Callable[[Cursor], None]


def open_template(path: Path) -> Any:
    """Open a template.

    Raises:
        TemplateError: it is no Word file.
    """
    import docx

    try:
        return docx.Document(str(path))
    except Exception as fault:
        # Whatever the library meets in a damaged file; raised outside, so that its message, which quotes the file, is not chained.
        kind = type(fault).__name__
    raise TemplateError(
        f"模板 {path.name} 打不开（{kind}）。", "请用 Word 另存为 .docx，或用 tongbi report --template 重新取一份。"
    )


def fill(document: Any, texts: Mapping[str, str], sections: Mapping[str, Section], name: str) -> None:
    """Fill a template.

    Args:
        document: an opened template.
        texts: replacement of `{{name}}`, in body, header and footer.
        sections: writer of `{{节:name}}`; one that the template does not mention is left out.
        name: the template's file name, for the message.

    Raises:
        TemplateError: the template has a mark that nobody fills.
    """
    # A copy of the list: what a section writes must not be searched for marks again.
    for paragraph in list(document.paragraphs):
        mark = SECTION.match(paragraph.text)
        if not mark:
            continue
        if mark["name"] not in sections:
            raise _unknown(name, f"{{{{节:{mark['name']}}}}}", [f"{{{{节:{section}}}}}" for section in sections])
        cursor = Cursor(document, paragraph)
        sections[mark["name"]](cursor)
        cursor.close()

    paragraphs = list(document.paragraphs)
    for section in document.sections:
        paragraphs += [*section.header.paragraphs, *section.footer.paragraphs]
    for paragraph in paragraphs:
        if "{{" in paragraph.text:
            _replace(paragraph, texts, name)


def _replace(paragraph: Any, texts: Mapping[str, str], name: str) -> None:
    unknown = [mark["name"] for mark in PLACE.finditer(paragraph.text) if mark["name"] not in texts]
    if unknown:
        raise _unknown(name, f"{{{{{unknown[0]}}}}}", [f"{{{{{text}}}}}" for text in texts])
    whole = PLACE.sub(lambda mark: texts[mark["name"]], paragraph.text)
    # Word splits a text into runs as it likes; the first keeps the look of the paragraph.
    first, *rest = [run for run in paragraph.runs if run.text]
    first.text = UNPRINTABLE.sub("□", whole)
    for run in rest:
        run.text = ""


def _unknown(name: str, mark: str, known: list[str]) -> TemplateError:
    return TemplateError(f"模板 {name} 里的 {mark} 不认识。", f"可用的有：{'、'.join(known)}。")


def add_footer(document: Any, text: str) -> None:
    """Add a line to the footer of every page, whatever the template says there."""
    for section in document.sections:
        paragraph = section.footer.add_paragraph(text)
        paragraph.alignment = 2  # right, away from the page number


def save(document: Any, path: Path, title: str, author: str) -> Path:
    """Write the document whole or not at all; its properties name the title and the office, nobody's account."""
    document.core_properties.title, document.core_properties.author = title, author
    document.core_properties.last_modified_by, document.core_properties.comments = "", ""
    with replacing(path) as aside:
        document.save(str(aside))
    return path


def blank() -> Any:
    """An empty document with the page and the styles of an official paper."""
    import docx

    from assets.paper.styles import add_styles, set_page

    document = docx.Document()
    set_page(document)
    add_styles(document)
    return document
