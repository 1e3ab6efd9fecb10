"""Receipts: a delivery that came back with the recipient's answers, read by its number and its rows' keys.

Here: finding number, key and answers in whatever the recipient saved. Not here: the ledger (`pipelines.resources.sharing_ledger`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from assets.feeds.feed import Feed, FeedError
from assets.feeds.forms import ANSWER, NOTE
from pipelines.resources.inbox import sha256_of
from pipelines.resources.reading import Grid, read_file

UNANSWERED, UNKNOWN, OTHER, TWO = "未填写", "编号不在本次交付中", "不是选项中的文字", "同一儿童填了两种结果"
NUMBER = re.compile(r"(?P<feed>[a-z][a-z0-9_]*)-(?P<number>\d{4,})")


@dataclass(frozen=True, slots=True)
class Word:
    """What the recipient says of one child: a choice, and what stands beside it."""

    answer: str
    note: str = ""


@dataclass(frozen=True)
class FeedReceipt:
    """What came back: the delivery's number, the file's hash, children per answer; key -> word, of those that count."""

    number: int
    sha256: str
    counts: dict[str, int]
    words: dict[str, Word] = field(default_factory=dict)


@dataclass(frozen=True)
class ReceiptColumns:
    """Where a sheet has what is read: the row of the headings, the columns of key, answer and (-1: none) note."""

    head: int
    key: int
    answer: int
    note: int


def number_in(path: Path, feeds: dict[str, Feed]) -> tuple[Feed, int]:
    """Which delivery a file answers.

    Raises:
        FeedError: its number is not there any more.
        Refusal: the file cannot be read.
    """
    for grid in read_file(path).grids:
        for text in grid.cells.head(10).to_numpy().ravel():
            match = NUMBER.search(str(text))
            if match and match["feed"] in feeds:
                return feeds[match["feed"]], int(match["number"])
    raise FeedError(
        f"文件 {path.name} 里没有交付编号。", "请让接收方在我们交付的表上填写回执，不要删去表头上方的几行。"
    )


def read_receipt(path: Path, feed: Feed, number: int, rows: pd.DataFrame) -> FeedReceipt:
    """The answers of a returned delivery, and how many of each there are.

    Args:
        path: the file, in any form a spreadsheet program saves.
        feed: the feed.
        number: of the delivery.
        rows: of the delivery.

    Raises:
        FeedError: the columns of key and answer are not there.
    """
    delivered = set(rows[feed.key])
    words: dict[str, list[Word]] = {}
    sheets = 0
    for grid in read_file(path).grids:
        columns = _columns(grid, feed)
        if columns:
            sheets += 1
            for key, word in _words(grid, columns):
                words.setdefault(key, []).append(word)
    if not sheets:
        raise FeedError(f"文件 {path.name} 里没有“{feed.key}”和“{ANSWER}”两列。", "请让接收方在我们交付的表上填写。")
    results = {key: _result(feed, key in delivered, of_child) for key, of_child in words.items()}
    counts = Counter(results.values())
    counts[UNANSWERED] += len(delivered - set(words))
    # Of several rows of one child the last that says something.
    counting = {
        key: next((word for word in reversed(of_child) if word.answer), of_child[-1])
        for key, of_child in words.items()
        if results[key] in feed.receipt
    }
    sha256, _ = sha256_of(path)
    return FeedReceipt(number, sha256, {word: count for word, count in sorted(counts.items()) if count}, counting)


def _columns(grid: Grid, feed: Feed) -> ReceiptColumns | None:
    """Where the headings stand: looked for, because whoever fills a sheet in puts lines above them."""
    for place, row in enumerate(grid.cells.head(30).itertuples(index=False)):
        texts = [str(text).strip() for text in row]
        if feed.key in texts and ANSWER in texts:
            note = texts.index(NOTE) if NOTE in texts else -1
            return ReceiptColumns(place, texts.index(feed.key), texts.index(ANSWER), note)
    return None


def _words(grid: Grid, columns: ReceiptColumns) -> list[tuple[str, Word]]:
    """Key and word of every row that has a key."""
    below = grid.cells.iloc[columns.head + 1 :].astype(str)
    texts = [
        below.iloc[:, place].str.strip() if place >= 0 else [""] * len(below)
        for place in (columns.key, columns.answer, columns.note)
    ]
    return [(key, Word(answer, note)) for key, answer, note in zip(*texts, strict=True) if key]


def _result(feed: Feed, was_delivered: bool, words: list[Word]) -> str:
    """What a child's rows come to: one of the feed's answers, or why none counts."""
    answers = {word.answer for word in words if word.answer}
    if not was_delivered:
        return UNKNOWN
    if len(answers) > 1:
        return TWO
    if not answers:
        return UNANSWERED
    return next(iter(answers)) if answers <= set(feed.receipt) else OTHER
