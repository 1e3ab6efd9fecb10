"""A quarter of which a department brought nothing: it waits, is looked at, goes out list by list, and every output says what it leaves out."""

import shutil

import openpyxl
import pandas as pd
import pytest

pytestmark = pytest.mark.slow
PERIOD = "2026Q3"
WAITS = 3


def rows(path, sheet):
    book = openpyxl.load_workbook(path, read_only=True)
    found = [["" if value is None else value for value in row] for row in book[sheet].iter_rows(values_only=True)]
    book.close()
    return found


@pytest.fixture(scope="module")
def waiting(first_quarter_made, tmp_path_factory, tongbi_anew):
    """(workspace, what the run said) of a second quarter without the federation's file."""
    root = shutil.copytree(first_quarter_made, tmp_path_factory.mktemp("waiting") / "workspace")
    settings = root / "tongbi.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('operator = ""', 'operator = "王经办"'), encoding="utf-8"
    )
    shutil.rmtree(root / "inbox" / PERIOD / "disability")
    done = tongbi_anew("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == WAITS, done.stderr
    return root, done.stdout


def test_the_run_says_why_it_waits_and_what_can_be_done(waiting):
    root, said = waiting
    assert "残联：上一次交来" in said
    assert "还没有发布" not in said
    assert "没有发布，上一次发布的结果保持不变" in said
    for step in ("tongbi review-edition --period", "再运行 tongbi run --period", "tongbi release --period"):
        assert step in said
    assert not (root / "outbox" / PERIOD).exists()


def test_status_says_what_is_missing_and_what_comes_next(waiting, run_command):
    said = run_command("status", "--workspace", waiting[0])
    assert "等待放行" in said
    assert "没有收到：残联" in said
    assert "下一步" in said
    assert "tongbi review-edition --period 2026Q3" in said
    assert len(said.splitlines()) <= 40


def test_it_is_looked_at_on_the_screen_and_as_a_workbook(waiting, run_command, tmp_path):
    path = tmp_path / "等待.xlsx"
    said = run_command("review-edition", "--period", PERIOD, "--out", path, "--workspace", waiting[0])
    # An advice is read once, whatever it is for.
    advice = [line for line in said.splitlines() if line.startswith("   → ")]
    assert advice
    assert len(advice) == len(set(advice))
    assert "放行后下发：" in said
    assert "个乡镇（街道）共" in said
    reasons = rows(path, "等待的原因")[3:]
    assert any("残联" in str(row[2]) for row in reasons)
    lists = {row[0]: row for row in rows(path, "各清单")[3:]}
    findings = pd.read_parquet(waiting[0] / "frames" / "findings" / f"{PERIOD}.parquet")
    counts = findings["code"].value_counts()
    assert all(row[2] == counts[code] for code, row in lists.items() if code in counts)
    sent = rows(path, "放行后发给谁")[3:]
    assert {row[0] for row in sent} == {"部门", "乡镇（街道）"}
    owed = rows(path, "数据是否交齐")[3:]
    assert [row[1] for row in owed if row[0] == "残联"] == ["没有交来"]


def test_lists_that_are_released_go_out_and_the_others_are_said_to_stay(waiting, tongbi, run_command, tmp_path):
    root = shutil.copytree(waiting[0], tmp_path / "workspace")
    where = ("--period", PERIOD, "--workspace", root)
    own = tongbi("release", *where, "--by", "王经办", "--reason", "已核对")
    assert (own.returncode, "操作人本人" in own.stderr) == (1, True)
    said = run_command(
        "release", *where, "--by", "李主任", "--reason", "残联月底补交", "--list", "L03", "--list", "L15"
    )
    assert "李主任 于" in said
    summary = root / "outbox" / PERIOD / "汇总.xlsx"
    table = {row[0]: row for row in rows(summary, "总表")[3:]}
    assert table["L01"][2] == "未放行"
    assert isinstance(table["L03"][2], int)
    told = [(row[0], row[1]) for row in rows(summary, "放行情况")[3:]]
    assert ("放行人", "李主任") in told
    assert ("放行理由", "残联月底补交") in told
    assert any(name == "未放行的清单" and text.startswith("L01") for name, text in told)
    status = run_command("status", "--workspace", root)
    assert "未放行的清单：L01" in status
    # What the county is told upward leaves the same lists out.
    run_command("report", "--period", PERIOD, "--kind", "quarter", "--no-pdf", "--workspace", root)
