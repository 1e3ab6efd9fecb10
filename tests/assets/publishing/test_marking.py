"""Marked copies in a process beside the run: the same files as here, done here when it fails, gone when the run is gone."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest

from assets.intake.context import Context
from assets.intake.contract import load_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.standard import standardise
from assets.intake.tabulate import tabulate
from assets.publishing import marking as beside
from assets.publishing.marking import CopyOrder, mark, marking
from pipelines.resources.frames import FrameError, FrameStore
from pipelines.resources.processes import command, environment
from pipelines.resources.reading.shapes import Grid, Reading

PERIOD, FILE = "2026Q3", "台账.xlsx"


@pytest.fixture
def order(tmp_path):
    """A ledger of three rows, one with a number that is none, one without a name, standardised and on disk."""
    contract = load_contracts()["civil_affairs"]
    lines = [
        ["姓名", "身份证号", "性别", "出生日期"],
        ["王小明", "", "男", "2015-03-10"],
        ["李小红", "62072220150311", "女", "2015-03-11"],
        ["", "", "男", ""],
    ]
    cells = pd.DataFrame(lines, dtype=object)
    cells.index = pd.RangeIndex(1, len(lines) + 1)
    delivered = DeliveredFile(Reading("xlsx", "", [Grid("留守", 1, False, cells)]), FILE, "a" * 64, "D1")
    tabulated = tabulate(delivered, contract, date(2026, 9, 30))
    raw = tabulated.raw
    done = standardise(raw, tabulated.readings, contract, Context(PERIOD, date(2026, 9, 30)))
    store = FrameStore(tmp_path / "frames")
    store.write("raw_civil_affairs", PERIOD, raw)
    store.write("quarantine_civil_affairs", PERIOD, done.quarantine)
    store.write("child_files.records", PERIOD, done.accepted)
    return CopyOrder(store.root, PERIOD, tmp_path / "aside", {"civil_affairs": contract})


def cells_of(folder):
    found = {}
    for path in sorted(folder.rglob("*.xlsx")):
        for page in openpyxl.load_workbook(path):
            found[path.relative_to(folder).as_posix(), page.title] = [
                [(cell.value, cell.fill.fgColor.rgb, cell.comment and cell.comment.text) for cell in row]
                for row in page
            ]
    return found


def test_the_process_writes_what_is_written_here(order, tmp_path):
    with marking(order) as copies:
        assert copies.finished() == 2
    assert mark(replace(order, folder=tmp_path / "here")) == 2
    assert cells_of(order.folder) == cells_of(tmp_path / "here")
    assert [name for name, _ in cells_of(order.folder)] == [f"问题数据/民政/{FILE}_问题说明.xlsx"]


def test_a_process_that_dies_or_does_not_start_is_done_without(order, monkeypatch):
    for instead in ([sys.executable, "-c", "raise SystemExit(1)"], ["/no/such/program"]):
        monkeypatch.setattr(beside, "command", lambda _module, instead=instead: instead)
        with marking(order) as copies:
            assert copies.finished() == 2
        assert cells_of(order.folder)


def test_what_is_missing_is_said_as_here(order):
    with marking(replace(order, period="2026Q4")) as copies, pytest.raises(FrameError, match="2026Q4"):
        copies.finished()


def test_no_process_is_left_behind(order, monkeypatch):
    monkeypatch.setattr(beside, "command", lambda _module: [sys.executable, "-c", "import time; time.sleep(600)"])
    with marking(order) as copies:
        process = copies._process
        assert process.poll() is None
    assert process.poll() is not None


def test_the_process_ends_with_the_run():
    started = [
        *command("assets.publishing.marking")[:-2],
        "-c",
        "from assets.publishing.marking import _end_with_parent as end; end()",
    ]
    done = subprocess.run(started, stdin=subprocess.DEVNULL, env=environment(), timeout=60, check=False)
    assert done.returncode == 1
