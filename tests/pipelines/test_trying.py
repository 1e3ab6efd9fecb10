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


@pytest.mark.parametrize("word", ["education", "教育", "教育局", "县教体局"])
def test_a_department_is_named_in_either_language(word, opened, tmp_path, capsys):
    saved(book())(tmp_path / "a.xlsx")
    check_file(tmp_path / "a.xlsx", word, PERIOD, opened.workspace.root)
    assert "看起来是教育的文件" in capsys.readouterr().out


def test_a_department_that_nobody_knows_is_refused_with_those_there_are(opened, tmp_path, capsys):
    saved(book())(tmp_path / "a.xlsx")
    with pytest.raises(typer.Exit):
        check_file(tmp_path / "a.xlsx", "财政局", PERIOD, opened.workspace.root)
    assert "教育（education）" in plain(capsys.readouterr().err)


def test_a_visit_record_and_a_workbook_of_ours_are_told_apart(opened, tmp_path, capsys):
    visits = [
        ["儿童姓名", "性别", "走访日期", "走访方式", "走访人"],
        *[[f"王{at}", "男", "2026-09-01", "入户", "李某"] for at in "一二三"],
    ]
    text(visits)(tmp_path / "走访.csv")
    check_file(tmp_path / "走访.csv", "", PERIOD, opened.workspace.root)
    assert "看起来是走访记录的文件" in capsys.readouterr().out
    ours = [
        ["线索编号", "姓名", "性别", "核查结果", "核查日期", "核查人"],
        ["L01-ACHJKLMN-7K", "王一", "男", "属实", "2026-09-01", "李某"],
    ]
    text(ours)(tmp_path / "核查.csv")
    for department in ("", "走访记录"):
        with pytest.raises(typer.Exit):
            check_file(tmp_path / "核查.csv", department, PERIOD, opened.workspace.root)
        assert "tongbi replies" in capsys.readouterr().err


def test_what_is_in_doubt_is_said(opened, tmp_path, capsys):
    rows = [
        ["姓名", "身份证号", "性别", "出生日期"],
        ["王一", "", "男", "2015-03-10"],
        ["王二", "", "男", "2015-03-10"],
    ]
    text(rows)(tmp_path / "a.csv")
    with suppress(typer.Exit):
        check_file(tmp_path / "a.csv", "", PERIOD, opened.workspace.root)
    assert "--department" in capsys.readouterr().err


def test_of_a_zip_its_files_are_named(opened, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "材料.zip", "w") as archive:
        archive.writestr("张三学籍.csv", "姓名\n")
    with pytest.raises(typer.Exit):
        check_file(tmp_path / "材料.zip", "", PERIOD, opened.workspace.root)
    printed = capsys.readouterr().out
    assert "里面有 1 个文件" in printed
    assert "张三" not in printed
