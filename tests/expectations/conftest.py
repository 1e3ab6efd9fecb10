"""Hands out an empty test town (`town.py` beside this file, which pytest's settings make importable)."""

import pytest
from town import Town


@pytest.fixture
def town() -> Town:
    return Town()
