"""The command line without a run: what it offers, in two languages, with which exit codes, and how fast it is there."""

import re
import shutil
import subprocess
import sys
import time

import pytest
import yaml

COMMANDS = ["init", "demo", "check", "run", "status", "quarantine", "explain", "links", "findings", "dev"]
REGISTER = "姓名,公民身份号码,性别,出生日期,户籍地址,与户主关系,户号\r\n甲乙,620722201503105115,男,2015-03-10,某县某镇某村,子,1\r\n"


@pytest.fixture(scope="session")
def initialised(tmp_path_factory, tongbi):
    root = tmp_path_factory.mktemp("initialised") / "workspace"
    assert tongbi("init", "--workspace", root).returncode == 0
    return root


@pytest.fixture
def workspace(tmp_path, initialised):
    return shutil.copytree(initialised, tmp_path / "workspace")


def test_help_names_every_command_in_both_languages(tongbi):
    chinese, english = tongbi("--help"), tongbi("--lang", "en", "--help")
    for name in COMMANDS:
        assert f" {name} " in chinese.stdout
        assert f" {name} " in english.stdout
    assert "建立工作区" in chinese.stdout
    assert "make a workspace" in english.stdout
    assert "建立" not in english.stdout


def test_help_loads_nothing_heavy():
    program = (
        "import sys, pipelines.cli\nsys.argv = ['tongbi', '--help']\ntry:\n    pipelines.cli.main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'dagster', 'great_expectations', 'recordlinkage', 'sqlalchemy', 'duckdb'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_every_text_is_there_in_both_languages():
    from pathlib import Path

    import pipelines.cli

    texts = yaml.safe_load((Path(pipelines.cli.__file__).with_name("texts.yaml")).read_text(encoding="utf-8"))
    assert [key for key, forms in texts.items() if set(forms) != {"zh", "en"} or not all(forms.values())] == []
    for key, forms in texts.items():
        fields = [sorted(part.split("}")[0].split(":")[0] for part in text.split("{")[1:]) for text in forms.values()]
        assert fields[0] == fields[1], key


def test_every_text_is_said_somewhere():
    """By its key, or by a key that is put together (`say(f"state.{status}")`) of a beginning and a word that stands in the code."""
    import re
    from pathlib import Path

    import pipelines

    root = Path(pipelines.__file__).parent
    texts = yaml.safe_load((root / "cli" / "texts.yaml").read_text(encoding="utf-8"))
    folders = (root.parent / name for name in ("assets", "expectations", "matching", "pipelines"))
    code = "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py"))
    words = set(re.findall(r"""["']([\w.]+)["']""", code))
    begun = set(re.findall(r"""f["']([a-z_]+\.[a-z_.]*)\{""", code))
    said = {begin + word for begin in begun for word in words} | words
    assert sorted(set(texts) - said) == []


def test_init_says_what_comes_next_and_may_be_repeated(workspace, tongbi):
    done = tongbi("init", "--workspace", workspace)
    assert done.returncode == 0
    assert "tongbi run --period" in done.stdout
    for name in ("tongbi.toml", "inbox", "store", "frames", "outbox", "dagster/dagster.yaml", "tongbi.db"):
        assert (workspace / name).exists()


USAGE, REFUSED = 2, 1
CASES = [
    (["nonsense"], USAGE, ""),
    (["run"], USAGE, "--period"),
    (["run", "--period", "2026Q7", "--workspace", "{ws}"], USAGE, "2026Q3"),
    (["run", "--period", "2026Q3", "--workspace", "{ws}"], REFUSED, "收件箱里没有"),
    (["run", "--period", "2026-09", "--workspace", "{ws}"], REFUSED, "按季度比对"),
    (["run", "--period", "2026Q3", "--engine", "x", "--workspace", "{ws}"], REFUSED, "没有这种比对引擎"),
    (["run", "--period", "2026Q3", "--workspace", "{ws}/none"], REFUSED, "tongbi init"),
    (["links", "--period", "2026Q3", "--out", "{ws}/l.csv", "--workspace", "{ws}"], REFUSED, "还没有发布过"),
    (["quarantine", "--period", "2026Q3", "--department", "education", "--workspace", "{ws}"], REFUSED, "还没有"),
    (["explain", "x", "--period", "2026Q3", "--workspace", "{ws}"], REFUSED, "还没有"),
    (["check", "{ws}/none.xlsx", "--workspace", "{ws}"], REFUSED, "找不到文件"),
    (["status", "--workspace", "{ws}"], 0, ""),
]


