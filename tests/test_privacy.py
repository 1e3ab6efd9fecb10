"""Names and numbers pass only where they may (architecture 4.11): never into Dagster's storage, logs, the screen or exceptions; and nobody is phoned."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def needles():
    words = [*PLANTED_NAMES, *PLANTED_NUMBERS, *(number[:-1] for number in PLANTED_NUMBERS), PLANTED_PHONE]
    return [form for word in words for form in {word.encode(), word.encode("gb18030"), word.encode("unicode_escape")}]


def personal_files(root):
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.relative_to(root).parts[0].split("-")[0] not in ALLOWED:
            content = path.read_bytes()
            yield from ((path.relative_to(root).as_posix(), needle) for needle in needles() if needle in content)


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


def test_an_unexpected_exception_leaves_no_value_anywhere(tmp_path):
    """A defect deep inside a station raises with a child's name and number in its text."""
    from pipelines.resources.workspace import Workspace

    root = tmp_path / "workspace"
    Workspace.create(root)
    folder = root / "inbox" / "2026Q3" / "education"
    folder.mkdir(parents=True)
    (folder / "学籍.csv").write_bytes(as_csv(planted_rows()))
    defect = (
        "import assets.standardising as station\n"
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
