"""Text with delimiters to rows: which delimiter, quotes that are meant and quotes that are not. Encodings are `decode.py`'s matter."""

import csv
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import zip_longest

from pipelines.resources.reading.bounds import ParserBounds, check_size
from pipelines.resources.reading.refusals import too_big
from pipelines.resources.reading.shapes import WARN, Notice, Parsed, ParsedSheet

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
    """Reads delimited text; row number = record number, blank lines counted, a quoted line break does not begin a new record.

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
    rows = records.rows
    # Before the short rows are filled up: one wide row among many short ones asks for more cells than the file has bytes.
    check_size(len(rows), max(map(len, rows), default=0), bounds)

    notices = []
    if records.literal:
        listed = "、".join(map(str, records.literal[:20])) + ("等" if len(records.literal) > 20 else "")
        message = f"有{len(records.literal)}行的引号不成对或位置不对（第{listed}行），引号已按普通字符读取。"
        advice = "请核对这些行的各列是否对齐。"
        notices.append(Notice("stray_quote", WARN, "", records.literal[0], 0, message, advice))
    if not text.endswith("\n") and len(rows) >= 2 and len(rows[-1]) < width <= len(rows[-2]):
        # No line end and fewer fields than the line before: the export or the copy may have broken off.
        message = f"最后一行（第{len(rows)}行）比其他行少{width - len(rows[-1])}列，文件可能没有导出完。"
        notices.append(Notice("cut_line", WARN, "", len(rows), 0, message, "请核对总行数，必要时重新导出。"))
    if any(mark in text for mark in ("'", '="', *null_words)):
        notices += _clean(rows, frozenset(null_words))

    columns = [list(column) for column in zip_longest(*rows, fillvalue="")]
    return Parsed("tsv" if delimiter == "\t" else "csv", [ParsedSheet("", 1, columns)], notices=notices)


def choose_delimiter(lines: list[str]) -> tuple[str, int]:
    """The delimiter that parts most of the first lines into the same number of fields, and that number.

    A title or a note above the table may hold any of the characters; agreement between many lines decides, not occurrence.
    """
    sample = [line for line in lines[: 4 * _SAMPLE] if line.strip()][:_SAMPLE]
    best_score, best = (0.0, 0), (",", 1)
    for delimiter in _DELIMITERS:
        widths = _record_widths(sample, delimiter) or [_width(line, delimiter) for line in sample]
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, lines_with = max(counts.items(), key=lambda item: (item[1] * item[0], item[0]))
        # Beyond four fields only agreement counts, or one long list within a cell would outvote the table around it.
        score = (lines_with / len(widths) * min(width, 4), width)
        if score > best_score:
            best_score, best = score, (delimiter, width)
    return best


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
            fields = line
            if len(line) > bounds.columns and line.count(delimiter) >= bounds.columns:
                # Counted before a field is made of each: a line of nothing but delimiters may hold millions.
                fields = line.rstrip(f"{delimiter} \t\r")
                _refuse_wider(fields.count(delimiter) + 1, bounds)
            row = fields.split(delimiter) if line else []
        if len(row) > bounds.columns:
            # A spreadsheet writes an empty field for every column that was ever formatted.
            filled = next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)
            _refuse_wider(filled, bounds)
            row = row[:filled]
        records.rows.append(row)
        at += used
    return records


def _refuse_wider(columns: int, bounds: ParserBounds) -> None:
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
            # Where each of the lines is a record by itself, two stray quotes met, and nothing is quoted.
            are_whole = all(len(line.split(delimiter)) >= width for line in lines[at : at + span])
            return (row, span) if len(row) == width and not (width + span > 4 and are_whole) else (None, 1)
    return None, 1


def _opens(line: str, delimiter: str) -> bool:
    """Whether some field begins with a quote; a quote inside a field opens nothing."""
    return line.startswith('"') or f'{delimiter}"' in line


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
    notices = []
    if nulls:
        message = f"有{nulls}个单元格只写着数据库的空值标记（如NULL），已按空白处理。"
        notices.append(Notice("null_words", WARN, "", 0, 0, message))
    if marks:
        message = f"有{marks}个号码带有表示文本的撇号或等号，已去掉，号码不变。"
        notices.append(Notice("text_marks", WARN, "", 0, 0, message))
    return notices
