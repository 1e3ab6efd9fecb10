"""Receipts: a delivery that came back with the recipient's answers, read by its number and its rows' keys.

Here: finding number, key and answers in whatever the recipient saved. Not here: the ledger (`pipelines.resources.sharing`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from assets.feeds.feed import Feed, FeedError
from pipelines.resources.inbox import sha256_of
from pipelines.resources.reading import Grid, read_file

ANSWER, UNANSWERED, UNKNOWN, OTHER = "接收结果", "未填写", "编号不在本次交付中", "不是选项中的文字"
NUMBER = re.compile(r"(?P<feed>[a-z][a-z0-9_]*)-(?P<number>\d{4,})")


@dataclass(frozen=True)
class Receipt:
    """What came back: the delivery's number, the file's hash, rows per answer."""

    number: int
    sha256: str
    counts: dict[str, int]


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
    """Count the answers of a returned delivery.

    Args:
        path: the file, in any form a spreadsheet program saves.
        feed: the feed.
        delivered: number and rows of the delivery.

    Raises:
        FeedError: the columns of key and answer are not there.
    """
    number, rows = delivered
    known = set(rows[feed.key])
    answers: dict[str, str] = {}
    found = False
    for grid in read_file(path).grids:
        places = _places(grid, feed)
        if places:
            found = True
            answers |= _answers(grid, places)
    if not found:
        raise FeedError(f"文件 {path.name} 里没有“{feed.key}”和“{ANSWER}”两列。", "请让接收方在我们交付的表上填写。")
    counts = Counter(_word(feed, key in known, answer) for key, answer in answers.items())
    counts[UNANSWERED] += len(known - set(answers))
    sha256, _ = sha256_of(path)
    return Receipt(number, sha256, {word: count for word, count in sorted(counts.items()) if count})


def _places(grid: Grid, feed: Feed) -> tuple[int, int, int] | None:
    """Row of the headings, columns of key and answer."""
    for place, row in enumerate(grid.cells.head(30).itertuples(index=False)):
        texts = [str(text).strip() for text in row]
        if feed.key in texts and ANSWER in texts:
            return place, texts.index(feed.key), texts.index(ANSWER)
    return None


def _answers(grid: Grid, places: tuple[int, int, int]) -> dict[str, str]:
    head, key, answer = places
    below = grid.cells.iloc[head + 1 :]
    pairs = zip(below.iloc[:, key].astype(str).str.strip(), below.iloc[:, answer].astype(str).str.strip(), strict=True)
    return {name: text for name, text in pairs if name}


def _word(feed: Feed, is_known: bool, answer: str) -> str:
    if not is_known:
        return UNKNOWN
    if not answer:
        return UNANSWERED
    return answer if answer in feed.receipt else OTHER
