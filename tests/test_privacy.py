"""Names and numbers pass only where they may (rules/code.md#personal-data): never into Dagster's storage, logs, the screen or exceptions; and nobody is phoned."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from assets.intake.contract import load_contracts

pytestmark = pytest.mark.slow

# Where personal data may be (docs/data-shapes.md 7); everything else in a workspace must be clean.
ALLOWED = ("inbox", "store", "frames", "outbox", "truth", "tongbi.db", "areas.csv")
PLANTED_NAMES = ("欧阳鹍鹏", "尉迟璟雯", "闾丘霁月")
PLANTED_NUMBERS = ("620722201503105115", "620722201704224321", "620722201608173114")
PLANTED_PHONE = "19988776655"


def planted_rows():
    """Good rows and rows with every kind of trouble, all with planted values."""
    names, numbers = PLANTED_NAMES, PLANTED_NUMBERS
    yield ["姓名", "身份证号", "性别", "出生日期", "民族", "学校名称", "年级", "监护人姓名", "联系电话", "家庭住址"]
    yield [names[0], numbers[0], "男", "2015-03-10", "汉族", "一小", "五年级", names[1], PLANTED_PHONE, names[2] + "家"]
    yield [
        names[1],
        numbers[1][:-1],
        names[0],
        numbers[0],
        PLANTED_PHONE,
        "一小",
        names[2],
        names[0],
        numbers[2],
        names[1],
    ]
    yield [
        names[2],
        numbers[2],
        "女",
        "2099-13-45",
        names[0],
        numbers[1],
        "五年级",
        names[1],
        numbers[0] + numbers[1],
        "",
    ]
    yield ["", "", names[0], numbers[0], "", "", "", "", "", ""]
    yield [names[0], numbers[0], "男", "2015-03-10", "汉族", "一小", "五年级", names[1], PLANTED_PHONE, names[2] + "家"]


def as_csv(rows):
    return "\r\n".join(",".join(row) for row in rows).encode("gb18030")


@pytest.fixture(scope="module")
def planted(tmp_path_factory, tongbi, tongbi_anew):
    """A workspace whose deliveries are full of planted values, run once to the end and once into a refusal."""
    root = tmp_path_factory.mktemp("planted") / "workspace"
    assert tongbi("init", "--workspace", root).returncode == 0
    folder = root / "inbox" / "2026Q3"
    for name in ("education", "public_security"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows = list(planted_rows())
    (folder / "education" / "学籍.csv").write_bytes(as_csv(rows))
    register = [["姓名", "公民身份号码", "性别", "出生日期", "户籍地址", "与户主关系", "户号"]]
    register += [[row[0], row[1], "男", row[3], row[9], "子", "1"] for row in rows[1:]]
    (folder / "public_security" / "常住人口.csv").write_bytes(as_csv(register))
    said = [tongbi_anew("run", "--period", "2026Q3", "--workspace", root, "--debug")]
    shutil.copy(folder / "education" / "学籍.csv", folder / "public_security" / "错部门.csv")
    broken = as_csv(rows) + b"\r\n" + (PLANTED_NAMES[0] + "," + PLANTED_NUMBERS[0]).encode("utf-8") + b"\xff\xfe\x81"
    (folder / "education" / "学籍.csv").write_bytes(broken)
    said.append(tongbi("run", "--period", "2026Q3", "--workspace", root, "--debug"))
    said.append(tongbi("check", folder / "education" / "学籍.csv", "--workspace", root))
    said.append(tongbi("status", "--workspace", root))
    said.append(tongbi("quarantine", "--period", "2026Q3", "--workspace", root))
    return root, said


def needles(words=()):
    words = words or [*PLANTED_NAMES, *PLANTED_NUMBERS, *(number[:-1] for number in PLANTED_NUMBERS), PLANTED_PHONE]
    escaped = [
        form for word in words for form in (word.encode("unicode_escape"), word.encode("unicode_escape").upper())
    ]
    escaped = [form.replace(b"\\U", b"\\u") for form in escaped]
    return {*escaped, *(word.encode(coding) for word in words for coding in ("utf-8", "gb18030", "utf-16-le"))}


def contents(path):
    """A file as it lies there, and what is packed into it: members of a zip, cells of a Parquet file, texts of a database."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) + name.encode() for name in archive.namelist())
    elif content.startswith(b"PAR1"):
        yield pd.read_parquet(path).to_csv().encode()
    elif content.startswith(b"SQLite format 3"):
        yield from texts_of(path)


def texts_of(path, tables=()):
    """Every text of a database, also what was written to its log of changes only (`-wal`)."""
    with closing(sqlite3.connect(path)) as connection:
        known = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables or known:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield "\n".join(map(str, row)).encode("utf-8", "surrogateescape")


