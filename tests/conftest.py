"""A small made-up county for the tests that need a whole run: generated once, run once per session, copied for whoever changes it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import __main__

# PySpark, which Great Expectations imports where it is installed, takes a main program without a file (a test worker) for its own doctests.
if not hasattr(__main__, "__file__"):
    __main__.__file__ = "pytest"

PERIODS = ("2026Q2", "2026Q3")


def run_tongbi(*words, environment=None, timeout=900):
    """Run the command line in a process of its own, as a person would."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("TONGBI_")}
    # A program without a file looks to PySpark, which Great Expectations imports where it is installed, like its own doctests.
    begin = "import __main__; __main__.__file__ = 'tongbi'; from pipelines.cli import main; main()"
    program = [sys.executable, "-c", begin]
    return subprocess.run(
        [*program, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**keep, "COLUMNS": "200", **(environment or {})},
    )


@pytest.fixture(scope="session")
def tongbi():
    return run_tongbi


@pytest.fixture(scope="session")
def small_county(tmp_path_factory):
    """A workspace with the deliveries of two quarters in its inbox and nothing run."""
    from pipelines.demo import generate
    from pipelines.resources.workspace import Workspace

    root = tmp_path_factory.mktemp("county")
    generate(root, 500, PERIODS, 7)
    Workspace.create(root)
    return root


@pytest.fixture(scope="session")
def first_quarter(small_county, tmp_path_factory):
    """The same after its first quarter was run by the command line; read it, do not change it."""
    root = copied(small_county, tmp_path_factory.mktemp("ran") / "workspace")
    done = run_tongbi("run", "--period", "2026Q2", "--workspace", root)
    assert done.returncode == 0, done.stderr
    (root / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return root


@pytest.fixture
def fresh_county(small_county, tmp_path):
    """A copy of the county before any run, to be changed."""
    return copied(small_county, tmp_path / "workspace")


@pytest.fixture
def after_first_quarter(first_quarter, tmp_path):
    """A copy of the county after its first quarter, to be changed."""
    return copied(first_quarter, tmp_path / "workspace")


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target
