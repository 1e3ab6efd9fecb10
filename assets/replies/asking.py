"""What is still missing on a line whose answer is entered all the same: each its own sentence, with row and column and what to do.

Belongs here: those sentences, and what a person wrote into the brackets of an option. Does not belong here: whether a line counts (`judging`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from assets.replies.lines import ReturnedLine, plain

BAD_DATE, FUTURE_DATE = "bad_date", "future_date"
# 已转学（填写学校）: an option that says what has to be written beside it.
_DEMANDS = re.compile(r"[（(]填写(?P<what>[^）)]*)[）)]$")
_BRACKETS = re.compile(r"^(?P<stem>[^(]+)\((?P<entry>.+)\)$")
_HEADINGS = {"answered_on": "核查日期", "answered_by": "核查人", "note": "说明"}


def demanded(choice: str) -> str | None:
    """What an option demands to be written (学校, 截止日期; "" where it does not say what), None when it demands nothing."""
    match = _DEMANDS.search(choice)
    return match["what"] if match else None


def entry_in(text: str, choice: str) -> str:
    """What stands in the brackets in place of the option's 填写…: 第一小学 of 已转学（第一小学）; "" where nothing does."""
    match = _BRACKETS.match("".join(unicodedata.normalize("NFKC", text).split()))
    if not match or demanded(choice) is None or plain(text) == plain(choice):
        return ""
    return match["entry"] if plain(match["stem"]) == plain(choice).partition("(")[0] else ""


def asks(line: ReturnedLine, choice: str, date_problem: str = "") -> tuple[str, ...]:
    """The sentences about one line, in the order of its columns.

    Args:
        line: as it came back.
        choice: the option that was taken.
        date_problem: `bad_date`, `future_date` or "".
    """
    return tuple(_sentences(line, choice, date_problem))


def _sentences(line: ReturnedLine, choice: str, date_problem: str) -> Iterator[str]:
    if date_problem == FUTURE_DATE:
        yield f"{_at(line, 'answered_on')}写的是还没有到的日期，日期没有登记：请改成实际核查的日期，如 2026-10-15。"
    if date_problem == BAD_DATE:
        yield f"{_at(line, 'answered_on')}不是可以读出的日期，日期没有登记：请写成 2026-10-15 的样子。"
    if not line.answered_by:
        yield f"{_at(line, 'answered_by')}没有填写：请补上核查人的姓名。"
    entry = demanded(choice)
    if entry is not None and not line.note:
        yield f"{_at(line, 'note')}是空的，而选项是“{choice}”：请在这一格写明{entry or '具体情况'}。"


def _at(line: ReturnedLine, name: str) -> str:
    """第12行F列“核查日期”; a column that the file does not have is said to be missing."""
    known = {column.name: column for column in line.columns}
    if name in known:
        return f"第{line.row}行{known[name].letters}列“{known[name].heading}”"
    return f"第{line.row}行（表中没有“{_HEADINGS[name]}”一列）"
