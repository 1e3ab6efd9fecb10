"""Two runs at once: the second refuses, and a dead one blocks nobody."""

import subprocess
import sys

import pytest

from pipelines.resources.database import open_database
from pipelines.resources.locks import BusyError, only_run

HOLD = """
import sys
from pathlib import Path
from pipelines.resources.locks import only_run
with only_run(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(root):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline().strip() == b"held"
    return process


def test_the_second_process_refuses_and_a_killed_one_frees_the_lock(tmp_path):
    process = holder(tmp_path)
    with pytest.raises(BusyError, match="另一次运行正在进行"), only_run(tmp_path):
        pass
    process.kill()
    process.wait()
    with only_run(tmp_path):
        pass


def test_the_command_and_the_graph_it_runs_hold_it_together(tmp_path):
    with only_run(tmp_path), only_run(tmp_path):
        pass


def test_another_machine_on_the_same_postgresql_refuses(tmp_path, postgres_url):
    engine = open_database(postgres_url)
    one, other = tmp_path / "one", tmp_path / "other"
    with only_run(one, engine), pytest.raises(BusyError, match="另一台机器"), only_run(other, engine):
        pass
    with only_run(other, engine):
        pass
    engine.dispose()
