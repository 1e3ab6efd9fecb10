"""A place's own recipients, by the command line: what leaves follows them, also when they change after the lists went out."""

import sqlite3

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipelines.cli.commands import app
from pipelines.resources.workspace import Workspace

PERIOD, SENT = "2026Q2", "SELECT DISTINCT code FROM issue WHERE period = '2026Q2' AND recipient = '教育'"


def decided(root, lists):
    """The county's own profile, over the one that it has."""
    settings = root / "tongbi.toml"
    text = settings.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("profile = ")]
    parent = line.partition('"')[2].rstrip('"').removesuffix(".yaml") or "default"
    (root / "own.yaml").write_text(f"extends: {parent}\nname: 某县\nlists:\n{lists}", encoding="utf-8")
    settings.write_text(text.replace(line, 'profile = "own.yaml"'), encoding="utf-8")


def sent_to_education(root):
    with sqlite3.connect(root / "tongbi.db") as connection:
        return {code for (code,) in connection.execute(SENT)}


def sheets_of_education(root):
    paths = (root / "outbox" / PERIOD / "部门").glob("教育_*.xlsx")
    return {title.partition("未")[0][:3] for path in paths for title in load_workbook(path, read_only=True).sheetnames}


@pytest.mark.slow
def test_education_is_sent_nothing_once_the_place_names_townships(after_first_quarter, tongbi):
    root = after_first_quarter
    assert sent_to_education(root)
    assert "L15" in sheets_of_education(root)
    townships = "".join(
        f"  {code}: {{recipients: [township]}}\n" for code in ("L03", "L04", "L05", "L06", "L07", "L26")
    )
    others = "".join(f"  {code}: {{recipients: [civil_affairs]}}\n" for code in ("L15", "L17", "L18", "L24"))
    decided(root, f"{townships}{others}  L16E: {{active: false}}\n")
    done = tongbi("run", "--period", PERIOD, "--workspace", root)
    assert done.returncode == 0, done.stderr
    assert sent_to_education(root) == set()
    assert not list((root / "outbox" / PERIOD).rglob("教育_*清单.xlsx"))
    fed = tongbi(
        "feed", "education_entrants", "--period", PERIOD, "--full", "--approved-by", "某局长", "--workspace", root
    )
    assert fed.returncode == 1
    assert "没有把清单 L26" in fed.stderr
    assert tongbi("errata", "--period", PERIOD, "--workspace", root).returncode == 0
    assert not list((root / "outbox").rglob("教育_*更正*"))


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--period", PERIOD),
        ("errata", "--period", PERIOD),
        ("report", "--period", PERIOD, "--kind", "pack"),
        ("feed", "education_entrants", "--period", PERIOD, "--full", "--approved-by", "某局长"),
    ],
)
def test_a_recipient_without_columns_stops_whatever_would_hand_out_lines(tmp_path, monkeypatch, words):
    """In this process and with nothing delivered: the refusal comes before anything is read."""
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    root = Workspace.create(tmp_path / "workspace").root
    (root / "inbox" / PERIOD / "education").mkdir(parents=True)
    (root / "inbox" / PERIOD / "education" / "a.csv").write_text("姓名\n", encoding="utf-8")
    decided(root, "  L20: {recipients: [township, education]}\n")
    done = CliRunner().invoke(app, [*words, "--workspace", str(root)])
    assert done.exit_code == 1
    assert "own.yaml 的 lists.L20.recipients（无委托照护协议）" in done.output.replace("\n", "")
    assert "程序内部错误" not in done.output
    assert not any(path.is_file() for path in (root / "outbox").rglob("*"))
