"""Workbooks that go out are locked for their recipient, and what comes back locked is opened by the same password."""

from pathlib import Path

import pytest
import xlsxwriter

from assets.publishing.locking import lock_folder, recipient_of
from pipelines.resources.passwords import Passwords, read_passwords
from pipelines.resources.reading import Refusal, read_file
from pipelines.resources.workspace import WorkspaceError

SECRET, OTHER = "correct horse 9", "another battery"


def book(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = xlsxwriter.Workbook(str(path))
    sheet = file.add_worksheet()
    for row, text in enumerate(("线索编号", "甲", "乙")):
        sheet.write_string(row, 0, text)
    file.close()
    return path


def test_each_recipient_has_its_own_password(tmp_path):
    mine = book(tmp_path / "乡镇" / "顺化镇_2026Q3_核查清单.xlsx")
    theirs = book(tmp_path / "部门" / "教育_2026Q3_核查清单.xlsx")
    assert lock_folder(tmp_path, Passwords({"顺化镇": SECRET, "其他": OTHER})) == 2
    for path, word in ((mine, SECRET), (theirs, OTHER)):
        with pytest.raises(Refusal) as caught:
            read_file(path)
        assert caught.value.code == "password"
        assert read_file(path, password=word).grids[0].cells.iat[1, 0] == "甲"
    assert not list(tmp_path.rglob("*.part"))


def test_everything_of_a_named_person_has_the_person_s_password():
    for rest in ("受保护儿童 – 仅限 钱某 本人_2026Q3_急件.xlsx", "复核/同一儿童复核_2026Q3.xlsx"):
        assert recipient_of(Path("受保护儿童") / "钱某" / rest) == "钱某"


def test_without_passwords_nothing_is_locked(tmp_path):
    path = book(tmp_path / "乡镇" / "顺化镇_2026Q3_核查清单.xlsx")
    before = path.read_bytes()
    assert lock_folder(tmp_path, Passwords()) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("path", "whose"),
    [("乡镇/顺化镇_2026Q3_急件.xlsx", "顺化镇"), ("问题数据/教育/a_问题说明.xlsx", "教育"), ("汇总.xlsx", "")],
)
def test_whose_file_it_is(path, whose):
    assert recipient_of(Path(path)) == whose


def test_no_password_shows_in_a_representation_or_a_message(tmp_path):
    assert SECRET not in repr(Passwords({"a": SECRET}))
    file = tmp_path / "passwords.csv"
    file.write_text("单位,密码\n顺化镇,short\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="顺化镇") as caught:
        read_passwords(tmp_path)
    assert "short" not in str(caught.value)
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="写法有误") as caught:
        read_passwords(tmp_path)
    assert SECRET not in str(caught.value)
    for encoding in ("utf-8-sig", "gb18030"):
        file.write_text(f"单位,密码\n顺化镇,{SECRET}\n", encoding=encoding)
        assert read_passwords(tmp_path).of("顺化镇") == SECRET
        assert read_passwords(tmp_path).of("民联镇") == ""
