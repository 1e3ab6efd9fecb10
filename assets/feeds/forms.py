"""The forms of a delivery: CSV, Parquet, workbook or SQL table; the same rows give the same bytes.

Here: writing exactly the feed's columns; a frame with any other column is refused. Not here: which rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from assets.feeds.feed import Feed, FeedError
from assets.workbooks.book import clean, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.csvout import csv_text, write_csv
from pipelines.resources.database import insert_rows
from pipelines.resources.files import replacing

ENDINGS = {"csv": ".csv", "parquet": ".parquet", "xlsx": ".xlsx", "sql": ".csv"}
HEAD_ROW = 3
ANSWER, NOTE = "接收结果", "说明"


@dataclass(frozen=True)
class Note:
    """What a delivery says about itself: number, period, the last day of the data."""

    number: int
    period: str
    as_of: date


def guarded(feed: Feed, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, if they have the feed's columns and no other.

    Raises:
        FeedError: a column too many, too few, or in another order.
    """
    if list(rows.columns) != feed.columns:
        raise FeedError(f"推送 {feed.name} 的数据列与配置不符，没有写出任何内容。", "请联系维护人员。")
    return rows.astype(object)


def write(feed: Feed, rows: pd.DataFrame, path: Path, note: Note) -> str:
    """Write a delivery's file.

    Returns:
        Its SHA-256.
    """
    writers: Mapping[str, Callable[[Feed, pd.DataFrame, Path, Note], None]] = {
        "csv": _csv,
        "sql": _csv,
        "parquet": _parquet,
        "xlsx": _xlsx,
    }
    writers[feed.form](feed, guarded(feed, rows), path, note)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _csv(_feed: Feed, rows: pd.DataFrame, path: Path, _note: Note) -> None:
    write_csv(rows, path)


def _parquet(_feed: Feed, rows: pd.DataFrame, path: Path, _note: Note) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # By arrays of strings: a frame brings pandas' own metadata along, which differs from version to version.
    table = pa.table({name: pa.array(rows[name].tolist(), pa.string()) for name in rows.columns})
    with replacing(path) as aside:
        pq.write_table(table, aside)


def _xlsx(feed: Feed, rows: pd.DataFrame, path: Path, note: Note) -> None:
    """A sheet of texts; when a receipt is asked for, with yellow columns for it."""
    context = PublishContext(period=note.period, as_of=note.as_of, place="", lists=(), office="")
    with open_book(path, context, feed.recipient) as book:
        sheet = book.sheet("数据")
        sheet.write_string(0, 0, clean(feed.title), book.title(align="left"))
        small = book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body)
        sheet.write_string(
            1, 0, clean(f"交付编号 {feed.name}-{note.number:04d}　接收：{feed.recipient}　用途：{feed.purpose}"), small
        )
        hint = f"　回执：{feed.receipt_hint}" if feed.receipt_hint else ""
        sheet.write_string(2, 0, clean(f"依据：{feed.legal_basis}　期限：{feed.term}{hint}"), small)
        # The number above the headings and the columns of the receipt are what `receiving` looks for when the file comes back.
        receipt = [ANSWER, NOTE] if feed.receipt else []
        for place, name in enumerate([*rows.columns, *receipt]):
            sheet.set_column(place, place, _width(name, rows.get(name)))
            sheet.write_string(HEAD_ROW, place, clean(name), book.head())
        plain, yellow = book.cell(text_wrap=False), book.cell(bg_color=book.layout.colours["open"], locked=False)
        for place, name in enumerate(rows.columns):
            sheet.write_texts(HEAD_ROW + 1, place, [clean(str(value)) for value in rows[name]], plain)
        for place in range(len(rows.columns), len(rows.columns) + len(receipt)):
            sheet.write_blanks(HEAD_ROW + 1, place, len(rows), yellow)
        if receipt and len(rows):
            rule = {"validate": "list", "source": list(feed.receipt)}
            sheet.data_validation(HEAD_ROW + 1, len(rows.columns), HEAD_ROW + len(rows), len(rows.columns), rule)
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.repeat_rows(HEAD_ROW)


def _width(name: str, column: pd.Series | None) -> float:
    """Wide enough for what stands in it, within reason; a Chinese character counts as two."""
    texts = [name, *(column.astype(str) if column is not None else ["　" * 8])]
    longest = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in texts)
    return float(min(48, max(8, longest + 2)))


def write_table(feed: Feed, rows: pd.DataFrame, engine: sa.Engine, is_full: bool) -> None:
    """Bring the table `feed_<name>` up to the delivery, in one transaction: all rows, or those of the named children anew.

    The table has the feed's columns and no other.
    """
    rows = guarded(feed, rows)
    table = sa.Table(
        f"feed_{feed.name}", sa.MetaData(), *(sa.Column(name, sa.Text(), nullable=False) for name in feed.columns)
    )
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if is_full:
            # The configuration may have changed since: the table is made anew.
            table.drop(connection, checkfirst=True)
        table.create(connection, checkfirst=True)
        keys = rows[feed.key].tolist()
        # In portions: databases limit the parameters of one statement (an older SQLite to 999).
        for start in range(0, len(keys), 500):
            connection.execute(table.delete().where(table.c[feed.key].in_(keys[start : start + 500])))
        insert_rows(
            connection, table, [dict(zip(feed.columns, line, strict=True)) for line in rows.itertuples(index=False)]
        )


def digest(rows: pd.DataFrame) -> str:
    """The digest of the rows themselves, whatever their form."""
    return hashlib.sha256(csv_text(rows).encode()).hexdigest()
