"""Text with delimiters to rows: which delimiter, quotes that are meant and quotes that are not. Encodings are
`decode.py`'s matter.
"""

import csv
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import zip_longest

from pipelines.resources.reading.bounds import ParserBounds, check_size
from pipelines.resources.reading.refusals import too_big
from pipelines.resources.reading.shapes import WARN, Notice, Parsed, Sheet

_DELIMITERS = "\t,;|"
_SAMPLE = 60
_LONGEST_RECORD = 40
"""Lines one quoted field may span before the quote is taken for a stray one; an address or a remark has a few."""

_APOSTROPHE = re.compile(r"'(?=\d{7,}[\dXx]*$)")
_FORMULA_TEXT = re.compile(r'="([^"]*)"$')


@dataclass
class _Records:
    rows: list[list[str]] = field(default_factory=list)
    literal: list[int] = field(default_factory=list)
    """Records whose quotes are taken as characters, because no reading with quotes makes sense."""


def parse_delimited(text: str, bounds: ParserBounds, null_words: Collection[str] = ()) -> Parsed:
    """Reads delimited text; row number = record number, blank lines counted, a quoted line break does not begin a new
    record.

    Args:
        text: Decoded text with `\\n` line ends.
        bounds: How many rows, columns and cells there may be.
        null_words: Fields that are exactly one of these are empty (rules/files.md#ff1).

    Returns:
        One sheet named `""`; container `tsv` for tabs, `csv` for every other delimiter.

    Raises:
        Refusal: More rows, columns or cells than the limits allow.
    """
    lines = text.split("\n")
    while lines and not lines[-1].strip(" \t\x1a"):
        lines.pop()
    delimiter, width = choose_delimiter(lines)
    records = _split(lines, delimiter, width, bounds)
    # Before the short rows are filled up: one wide row among many short ones asks for more cells than the file has bytes.
    check_size(len(records.rows), max(map(len, records.rows), default=0), bounds)
    notices = _quote_notices(records.literal) + _cut_notices(records.rows, width, text.endswith("\n"))
    if any(mark in text for mark in ("'", '="', *null_words)):
        notices += _clean(records.rows, frozenset(null_words))
    return Parsed("tsv" if delimiter == "\t" else "csv", [Sheet("", 1, _columns(records.rows))], notices=notices)


def choose_delimiter(lines: list[str]) -> tuple[str, int]:
    """The delimiter that parts most of the first lines into the same number of fields, and that number.

    A title or a note above the table may hold any of the characters; agreement between many lines decides, not
    occurrence.
    """
    sample = [line for line in lines[: 4 * _SAMPLE] if line.strip()][:_SAMPLE]
    best, found = (0.0, 0), (",", 1)
    for delimiter in _DELIMITERS:
        widths = _record_widths(sample, delimiter) or [_width(line, delimiter) for line in sample]
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, lines_with = max(counts.items(), key=lambda item: (item[1] * item[0], item[0]))
        score = (lines_with / len(widths) * min(width, 4), width)
        if score > best:
            best, found = score, (delimiter, width)
    return found


def _record_widths(sample: list[str], delimiter: str) -> list[int]:
    """How wide the sample's records are where quoted fields hold line breaks; empty when none do or quotes go astray.

    Where most records span several lines, the pieces of them would outvote the whole ones.
    """
    if not any(_fields(line, delimiter) is None and _opens(line, delimiter) for line in sample):
        return []
    widths: list[int] = []
    try:
        for row in csv.reader([f"{line}\n" for line in sample], delimiter=delimiter, strict=True):
            if any(field.count("\n") >= _LONGEST_RECORD for field in row):
                return []
            widths.append(len(row))
    except csv.Error:
        pass  # the sample may end within a record
    return widths if len(widths) > 1 and max(Counter(widths).values()) * 2 > len(widths) else []


def _width(line: str, delimiter: str) -> int:
    """How many fields a line has; without quotes they are counted and not made, for there may be millions."""
    row = _fields(line, delimiter) if '"' in line else None
    return line.count(delimiter) + 1 if row is None else len(row)


def _literal(line: str, delimiter: str) -> list[str]:
    return line.split(delimiter)


