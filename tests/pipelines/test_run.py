"""Whole runs of a small county by the command line: what is shown, what is refused, what stays."""

import shutil
import sqlite3
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest

from pipelines.resources.naming import number_in

pytestmark = pytest.mark.slow

LINKS = ["period", "department", "file", "sheet", "row", "record_id", "child_id", "method", "probability"]
FINDINGS = ["period", "code", "finding_id", "child_id", "department", "file", "sheet", "row", "grade", "reason"]


def asked(root, sql):
    with sqlite3.connect(root / "tongbi.db") as connection:
        return connection.execute(sql).fetchall()


def csv_of(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_every_row_of_every_file_is_accounted_for(first_quarter):
    rows = asked(first_quarter, "SELECT file, rows_in, accepted, quarantined, set_aside, status FROM delivery")
    given = [path for path in (first_quarter / "inbox" / "2026Q2").rglob("*") if path.is_file()]
    assert len(rows) == len(given)
    assert all(
        rows_in == accepted + refused + aside and rows_in > 0 for _, rows_in, accepted, refused, aside, _ in rows
    )
    assert {row[-1] for row in rows} == {"current"}


def test_the_exports_are_the_contract(first_quarter, tongbi, tmp_path):
    for name, columns in (("links", LINKS), ("findings", FINDINGS)):
        target = tmp_path / f"{name}.csv"
        done = tongbi(name, "--period", "2026Q2", "--out", target, "--workspace", first_quarter)
        assert done.returncode == 0, done.stderr
        assert target.read_bytes().startswith(b"\xef\xbb\xbf")
        assert list(csv_of(target).columns) == columns
    links = csv_of(tmp_path / "links.csv")
    accepted = sum(count for (count,) in asked(first_quarter, "SELECT accepted FROM delivery"))
    assert len(links) == accepted == links["record_id"].nunique()
    assert (links["child_id"] != "").all()
    findings = csv_of(tmp_path / "findings.csv")
    assert findings["finding_id"].is_unique
    assert set(findings["child_id"]) <= set(links["child_id"])


def test_links_are_right(first_quarter, delivered):
    truth = csv_of(first_quarter / "truth" / "2026Q2" / "rows.csv")
    truth["file"] = truth["file"].str.rpartition("/")[2]
    truth["sheet"] = truth["sheet"].where(~truth["file"].str.endswith(".csv"), "")
    links = csv_of(first_quarter / "outbox" / "2026Q2" / "links.csv")
    links["file"] = links["record_id"].map(lambda number: delivered(first_quarter, "2026Q2")[number_in(number)])
    both = links.merge(truth, on=["file", "row"], suffixes=("", "_true"))
    both = both[(both["sheet"] == both["sheet_true"]) | (both["sheet"] == "")]
    assert len(both) >= 0.97 * len(links)
    pairs = both.groupby("child_id")["kid"].nunique()
    assert (pairs == 1).mean() > 0.99


def test_the_run_says_what_came_of_it(first_quarter):
    said = (first_quarter / "said.txt").read_text(encoding="utf-8")
    for word in ("各部门行数", "民政", "教育", "公安", "残联", "儿童", "记录对", "清单", "L01", "outbox", "完成"):
        assert word in said
    assert "Traceback" not in said


def test_the_same_run_twice_gives_the_same_bytes_and_no_new_edition(after_first_quarter, tongbi, published):
    before = published(after_first_quarter)
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter)
    assert done.returncode == 0, done.stderr
    assert published(after_first_quarter) == before
    assert asked(after_first_quarter, "SELECT count(*) FROM publication") == [(1,)]
    assert asked(after_first_quarter, "SELECT count(*) FROM audit WHERE action = 'deliver'")[0][0] == len(
        asked(after_first_quarter, "SELECT id FROM delivery")
    )


def test_a_corrected_file_supersedes_and_says_the_difference(corrected_made, tmp_path):
    root = shutil.copytree(corrected_made, tmp_path / "workspace")
    name = next((root / "inbox" / "2026Q2" / "public_security").glob("*.csv")).name
    rows = asked(root, f"SELECT status, difference FROM delivery WHERE file = '{name}' ORDER BY status")
    assert rows == [("current", '{"added": 0, "changed": 0, "removed": 1}'), ("superseded", "")]
    assert "减少 1 行" in (root / "said.txt").read_text(encoding="utf-8")
    assert asked(root, "SELECT count(*) FROM publication") == [(2,)]


