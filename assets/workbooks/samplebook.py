"""The workbook in which clerks judge a sample of pairs: two lines a pair, no word of what the machine thinks; and reading it back.

Here: its looks and its way back. Not here: which pairs are drawn and what the answers say (`matching.measuring.sampling`), or where the values
come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from assets.workbooks.book import SAFE, UNPRINTABLE
from matching.explaining.picture import Sides
from pipelines.resources.reading import read_file

BATCH = re.compile(r"批次：(\S+)")
ANSWERS = {"同一儿童": "same", "不是同一儿童": "different", "不确定": "unsure"}
HEADING_ROW = 3
_FIXED = ("编号", "来源")
_ASKED = ("结论", "说明")
_WIDTHS = {
    "编号": 6,
    "来源": 30,
    "姓名": 12,
    "曾用名": 12,
    "性别": 6,
    "出生日期": 12,
    "身份证号": 21,
    "学籍号": 22,
    "残疾人证号": 23,
    "电话": 14,
}
_WIDTHS |= {"现住址": 30, "户籍地址": 30, "学校": 24, "结论": 14, "说明": 24}
_ADVICE = "请逐对判断上下两行是不是同一个孩子，在黄色格里选结论。不要看其他材料里机器的判断；拿不准的选“不确定”。浅红底色是两行不同的项。"
_FRAME = {
    "border": 1,
    "border_color": "#D0D5DD",
    "valign": "vcenter",
    "text_wrap": True,
    "font_name": "宋体",
    "font_size": 10,
}
_LOOKS: dict[str, dict[str, Any]] = {
    "plain": {"num_format": "@"},
    "differ": {"num_format": "@", "bg_color": "#FEECEB"},
    "number": {"align": "center", "bold": True},
    "asked": {"bg_color": "#FFF4D6", "align": "center", "locked": False},
    "place": {"font_color": "#667085", "font_size": 9},
}


def write_sample(pairs: Sequence[Sides], batch: str, path: Path) -> None:
    """Write the workbook.

    Args:
        pairs: the two records of each pair with all their values, in the order of `sample_no`.
        batch: by which the same sample is drawn again when the answers come back.
        path: the file, replaced.
    """
    titles = list(dict.fromkeys(name for pair in pairs for name, *_ in pair.rows))
    with xlsxwriter.Workbook(str(path), SAFE) as book:
        book.set_properties({"title": "抽样核对表", "author": "", "comments": ""})
        sheet = book.add_worksheet("抽样核对")
        columns = [*_FIXED, *titles, *_ASKED]
        _head(book, sheet, batch, columns)
        looks = {name: book.add_format({**_FRAME, **look}) for name, look in _LOOKS.items()}
        for place, pair in enumerate(pairs):
            row = HEADING_ROW + 1 + 2 * place
            sheet.merge_range(row, 0, row + 1, 0, place + 1, looks["number"])
            _pair(sheet, looks, row, pair, titles)
        last = HEADING_ROW + 2 * len(pairs)
        choice = {
            "validate": "list",
            "source": list(ANSWERS),
            "error_title": "结论",
            "error_message": "请从下拉框里选。",
        }
        sheet.data_validation(HEADING_ROW + 1, len(columns) - 2, max(last, HEADING_ROW + 1), len(columns) - 2, choice)


def _head(book: Any, sheet: Any, batch: str, columns: list[str]) -> None:
    sheet.write_string(
        0, 0, f"抽样核对表　批次：{batch}", book.add_format({"bold": True, "font_size": 16, "font_name": "宋体"})
    )
    sheet.write_string(1, 0, _ADVICE, book.add_format({"font_size": 10, "font_name": "宋体", "font_color": "#475467"}))
    head = book.add_format({**_FRAME, "bold": True, "bg_color": "#E4ECF7", "align": "center"})
    for place, name in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS.get(name, 12))
        sheet.write_string(HEADING_ROW, place, name, head)
    sheet.set_row(HEADING_ROW, 24)
    sheet.freeze_panes(HEADING_ROW + 1, 3)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
    sheet.set_footer("&L内部资料 注意保密&R第 &P 页 共 &N 页")


def _pair(sheet: Any, looks: dict[str, Any], row: int, pair: Sides, titles: list[str]) -> None:
    """Two lines of values, differing ones tinted; one cell for the answer over both, so that a pair has one answer."""
    values = {name: (left, right) for name, left, right, _ in pair.rows}
    for line, place in enumerate((pair.left, pair.right)):
        sheet.set_row(row + line, 27)
        sheet.write_string(row + line, 1, _clean(place), looks["place"])
        for column, name in enumerate(titles, start=2):
            left, right = values.get(name, ("", ""))
            # A value that one side lacks is no difference: most sources have only some of the columns.
            look = looks["differ"] if left and right and left != right else looks["plain"]
            sheet.write_string(row + line, column, _clean((left, right)[line]), look)
    for column in (len(titles) + 2, len(titles) + 3):
        sheet.merge_range(row, column, row + 1, column, "", looks["asked"])


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("", text)


def read_answers(path: Path) -> tuple[str, pd.DataFrame]:
    """The batch of a returned workbook, and its answers: `sample_no`, `verdict`; unanswered pairs are left out.

    Raises:
        ValueError: it is no such workbook, or a conclusion is none of the three (in Chinese, with its number).
    """
    # By what stands in it, not by a sheet's name or a row's number: other programs rename sheets, and people add rows.
    for grid in read_file(path).grids:
        cells = grid.cells.astype(str)
        batch = next((match[1] for text in cells.to_numpy().ravel() if (match := BATCH.search(text))), "")
        heading = next((row for row in range(len(cells)) if "结论" in cells.iloc[row].tolist()), None)
        if batch and heading is not None:
            names = cells.iloc[heading].tolist()
            body = cells.iloc[heading + 1 :]
            return batch, _verdicts(body.iloc[:, names.index("编号")], body.iloc[:, names.index("结论")])
    raise ValueError("这不是抽样核对表：没有批次或“结论”列。请交回原来的表。")


def _verdicts(numbers: pd.Series, words: pd.Series) -> pd.DataFrame:
    lines = []
    for number, word in zip(numbers.str.strip(), words.str.strip(), strict=True):
        if not number.removesuffix(".0").isdigit() or not word:
            continue
        if word not in ANSWERS:
            raise ValueError(f"抽样核对表编号 {number} 的结论不在下拉框的三项之内，请重新选择。")
        lines.append((int(float(number)), ANSWERS[word]))
    once = list(dict.fromkeys(lines))  # a merged cell comes back on both of its lines
    return pd.DataFrame(once, columns=["sample_no", "verdict"])
