"""A workspace made by 0.1.0 (`tests/fixtures/workspace_0_1_0`) opens with this state and goes on: child and finding numbers, answers,
decisions, history. The fixture is never made again, and this test stays."""

import csv
import re
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FIXTURE = Path(__file__).parents[1] / "fixtures" / "workspace_0_1_0"
FIRST, SECOND, THIRD = "2026Q2", "2026Q3", "2026Q4"
# What 0.1.0 wrote is asked for by its own columns; a later state may have more of them.
TABLES = {
    "children": "child",
    "records": "child_record",
    "findings": "finding",
    "decisions": "decision",
    "history": "life_event",
}


def of_0_1_0(name):
    with (FIXTURE / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def kept(root, name, where=""):
    """The lines of a table as texts, with the columns that 0.1.0 knew."""
    columns = ", ".join(of_0_1_0(name)[0])
    with sqlite3.connect(root / "tongbi.db") as connection:
        lines = connection.execute(f"SELECT {columns} FROM {TABLES[name]} {where}").fetchall()
    return {tuple("" if value is None else str(value) for value in line) for line in lines}


def lost(root):
    """Table -> lines of 0.1.0 that are there no longer, or differ."""
    missing = {name: {tuple(line.values()) for line in of_0_1_0(name)} - kept(root, name) for name in TABLES}
    return {name: lines for name, lines in missing.items() if lines}


def unpacked(folder):
    with tarfile.open(FIXTURE / "workspace.tar.xz") as archive:
        # Python 3.11 has the filter from 3.11.4 on.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **safely)
    return folder / "workspace"


def consented(root, period):
    """The words that say: these files, the same as a period before, are meant."""
    sources = sorted(path.name for path in (root / "inbox" / period).iterdir())
    return [*(word for name in sources for word in ("--accept-period", name)), "--consent", "某科员"]


def lines_of(path):
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


@pytest.fixture(scope="module")
def command(tongbi):
    def run(*words):
        done = tongbi(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def opened_as_it_is(tmp_path_factory, command):
    """The workspace after its first command by this state, before any run."""
    root = unpacked(tmp_path_factory.mktemp("earlier"))
    command("status", "--workspace", root)
    return root


@pytest.fixture(scope="module")
def run_again(opened_as_it_is, tmp_path_factory, command):
    """Its second quarter run again with the same files."""
    root = shutil.copytree(opened_as_it_is, tmp_path_factory.mktemp("again") / "workspace")
    command("run", "--period", SECOND, *consented(root, SECOND), "--workspace", root)
    return root


@pytest.fixture(scope="module")
def gone_on(run_again, tmp_path_factory, command):
    """A third quarter after it, in which every department sent what it sent before."""
    root = shutil.copytree(run_again, tmp_path_factory.mktemp("on") / "workspace")
    for path in sorted((root / "inbox" / SECOND).glob("*/*")):
        name = path.name.replace("3季度", "4季度").replace("202609", "202612")
        there = root / "inbox" / THIRD / path.parent.name / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
    command("run", "--period", THIRD, *consented(root, THIRD), "--workspace", root)
    return root


def test_it_opens_with_everything_in_it(opened_as_it_is):
    assert lost(opened_as_it_is) == {}
    for name in TABLES:
        assert len(kept(opened_as_it_is, name)) == len(of_0_1_0(name))


def test_its_audit_is_taken_over_and_verifies(opened_as_it_is, command):
    told = command("audit", "verify", "--workspace", opened_as_it_is)
    assert re.search("以前的 \\d+ 条记录没有密钥", told)


def test_its_periods_can_still_be_asked_for(opened_as_it_is, command, tmp_path):
    where = ("--workspace", opened_as_it_is)
    for period in (FIRST, SECOND):
        command("findings", "--period", period, "--out", tmp_path / f"{period}.csv", *where)
        command("links", "--period", period, "--out", tmp_path / f"links-{period}.csv", *where)
        found = {line["finding_id"] for line in lines_of(tmp_path / f"{period}.csv")}
        assert found
        assert found <= {line["finding_id"] for line in of_0_1_0("findings")}
        linked = {(period, line["record_id"], line["child_id"]) for line in lines_of(tmp_path / f"links-{period}.csv")}
        assert linked == {tuple(line.values()) for line in of_0_1_0("records") if line["period"] == period}


def test_the_life_of_an_answered_finding_is_told(opened_as_it_is, command):
    answers = [line for line in of_0_1_0("history") if line["answer"]]
    child_of = {line["finding_id"]: line["child_id"] for line in of_0_1_0("findings")}
    assert len(answers) > 10
    for line in answers:
        told = command("timeline", child_of[line["finding_id"]], "--workspace", opened_as_it_is)
        assert line["finding_id"] in told
        assert line["answered_on"] in told or line["answer"] in told


def test_a_quarter_run_again_keeps_every_number_and_answer(run_again, command):
    assert lost(run_again) == {}
    assert kept(run_again, "records") == {tuple(line.values()) for line in of_0_1_0("records")}
    assert kept(run_again, "children") == {tuple(line.values()) for line in of_0_1_0("children")}
    command("audit", "verify", "--workspace", run_again)


def test_the_next_quarter_knows_the_same_children(gone_on, command):
    assert lost(gone_on) == {}
    before = {line["record_id"]: line["child_id"] for line in of_0_1_0("records") if line["period"] == SECOND}
    now = {record: child for _, record, child in kept(gone_on, "records", f"WHERE period = '{THIRD}'")}
    assert {record: now[record] for record in before} == before
    command("audit", "verify", "--workspace", gone_on)


def test_the_next_quarter_knows_the_same_findings(gone_on):
    """A finding of the same child on the same list has the number that it had."""
    known = {line["finding_id"]: (line["code"], line["child_id"], line["field"]) for line in of_0_1_0("findings")}
    now = {number: (code, child, field) for number, code, child, field, _ in kept(gone_on, "findings")}
    assert {number: now[number] for number in known} == known
    assert len(set(now.values())) == len(now)


def test_what_was_explained_does_not_come_back_while_nothing_changed(gone_on):
    """The evidence that 0.1.0 wrote down is compared with what this state reads of the same file."""
    explained = {line["finding_id"] for line in of_0_1_0("history") if line["state"] == "rejected"}
    returned = {line["finding_id"] for line in of_0_1_0("history") if line["kind"] == "returned"}
    assert explained - returned
    with sqlite3.connect(gone_on / "tongbi.db") as connection:
        came = connection.execute("SELECT finding_id, kind FROM life_event WHERE period = ?", [THIRD]).fetchall()
    back = {number for number, kind in came if kind == "returned"}
    assert not back & (explained - returned)
