"""An open workbook: options that keep texts texts, fixed properties, cell formats, legal names.

Here: everything about xlsxwriter that all sheets share. Not here: what a sheet says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from assets.workbooks.context import PublishContext
from assets.workbooks.layout import WorkbookLayout
from assets.workbooks.textsheet import TextSheet

# Nothing that came from a department may become a formula, a link or a number (rules/law.md#formulas).
# And nothing is put aside in the machine's temporary folder meanwhile, where others could read it.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
LONGEST_CELL = 4000
# XML has no way to write these: a workbook that holds one is called damaged.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RETURNS = re.compile(r"\r\n?")


@dataclass
class Book:
    """A workbook being written.

    Attributes:
        file: the xlsxwriter workbook.
        context: the period and the layout.
        recipient: as printed in header and footer.
        names: sheet names already taken, in lower case.
    """

    file: Any
    context: PublishContext
    recipient: str
    names: set[str] = field(default_factory=set)
    _formats: dict[frozenset[tuple[str, Any]], Any] = field(default_factory=dict)

    @property
    def layout(self) -> WorkbookLayout:
        """The layout in force."""
        return self.context.layout

    def style(self, **wishes: Any) -> Any:
        """A cell format; the same wishes give the same format object."""
        # A workbook holds 64,000 formats at most, and one per cell would be reached by a large township.
        key = frozenset(wishes.items())
        if key not in self._formats:
            self._formats[key] = self.file.add_format(
                {"valign": "vcenter", "font_color": self.layout.colours["ink"], **wishes}
            )
        return self._formats[key]

    def cell(self, **wishes: Any) -> Any:
        """A bordered, wrapped, locked text cell of a table."""
        layout = self.layout
        defaults = {
            "font_name": layout.fonts.body,
            "font_size": layout.sizes.body,
            "text_wrap": True,
            "border": 1,
            "border_color": layout.colours["line"],
            "num_format": "@",
        }
        return self.style(**{**defaults, **wishes})

    def head(self, **wishes: Any) -> Any:
        """A heading cell."""
        layout = self.layout
        defaults = {
            "font_name": layout.fonts.head,
            "font_size": layout.sizes.head,
            "align": "center",
            "bg_color": layout.colours["head"],
        }
        return self.cell(**{**defaults, **wishes})

    def title(self, **wishes: Any) -> Any:
        """The title of a sheet."""
        layout = self.layout
        defaults = {
            "font_name": layout.fonts.title,
            "font_size": layout.sizes.title,
            "font_color": layout.colours["title"],
            "align": "center",
        }
        return self.style(**{**defaults, **wishes})

    def prose(self, **wishes: Any) -> Any:
        """Running text."""
        return self.style(font_name=self.layout.fonts.text, font_size=self.layout.sizes.text, text_wrap=True, **wishes)

    def sheet(self, name: str) -> Any:
        """A new sheet of a legal, unused name, set up for A4 landscape with header and footer."""
        sheet = self.file.add_worksheet(sheet_name(name, self.names), worksheet_class=TextSheet)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        footer, who = escape(self.layout.footer), escape(self.recipient)[:60]
        number, grey = escape(self.context.number(self.recipient)), self.layout.colours["mark"].removeprefix("#")
        # The mark names whom the copy was made for: whoever photographs a page photographs it too (rules/law.md#exports).
        sheet.set_header(f"&L{who}&C&K{grey}&16{who} 专用　编号 {number}&R{escape(self.context.period_zh())}")
        sheet.set_footer(f"&L{footer}&C第 &P 页 共 &N 页&R{who}　{number}")
        return sheet


@contextmanager
def open_book(path: Path, context: PublishContext, recipient: str) -> Iterator[Book]:
    """Write a workbook aside and rename it when it is whole; after an exception nothing is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder: only within one file system is a rename whole.
    aside = path.with_name(f".{path.name}.part")
    file = xlsxwriter.Workbook(str(aside), SAFE)
    file.set_properties(
        {
            "title": clean(f"{recipient} {context.period_zh()} 核查清单"),
            "author": clean(context.office or context.place),
            "comments": context.layout.footer,
            # Not the clock: the same data give the same bytes, and a second run changes nothing that people hold.
            "created": datetime.combine(context.as_of, time()),
        }
    )
    try:
        yield Book(file, context, recipient)
        file.close()
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def clean(value: str) -> str:
    """A text that every spreadsheet program opens: no control characters, one kind of line end, not endless."""
    text = UNPRINTABLE.sub("□", RETURNS.sub("\n", value))
    # xlsxwriter takes such a text for ready-made rich text and copies it into the file unescaped.
    if text.startswith("<r>"):
        text = "＜" + text[1:]
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def escape(text: str) -> str:
    """A text for a page header: & begins a command there."""
    return clean(text).replace("&", "&&").replace("\n", " ")


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A legal name of at most 31 characters that is not taken yet; it is then taken."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", clean(wanted)).strip().strip("'")[:31].strip("'") or "表"
    name, number = plain, 2
    # Excel keeps "History" for itself, and tells names apart without regard to case.
    while name.lower() in taken or name.lower() == "history":
        ending = f"_{number}"
        name, number = plain[: 31 - len(ending)] + ending, number + 1
    taken.add(name.lower())
    return name


def file_name(wanted: str) -> str:
    """A text as a part of a file name on every system."""
    plain = re.sub(r"[\\/:*?\"<>|\x00-\x1f]", "_", clean(wanted)).strip(" .")
    # A name may take 255 bytes, a Chinese character three of them, and the period and the kind of paper come behind it.
    return plain[:60] or "_"