def test_a_bad_file_stops_its_department_only_and_the_last_results_stay(after_first_quarter, tongbi, published):
    before = published(after_first_quarter)
    bad = after_first_quarter / "inbox" / "2026Q2" / "education" / "坏.xlsx"
    bad.write_bytes(b"PK\x03\x04" + b"\0" * 200)
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter)
    assert done.returncode == 1
    assert "坏.xlsx" not in done.stderr  # a file is named by its number
    assert "第2个文件" in done.stderr
    assert "上一次发布的结果保持不变" in done.stderr
    assert "Traceback" not in done.stderr
    assert published(after_first_quarter) == before
    read = dict(
        asked(after_first_quarter, "SELECT department, sum(accepted) FROM delivery WHERE status = 'current' GROUP BY 1")
    )
    assert set(read) == {"civil_affairs", "disability", "education", "public_security"}
    bad.unlink()
    assert tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter).returncode == 0
    assert published(after_first_quarter) == before


def test_a_department_that_delivered_nothing_is_skipped_with_a_sentence(fresh_county, tongbi):
    shutil.rmtree(fresh_county / "inbox" / "2026Q2" / "disability")
    done = tongbi("run", "--period", "2026Q2", "--workspace", fresh_county)
    assert done.returncode == 0, done.stderr
    assert "残联本期没有交来文件" in done.stderr
    links = csv_of(fresh_county / "outbox" / "2026Q2" / "links.csv")
    assert set(links["department"]) == {"civil_affairs", "education", "public_security"}
    assert "L23" not in set(csv_of(fresh_county / "outbox" / "2026Q2" / "findings.csv")["code"])
    assert "残疾儿童未纳入困境" in done.stdout + done.stderr


def test_everything_taken_back_needs_a_word(after_first_quarter, tongbi):
    shutil.rmtree(after_first_quarter / "inbox" / "2026Q2" / "disability")
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter)
    assert done.returncode == 1
    assert "--withdraw disability" in done.stderr
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter, "--withdraw", "disability")
    # What people have rests on it: somebody looks before it is gone.
    assert done.returncode == 3, done.stderr
    whole = ("--complete", "残联", "--consent", "王经办")
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter, "--withdraw", "disability", *whole)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {
        row for (row,) in asked(after_first_quarter, "SELECT status FROM delivery WHERE department = 'disability'")
    } == {"withdrawn"}


def test_two_runs_at_once(fresh_county, tongbi):
    hold = "import sys; from pathlib import Path; from pipelines.resources.locks import only_run\n"
    hold += f"with only_run(Path({str(fresh_county)!r})): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline().strip() == b"held"
        done = tongbi("run", "--period", "2026Q2", "--workspace", fresh_county)
        holder.stdin.close()
    assert done.returncode == 1
    assert "另一次运行正在进行" in done.stderr


def test_explain_quarantine_and_status(first_quarter, tongbi):
    links = csv_of(first_quarter / "outbox" / "2026Q2" / "links.csv")
    findings = csv_of(first_quarter / "outbox" / "2026Q2" / "findings.csv")
    several = links[links.duplicated("child_id", keep=False)].sort_values("child_id")
    one, other = several["record_id"].iloc[:2]
    asked = (
        ([one, other], one),
        ([several["child_id"].iloc[0]], "清单"),
        ([findings["finding_id"].iloc[0]], findings["reason"].iloc[0][:8]),
    )
    for words, told in asked:
        done = tongbi("explain", *words, "--period", "2026Q2", "--workspace", first_quarter)
        assert done.returncode == 0, done.stderr
        assert told in done.stdout
    assert tongbi("explain", "nobody", "--period", "2026Q2", "--workspace", first_quarter).returncode == 1
    status = tongbi("status", "--period", "2026Q2", "--workspace", first_quarter)
    assert "审计记录完整" in status.stdout
    assert "采用中" in status.stdout
    assert tongbi("quarantine", "--period", "2026Q2", "--workspace", first_quarter).returncode == 0