def personal_files(root, words=(), allowed=ALLOWED):
    wanted = needles(words)
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.relative_to(root).parts[0].split("-")[0] not in allowed:
            name = path.relative_to(root).as_posix()
            yield from ((name, needle) for needle in wanted if any(needle in content for content in contents(path)))


def test_planted_values_are_nowhere_but_where_they_may_be(planted):
    root, said = planted
    assert said[0].returncode == 0, said[0].stderr
    assert said[1].returncode == 1
    assert list(personal_files(root)) == []
    for done in said:
        for text in (done.stdout, done.stderr):
            assert [word for word in (*PLANTED_NAMES, *PLANTED_NUMBERS, PLANTED_PHONE) if word in text] == []
            assert not re.search(r"(?<!\d)\d{17}[\dXx]", text)
            assert "Traceback" not in text


def test_the_search_finds_what_is_there(planted):
    """The test above would be worth nothing if the values were not in the data at all, or the search blind."""
    root, _ = planted
    events = sorted((root / "dagster").rglob("*.db"))
    assert events, "Dagster's storage is among what was searched"
    exported = (root / "outbox" / "2026Q3" / "links.csv").read_text(encoding="utf-8-sig")
    assert "学籍.csv" in exported
    stored = b"".join(path.read_bytes() for path in (root / "store").rglob("*") if path.is_file())
    assert PLANTED_NAMES[0].encode("gb18030") in stored
    (root / "log").mkdir(exist_ok=True)
    (root / "log" / "leak.txt").write_text(PLANTED_NAMES[0], encoding="utf-8")
    found = [name for name, _ in personal_files(root)]
    (root / "log" / "leak.txt").unlink()
    assert found == ["log/leak.txt"]


FORM = [
    ["姓名", PLANTED_NAMES[0], "性别", "男", "民族", "汉族"],
    ["出生日期", "2015-03-10", "身份证号", PLANTED_NUMBERS[0], "学校名称", "一小"],
    ["监护人姓名", PLANTED_NAMES[1], "与儿童关系", "祖父", "联系电话", PLANTED_PHONE],
    ["父亲姓名", PLANTED_NAMES[2], "父亲身份证号", PLANTED_NUMBERS[1], "家庭住址", PLANTED_NAMES[1] + "家"],
]
# Nobody is told these by anything but the file's own name, its sheets' and its headings.
NAMED = ("钟离望舒", "百里屠苏")
HEADINGS = ["姓名", "身份证号", "性别", "出生日期", "监护人姓名", "联系电话", "家庭住址"]


def planted_books():
    """Kind of trouble -> sheets: planted values as sheet names and as headings, a form, a list without its columns."""
    names, numbers = PLANTED_NAMES, PLANTED_NUMBERS
    row = [names[0], numbers[0], "男", "2015-03-10", names[1], PLANTED_PHONE, names[2] + "家"]
    odd = [*HEADINGS, names[1], numbers[2], f"姓名（{names[2]}）", PLANTED_PHONE, NAMED[1]]
    yield "list", {NAMED[0]: [[f"{names[0]}的家庭"], odd, [*row, "x", "y", "z", "w", "v"]], NAMED[1]: [["", names[0]]]}
    yield "form", {names[0]: FORM, names[1]: FORM}
    yield (
        "columns",
        {names[2]: [["姓名", "民族", "备注", "性别", names[0], numbers[0]], [names[1], "汉", "", "", "", ""]]},
    )


