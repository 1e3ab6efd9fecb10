"""The further sources of the demo: what they deliver bears the truth of the lists that need them, and moves no other figure."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
import reading_back as reading

from demo_county import Summary, generate
from demo_county.scoring import score, unit

PERIOD = "2026Q3"
OWN = {
    "L01",
    "L04",
    "L09",
    "L10",
    "L20",
    "L21",
    "L22",
    "L25",
}  # what the further sources, or their hard cases, may touch


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("complete"), children=4000, periods=(PERIOD,), seed=7, profile="complete")


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("ordinary"), children=4000, periods=(PERIOD,), seed=7)


@pytest.fixture(scope="module")
def found(complete: Summary) -> dict[str, dict[str, str]]:
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    for row in _table(complete.folder / "truth" / PERIOD / "findings.csv"):
        lists[row["rule"]][row["kid"]] = row["field"]
    return lists


@pytest.fixture(scope="module")
def lines(complete: Summary) -> dict[str, dict[str, list[dict[str, str]]]]:
    """Department -> child -> its rows as heading -> cell, read from the delivered files."""
    inbox = complete.folder / "inbox" / PERIOD
    books = {path.name: (path.parent.name, reading.read_back(path)) for path in inbox.glob("*/*")}
    heads = {(name, sheet): _heads(rows) for name, (_, sheets) in books.items() for sheet, rows in sheets.items()}
    told: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in _table(complete.folder / "truth" / PERIOD / "rows.csv"):
        folder, sheets = books[row["file"]]
        sheet, at = sheets[row["sheet"]], int(row["row"]) - 1
        told[folder][row["kid"]].append(dict(zip(heads[row["file"], row["sheet"]][at], sheet[at], strict=False)))
    return told


def _heads(rows: list[list[str]]) -> list[list[str]]:
    """For every row the heading that stands above it."""
    found: list[list[str]] = []
    for row in rows:
        found.append(row if {"性别", "xb", "xbm"} & set(row) else found[-1] if found else [])
    return found


def test_every_list_that_needs_a_further_source_has_its_truth(found: dict[str, dict[str, str]]) -> None:
    for code in ("L04", "L06", "L09", "L21", "L22", "L25"):
        assert found[code], code


def test_the_four_departments_stay_as_they_are(complete: Summary, ordinary: Summary) -> None:
    for path in sorted((ordinary.folder / "inbox" / PERIOD).glob("*/*")):
        if path.parent.name != "civil_affairs":
            assert (complete.folder / path.relative_to(ordinary.folder)).read_bytes() == path.read_bytes(), path.name
    before, after = (
        {
            tuple(row.values())
            for row in _table(one.folder / "truth" / PERIOD / "findings.csv")
            if row["rule"] not in OWN
        }
        for one in (ordinary, complete)
    )
    assert after == before


def test_absent_pupils_are_named_as_absent_or_not_named(
    found: dict[str, dict[str, str]], lines: dict[str, dict[str, list[dict[str, str]]]]
) -> None:
    for kid in found["L04"]:
        assert any(row.get("学籍状态") == "在读" for row in lines["education"][kid])
        for row in lines["attendance"].get(kid, []):
            assert row["是否在校"] == "否"
            assert row["不在校原因"] not in ("请假", "休学", "送教上门")
    there = {kid for kid, rows in lines["attendance"].items() if any(row["是否在校"] == "是" for row in rows)}
    assert len(there) > 100
    assert not there & set(found["L04"])


def test_poor_children_stand_in_the_lifted_households_and_in_no_other_book_of_help(
    found: dict[str, dict[str, str]], lines: dict[str, dict[str, list[dict[str, str]]]]
) -> None:
    assert set(found["L09"]) <= set(lines["lifted_poverty"])
    assert not set(found["L09"]) & set(lines["subsistence"])


def test_nobody_visited_within_three_months_in_any_book(
    found: dict[str, dict[str, str]], lines: dict[str, dict[str, list[dict[str, str]]]]
) -> None:
    for kid in found["L22"]:
        ledgers = [
            row.get("最近走访时间", "") or row.get("最近一次走访日期", "") for row in lines["civil_affairs"][kid]
        ]
        visits = [row["走访日期"] for row in lines["visits"].get(kid, []) if row["走访方式"] == "入户走访"]
        assert max([*ledgers, *visits]) < "2026-06-30"


def test_urgent_children_are_those_of_whom_the_ledger_says_nobody(
    found: dict[str, dict[str, str]], lines: dict[str, dict[str, list[dict[str, str]]]]
) -> None:
    for kid in found["L21"]:
        (row,) = [row for row in lines["civil_affairs"][kid] if "无委托照料人" in row.get("委托照料原因", "")][:1]
        assert row["是否签订委托照护协议"] == "否"


def test_suspended_pupils_whose_day_has_passed(
    found: dict[str, dict[str, str]], lines: dict[str, dict[str, list[dict[str, str]]]]
) -> None:
    for kid in found["L06"]:
        (row,) = lines["education"][kid]
        assert row["学籍状态"] == "休学"
        assert (row["休学截止日期"] or "2026-01-01") < "2026-09-30"
        assert row["休学日期"] < "2025-10-01"


def test_villages_without_enough_workers(complete: Summary, found: dict[str, dict[str, str]]) -> None:
    (path,) = complete.folder.glob(f"inbox/{PERIOD}/workers/*")
    ((title, heading, *rows),) = reading.read_back(path).values()
    assert "儿童主任" in title[0]
    at = {name: heading.index(name) for name in ("所在乡镇", "负责村（社区）", "岗位")}
    have = defaultdict(int)
    for row in rows:
        have[f"{row[at['所在乡镇']]}|{row[at['负责村（社区）']]}"] += row[at["岗位"]] == "儿童主任"
    short = defaultdict(int)
    for place in found["L25"].values():
        short[place] += 1
    for place, children in short.items():
        assert have[place] == 0 or children > 30 * have[place]
    assert complete.periods[0].lists["L25"] == len(short)


def test_any_child_of_a_village_stands_for_it(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "dept,file,sheet,row,kid,errors\nca,b.xlsx,甲,4,1,\nca,b.xlsx,甲,5,2,\n", "utf-8"
    )
    (tmp_path / "kids.csv").write_text("kid,town,village\n1,东镇,上村\n2,东镇,上村\n", "utf-8")
    (tmp_path / "findings.csv").write_text("rule,kid,field\nL25,1,东镇|上村\nL25,2,东镇|上村\n", "utf-8")
    (tmp_path / "links.csv").write_text("file,sheet,row,child_id\nb.xlsx,甲,4,A\nb.xlsx,甲,5,B\n", "utf-8")
    exported = tmp_path / "out.csv"
    exported.write_text("code,file,sheet,row\nL25,b.xlsx,甲,5\n", "utf-8")
    one = score(tmp_path, tmp_path / "links.csv", exported).lists["L25"]
    assert (one.true, one.found, one.right) == (1, 1, 1)
    assert (unit("L03", "7", "东镇|上村"), unit("L25", "7", "东镇|上村")) == ("7", "东镇|上村")
