"""The quick sheet writes the same XML as the general path."""

import re
import zipfile

import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from assets.workbooks.textsheet import TextSheet

ROWS = [["姓名", "", " 张三 "], ["=1+1", "<a&b>\n二", ""], [], ["", "", ""], ["x" * 40_000, "重", "重"]]


class Slow(Worksheet):
    """The general path under the quick one's name."""

    def write_row_of_texts(self, row, values, style, blank):
        for column, value in enumerate(values):
            if value:
                self.write_string(row, column, value, style)
            elif blank:
                self.write_blank(row, column, None, style)


def parts(path, kind, blank):
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        plain, red = book.add_format({"border": 1}), book.add_format({"font_color": "red"})
        page = book.add_worksheet("表", worksheet_class=kind)
        for number, row in enumerate(ROWS):
            page.write_row_of_texts(number * 2, row, plain, blank)
        page.write_string(2, 1, "改", red)
        page.write_number(2, 5, 3.5, plain)
        page.write_string(2, 6, "无格式")
        page.write_comment(0, 0, "批注")
        page.write_comment(11, 2, "空行的批注")
        page.set_row(4, 31)
        page.set_row(5, 20)
        page.set_column(1, 1, 12, red)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if "core" not in name]
        return {name: re.sub(rb' spans="[^"]*"', b"", archive.read(name)) for name in names}


@pytest.mark.parametrize("blank", [True, False])
def test_rows_of_texts_are_what_the_general_path_writes(tmp_path, blank):
    quick, slow = (parts(tmp_path / f"{kind.__name__}.xlsx", kind, blank) for kind in (TextSheet, Slow))
    assert quick == slow
    assert quick["xl/worksheets/sheet1.xml"].count(b"<row ") >= 5
