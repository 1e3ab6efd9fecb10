"""Makes the test town (`town.py` beside this file) importable and hands out an empty one."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from town import Town


@pytest.fixture
def town() -> Town:
    return Town()
