"""Writers of real files for the tests of reading: each fixture makes one kind and gives back its path."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

Rows = list[list[object]]
HEADINGS = ["姓名", "身份证号", "出生日期"]
CHILD = ["张小明", "110101201503070011", "2015-03-07"]


@pytest.fixture
def table() -> Rows:
    """A heading and three rows; the numbers are made up and belong to nobody."""
    return [HEADINGS, CHILD, ["李䶮", "", "2016"], ["王五", "11010120150307003X", ""]]


@pytest.fixture
def write_xlsx(tmp_path: Path) -> Callable[..., Path]:
    """`write_xlsx(rows, name)`: an xlsx whose cells have the types of the Python values."""

    def write(rows: Rows, name: str = "名册.xlsx") -> Path:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def write_text(tmp_path: Path) -> Callable[..., Path]:
    """`write_text(text, encoding, name)`: a text file in that encoding; bytes are written as they are."""

    def write(text: str | bytes, encoding: str = "gb18030", name: str = "名册.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def replace_part(tmp_path: Path) -> Callable[..., Path]:
    """`replace_part(path, part, change)`: the zip file with one part changed by a function on bytes."""

    def replace(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
        changed = tmp_path / f"changed-{path.name}"
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, change(content) if name == part else content)
        return changed

    return replace


@pytest.fixture
def far_cell(tmp_path: Path) -> Callable[..., Path]:
    """`far_cell(reference, text, rows)`: a small table and one more cell at `reference`."""

    def write(reference: str, text: str, rows: Rows) -> Path:
        path = tmp_path / "稀疏.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet("名册")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        sheet.write_string(reference, text)
        book.close()
        return path

    return write
