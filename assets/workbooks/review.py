"""The review workbook (同一儿童复核): pairs of records that the linkage would not decide, two rows each, differences coloured.

Belongs here: which pairs, their numbers, how two rows stand beside each other. Not here: what an answer does
(`matching.decisions.clerical`), reading it back (`assets.replies`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assets.workbooks.answers import facts_sheet
from assets.workbooks.book import Book, clean, open_book
from assets.workbooks.context import PrintedList, PublishContext
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.lines import number_text, text
from assets.workbooks.wording import place_of, say
from expectations.life.numbering import printed

CODE = "P00"
RECIPIENT = "民政复核"
VERDICTS = {"是同一人": "same", "不是同一人": "different", "无法判断": "unsure"}
LIST = PrintedList(CODE, "同一儿童复核", "复核", answers=tuple(VERDICTS))
FOLDER, SHEET = "复核", "同一儿童复核"
# More pairs than this are nobody's work of a quarter: the likeliest come first, the rest wait.
MOST_PAIRS = 2000
_FIRST_ROW = 4
_SHOWN = (
    *(("姓名", 10, "name"), ("性别", 5, "sex"), ("出生日期", 11.5, "birth_date"), ("身份证号", 20.5, "id_no")),
    *(
        ("父亲", 9, "father_name"),
        ("母亲", 9, "mother_name"),
        ("监护人", 9, "guardian_name"),
        ("户籍地", 20, "hukou_addr"),
    ),
    *(("现住址", 20, "live_addr"), ("学校", 13, "school"), ("联系电话", 12.5, "phone")),
)
_HEADINGS = [("复核编号", 16.5), ("出处", 24), *((zh, width) for zh, width, _ in _SHOWN), ("比对理由", 26)]
_YELLOW = (("判断结果", 13), ("判断日期", 11.5), ("判断人", 9), ("说明", 16))
_RED = "#C00000"
_CHOICE = {
    "validate": "list",
    "source": list(VERDICTS),
    "input_title": "请选择",
    "input_message": "两行是不是同一个孩子",
    "error_title": "请从下拉列表中选择",
    "error_message": "只能选：是同一人、不是同一人、无法判断。",
}


@dataclass(frozen=True)
class ReviewPair:
    """A pair as it is printed: its number with check characters, the two rows of texts (source, then values), and why it waits."""

    number: str
    first: list[str]
    second: list[str]
    reason: str


def pair_id(record_a: str, record_b: str) -> str:
    """`P00-<8 characters>` of a pair, the same in whatever order its records are named."""
    digest = hashlib.sha256("|".join(sorted((record_a, record_b))).encode()).digest()
    return f"{CODE}-{base64.b32encode(digest[:5]).decode()}"


def review_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs that wait for a person, the likeliest first: the columns of link_pairs and `pair_id`."""
    waiting = pairs[pairs["grade"] == "review"]
    # Equally likely ones by their numbers: which pairs still find room must not depend on the order of files.
    waiting = waiting.sort_values(["probability", "record_a", "record_b"], ascending=[False, True, True])
    waiting = waiting.head(MOST_PAIRS).reset_index(drop=True)
    names = [pair_id(a, b) for a, b in zip(waiting["record_a"], waiting["record_b"], strict=True)]
    return waiting.assign(pair_id=names)


def write_review(
    pairs: pd.DataFrame, records: pd.DataFrame, context: PublishContext, folder: Path, whom: str = RECIPIENT
) -> int:
    """Write `复核/同一儿童复核_<period>.xlsx` below a folder, nothing when no pair waits; returns the number of pairs.

    The numbers stand in it whole: without them nobody can tell two children apart. It is for the county's own office,
    or for the one person (`whom`) who may see one of the two children.
    """
    waiting = review_pairs(pairs)
    if waiting.empty:
        return 0
    shown = _shown_values(waiting, records, context)
    with open_book(folder / FOLDER / f"{SHEET}_{context.period}.xlsx", context, whom) as book:
        sheet = book.sheet(SHEET)
        _head(book, sheet, len(waiting))
        for number, line in enumerate(waiting.to_dict("records")):
            first, second = shown[str(line["record_a"])], shown[str(line["record_b"])]
            pair = ReviewPair(printed(str(line["pair_id"]), context.period), first, second, str(line["reason"]))
            _pair(book, sheet, _FIRST_ROW + 2 * number, pair)
        last = _FIRST_ROW + 2 * len(waiting) - 1
        sheet.freeze_panes(_FIRST_ROW, 3)
        sheet.repeat_rows(_FIRST_ROW - 1)
        sheet.data_validation(_FIRST_ROW, len(_HEADINGS), last, len(_HEADINGS), _CHOICE)
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
        # Whoever it was made for: it is read back, and its answers are entered, as the bureau's own review.
        facts_sheet(book, {"tongbi": "review", "period": context.period, "kind": "review", "recipient": RECIPIENT})
    return len(waiting)


