"""`tongbi check` says of a file what a run says of it: the same sentences, from the same place."""

import re
import zipfile
from contextlib import suppress

import openpyxl
import pytest
import typer

from assets.intake.contract import load_contracts
from assets.receiving.receive import ReceivingRequest, receive
from pipelines.cli.trying import check_file
from pipelines.resources import deliveries
from pipelines.resources.deliveries import Branch

PERIOD, DEPARTMENT = "2026Q3", "education"
HEAD = ["姓名", "身份证号", "性别", "出生日期", "学校名称", "年级", "学籍状态", "全国学籍号"]
ROWS = [
    [f"王小{at}", f"62072220150310{at}11X", "男", "2015-03-10", "一小", "五年级", "在读", ""] for at in "一二三四五六"
]


def book(sheets=1, hide=(), rows=ROWS, head=HEAD):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number in range(sheets):
        sheet = made.create_sheet(f"表{number}")
        for row in [head, *rows]:
            sheet.append(row)
        sheet.sheet_state = "hidden" if ("sheet", number) in hide else "visible"
        for row in (2, 3) if ("row", number) in hide else ():
            sheet.row_dimensions[row].hidden = True
    return made


def saved(made):
    return lambda path: made.save(path)


def with_macros(path):
    book().save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")


def text(rows, encoding="gb18030"):
    content = "\r\n".join(",".join(row) for row in rows).encode(encoding)
    return lambda path: path.write_bytes(content)


TRADITIONAL = [
    ["姓名", "身份證號", "性別", "出生日期", "學校名稱"],
    ["陳怡君", "", "女", "2015-03-10", "國小"],
    ["林志豪", "", "男", "2014-03-10", "國小"],
]
QUOTED = [HEAD, *ROWS[:2], ['"王小', *ROWS[0][1:]], *ROWS[2:]]
FORM = [
    ["姓名", "王小", "性别", "男"],
    ["出生日期", "2015-03-10", "身份证号", "1"],
    ["学校名称", "一小", "年级", "五年级"],
    ["监护人姓名", "王大", "联系电话", "1"],
]
FILES = {
    "plain": ("名册.xlsx", saved(book()), set()),
    "hidden sheet": ("名册.xlsx", saved(book(2, [("sheet", 1)])), {"hidden_sheet"}),
    "hidden rows": ("名册.xlsx", saved(book(1, [("row", 0)])), {"hidden_rows"}),
    "wrong ending": ("名册.csv", saved(book()), {"extension"}),
    "macros": ("名册.xlsm", with_macros, {"macros"}),
    "big5": ("名册.csv", text(TRADITIONAL, "big5hkscs"), {"big5"}),
    "nul": ("名册.csv", text([HEAD, *ROWS[:3], ["王\0小", *ROWS[0][1:]]]), {"nul"}),
    "quotes": ("名册.csv", text(QUOTED), {"stray_quote"}),
    "unknown": (
        "名册.xlsx",
        saved(book(head=[*HEAD, "星座"], rows=[[*row, "x"] for row in ROWS])),
        {"unknown_heading"},
    ),
    "form": ("名册.xlsx", saved(book(head=FORM[0], rows=FORM[1:])), {"form"}),
    "column": (
        "名册.xlsx",
        saved(book(head=["姓名", "性别", "学校名称"], rows=[row[:1] + row[2:3] + row[4:5] for row in ROWS])),
        {"missing_column"},
    ),
    "empty": ("名册.csv", text([HEAD]), {"no_rows"}),
    "no file": ("名册.csv", lambda path: path.write_bytes(b"%PDF-1.4 nothing"), {"not_a_table"}),
    "left": ("名册.xlsx.part", saved(book()), {"ignored"}),
}


def plain(printed):
    return re.sub(r"\s+", "", printed)


@pytest.mark.parametrize("kind", FILES)
def test_the_sentences_of_a_run_are_those_of_a_try(opened, capsys, monkeypatch, kind):
    name, write, expected = FILES[kind]
    folder = opened.workspace.inbox / PERIOD / DEPARTMENT
    folder.mkdir(parents=True)
    write(folder / name)
    monkeypatch.setattr("pipelines.cli.trying.warm_up", lambda: None)
    receive(opened, ReceivingRequest(Branch(PERIOD, DEPARTMENT), load_contracts()[DEPARTMENT]))
    with opened.engine.connect() as connection:
        kept = [line for line in deliveries.notices_of_period(connection, PERIOD) if line["code"] != "nothing"]
    assert expected <= {line["code"] for line in kept}
    tried = printed_and_said(folder / name, opened, capsys, monkeypatch)
    assert [(line["code"], line["message"], line["advice"]) for line in kept] == tried["said"]
    for line in kept:
        assert plain(line["message"] + line["advice"]) in plain(tried["printed"])


def printed_and_said(path, opened, capsys, monkeypatch):
    """What `check` says, as it stands in the register of a run, and as it stands on the screen."""
    from pipelines.cli import trying

    said = []
    real = trying.print_notices

    def noting(lines):
        said.extend((line.code, line.message, line.advice) for line in lines)
        real(lines)

    monkeypatch.setattr(trying, "print_notices", noting)
    with suppress(typer.Exit):
        check_file(path, DEPARTMENT, PERIOD, opened.workspace.root)
    out, err = capsys.readouterr()
    return {"said": said, "printed": out + err}


def test_without_a_department_a_form_is_still_called_a_form(opened, tmp_path, capsys):
    path = tmp_path / "名册.xlsx"
    FILES["form"][1](path)
    with pytest.raises(typer.Exit):
        check_file(path, "", PERIOD, opened.workspace.root)
    assert "一人一表" in capsys.readouterr().err