def _fields(text: str, delimiter: str) -> list[str] | None:
    """The fields of one record, or None when its quotes do not close or close in the middle of a field."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        (row,) = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    return row


def _split(lines: list[str], delimiter: str, width: int, bounds: ParserBounds) -> _Records:
    records, at = _Records(), 0
    while at < len(lines):
        line = lines[at]
        row, used = (None, 1) if '"' not in line else _quoted(lines, at, delimiter, width)
        if row is None:
            if '"' in line:
                records.literal.append(len(records.rows) + 1)
            row = _literal(_bounded(line, delimiter, bounds), delimiter) if line else []
        records.rows.append(row if len(row) <= bounds.columns else _narrowed(row, bounds))
        at += used
    return records


def _bounded(line: str, delimiter: str, bounds: ParserBounds) -> str:
    """The line, without the delimiters of empty columns at its end where they are too many.

    Raises:
        Refusal: It has more columns than are allowed; they are counted before a field is made of each.
    """
    if len(line) <= bounds.columns or line.count(delimiter) < bounds.columns:
        return line
    shorter = line.rstrip(f"{delimiter} \t\r")
    _narrow_enough(shorter.count(delimiter) + 1, bounds)
    return shorter


def _narrowed(row: list[str], bounds: ParserBounds) -> list[str]:
    """The row without the empty fields at its end: a spreadsheet writes one for every column that was ever formatted."""
    last = next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)
    _narrow_enough(last, bounds)
    return row[:last]


def _narrow_enough(columns: int, bounds: ParserBounds) -> None:
    if columns > bounds.columns:
        raise too_big("列数", f"{columns}列", f"{bounds.columns}列")


def _quoted(lines: list[str], at: int, delimiter: str, width: int) -> tuple[list[str] | None, int]:
    """The record that begins at line `at` and how many lines it spans; None when a quote in it is a stray one.

    A record over several lines must come out as wide as the others, or the quote has swallowed its neighbours.
    """
    row = _fields(lines[at], delimiter)
    if row is not None:
        return row, 1
    if not _opens(lines[at], delimiter):
        return None, 1
    text = lines[at]
    for span in range(2, min(_LONGEST_RECORD, len(lines) - at) + 1):
        text += "\n" + lines[at + span - 1]
        if '"' not in lines[at + span - 1]:
            continue
        row = _fields(text, delimiter)
        if row is not None:
            swallowed = _are_whole(lines[at : at + span], delimiter, width)
            return (row, span) if len(row) == width and not swallowed else (None, 1)
    return None, 1


def _are_whole(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether each of these lines is a record by itself: then two stray quotes met, and nothing is quoted."""
    return width + len(lines) > 4 and all(len(_literal(line, delimiter)) >= width for line in lines)


def _opens(line: str, delimiter: str) -> bool:
    """Whether some field begins with a quote; a quote inside a field opens nothing."""
    return line.startswith('"') or f'{delimiter}"' in line


def _columns(rows: list[list[str]]) -> list[list[str]]:
    return [list(column) for column in zip_longest(*rows, fillvalue="")]


def _clean(rows: list[list[str]], null_words: frozenset[str]) -> list[Notice]:
    """What exporters put in so that Excel shows numbers as text comes off again; done in place, counted, told."""
    nulls = marks = 0
    for row in rows:
        for position, value in enumerate(row):
            if value in null_words:
                row[position] = ""
                nulls += 1
            elif value[:1] == "'" and _APOSTROPHE.match(value):
                row[position] = value[1:]
                marks += 1
            elif value[:2] == '="' and (inner := _FORMULA_TEXT.match(value)):
                row[position] = inner[1]
                marks += 1
    told = []
    if nulls:
        told.append(
            Notice("null_words", WARN, "", 0, 0, f"有{nulls}个单元格只写着数据库的空值标记（如NULL），已按空白处理。")
        )
    if marks:
        told.append(
            Notice("text_marks", WARN, "", 0, 0, f"有{marks}个号码带有表示文本的撇号或等号，已去掉，号码不变。")
        )
    return told


def _quote_notices(literal: list[int]) -> list[Notice]:
    if not literal:
        return []
    listed = "、".join(map(str, literal[:20])) + ("等" if len(literal) > 20 else "")
    text = f"有{len(literal)}行的引号不成对或位置不对（第{listed}行），引号已按普通字符读取。"
    return [Notice("stray_quote", WARN, "", literal[0], 0, text, "请核对这些行的各列是否对齐。")]


def _cut_notices(rows: list[list[str]], width: int, ended: bool) -> list[Notice]:
    """A last line without line end and with fewer fields than the others: the export or the copy may have broken
    off.
    """
    if ended or len(rows) < 2 or len(rows[-1]) >= width or len(rows[-2]) < width:
        return []
    text = f"最后一行（第{len(rows)}行）比其他行少{width - len(rows[-1])}列，文件可能没有导出完。"
    return [Notice("cut_line", WARN, "", len(rows), 0, text, "请核对总行数，必要时重新导出。")]
