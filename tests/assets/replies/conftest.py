"""A desk whose workbooks have just gone out (`desk.py` beside this file)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from desk import CHOICES, TODAY, Desk, context, findings

from assets.replies.judging import SentLines
from assets.workbooks.publish import publish_workbooks


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    frame = findings("2026Q3")
    empty = pd.DataFrame({"child_id": [], "record_id": []}, dtype=object)
    published = publish_workbooks(frame, empty[["child_id"]], empty[["record_id"]], context(), tmp_path / "out")
    issued = {one.recipient: frozenset(name for name, _ in one.lines) for one in published if one.lines}
    codes = dict(zip(frame["finding_id"], frame["code"], strict=True))
    known = SentLines("2026Q3", ["2026Q3", "2026Q2"], issued, codes, CHOICES, {}, TODAY)
    return Desk(tmp_path, known)
