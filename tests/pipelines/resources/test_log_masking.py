"""The last defence: numbers that reach a log are masked."""

import logging

import pytest

from pipelines.resources.log_masking import guard_logging, masked

CASES = [
    ("证件 620722201503101234 有误", "证件 6207**********1234 有误"),
    ("62072220150310123X", "6207**********123X"),
    ("62072220150310123x,", "6207**********123x,"),
    ("620722150310123", "6207*******0123"),
    ("G620722201503101234", "G6207**********1234"),
    ("13800138000", "13800138000"),
    ("sha 1234567890123456789012345678901234567890", "sha 1234567890123456789012345678901234567890"),
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_masked(text, shown):
    assert masked(text) == shown


def test_every_record_of_every_logger_is_masked(caplog):
    guard_logging()
    with caplog.at_level(logging.INFO):
        logging.getLogger("anything").info("number %s", "620722201503101234")
        try:
            raise ValueError("620722201503101234 张三丰")
        except ValueError:
            logging.getLogger("dagster").exception("failed")
    assert "620722201503101234" not in caplog.text
    assert "张三丰" not in caplog.text
    assert "ValueError" in caplog.text
