"""Receipts: a delivery that came back with the recipient's answers, read by its number and its rows' keys.

Here: finding number, key and answers in whatever the recipient saved. Not here: the ledger (`pipelines.resources.sharing`).
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
class Receipt:
    """What came back: the delivery's number, the file's hash, children per answer; key -> word, of those that count."""

    number: int
    sha256: str
    counts: dict[str, int]
    words: dict[str, Word] = field(default_factory=dict)


@dataclass(frozen=True)
class Places:
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
            found = NUMBER.search(str(text))
            if found and found["feed"] in feeds:
                return feeds[found["feed"]], int(found["number"])
    raise FeedError(
        f"文件 {path.name} 里没有交付编号。", "请让接收方在我们交付的表上填写回执，不要删去表头上方的几行。"
    )


def read_receipt(path: Path, feed: Feed, delivered: tuple[int, pd.DataFrame]) -> Receipt:
    """The answers of a returned delivery, and how many of each there are.

    Args:
        path: the file, in any form a spreadsheet program saves.
        feed: the feed.
        delivered: number and rows of the delivery.

    Raises:
        FeedError: the columns of key and answer are not there.
    """
    number, rows = delivered
    known = set(rows[feed.key])
    words: dict[str, list[Word]] = {}
    is_there = False
    for grid in read_file(path).grids:
        places = _places(grid, feed)
        if places:
            is_there = True
            for key, word in _words(grid, places):
                words.setdefault(key, []).append(word)
    if not is_there:
        raise FeedError(f"文件 {path.name} 里没有“{feed.key}”和“{ANSWER}”两列。", "请让接收方在我们交付的表上填写。")
    results = {key: _result(feed, key in known, named) for key, named in words.items()}
    counts = Counter(results.values())
    counts[UNANSWERED] += len(known - set(words))
    sha256, _ = sha256_of(path)
    counting = {key: _last(named) for key, named in words.items() if results[key] in feed.receipt}
    return Receipt(number, sha256, {word: count for word, count in sorted(counts.items()) if count}, counting)


def _places(grid: Grid, feed: Feed) -> Places | None:
    for place, row in enumerate(grid.cells.head(30).itertuples(index=False)):
        texts = [str(text).strip() for text in row]
        if feed.key in texts and ANSWER in texts:
            note = texts.index(NOTE) if NOTE in texts else -1
            return Places(place, texts.index(feed.key), texts.index(ANSWER), note)
    return None


def _words(grid: Grid, places: Places) -> list[tuple[str, Word]]:
    """Key and word of every row that has a key."""
    below = grid.cells.iloc[places.head + 1 :].astype(str)
    columns = [
        below.iloc[:, place].str.strip() if place >= 0 else [""] * len(below)
        for place in (places.key, places.answer, places.note)
    ]
    return [(key, Word(answer, note)) for key, answer, note in zip(*columns, strict=True) if key]


def _last(named: list[Word]) -> Word:
    """The word of a child: of several rows the one that says something."""
    return next((word for word in reversed(named) if word.answer), named[-1])


def _result(feed: Feed, is_known: bool, named: list[Word]) -> str:
    answers = {word.answer for word in named if word.answer}
    if not is_known:
        return UNKNOWN
    if len(answers) > 1:
        return TWO
    if not answers:
        return UNANSWERED
    return next(iter(answers)) if answers <= set(feed.receipt) else OTHER
