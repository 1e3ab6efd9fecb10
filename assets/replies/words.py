"""The words of returned workbooks, read from `words.yaml` and checked once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from expectations.rulebook import Rules, read_rules

FILE = Path(__file__).with_name("words.yaml")
FOLDER = "replies"
"""The folder of the inbox, or of a period of it, in which workbooks come back."""


class ReplyWords(Rules):
    """Model of `words.yaml`."""

    number: list[str]
    answer: list[str]
    answered_on: list[str]
    answered_by: list[str]
    note: list[str]
    dictionary_sheet: str
    heading_rows: int
    future_days: int
    suggest_from: int
    results: dict[str, str]
    done: list[str]
    advice: dict[str, str]
    send_back: list[str]

    def headings(self) -> dict[str, list[str]]:
        """Column -> its possible headings."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = ("number", "answer", "answered_on", "answered_by", "note")


@cache
def reply_words() -> ReplyWords:
    """The checked words."""
    return read_rules(FILE, ReplyWords)
