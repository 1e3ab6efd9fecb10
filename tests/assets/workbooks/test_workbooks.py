"""Published workbooks, re-opened with another program: what stands where, what cannot happen, who sees what."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from assets.workbooks.context import PrintedList
from assets.workbooks.layout import default_layout
from expectations.life.numbering import printed

TOWNSHIP = "乡镇/顺化镇_2026Q3_核查清单.xlsx"
SHEET = "L01无户籍"
Cells = Callable[[Workbook], list[tuple[str, str, Any]]]


def column(sheet: Any, heading: str) -> list[Any]:
    place = next(cell.column for cell in sheet[3] if cell.value == heading)
    return [sheet.cell(row, place).value for row in range(4, sheet.max_row + 1)]


def test_one_workbook_per_department_township_and_the_summary(town: Any) -> None:
    folder = town.publish()
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    departments = [f"部门/{name}_2026Q3_核查清单.xlsx" for name in ("民政", "教育", "公安", "残联")]
    townships = [f"乡镇/{name}_2026Q3_核查清单.xlsx" for name in ("顺化镇", "民联镇", "南古镇", "乡镇不详")]
    assert found == sorted([*departments, *townships, "汇总.xlsx"])
    assert {(item.recipient, item.kind, item.rows) for item in town.published} >= {
        ("顺化镇", "township", 2),
        ("南古镇", "township", 0),
        ("乡镇不详", "township", 1),
        ("汇总", "summary", 5),
    }


def test_hostile_values_stay_texts(town: Any, cells: Cells) -> None:
    folder = town.publish()
    for path in folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as parts:
            sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
            assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
            assert not any("externalLink" in name or "vba" in name for name in parts.namelist())
    sheet = town.book(TOWNSHIP)[SHEET]
    assert column(sheet, "姓名")[1] == '=HYPERLINK("http://x")'
    for row in sheet.iter_rows(min_row=4):
        assert {cell.data_type for cell in row if cell.value is not None} == {"s"}


@pytest.mark.parametrize(
    "bad", ["<r><t>x</t></r>", "a\x00b\x1f", "\ud800", "￾", "x" * 40_000, "a\r\nb", "_x000D_", "]]>&<"]
)
def test_any_text_gives_a_workbook_that_opens(town: Any, bad: str) -> None:
    town.children.loc[0, "name"] = bad
    town.publish()
    shown = column(town.book(TOWNSHIP)[SHEET], "姓名")[0]
    assert isinstance(shown, str)
    assert len(shown) <= 4000


def test_numbers_and_dates_are_text_cells(town: Any) -> None:
    town.publish()
    book = town.book("部门/公安_2026Q3_核查清单.xlsx")
    sheet = book[SHEET]
    cell = next(c for c in sheet[4] if c.value == "990722201503101238")
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert all(c.number_format == "@" for c in sheet[4] if c.column <= len(sheet[3]) - 4)


def test_the_first_column_is_the_number_and_the_last_four_are_to_fill(town: Any) -> None:
    town.publish()
    heads = [cell.value for cell in town.book(TOWNSHIP)[SHEET][3]]
    assert heads[0] == "线索编号"
    assert heads[-4:] == ["核查结果", "核查日期", "核查人", "说明"]


def test_freeze_filter_print_and_protection(town: Any) -> None:
    town.publish()
    sheet = town.book(TOWNSHIP)[SHEET]
    last = sheet.cell(3, sheet.max_column).coordinate[:-1]
    assert sheet.freeze_panes == "F4"
    assert sheet.auto_filter.ref == f"A3:{last}5"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # width 1 is the default
    assert sheet.oddFooter.left.text == "内部资料 注意保密"
    assert sheet.oddHeader.left.text == "顺化镇"
    assert sheet.oddHeader.right.text == "2026年第三季度"
    assert re.search(r"顺化镇 专用　编号 2026Q3-[A-Z2-7]{4}$", sheet.oddHeader.center.text)
    locked = sheet.protection
    assert locked.sheet
    assert [locked.autoFilter, locked.sort, locked.formatColumns] == [False] * 3  # False = allowed
    assert locked.deleteRows
    assert locked.insertColumns
    assert [cell.protection.locked for cell in sheet[4]] == [True] * (sheet.max_column - 4) + [False] * 4
    assert {cell.fill.fgColor.rgb for cell in sheet[4][-4:]} == {"FFFFF6CC"}


def test_dropdowns_come_from_the_hidden_dictionary(town: Any) -> None:
    town.publish()
    book = town.book(TOWNSHIP)
    assert book["字典"].sheet_state == "veryHidden"
    rules = book[SHEET].data_validations.dataValidation
    answers = next(rule for rule in rules if rule.type == "list")
    assert answers.formula1 == "answers_L01"
    assert str(answers.sqref).endswith("5")
    reference = book.defined_names["answers_L01"].attr_text
    first, last = re.findall(r"\$([A-Z]+)\$(\d+)", reference)
    values = [cell.value for (cell,) in book["字典"][f"{first[0]}{first[1]}:{last[0]}{last[1]}"]]
    assert values == ["已登记", "缺少材料", "不属本地", "其他"]
    dates = next(rule for rule in rules if rule.type == "date")
    assert dates.operator in (None, "between")
    assert "2026-10-15" in dates.prompt


def test_the_dictionary_says_what_the_workbook_is(town: Any) -> None:
    town.publish()
    sheet = town.book(TOWNSHIP)["字典"]
    facts = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(1, 7)}
    assert facts == {
        "tongbi": "findings",
        "period": "2026Q3",
        "kind": "township",
        "recipient": "顺化镇",
        "layout": "1",
    } | {"number": town.context.number("顺化镇")}


def test_sure_ones_first_then_village_and_name(town: Any) -> None:
    town.publish()
    assert column(town.book(TOWNSHIP)[SHEET], "把握程度") == ["明确", "待核"]


def test_lists_without_lines_and_lists_not_computed_are_said(town: Any) -> None:
    town.publish()
    book = town.book("乡镇/南古镇_2026Q3_核查清单.xlsx")
    assert book.sheetnames == ["说明", "字典"]
    texts = [str(cell.value) for row in book["说明"].iter_rows() for cell in row if cell.value]
    assert "本期无" in texts
    assert any("【本期未计算】教育本期未提供数据" in str(text) for text in texts)


def test_a_list_of_which_a_part_was_not_compared_says_no_plain_number(town: Any) -> None:
    town.publish(in_part={"L01": "本期没有收到在校名单的数据"})
    said = {
        "乡镇/南古镇_2026Q3_核查清单.xlsx": ("无法比对", "按已交来的数据没有"),
        TOWNSHIP: ("2", "按已交来的数据 2 条"),
    }
    for path, (number, words) in said.items():
        texts = [str(cell.value) for row in town.book(path)["说明"].iter_rows() for cell in row if cell.value]
        assert number in texts
        gap = f"【没有交齐】{words}；未交齐的部分无法比对（本期没有收到在校名单的数据）"
        assert any(gap in text for text in texts)
    assert "本期没有收到在校名单的数据" in [cell.value for cell in town.book("汇总.xlsx")["未计算的清单"]["C"]]


def test_the_township_sees_masked_numbers_and_whole_telephones(town: Any, cells: Cells) -> None:
    town.publish()
    book = town.book(TOWNSHIP)
    assert column(book[SHEET], "身份证号")[0] == "9907************38"
    assert column(book[SHEET], "联系电话")[0] == "13900001234"
    assert not any("990722201503101238" in str(value) for _, _, value in cells(book))


def test_only_the_owner_sees_a_wrong_number_whole(town: Any, cells: Cells) -> None:
    town.publish()
    police = town.book("部门/公安_2026Q3_核查清单.xlsx")["L18证件失效"]
    assert column(police, "表中登记的号码") == ["990722201407054320"]
    for name in ("民政", "教育", "残联"):
        book = town.book(f"部门/{name}_2026Q3_核查清单.xlsx")
        assert not any("990722201407054320" in str(value) for _, _, value in cells(book))


def test_a_difference_stands_side_by_side_for_those_concerned_only(town: Any) -> None:
    town.publish()
    for name in ("民政", "教育"):
        sheet = town.book(f"部门/{name}_2026Q3_核查清单.xlsx")["L15信息不一致"]
        assert column(sheet, "不一致项目") == ["出生日期"]
        assert column(sheet, "民政登记") == ["2015-03-10"]
        assert column(sheet, "教育登记") == ["2015-03-11"]
        assert column(sheet, "公安登记") in ([None], [""])
    assert "L15信息不一致" not in town.book("部门/公安_2026Q3_核查清单.xlsx").sheetnames


def test_a_difference_in_a_field_not_named_is_withheld(town: Any, cells: Cells) -> None:
    town.findings.loc[3, "field"] = "dilemma_type"
    town.records["dilemma_type"] = "受侵害"
    folder = town.publish()
    shown = column(town.book("部门/民政_2026Q3_核查清单.xlsx")["L15信息不一致"], "民政登记")
    assert shown == [default_layout().withheld]
    for path in folder.rglob("*.xlsx"):
        assert not any("受侵害" in str(value) for _, _, value in cells(town.book(str(path.relative_to(folder)))))


def test_a_field_that_no_column_names_is_in_no_workbook(town: Any, cells: Cells) -> None:
    """A canary in every field of the frames: only configured columns carry theirs out."""
    shown = {column.item for column in default_layout().columns.values()}
    secret = [
        "bank_account",
        "payee_id",
        "father_status",
        "guardianship",
        "illness",
        "remark",
        "dilemma_type",
        "father_id",
    ]
    assert not shown & set(secret)
    for name in secret:
        town.children[name] = f"金丝雀{name}"
        town.records[name] = f"金丝雀{name}"
        town.findings[name] = f"金丝雀{name}"
    folder = town.publish()
    for path in folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as parts:
            assert not any("金丝雀" in parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_key_groups_and_codes_are_said_in_words(town: Any) -> None:
    town.publish()
    sheet = town.book(TOWNSHIP)[SHEET]
    assert column(sheet, "重点群体") == ["孤儿、留守", "随迁"]
    assert column(sheet, "性别") == ["男", "男"]


def test_a_sensitive_class_is_not_named(town: Any, cells: Cells) -> None:
    town.children["category"] = "hiv;left_behind;street"
    town.findings["code"] = "L13"
    folder = town.publish(
        lists=(PrintedList("L13", "死亡仍在保", "死亡在保", recipients=("civil_affairs", "township")),)
    )
    for path in folder.rglob("*.xlsx"):
        values = [str(value) for _, _, value in cells(town.book(str(path.relative_to(folder))))]
        assert not any("艾滋" in value or "hiv" in value or "流浪" in value or "street" in value for value in values)
    assert column(town.book(TOWNSHIP)["L13死亡仍在保"], "儿童类别")[0] == "农村留守儿童"


def test_evidence_and_near_candidates_name_the_place_and_mask_the_other_child(town: Any) -> None:
    town.publish()
    sheet = town.book(TOWNSHIP)[SHEET]
    assert column(sheet, "依据(部门·文件·表·行)")[0] == "民政·文件.xlsx·名册·第7行"
    assert column(sheet, "相近记录(已比对未采信)")[0] == "教育·文件.xlsx·名册·第7行（李*）：生日不同"


def test_an_unreadable_evidence_column_does_not_stop_the_run(town: Any) -> None:
    town.findings.loc[0, "near"] = "not json"
    town.findings.loc[0, "records"] = '{"a": 1}'
    town.publish()
    assert column(town.book(TOWNSHIP)[SHEET], "姓名")[0] == "张小明"


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_input_changes_no_cell(town: Any, cells: Cells, seed: int) -> None:
    first = town.publish("first")
    for name in ("findings", "children", "records"):
        setattr(town, name, getattr(town, name).sample(frac=1, random_state=seed))
    town.context.accounting.sort_values("file", inplace=True)
    town.publish("second")
    for path in first.rglob("*.xlsx"):
        name = str(path.relative_to(first))
        assert cells(town.book(name, "first")) == cells(town.book(name, "second"))


def test_the_same_input_gives_the_same_bytes(town: Any) -> None:
    first, second = town.publish("first"), town.publish("second")
    names = [path.relative_to(first) for path in first.rglob("*.xlsx")]
    assert names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_nothing_half_written_is_left(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("assets.workbooks.publish.add_list_sheet", fail)
    with pytest.raises(OSError, match="disk full"):
        town.publish()
    assert not [path for path in (town.folder / "out").rglob("*") if path.is_file()]


def test_names_that_no_file_system_takes(town: Any) -> None:
    town.findings["town"] = 'a/b:*?"<>|\\镇'
    folder = town.publish(towns=())
    assert [path.name for path in (folder / "乡镇").iterdir()] == ["a_b________镇_2026Q3_核查清单.xlsx"]


def test_no_findings_at_all(town: Any) -> None:
    town.findings = town.findings.iloc[:0]
    folder = town.publish()
    assert len(list(folder.rglob("*.xlsx"))) == 8
    assert town.book("部门/民政_2026Q3_核查清单.xlsx").sheetnames == ["说明", "字典"]


def test_empty_frames(town: Any, tmp_path: Path) -> None:
    import pandas as pd

    town.findings, town.children, town.records = town.findings.iloc[:0], pd.DataFrame(), pd.DataFrame()
    town.publish(links=pd.DataFrame(), pairs=pd.DataFrame(), accounting=pd.DataFrame())
    assert "总表" in town.book("汇总.xlsx").sheetnames


def test_a_fifth_source_is_named_by_its_contract(town: Any) -> None:
    town.records.loc[town.records["department"] == "civil_affairs", "department"] = "health"
    town.findings["records"] = town.findings["records"].str.replace("civil_affairs", "health")
    town.publish(department_names={"health": "卫健"})
    assert str(column(town.book(TOWNSHIP)[SHEET], "依据(部门·文件·表·行)")[0]).startswith("卫健·")


def test_what_cannot_wait_goes_out_in_a_workbook_of_its_own(town: Any) -> None:
    lists = tuple(
        replace(one, name="无人监护", short="无人监护", urgent=True) if one.code == "L01" else one
        for one in town.context.lists
    )
    folder = town.publish(lists=lists)
    urgent = {path.name for path in (folder / "乡镇").glob("*急件*")}
    assert urgent == {"顺化镇_2026Q3_急件.xlsx", "乡镇不详_2026Q3_急件.xlsx"}
    assert [name for name in town.book("乡镇/顺化镇_2026Q3_急件.xlsx").sheetnames if name.startswith("L")] == [
        "L01无户籍"
    ]
    assert not any(name.startswith("L01") for name in town.book(TOWNSHIP).sheetnames)
    lines = {line for one in town.published if one.recipient == "顺化镇" for line in one.lines}
    assert {code for _, code in lines} == {"L01"}


def test_every_line_has_its_number_with_check_characters(town: Any) -> None:
    town.publish()
    numbers = column(town.book(TOWNSHIP)[SHEET], "线索编号")
    assert numbers == [printed(f"L01-ABCDEF{number:02d}", "2026Q3") for number in (1, 3)]