def _shown_values(waiting: pd.DataFrame, records: pd.DataFrame, context: PublishContext) -> Mapping[str, list[str]]:
    """record_id -> source and the shown values, in words."""
    names = {*waiting["record_a"], *waiting["record_b"]}
    paired = records[records["record_id"].isin(names)].drop_duplicates("record_id")
    columns = []
    for _, _, name in _SHOWN:
        values = text(paired, name)
        if name == "id_no":
            # As it was written; a stroke or a word in its place is no number, and would look like one that differs.
            written = number_text(paired, name)
            values = written.where(written.str.contains(r"\d", regex=True), "")
        columns.append(say(values, name))
    places = paired[["department", "file", "sheet", "row"]].to_dict("records")
    sources = [place_of({str(name): value for name, value in item.items()}, context) for item in places]
    rows = zip(sources, *columns, strict=True)
    shown = {str(name): [clean(cell) for cell in row] for name, row in zip(paired["record_id"], rows, strict=True)}
    empty = [""] * (len(_SHOWN) + 1)
    return {str(name): shown.get(str(name), empty) for name in names}


def _head(book: Book, sheet: Any, count: int) -> None:
    context, layout = book.context, book.layout
    sheet.set_row(0, 34)
    sheet.write_string(
        0, 0, clean(f"{context.place}{book.recipient}　{context.period_zh()}同一儿童复核表"), book.title(align="left")
    )
    notes = (
        f"共 {count} 对。每两行是一对：是不是同一个孩子？红字是两行不同之处。请在黄色单元格选择；判断一经登记长期有效，程序不再改判。",
        "同名同生日的可能是双胞胎或重名，请看父母、住址和号码；拿不准的选“无法判断”。",
    )
    for row, line in enumerate(notes, start=1):
        sheet.write_string(row, 0, line, book.style(font_name=layout.fonts.body, font_size=layout.sizes.body))
    for place, (heading, width) in enumerate([*_HEADINGS, *_YELLOW]):
        sheet.set_column(place, place, width)
        sheet.write_string(_FIRST_ROW - 1, place, heading, book.head())


def _pair(book: Book, sheet: Any, row: int, pair: ReviewPair) -> None:
    """Two rows: the second is shaded alike, its yellow cells are grey; both carry the number, so that sorting parts nothing."""
    colours, size = book.layout.colours, book.layout.sizes.body
    shade = colours["locked"] if (row - _FIRST_ROW) % 4 == 0 else "#FFFFFF"
    sides = (pair.first, pair.second)
    # Both rows as high as the higher one, so that values which belong together stand at the same height.
    needed = max(
        rows_needed(value, width) for side in sides for value, (_, width) in zip(side, _HEADINGS[1:], strict=False)
    )
    for place, (side, other) in enumerate(zip(sides, reversed(sides), strict=True)):
        first, at = place == 0, row + place
        edge = {"top": 2 if first else 4, "bottom": 4 if first else 2, "bg_color": shade}
        reason_rows = rows_needed(pair.reason, _HEADINGS[-1][1]) if first else 0
        sheet.set_row(at, row_height(max(needed, reason_rows), size) + 2)
        sheet.write_string(at, 0, pair.number, book.cell(**edge))
        sheet.write_string(at, 1, side[0], book.cell(**edge))
        for column, (value, counterpart) in enumerate(zip(side[1:], other[1:], strict=True), start=2):
            if not value or not counterpart or value == counterpart:
                sheet.write_string(at, column, value, book.cell(**edge))
            else:
                _write_difference(book, sheet, (at, column), _runs(value, counterpart), edge)
        sheet.write_string(at, len(_HEADINGS) - 1, clean(pair.reason) if first else "同上", book.cell(**edge))
        look = {**edge, "bg_color": colours["open"], "locked": False} if first else edge
        for column, (heading, _) in enumerate(_YELLOW, start=len(_HEADINGS)):
            form = "yyyy-mm-dd" if "日期" in heading else "@"
            sheet.write_blank(at, column, None, book.cell(**look, num_format=form))


def _write_difference(
    book: Book, sheet: Any, at: tuple[int, int], runs: list[tuple[bool, str]], edge: Mapping[str, Any]
) -> None:
    """A value with what differs from the other side in red: the characters in question, or the whole of it."""
    layout, tint = book.layout, {**edge, "bg_color": book.layout.colours["明确"]}
    # xlsxwriter refuses a rich text of a single run.
    if len(runs) < 2:
        sheet.write_string(*at, runs[0][1], book.cell(**tint, font_color=_RED))
        return
    plain = book.style(font_name=layout.fonts.body, font_size=layout.sizes.body)
    red = book.style(font_name=layout.fonts.body, font_size=layout.sizes.body, font_color=_RED, bold=True)
    parts = [part for same, run in runs for part in ((plain if same else red), run)]
    sheet.write_rich_string(*at, *parts, book.cell(**tint))


def _runs(value: str, other: str) -> list[tuple[bool, str]]:
    """The value in pieces that agree with the other side and pieces that do not; one piece where lengths differ."""
    if len(value) != len(other):
        return [(False, value)]
    runs: list[tuple[bool, str]] = []
    for character, counterpart in zip(value, other, strict=True):
        same = character == counterpart
        if runs and runs[-1][0] == same:
            runs[-1] = (same, runs[-1][1] + character)
        else:
            runs.append((same, character))
    return runs
