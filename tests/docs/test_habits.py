"""What stands beside the source for whoever works on it: hooks, the workflow, coverage, the page on security."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def makefile():
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_hooks_ask_what_make_lint_asks_and_fetch_nothing():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    programs = {hook["entry"].split()[0] for hook in repository["hooks"]}
    asked = set(re.findall(r"^\t@\$\(BIN\)/(\S+)", makefile().split("\nlint:")[1].split("\n\n")[0], re.MULTILINE))
    assert {
        f".venv/bin/{name}" for name in asked - {"dg"}
    } <= programs  # dg loads every definition: too slow for a commit


def test_the_workflow_runs_the_whole_check_on_the_pythons_that_are_promised():
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    check = workflow["jobs"]["check"]
    assert [step["run"] for step in check["steps"] if "run" in step] == [".ci/run"]
    oldest, below = re.findall(r"3\.\d+", SETTINGS["project"]["requires-python"])
    newest = f"3.{int(below.removeprefix('3.')) - 1}"
    assert check["strategy"]["matrix"]["python"] == [oldest, newest]
    uses = {
        step["uses"].partition("@")[0] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step
    }
    assert uses == {"actions/checkout", "actions/setup-python"}
    targets = set(re.findall(r"^([a-z-]+):", makefile(), re.MULTILINE))
    made = {step["run"].removeprefix("make ") for step in workflow["jobs"]["coverage"]["steps"] if "run" in step}
    assert made <= targets


def test_coverage_measures_every_package_and_the_processes_that_end_at_once():
    measured = SETTINGS["tool"]["coverage"]["run"]
    assert sorted(measured["source"]) == sorted(ROOMS)
    assert {"subprocess", "fork", "_exit"} <= set(measured["patch"])
    assert measured["relative_files"]  # else the data name a machine's folders


@pytest.mark.slow
@pytest.mark.skipif(find_spec("coverage") is None, reason="coverage is not installed here")
def test_lines_that_only_the_reading_process_runs_are_covered(tmp_path):
    environment = os.environ | {"COVERAGE_FILE": str(tmp_path / "data"), "PYTEST_ADDOPTS": ""}
    test = "tests/pipelines/resources/reading/test_xlsx.py::test_numbers_of_fifteen_digits_are_whole"

    def coverage(*arguments):
        command = [sys.executable, "-m", "coverage", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    coverage("run", "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    coverage("combine", "--quiet")
    coverage("json", "--quiet", "-o", str(tmp_path / "lines.json"))
    files = json.loads((tmp_path / "lines.json").read_text(encoding="utf-8"))["files"]
    child = (ROOT / "pipelines/resources/reading/child.py").read_text(encoding="utf-8").splitlines()
    last = next(number for number, line in enumerate(child, start=1) if line.strip().startswith("os._exit(0)"))
    assert last in files["pipelines/resources/reading/child.py"]["executed_lines"]
    assert files["pipelines/resources/reading/xlsx.py"]["summary"]["covered_lines"] > 30


def test_the_version_is_the_changelog_s_first():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)[0] == SETTINGS["project"]["version"]


def test_what_the_page_on_security_names_is_there():
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", page) if "://" not in link]
    tests = re.findall(r"`(tests/[^`]+)`", page)
    assert len(links) >= 3
    assert len(tests) >= 5
    assert [name for name in [*links, *tests] if not (ROOT / name).exists()] == []


def test_none_of_them_names_a_machine_or_a_registry():
    # Put together here, so that this file holds none of them either.
    suspicious = re.compile("/ro" + "ot/|/ho" + "me/|/wo" + "rk/|https?:" + "//|index" + "-url")
    files = ("SECURITY.md", ".pre-commit-config.yaml", ".github/workflows/check.yml", "benchmarks/series.csv")
    assert [name for name in files if suspicious.search((ROOT / name).read_text(encoding="utf-8"))] == []