@pytest.mark.parametrize(("words", "code", "sentence"), CASES, ids=lambda value: str(value)[:40])
def test_exit_codes_and_one_sentence(workspace, tongbi, words, code, sentence):
    done = tongbi(*(word.format(ws=workspace) for word in words))
    assert done.returncode == code
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_are_wrong_are_named(workspace, tongbi):
    (workspace / "tongbi.toml").write_text("countyname = 'x'\n", encoding="utf-8")
    done = tongbi("status", "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "countyname" in done.stderr


def test_check_says_what_was_understood_and_stores_nothing(workspace, tongbi, tmp_path):
    path = tmp_path / "常住人口.csv"
    path.write_bytes(REGISTER.encode("gb18030"))
    before = sorted(workspace.rglob("*"))
    done = tongbi("check", path, "--workspace", workspace, "--period", "2026Q3")
    assert done.returncode == 0, done.stderr
    assert "公安" in done.stdout
    assert "公民身份号码→身份证号" in done.stdout
    assert "甲乙" not in done.stdout + done.stderr
    assert sorted(workspace.rglob("*")) == before


def test_check_says_that_a_file_is_of_another_period(workspace, tongbi, tmp_path):
    path = tmp_path / "常住人口_20260630.csv"
    path.write_bytes(REGISTER.encode("gb18030"))
    wrong = tongbi("check", path, "--workspace", workspace, "--period", "2026Q3")
    assert (wrong.returncode, "像是2026年第二季度（2026Q2）的文件" in wrong.stderr) == (REFUSED, True), wrong.stderr
    assert "不能采用" in wrong.stderr
    for period in (("--period", "2026Q2"), ()):
        assert tongbi("check", path, "--workspace", workspace, *period).returncode == 0


def test_check_refuses_another_departments_file(workspace, tongbi, tmp_path):
    path = tmp_path / "常住人口.csv"
    path.write_bytes(REGISTER.encode("gb18030"))
    done = tongbi("check", path, "--department", "disability", "--workspace", workspace)
    assert done.returncode == REFUSED
    assert "不能采用" in done.stderr


def test_a_jump_in_rows_needs_a_second_person(workspace, tongbi):
    settings = workspace / "tongbi.toml"
    run = ("run", "--period", "2026Q3", "--workspace", workspace)
    alone = tongbi(*run, "--accept-size", "公安")
    assert (alone.returncode, "--consent" in alone.stderr) == (2, True)
    nobody = tongbi(*run, "--accept-size", "公安", "--consent", "李主任")
    assert (nobody.returncode, "operator" in nobody.stderr) == (1, True)
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('operator = ""', 'operator = "王经办"'), encoding="utf-8"
    )
    same = tongbi(*run, "--accept-size", "公安", "--consent", "王经办 ")
    assert (same.returncode, "操作人本人" in same.stderr) == (1, True)
    unknown = tongbi(*run, "--accept-size", "财政局", "--consent", "李主任")
    assert (unknown.returncode, "公安（public_security）" in unknown.stderr) == (2, True)
    agreed = tongbi(*run, "--accept-size", "公安", "--consent", "李主任")
    assert "收件箱里没有" in agreed.stderr


def test_files_of_another_period_are_taken_by_name_only(workspace, tongbi):
    run = ("run", "--period", "2026Q3", "--workspace", workspace)
    nobody = tongbi(*run, "--accept-period", "教育")
    assert (nobody.returncode, "--consent" in nobody.stderr) == (2, True)
    # No second person is asked for, and no operator: whoever puts a name to it stands for it.
    named = tongbi(*run, "--accept-period", "教育", "--consent", "王经办")
    assert (named.returncode, "收件箱里没有" in named.stderr) == (1, True)
    both = tongbi(*run, "--accept-period", "教育", "--accept-size", "公安", "--consent", "李主任")
    assert (both.returncode, "operator" in both.stderr) == (1, True)


def test_the_sharing_ledger_opens_without_options(workspace, tongbi):
    done = tongbi("sharing", "--workspace", workspace)
    assert (done.returncode, "还没有向其他系统推送过数据" in done.stdout) == (0, True), done.stderr
    assert tongbi("sharing", "--again", "0", "--workspace", workspace).returncode == 2


def test_every_way_of_linking_has_a_word_for_people():
    from matching.explaining.results import METHODS
    from pipelines.cli.texts import say

    assert [name for name in METHODS if name in say(f"method.{name}")] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run",), "缺少 --period，这一项必须填写。"),
        (("run", "--perod", "2026Q3"), "没有 --perod 这个选项。是不是 --period？"),
        (("run", "--period"), "--period 后面缺少内容"),
        (("rnu",), "没有“rnu”这个命令。"),
        (("it's",), "没有“it's”这个命令。"),
        (("audit", "rnu"), "没有“rnu”这个命令。"),
        (("run", "--period", "2026Q3", "再来"), "多写了“再来”"),
        (("run", "--period", "2026Q3", "(再", "来)"), "多写了“(再 来)”"),
        (("demo", "--children", "五百"), "--children 的值写得不对。要填数字。"),
        (("demo", "--children", "5"), "要填不小于 100 的数。"),
        (("demo", "--children", "500.5"), "--children 的值写得不对。要填数字。"),
    ],
)
def test_wrong_usage_is_said_in_chinese(tongbi, words, sentence):
    done = tongbi(*words)
    assert (done.returncode, sentence in done.stderr) == (2, True), done.stderr
    assert not re.search(r"Missing|No such|Invalid|Usage|Input|Traceback", done.stderr)


def test_help_has_chinese_titles(tongbi):
    told = tongbi("run", "--help").stdout
    assert "选项" in told
    assert "Options" not in told
    assert "Options" in tongbi("run", "--help", "--lang", "en").stdout


def test_a_stored_moment_is_told_by_the_clock_on_the_wall(monkeypatch):
    from pipelines.cli.shell import local_time

    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert local_time("2026-11-23T17:05:09+00:00") == "2026-11-24 01:05"
        assert local_time("") == ""
    finally:
        monkeypatch.undo()
        time.tzset()