def test_the_printed_head_fits_and_a_forged_row_stops_verification_status_and_the_next_run(after_first_quarter, tongbi):
    where = ("--workspace", after_first_quarter)
    note = openpyxl.load_workbook(after_first_quarter / "outbox" / "2026Q2" / "汇总.xlsx")["总表"]["A2"].value
    printed = note.rpartition("审计校验码 ")[2]
    whole = tongbi("audit", "verify", "--head", printed, *where)
    assert (whole.returncode, "与纸上一致" in whole.stdout) == (0, True), whole.stderr
    assert (
        tongbi("audit", "verify", "--head", f"{printed[:-1]}{'0' if printed[-1] != '0' else '1'}", *where).returncode
        == 1
    )
    with sqlite3.connect(after_first_quarter / "tongbi.db") as connection:
        connection.execute("DROP TRIGGER finding_event_no_delete")
        connection.execute("DELETE FROM finding_event WHERE rowid = (SELECT max(rowid) FROM finding_event)")
    for words in (("audit", "verify"), ("status",), ("run", "--period", "2026Q2")):
        done = tongbi(*words, *where)
        assert (done.returncode, "线索每期去向" in done.stderr) == (1, True), (words, done.stderr)
    assert tongbi("audit", "accept", "--by", "李主任", "--reason", "已查明", *where).returncode == 0
    assert tongbi("run", "--period", "2026Q2", *where).returncode == 0
    assert "李主任 认可" in tongbi("audit", "verify", *where).stdout


def test_whoever_looks_is_written_down_without_a_value(after_first_quarter, tongbi, tmp_path):
    where = ("--period", "2026Q2", "--workspace", after_first_quarter)
    links = csv_of(after_first_quarter / "outbox" / "2026Q2" / "links.csv")
    finding = csv_of(after_first_quarter / "outbox" / "2026Q2" / "findings.csv").iloc[0]
    child, record = finding["child_id"], links["record_id"].iloc[0]
    looks = [
        ("explain", record, "--values", "full", *where),
        ("timeline", child, *where[2:]),
        ("quarantine", *where),
        ("links", "--out", tmp_path / "l.csv", *where),
        ("findings", "--out", tmp_path / "f.csv", *where),
        ("file", child, *where),
        ("sample", "--size", "3", *where),
        ("query", "--to", "police", *where),
    ]
    for words in looks:
        assert tongbi(*words).returncode == 0, words
    with sqlite3.connect(after_first_quarter / "views.db") as connection:
        rows = connection.execute("SELECT action, detail FROM view ORDER BY id").fetchall()
    assert [action.split()[0] for action, _ in rows] == [words[0] for words in looks]
    assert child in rows[1][1]
    assert record in rows[0][1]
    (after_first_quarter / "views.db").unlink()
    (after_first_quarter / "views.db").mkdir()
    for words in looks:
        done = tongbi(*words)
        assert done.returncode == 1, words
        assert child not in done.stdout


def test_the_whole_run_on_postgresql_gives_the_same_bytes(fresh_county, first_quarter, tongbi, postgres_url, published):
    done = tongbi(
        "run", "--period", "2026Q2", "--workspace", fresh_county, environment={"TONGBI_DATABASE": postgres_url}
    )
    assert done.returncode == 0, done.stderr
    assert not (fresh_county / "tongbi.db").exists()
    assert published(fresh_county) == published(first_quarter)
    status = tongbi("status", "--workspace", fresh_county, environment={"TONGBI_DATABASE": postgres_url})
    assert "审计记录完整" in status.stdout


