"""The last defence: digits that could be somebody's number are masked in whatever is still logged.

The first defence is never to log a value; what people see masked in workbooks is `assets.workbooks`.
"""

from __future__ import annotations

import logging
import re
from typing import Any

_NUMBER = re.compile(r"(?<!\d)(\d{4})\d{7,10}(\d{3}[\dXx])(?![\dXx])")


def masked(text: str) -> str:
    """The text with every run of 15 to 18 digits (a final X included) shown as `6207**********1234`."""
    return _NUMBER.sub(lambda number: f"{number[1]}{'*' * (len(number[0]) - 8)}{number[2]}", text)


class MaskNumbers(logging.Filter):
    """Masks the finished message of every record, and drops the exception's own text."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never refuses a record; changes it."""
        record.msg, record.args = masked(record.getMessage()), None
        if record.exc_info:
            kind = record.exc_info[0]
            record.exc_text, record.exc_info = kind.__name__ if kind else "", None
        return True


def guard_logging() -> None:
    """Mask every record of this process as it is made, whichever handler takes it later."""
    # The factory and no filter on handlers: those are made later, by Dagster and by libraries that we do not know.
    original = logging.getLogRecordFactory()
    if getattr(original, "masks_numbers", False):
        return
    mask = MaskNumbers()

    def factory(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = original(*arguments, **named)
        mask.filter(record)
        return record

    factory.masks_numbers = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(factory)
