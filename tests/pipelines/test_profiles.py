"""`tongbi profile`: values with their clauses, differences, what is undecided; mistakes in one sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli.profiles import app
from pipelines.cli.shell import out
from pipelines.cli.texts import choose


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    choose("zh")
    monkeypatch.setattr(out, "_width", 240)  # a clause in one line


def asked(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "240"})


def test_show_sets_the_clause_beside_the_value() -> None:
    done = asked("show", "fengxian", "--only", "rhythm.visit")
    assert done.exit_code == 0
    (line,) = [line for line in done.stdout.splitlines() if "入户走访频次" in line]
    assert "每1个月" in line
    assert "“每月入户走访一次”" in line
    assert "凤民政发〔2024〕29号" in line
    assert "项文件没有规定" in done.stdout


def test_diff_shows_only_what_differs() -> None:
    text = asked("diff", "fengxian", "fuyang").stdout
    assert "儿童主任至少每个月联系一次" in text
    assert "县级区划代码" in text
    assert "护理补贴等级" not in text
    assert "相同" in asked("diff", "fuyang", "fuyang").stdout


def test_check_says_what_is_undecided_and_which_lists_wait() -> None:
    text = asked("check", "zhangye").stdout
    assert "入户走访频次 rhythm.visit_every：文件只写“定期走访”" in text
    assert "清单“未走访”未计算" in text
    assert "清单“未走访”" not in asked("check", "fengxian").stdout


def test_mistakes_are_one_sentence_with_exit_code_1(tmp_path: Path) -> None:
    done = asked("show", "nowhere")
    assert done.exit_code == 1
    assert "没有名为“nowhere”的地方规则" in done.output
    own = tmp_path / "own.yaml"
    own.write_text("extends: default\nschool: {cutof: {value: 1}}\n", encoding="utf-8")
    wrong = asked("check", str(own))
    assert wrong.exit_code == 1
    assert "school.cutof" in wrong.output


def test_a_workspace_s_own_place_is_shown_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "tongbi.toml").write_text('profile = "sanming"\n', encoding="utf-8")
    text = asked("show", "--only", "rhythm.contact", "--workspace", str(tmp_path)).stdout
    assert "当前采用：福建省三明市" in text
    assert "每个月至少开展1次谈心交流" in text


def test_who_is_sent_a_list_is_shown_with_the_one_that_leads_first(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "extends: default\nname: 某县\nlists: {L03: {recipients: [township, education]}}\n", encoding="utf-8"
    )
    (line,) = [line for line in asked("show", str(own), "--only", "lists").stdout.splitlines() if "│ L03" in line]
    assert "乡镇（街道）、教育" in line
    text = asked("diff", "default", str(own)).stdout
    assert "教育、乡镇（街道）；" in text
    assert "乡镇（街道）、教育；" in text
    assert "township" not in text


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_recipient_to_whom_nothing_can_be_shown_is_refused(tmp_path: Path, command: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("extends: default\nlists: {L20: {recipients: [education]}}\n", encoding="utf-8")
    done = asked(command, str(own))
    assert done.exit_code == 1
    assert "own.yaml 的 lists.L20.recipients（无委托照护协议）" in done.output.replace("\n", "")