def test_a_jump_in_rows_is_taken_with_a_second_persons_consent_only(after_first_quarter, tongbi):
    root = after_first_quarter
    settings = root / "tongbi.toml"
    text = settings.read_text(encoding="utf-8").replace('operator = ""', 'operator = "王经办"')
    settings.write_text(text, encoding="utf-8")
    path = next((root / "inbox" / "2026Q2" / "public_security").glob("*.csv"))
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    target = root / "inbox" / "2026Q3" / "public_security" / path.name.replace("20260630", "20260930")
    shutil.rmtree(root / "inbox" / "2026Q3", ignore_errors=True)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"\n".join(lines[: len(lines) // 3]) + b"\n")
    run = ("run", "--period", "2026Q3", "--workspace", root)
    waiting = tongbi(*run)
    assert waiting.returncode == 3
    assert "--accept-size" in waiting.stdout + waiting.stderr
    agreed = tongbi(*run, "--accept-size", "公安", "--consent", "李主任")
    # The size is settled; that the other departments brought nothing is another question.
    assert agreed.returncode == 3
    assert "（原来" not in agreed.stdout
    assert "教育：上一次交来" in agreed.stdout
    assert not (root / "outbox" / "2026Q3").exists()
    themselves = tongbi("release", "--period", "2026Q3", "--by", "王经办", "--reason", "看过", "--workspace", root)
    assert themselves.returncode == 1
    assert "操作人本人" in themselves.stderr
    released = tongbi("release", "--period", "2026Q3", "--by", "李主任", "--reason", "其余下周补", "--workspace", root)
    assert released.returncode == 0, released.stdout + released.stderr
    assert (root / "outbox" / "2026Q3" / "汇总.xlsx").exists()
    ((actor, detail),) = asked(root, "SELECT actor, detail FROM audit WHERE action = 'size_consent'")
    assert (actor, "李主任" in detail) == ("王经办", True)


def test_a_file_cut_within_its_period_is_held_back_and_a_small_correction_is_not(
    corrected_made, tongbi, tmp_path, published
):
    root = shutil.copytree(corrected_made, tmp_path / "workspace")  # it lost one line and was taken without a word
    before = published(root)
    path = next((root / "inbox" / "2026Q2" / "public_security").glob("*.csv"))
    whole = path.read_bytes()
    lines = whole.rstrip(b"\r\n").split(b"\n")
    path.write_bytes(b"\n".join(lines[: len(lines) // 2]) + b"\n")
    waiting = tongbi("run", "--period", "2026Q2", "--workspace", root)
    assert waiting.returncode == 3
    assert f"（原来{len(lines) - 1}行，这次{len(lines) // 2 - 1}行）" in waiting.stderr
    assert published(root) == before
    path.write_bytes(whole)
    assert tongbi("run", "--period", "2026Q2", "--workspace", root).returncode == 0
    assert published(root) == before


def test_a_file_cut_in_the_first_period_is_held_back_by_what_the_others_hold(fresh_county, tongbi):
    path = next((fresh_county / "inbox" / "2026Q2" / "public_security").glob("*.csv"))
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    path.write_bytes(b"\n".join(lines[: len(lines) // 2]) + b"\n")
    waiting = tongbi("run", "--period", "2026Q2", "--workspace", fresh_county)
    assert waiting.returncode == 3
    assert "其他部门知道的" in waiting.stdout
    assert "--complete 公安" in waiting.stdout
    assert not list((fresh_county / "outbox").rglob("*.csv"))
    assert asked(fresh_county, "SELECT count(*) FROM publication") == [(0,)]
    assert asked(fresh_county, "SELECT count(*) FROM life_event") == [(0,)]


def test_last_quarters_files_stop_until_a_named_person_takes_them(after_first_quarter, tongbi):
    root = after_first_quarter
    shutil.rmtree(root / "inbox" / "2026Q3" / "education")
    shutil.copytree(root / "inbox" / "2026Q2" / "education", root / "inbox" / "2026Q3" / "education")
    run = ("run", "--period", "2026Q3", "--workspace", root)
    waiting = tongbi(*run)
    assert waiting.returncode == 3
    assert "内容与2026年第二季度（2026Q2）的一份文件完全相同，已于" in waiting.stderr
    assert not (root / "outbox" / "2026Q3").exists()
    taken = tongbi(*run, "--accept-period", "教育", "--consent", "王经办")
    # Taken as this quarter's; that last quarter's pupils hold no first graders of this one is seen all the same.
    assert taken.returncode == 3, taken.stderr
    assert "完全相同" not in taken.stdout
    assert "确认记入审计" in taken.stderr
    ((subject, detail),) = asked(root, "SELECT subject, detail FROM audit WHERE action = 'period_consent'")
    assert (subject, "王经办" in detail) == ("2026Q3/education", True)
    files = len(list((root / "inbox" / "2026Q3" / "education").iterdir()))
    assert asked(root, "SELECT count(*) FROM audit WHERE action = 'period_override'") == [(files,)]
    # It was for that run only; the first period, whose files they are, is never asked.
    assert tongbi(*run).returncode == 3
    assert tongbi("run", "--period", "2026Q2", "--workspace", root).returncode == 0


def test_a_renamed_file_says_when_it_came(after_first_quarter, tongbi):
    path = next((after_first_quarter / "inbox" / "2026Q2" / "public_security").glob("*.csv"))
    path.rename(path.with_name("户籍_重新命名.csv"))
    done = tongbi("run", "--period", "2026Q2", "--workspace", after_first_quarter)
    assert done.returncode == 0, done.stderr
    assert "内容完全相同，已于" in done.stderr
    assert "导入（2026年第二季度），只采用一份" in done.stderr
