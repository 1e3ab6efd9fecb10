"""Who is sent a list: whom the place names, and nobody else, whatever the layout could show to others."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.publishing.reaching import sentences, unreached
from assets.workbooks.layout import default_layout
from assets.workbooks.personbook import PersonBook, write_person_book

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


def by_owner(town: Any, owner: str, *recipients: str) -> dict[str, set[str]]:
    """Reader -> findings of L15 that it was sent, where somebody is to check the only line; it rests on two departments' records."""
    town.findings["owner"] = ["", "", "", owner, ""]
    town.publish(f"{owner}-{'-'.join(recipients)}", lists=naming(town, "L15", *recipients))
    books = {book.recipient: {name for name, code in book.lines if code == "L15"} for book in town.published}
    return {reader: lines for reader, lines in books.items() if lines}


def test_a_line_goes_to_the_department_that_is_to_check_first_and_to_no_other(town: Any) -> None:
    assert by_owner(town, "education", "civil_affairs", "education", "public_security") == {"教育": {"L15-ABCDEF02"}}
    assert by_owner(town, "civil_affairs", "civil_affairs", "education") == {"民政": {"L15-ABCDEF02"}}


def test_a_line_whose_checker_is_not_sent_the_list_goes_to_all_whose_records_it_rests_on(town: Any) -> None:
    assert by_owner(town, "education", "civil_affairs", "public_security") == {"民政": {"L15-ABCDEF02"}}
    everybody = by_owner(town, "disability", "civil_affairs", "education")
    assert everybody == {"民政": {"L15-ABCDEF02"}, "教育": {"L15-ABCDEF02"}}


def test_lines_that_reach_nobody_are_counted_by_list_and_said(town: Any) -> None:
    assert by_owner(town, "education", "public_security") == {}
    lost = unreached(town.findings, town.published)
    assert lost == {"L15": 1}
    (said,) = sentences(lost, {"L15": "信息不一致"})
    assert "有1条线索没有发给任何单位：“信息不一致”1条（lists.L15.recipients）" in said.message
    assert sentences(unreached(town.findings.iloc[:0], town.published), {}) == []


def test_a_line_in_the_correction_list_is_not_asked_again_and_may_be_answered_in_either(town: Any) -> None:
    town.findings["owner"] = ["", "", "", "education", ""]
    town.findings["held"] = ["", "", "", "education", ""]
    folder = town.publish(lists=naming(town, "L15", "civil_affairs", "education"))
    assert ("教育", "L15信息不一致") not in sheets(folder)
    (book,) = [book for book in town.published if book.recipient == "教育"]
    assert (book.rows, ("L15-ABCDEF02", "L15") in book.lines) == (0, True)
    said = [str(cell.value) for row in town.book("部门/教育_2026Q3_核查清单.xlsx")["说明"].iter_rows() for cell in row]
    assert "本期无\n另有1条见更正清单" in said
    assert unreached(town.findings, town.published) == {}


def test_the_correction_list_of_one_department_takes_nothing_from_another_s_workbook(town: Any) -> None:
    town.findings["held"] = ["", "", "", "education", ""]
    folder = town.publish(lists=naming(town, "L15", "civil_affairs", "education"))
    assert {reader for reader, title in sheets(folder) if title == "L15信息不一致"} == {"民政"}


def test_a_persons_book_has_the_lists_with_lines_of_these_children_and_no_other(town: Any, tmp_path: Path) -> None:
    mine = town.findings[town.findings["code"] == "L15"].assign(life="")
    written = write_person_book(PersonBook("某某", mine, town.children, town.records), town.context, tmp_path)
    assert [code for one in written for _, code in one.lines] == ["L15"]
    titles = load_workbook(written[0].path, read_only=True).sheetnames
    assert [title for title in titles if re.match(r"L\d\d", title)] == ["L15信息不一致"]


@pytest.mark.parametrize(
    ("recipients", "readers"),
    [
        (("public_security", "township", "civil_affairs"), {"民政"}),
        (("public_security", "township"), {"公安"}),
        (("township",), {"顺化镇"}),
    ],
)
def test_a_line_that_is_judged_from_papers_is_nobody_s_walk(
    town: Any, recipients: tuple[str, ...], readers: set[str]
) -> None:
    """It waits for the department that the catalogue names, or with the other departments; a township has it only where there is nobody else."""
    town.findings["judged_by"] = ["civil_affairs", "", "", "", ""]
    town.publish(lists=naming(town, "L01", *recipients))
    waiting = town.findings["finding_id"].iloc[0]
    assert {book.recipient for book in town.published if (waiting, "L01") in book.lines} == readers
    assert unreached(town.findings[town.findings["code"] == "L01"], town.published) == {}


def test_who_is_told_of_single_lines_gets_those_and_no_empty_sheet(town: Any) -> None:
    """失踪 in the register: the police look for the child, though the list is the school's (rules/lists.md#l05)."""
    town.findings = town.findings.assign(told=["public_security", "", "", "", ""])
    folder = town.publish("told", lists=naming(town, "L01", "township", also_told=("public_security",)))
    assert ("公安", "L01无户籍") in sheets(folder)
    (police,) = [one for one in town.published if one.recipient == "公安"]
    assert [name for name, code in police.lines if code == "L01"] == ["L01-ABCDEF01"]
    town.findings = town.findings.assign(told="")
    nobody = town.publish("nobody_told", lists=naming(town, "L01", "township", also_told=("public_security",)))
    assert ("公安", "L01无户籍") not in sheets(nobody)
