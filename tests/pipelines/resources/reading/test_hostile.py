"""Broken and hostile files: refused with a sentence, quickly, and without harm to the process that asked."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
import xlwt

from pipelines.resources.reading import Limits, Refusal, load_settings, read_file

Make = Callable[..., Path]
Rows = list[list[object]]
VALUES = re.compile("张小明|110101201503070011")


def refused(path: Path, limits: Limits | None = None, password: str | None = None) -> Refusal:
    """The refusal, which must be Chinese and must not quote a cell."""
    with pytest.raises(Refusal) as caught:
        read_file(path, limits, password)
    error = caught.value
    assert re.search("[一-龥]", error.message)
    assert error.advice
    assert not VALUES.search(str(error))
    return error


def limits(**changed: float) -> Limits:
    return load_settings().limits.model_copy(update=changed)


def test_an_empty_file(write_text: Make) -> None:
    assert refused(write_text(b"")).code == "empty"


@pytest.mark.parametrize("text", ["\n\n\n", " \n", "\ufeff"])
def test_a_file_of_blank_lines(text: str, write_text: Make) -> None:
    assert refused(write_text(text, "utf-8")).code == "empty"


def test_only_a_heading(write_xlsx: Make, write_text: Make, table: Rows) -> None:
    error = refused(write_xlsx(table[:1]))
    assert (error.code, error.message) == ("no_rows", "第1张表没有数据行。")
    assert refused(write_text("姓名,性别\n")).code == "no_rows"


def test_a_truncated_xlsx(write_xlsx: Make, table: Rows) -> None:
    path = write_xlsx(table)
    whole = path.read_bytes()
    for part in (0.9, 0.5, 0.05):
        path.write_bytes(whole[: int(len(whole) * part)])
        error = refused(path)
        assert (error.code, error.message) == ("truncated", "文件不完整，请重新导出。")


def test_a_truncated_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    for row in range(200):
        sheet.write(row, 0, f"第{row}个")
    book.save(str(tmp_path / "a.xls"))
    path = tmp_path / "a.xls"
    path.write_bytes(path.read_bytes()[:4000])
    assert refused(path).code == "truncated"


def test_damage_inside_a_part(write_xlsx: Make, table: Rows) -> None:
    path = write_xlsx(table)
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    start = part.header_offset + 60
    data[start : start + 40] = bytes(40)
    path.write_bytes(data)
    assert refused(path).code == "damaged_file"


@pytest.mark.parametrize("reference", ["XFD1048576", "XFD1", "A1048576"])
def test_a_cell_far_away_is_left_out_and_told(reference: str, far_cell: Make, table: Rows) -> None:
    reading = read_file(far_cell(reference, " ", table))

    assert reading.grids[0].cells.shape == (4, 3)
    assert reading.grids[0].cells.at[2, 0] == "张小明"
    (notice,) = reading.notices
    assert (notice.code, notice.sheet) == ("stray_cells", "名册")
    assert reference in notice.message


def test_a_sheet_of_two_far_cells_and_nothing_else_is_refused(far_cell: Make) -> None:
    error = refused(far_cell("XFD1048576", "x", [["x"]]))

    assert error.code == "no_rows"


def test_many_far_cells_are_no_strays(tmp_path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("名册")
    for row in range(100):
        sheet.write_string(row, 0, "x")
        sheet.write_string(1_000_000 + row * 3, 16_000, "x")
    book.close()
    error = refused(tmp_path / "a.xlsx")
    assert error.code == "sparse"
    assert "WQK1000298" in error.message


def test_formatting_far_away_is_no_content(tmp_path: Path, table: Rows) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    for number, row in enumerate(table):
        sheet.write_row(number, 0, row)
    sheet.write_blank(1_048_575, 16_383, None, bold)
    book.close()
    reading = read_file(tmp_path / "a.xlsx")
    assert reading.grids[0].cells.shape == (4, 3)


def test_a_dimension_that_lies_is_not_believed(write_xlsx: Make, replace_part: Make, table: Rows) -> None:
    def lie(xml: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml)

    reading = read_file(replace_part(write_xlsx(table), "xl/worksheets/sheet1.xml", lie))
    assert reading.grids[0].cells.shape == (4, 3)


def test_a_zip_bomb_by_ratio_and_by_size(write_xlsx: Make, table: Rows) -> None:
    path = write_xlsx(table)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bmp", bytes(40 << 20))
    error = refused(path)
    assert error.code == "bomb"
    assert "上限100倍" in error.message
    assert refused(path, limits(unpacked_bytes=20 << 20)).code == "too_big"


def test_a_bomb_that_lies_about_its_size_meets_the_memory_limit(write_xlsx: Make, table: Rows) -> None:
    path = write_xlsx(table)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b"<si><t>x</t></si>" * 3_000_000)
    data = path.read_bytes()
    real = (5 + 17 * 3_000_000).to_bytes(4, "little")
    path.write_bytes(data.replace(real, (500).to_bytes(4, "little")))
    assert refused(path).code in ("damaged_file", "memory", "too_big", "bomb")


OUTSIDE = "file:" + "//" + "/etc" + "/hostname"  # what an entity would make the reader open


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("definition", [f'<!DOCTYPE x [<!ENTITY e SYSTEM "{OUTSIDE}">]>'.encode(), b"<!DOCTYPE x>"])
def test_entities_are_refused_in_every_part(
    part: str, definition: bytes, far_cell: Make, replace_part: Make, table: Rows
) -> None:
    def define(xml: bytes) -> bytes:
        head, found, rest = xml.partition(b"?>")
        return head + found + definition + rest if found else definition + xml

    assert refused(replace_part(far_cell("A5", "x", table), part, define)).code == "entities"


def test_entities_in_xml_spreadsheets(write_text: Make) -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    )
    assert refused(write_text(text, "utf-8", "a.xls")).code == "entities"


def test_a_password_is_asked_for_and_used(write_xlsx: Make, tmp_path: Path, table: Rows) -> None:
    locked = tmp_path / "locked.xlsx"
    with write_xlsx(table).open("rb") as plain, locked.open("wb") as out:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("一个密码", out)
    assert refused(locked).code == "password"
    error = refused(locked, password="wrong-secret")
    assert error.code == "wrong_password"
    assert "wrong-secret" not in str(error)
    reading = read_file(locked, password="一个密码")
    assert reading.container == "xlsx"
    assert reading.grids[0].cells.at[2, 0] == "张小明"


def test_time_memory_rows_and_file_size_are_limited(write_xlsx: Make) -> None:
    path = write_xlsx([[f"第{row}行", "x"] for row in range(3000)])
    assert refused(path, limits(seconds=0.05)).code == "time"
    assert refused(path, limits(rows=2999)).code == "too_big"
    assert refused(path, limits(columns=1)).code == "too_big"
    assert refused(path, limits(file_bytes=1000)).code == "too_big"


def test_memory_is_limited(far_cell: Make) -> None:
    # 27,000 cells of text in a rectangle of 2.4 million: within the limits of a sheet, too much for 100 MB.
    path = far_cell("AHP2601", "x", [["x"] * 900, *[["x"] * 3] * 2600])
    assert read_file(path).grids[0].cells.shape == (2601, 900)
    assert refused(path, limits(memory_bytes=100 << 20)).code == "memory"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"%PDF-1.7\n", "名册.xlsx", "PDF"),
        (b"\xff\xd8\xff\xe0", "名册.xls", "图片"),
        (b"Rar!\x1a\x07", "名册.xls", "压缩包"),
        (bytes(range(256)) * 40, "名册.xls", "二进制"),
    ],
)
def test_strangers_are_named(head: bytes, name: str, kind: str, write_text: Make) -> None:
    error = refused(write_text(head, name=name))
    assert error.code == "not_a_table"
    assert kind in error.message


def test_zip_files_that_are_no_workbooks(tmp_path: Path) -> None:
    for inside, kind in [("a.txt", "压缩包"), ("word/document.xml", "Word")]:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("[Content_Types].xml" if kind == "Word" else "b.txt", "x")
            archive.writestr(inside, "x")
        path = tmp_path / "名册.xlsx"
        path.write_bytes(content.getvalue())
        assert kind in refused(path).message


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert refused(tmp_path / "没有.xlsx").code == "missing"
