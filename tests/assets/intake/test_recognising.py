"""Every file of a county with all sources is recognised by its headings alone; what fits two or none is in doubt."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.intake.contract import all_contracts
from assets.intake.notices import DeliveredFile
from assets.intake.recognising import Recognition, beginning, recognise_file
from demo_county import generate
from pipelines.resources.reading import Grid, Reading, read_file

EVERY = all_contracts(None)
FOUR = [name for name, contract in EVERY.items() if not contract.further]
AS_OF = date(2026, 9, 30)
# The bureau's own contract knows these kinds of files, too.
AT_HOME = {"attendance": "education", "subsistence": "civil_affairs"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, Reading]]:
    """Department, name and beginning of each file."""
    folder = tmp_path_factory.mktemp("complete")
    generate(folder, children=300, periods=("2026Q3",), seed=7, profile="complete")
    paths = sorted((folder / "inbox" / "2026Q3").glob("*/*"))
    return [(path.parent.name, path.name, beginning(read_file(path))) for path in paths]


def recognised(reading: Reading, name: str, in_use: object = EVERY) -> Recognition:
    return recognise_file(DeliveredFile(reading, name, "0" * 64, ""), EVERY, list(in_use), AS_OF)  # type: ignore[call-overload]


def test_every_file_of_every_source_is_recognised(files: list[tuple[str, str, Reading]]) -> None:
    for department, name, reading in files:
        sure = recognised(reading, name).sure
        assert sure is not None, name
        assert sure.department == department, name


def test_without_their_folders_two_sources_are_kinds_of_a_bureaus_files(files: list[tuple[str, str, Reading]]) -> None:
    for department, name, reading in files:
        sure = recognised(reading, name, FOUR).sure
        assert sure is not None, name
        assert sure.department == AT_HOME.get(department, department), name


def test_without_a_telling_name_a_file_is_recognised_or_in_doubt_and_never_anothers(
    files: list[tuple[str, str, Reading]],
) -> None:
    doubtful = 0
    for department, _, reading in files:
        sure = recognised(reading, "新建 XLSX 工作表.xlsx").sure
        doubtful += sure is None
        assert sure is None or sure.department == department
    assert doubtful <= 2


def table(*rows: list[str]) -> Reading:
    cells = pd.DataFrame([list(row) for row in rows], dtype=object)
    cells.index = pd.RangeIndex(1, len(rows) + 1)
    return Reading("csv", "utf-8", [Grid("", 1, False, cells)])


def test_names_and_numbers_alone_are_nobodys() -> None:
    reading = table(
        ["姓名", "性别", "身份证号", "出生日期"], ["王小", "男", "", "2015-03-10"], ["王大", "女", "", "2014-03-10"]
    )
    assert recognised(reading, "a.csv").sure is None


def test_a_table_of_something_else_is_nobodys() -> None:
    reading = table(["品名", "单价", "数量"], ["铅笔", "1", "2"], ["橡皮", "2", "2"])
    assert (recognised(reading, "a.csv").sure, recognised(reading, "a.csv").refusal) == (None, "no_heading")