def write_book(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


@pytest.fixture(scope="module")
def named(tmp_path_factory, tongbi, tongbi_anew):
    """Files named after children in every department; a run that is refused, one that is not, and whatever speaks of their files."""
    root = tmp_path_factory.mktemp("named") / "workspace"
    assert tongbi("init", "--workspace", root).returncode == 0
    files = []
    for department in load_contracts():
        for kind, sheets in planted_books():
            files.append(
                root / "inbox" / "2026Q3" / department / NAMED[0] / f"{NAMED[1]}{PLANTED_NUMBERS[1]}转学{kind}.xlsx"
            )
            write_book(files[-1], sheets)
        (files[-1].parent / f"{NAMED[0]}.csv").write_bytes(as_csv(planted_rows())[:-3] + b"\xff\xfe\x81" * 9)
        (files[-1].parent / f"{NAMED[0]}.xlsx.part").write_bytes(b"PK")
    said = [tongbi_anew("run", "--period", "2026Q3", "--workspace", root, "--debug")]
    checked = [tongbi("check", file, "--department", file.parts[-3], "--workspace", root) for file in files[1:3]]
    first = list(personal_files(root, [*needle_words(), *NAMED], (*ALLOWED[:-2], "areas.csv", "tongbi.db")))
    for file in (root / "inbox" / "2026Q3").rglob("*"):
        if file.is_file() and "list" not in file.name:
            file.unlink()
    said.append(tongbi("run", "--period", "2026Q3", "--workspace", root, "--debug"))
    for command in ("status", "quarantine", "links"):
        asked = {
            "quarantine": ["--period", "2026Q3"],
            "links": ["--period", "2026Q3", "--out", root / "links.csv"],
        }.get(command, [])
        said.append(tongbi(command, *asked, "--workspace", root))
    record = pd.read_csv(root / "links.csv", dtype=str, encoding="utf-8-sig")["record_id"][0]
    said.append(tongbi("explain", record, "--period", "2026Q3", "--workspace", root))
    return root, said, (checked, first)


def needle_words():
    return [*PLANTED_NAMES, *PLANTED_NUMBERS, PLANTED_PHONE]


def test_what_files_sheets_and_headings_are_called_is_nowhere_but_where_it_may_be(named):
    root, said, (checked, before) = named
    words = [*needle_words(), *NAMED]
    assert [done.returncode for done in said] == [1, 0, 0, 0, 0, 0], said[1].stderr
    assert before == []
    assert list(personal_files(root, words)) == []
    for done in (*said, *checked):
        # Whoever tries a file named it; the rest of what `check` prints is held to the same.
        printed = (done.stdout + done.stderr).replace("\n", "").replace(f"{NAMED[1]}{PLANTED_NUMBERS[1]}转学", "")
        assert [word for word in words if word in printed] == []
    exports = [root / "links.csv", *(root / "outbox" / "2026Q3").glob("*.csv")]
    assert len(exports) == 3
    for path in exports:
        assert [word for word in words if word in path.read_text(encoding="utf-8-sig")] == [], path.name


def test_the_sentences_and_the_audit_hold_no_name_either(named):
    root, _, _ = named
    with closing(sqlite3.connect(root / "tongbi.db")) as connection:
        codes = {code for (code,) in connection.execute("SELECT code FROM delivery_notice")}
        files = [file for (file,) in connection.execute("SELECT file FROM delivery")]
    assert "unknown_heading" in codes
    assert all(NAMED[1] in file for file in files if "list" in file), "the register itself keeps the name"
    for text in texts_of(root / "tongbi.db", ("delivery_notice", "audit", "run")):
        assert [needle for needle in needles([*needle_words(), *NAMED]) if needle in text] == []


def test_a_refused_run_says_which_file_and_what_it_is(named):
    _, said, _ = named
    told = said[0].stderr
    assert re.search(r"\[教育·第\d个文件 ED-[0-9a-f]{10}_转学\.xlsx\] 有 2 张表是一页登记一人的登记表", told)
    assert re.search(r"缺少必需的列：.*找到的列有：姓名、民族、备注、性别、第5列（E）、第6列（F）", told)


def test_an_unexpected_exception_leaves_no_value_anywhere(tmp_path):
    """A defect deep inside a station raises with a child's name and number in its text."""
    from pipelines.resources.workspace import Workspace

    root = tmp_path / "workspace"
    Workspace.create(root)
    folder = root / "inbox" / "2026Q3" / "education"
    folder.mkdir(parents=True)
    (folder / "学籍.csv").write_bytes(as_csv(planted_rows()))
    defect = (
        "import assets.intake.department as station\n"
        f"def broken(*_): raise ValueError('{PLANTED_NAMES[0]} {PLANTED_NUMBERS[0]}')\n"
        "station.standardise = broken\n"
        "from pipelines.cli import main; main()\n"
    )
    words = ["run", "--period", "2026Q3", "--workspace", str(root), "--debug"]
    done = subprocess.run([sys.executable, "-c", defect, *words], capture_output=True, text=True, timeout=900)
    assert done.returncode == 1
    assert "程序内部错误（ValueError" in done.stderr
    assert list(personal_files(root)) == []
    assert PLANTED_NAMES[0] not in done.stdout + done.stderr
    assert PLANTED_NUMBERS[0] not in done.stdout + done.stderr


def test_a_whole_run_calls_nobody(first_quarter):
    """The county's first quarter was run cut off from every network, with every attempt written to its standard error."""
    said = (first_quarter / "said.txt").read_text(encoding="utf-8")
    assert "完成" in said
    assert "CALLED" not in said
    assert "LOOKED UP" not in said
    assert (first_quarter / "outbox" / "2026Q2" / "links.csv").is_file()


def test_telemetry_is_off_before_anything_is_imported():
    names = ["DAGSTER_DISABLE_TELEMETRY", "GX_ANALYTICS_ENABLED"]
    clean = {name: value for name, value in os.environ.items() if name not in names}
    code = f"import pipelines, os; print([os.environ.get(name) for name in {names}])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.strip() == "['1', 'false']"
