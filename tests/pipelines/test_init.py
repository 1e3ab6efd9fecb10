"""`tongbi init`: the county is asked for and said, a false one refused, and the printed next step works as it is printed."""

import shlex

import pytest

from assets.county import BLANK_COUNTY, county_name, office_name
from pipelines.resources.workspace import Workspace


def next_step(done):
    return shlex.split(next(line for line in done.stdout.splitlines() if line.startswith("tongbi run")))[1:]


@pytest.mark.parametrize(("profile", "monthly"), [("", False), ("guiyang", True)])
def test_the_printed_line_works_as_printed(tmp_path, tongbi, profile, monthly):
    root = tmp_path / "一 个县"
    typed = next_step(tongbi("init", "--workspace", root, *(["--profile", profile] if profile else [])))
    assert ("-" in typed[2]) == monthly
    # The kind of period fits and the workspace is found: only the files are missing yet.
    done = tongbi(*typed)
    assert done.returncode == 1
    assert "收件箱里没有" in done.stderr
    assert (root / "inbox" / typed[2] / "education").is_dir()


def test_the_name_follows_from_the_code_and_the_code_from_the_name(tmp_path, tongbi):
    for at, option in enumerate((["--county-code", "620722"], ["--county-name", "民乐县"])):
        root = tmp_path / str(at)
        done = tongbi("init", "--workspace", root, *option)
        settings = Workspace.open(root).settings
        assert (settings.county_name, settings.county_code) == ("民乐县", "620722")
        assert "民乐县（620722）" in done.stdout


def test_without_a_county_it_says_where_the_first_run_will_say_it(tmp_path, tongbi):
    done = tongbi("init", "--workspace", tmp_path / "w")
    assert "没有填写本县名称和代码" in done.stdout
    assert county_name(Workspace.open(tmp_path / "w"), "2026Q3") == ""
    assert office_name("") == f"{BLANK_COUNTY}民政局"


@pytest.mark.parametrize("option", [["--county-code", "620700"], ["--county-code", "6207"], ["--profile", "nowhere"]])
def test_what_is_no_county_makes_no_workspace(tmp_path, tongbi, option):
    assert tongbi("init", "--workspace", tmp_path / "w", *option).returncode == 1
    assert not (tmp_path / "w").exists()


def test_settings_that_are_there_stay(tmp_path, tongbi):
    tongbi("init", "--workspace", tmp_path / "w", "--county-code", "620722")
    done = tongbi("init", "--workspace", tmp_path / "w", "--county-code", "620725")
    assert "没有改动" in done.stderr
    assert Workspace.open(tmp_path / "w").settings.county_code == "620722"
