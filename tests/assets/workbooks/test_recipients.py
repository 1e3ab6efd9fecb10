"""Who is sent a list: whom the place names, and nobody else, whatever the layout could show to others."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.workbooks.layout import default_layout
from assets.workbooks.personbook import write_person_book

ABLE = [name for name, lists in default_layout().columns_for().items() if "L01" in lists]
LABELS = {"civil_affairs": "民政", "public_security": "公安", "township": "顺化镇"}


def naming(town: Any, code: str, *recipients: str, **more: Any) -> Any:
    """The context's lists, one of them sent to others than usual."""
    return tuple(replace(one, recipients=recipients, **more) if one.code == code else one for one in town.context.lists)


def sheets(folder: Path) -> set[tuple[str, str]]:
    """(reader, sheet) of every list sheet below a folder."""
    found = set()
    for path in (*folder.glob("部门/*.xlsx"), *folder.glob("乡镇/*.xlsx")):
        titles = [title for title in load_workbook(path, read_only=True).sheetnames if re.match(r"L\d\d", title)]
        found |= {(path.name.partition("_")[0], title) for title in titles}
    return found


@pytest.mark.parametrize("named", [some for number in range(len(ABLE) + 1) for some in combinations(ABLE, number)])
def test_exactly_those_who_are_named_get_the_lines(town: Any, named: tuple[str, ...]) -> None:
    folder = town.publish(lists=naming(town, "L01", *named))
    reached = {reader for reader, title in sheets(folder) if title == "L01无户籍"} - {"乡镇不详"}
    assert reached == {LABELS[name] for name in named}
    issued = {one.recipient for one in town.published for _, code in one.lines if code == "L01"} - {"乡镇不详"}
    assert issued == reached


def test_what_cannot_wait_goes_to_those_named_only(town: Any) -> None:
    folder = town.publish(lists=naming(town, "L01", "public_security", urgent=True))
    assert [path.name for path in folder.rglob("*急件*")] == ["公安_2026Q3_急件.xlsx"]


def test_who_is_named_for_nothing_gets_no_workbook(town: Any) -> None:
    lists = tuple(replace(one, recipients=("township",)) for one in naming(town, "L01") if one.code in ("L01", "L03"))
    folder = town.publish(lists=lists)
    assert not list(folder.glob("部门/*.xlsx"))
    assert {reader for reader, _ in sheets(folder)} == {"顺化镇", "乡镇不详"}
    assert (folder / "乡镇/南古镇_2026Q3_核查清单.xlsx").is_file()  # named, with nothing to verify
    nobody = town.publish("nobody", lists=tuple(replace(one, recipients=("education",)) for one in lists[1:]))
    assert {path.name for path in nobody.rglob("*.xlsx")} == {"教育_2026Q3_核查清单.xlsx", "汇总.xlsx"}


def test_a_list_that_the_place_does_not_know_is_in_no_workbook_and_still_counted(town: Any) -> None:
    town.findings["code"] = town.findings["code"].replace("L18", "L17")
    folder = town.publish()
    assert not any(title.startswith("L17") for _, title in sheets(folder))
    assert "L17" in [row[0].value for row in town.book("汇总.xlsx")["总表"].iter_rows()]


def test_naming_somebody_lifts_no_mask_and_widens_no_row(town: Any) -> None:
    """The layout alone says how: a department named for L18 sees whole only what it registered itself, and only lines that rest on it."""
    folder = town.publish(lists=naming(town, "L18", "education", "public_security"))
    assert {reader for reader, title in sheets(folder) if title == "L18证件失效"} == {"公安"}
    town.findings.loc[4, "records"] = town.findings.loc[
        3, "records"
    ]  # it rests on education's row now, and is the police's
    town.publish("shown", lists=naming(town, "L18", "education"))
    sheet = town.book("部门/教育_2026Q3_核查清单.xlsx", "shown")["L18证件失效"]
    assert not any("990722201407054320" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_every_recipient_of_the_layout_is_known_to_the_catalogue_by_the_same_name() -> None:
    from expectations.lists.catalogue import load_catalogue

    known = {name: zh for name, zh in load_catalogue().recipients.items() if name != "township"}
    assert {name: shown.label for name, shown in default_layout().departments.items()} == known


def test_a_persons_book_has_the_lists_with_lines_of_these_children_and_no_other(town: Any, tmp_path: Path) -> None:
    mine = town.findings[town.findings["code"] == "L15"].assign(life="")
    written = write_person_book(mine, (town.children, town.records), town.context, ("某某", tmp_path))
    assert [code for one in written for _, code in one.lines] == ["L15"]
    titles = load_workbook(written[0].path, read_only=True).sheetnames
    assert [title for title in titles if re.match(r"L\d\d", title)] == ["L15信息不一致"]
