"""The delivered files: real containers, and a truth that points at the rows a person sees."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
import reading_back as reading

from demo_county import Summary, generate
from demo_county.spoil_names import REWRITINGS
from demo_county.spoil_numbers import DAMAGES

NAME_ERRORS = {*REWRITINGS, "former_name", "id_swapped_column"}
NUMBER_ERRORS = {*DAMAGES, "obsolete_id", "id_excel15", "id_sequence"}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_other_seed_other_people(hamlet: Summary, tmp_path: Path) -> None:
    generate(tmp_path / "again", children=300, seed=3)
    generate(tmp_path / "other", children=300, seed=4)
    first, again, other = _bytes(hamlet.folder), _bytes(tmp_path / "again"), _bytes(tmp_path / "other")
    assert again == first
    kids = "truth/2026Q2/kids.csv"
    assert other[kids] != first[kids]


def test_every_truth_row_points_at_the_row_that_holds_the_child(truth: Path, inbox: Path) -> None:
    kids = {kid["kid"]: kid for kid in _table(truth / "kids.csv")}
    files = {path.name: reading.read_back(path) for path in inbox.glob("*/*")}
    clean = 0
    for row in _table(truth / "rows.csv"):
        cells = files[row["file"]][row["sheet"]][int(row["row"]) - 1]
        kid, errors = kids[row["kid"]], set(filter(None, row["errors"].split("|")))
        if not errors & NAME_ERRORS:
            assert kid["name"] in cells, (row["file"], row["row"])
            clean += 1
        if not errors & NUMBER_ERRORS and kid["id18"] and row["dept"] in ("psb", "edu"):
            assert any(kid["id18"] in cell for cell in cells), (row["file"], row["row"])
    assert clean > 2000


def test_physical_rows_of_every_file_are_counted(truth: Path, inbox: Path) -> None:
    listed = _table(truth / "files.csv")
    assert {(row["department"], row["file"]) for row in listed} == {(p.parent.name, p.name) for p in inbox.glob("*/*")}
    held: dict[str, int] = {}
    for row in _table(truth / "rows.csv"):
        held[row["file"]] = held.get(row["file"], 0) + 1
    for row in listed:
        sheets = reading.read_back(inbox / row["department"] / row["file"])
        assert sum(map(len, sheets.values())) == int(row["rows_total"]), row["file"]
        assert int(row["data_rows"]) == held[row["file"]] + int(row["quarantined"])


def test_rows_to_quarantine_have_neither_name_nor_number_but_something(county: Summary) -> None:
    truth = county.folder / "truth" / "2026Q2"
    (listed,) = [
        row for row in _table(truth / "files.csv") if row["file"].startswith("农村留守") and row["quarantined"] != "0"
    ]
    sheets = reading.read_back(county.folder / "inbox" / "2026Q2" / "civil_affairs" / listed["file"])
    rows = sheets["童谷镇"]
    known = {
        int(row["row"])
        for row in _table(truth / "rows.csv")
        if row["file"] == listed["file"] and row["sheet"] == "童谷镇"
    }
    header = rows[2]
    name, number, father = (header.index(h) for h in ("儿童姓名*", "身份证号码", "户籍地址"))
    lost = [i + 1 for i, row in enumerate(rows[3:], 3) if row[father] and not row[name] and not row[number]]
    assert len(lost) == int(listed["quarantined"])
    assert not set(lost) & known


def test_both_quarters_together_have_every_container(county: Summary) -> None:
    kinds = {(path.suffix, reading.container(path.read_bytes())) for path in county.folder.glob("inbox/*/*/*")}
    assert kinds >= {
        (".csv", "gb18030"),
        (".xls", "gb18030"),  # tab-separated text named .xls
        (".xlsx", "zip"),
        (".xls", "html"),
        (".csv", "utf-16"),
        (".xls", "xls"),
        (".xls", "xmlss"),
        (".ods", "zip"),
        (".csv", "utf-8-sig"),
    }


def _text(county: Summary, pattern: str) -> str:
    paths = sorted(county.folder.glob(pattern))
    assert paths, pattern
    return "\n".join("\t".join(row) for path in paths for rows in reading.read_back(path).values() for row in rows)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("inbox/2026Q3/public_security/*", ["gmsfhm", "NULL", "\t'6"]),
        ("inbox/2026Q2/public_security/*", ["公民身份号码", "人口管理注销类别", "死亡", "迁出"]),
        (
            "inbox/2026Q2/education/义务*",
            ["学生基本信息", "家庭成员二", "统计时间：2026-06-29", "合计", "审核人："],
        ),
        ("inbox/2026Q2/civil_affairs/农村*", ["填报单位（盖章）", "合计", "同上", "填表人："]),
        ("inbox/2026Q2/civil_affairs/困境*", ["填表说明", "困境儿童、农村留守儿童"]),
        ("inbox/2026Q2/civil_affairs/残疾人两项*", ["困难残疾人生活补贴", "是否死亡"]),
        ("inbox/2026Q3/civil_affairs/留守儿童查询*", ["上报日期", "儿童编号"]),
    ],
)
def test_habits_of_the_field_guide_are_there(county: Summary, pattern: str, shown: list[str]) -> None:
    text = _text(county, pattern)
    for words in shown:
        assert words in text, words


def test_template_has_seventy_one_columns_in_row_one(county: Summary) -> None:
    (path,) = county.folder.glob("inbox/2026Q2/education/学籍信息模板*")
    (rows,) = reading.read_back(path).values()
    assert len(rows[0]) == 71
    assert (rows[0][0], rows[0][6], rows[0][70]) == ("学籍接续标识", "身份证件号", "成员2职务")


def test_some_numbers_are_really_typed_as_numbers_and_damaged(county: Summary) -> None:
    from python_calamine import CalamineWorkbook

    truth = [row for row in _table(county.folder / "truth/2026Q2/rows.csv") if "id_excel15" in row["errors"]]
    assert truth
    book = CalamineWorkbook.from_path(str(county.folder / "inbox/2026Q2/civil_affairs" / truth[0]["file"]))
    cells = book.get_sheet_by_name(truth[0]["sheet"]).to_python(skip_empty_area=False)[int(truth[0]["row"]) - 1]
    numbers = [cell for cell in cells if isinstance(cell, float) and cell > 1e17]
    assert len(numbers) == 1
    assert f"{numbers[0]:.0f}".endswith(("000", "984", "016", "024", "976", "992", "008"))


def test_merged_cells_and_hidden_rows(county: Summary) -> None:
    import openpyxl

    (path,) = county.folder.glob("inbox/2026Q2/civil_affairs/农村*")
    book = openpyxl.load_workbook(path)
    assert any(len(sheet.merged_cells.ranges) > 2 for sheet in book)
    assert any(dimension.hidden for sheet in book for dimension in sheet.row_dimensions.values())


def test_a_second_run_into_the_same_folder_leaves_no_old_files(tmp_path: Path) -> None:
    generate(tmp_path, children=300, periods=("2026Q2",), seed=3)
    generate(tmp_path, children=200, periods=("2026Q2",), seed=9)
    listed = {row["file"] for row in _table(tmp_path / "truth/2026Q2/files.csv")}
    assert listed == {path.name for path in (tmp_path / "inbox/2026Q2").glob("*/*")}


def test_months_are_periods_too_and_nonsense_is_refused(tmp_path: Path) -> None:
    summary = generate(tmp_path, children=120, periods=("2026-08", "2026-09"))
    assert [p.period for p in summary.periods] == ["2026-08", "2026-09"]
    for wrong in (("2026Q5",), ("2026Q3", "2026Q2"), ()):
        with pytest.raises(ValueError, match=r"period"):
            generate(tmp_path, children=120, periods=wrong)
