"""Two runs at once: the second refuses, and a dead one blocks nobody."""

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

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

FORK = """
import os, sys, time
from pathlib import Path
from pipelines.resources.locks import only_run
with only_run(Path(sys.argv[1])):
    begun, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tells, b"1")  # what is done in a forked process at its beginning is done
        time.sleep(60)
    os.read(begun, 1)
    print("held", child, sep=chr(10), flush=True)
    sys.stdin.read()
"""

ASK = """
import sys
from pathlib import Path
from pipelines.resources.locks import BusyError, only_run
try:
    with only_run(Path(sys.argv[1])):
        print("free")
except BusyError:
    print("busy")
"""


def taken(root):
    with only_run(root):
        return True


def holder(root, program=HOLD):
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_what_a_killed_run_had_begun_does_not_keep_the_lock(tmp_path):
    """A forked process holds what its parent had open; it may live on when the run is killed."""
    process = holder(tmp_path, FORK)
    child = int(process.stdout.readline())
    try:
        process.kill()
        process.wait()
        with only_run(tmp_path):
            pass
    finally:
        os.kill(child, signal.SIGKILL)


def test_the_command_and_the_graph_it_runs_hold_it_together(tmp_path):
    with only_run(tmp_path), ThreadPoolExecutor(1) as pool:
        with only_run(tmp_path):
            pass
        assert pool.submit(taken, tmp_path).result()
        asked = subprocess.run([sys.executable, "-c", ASK, str(tmp_path)], capture_output=True, text=True, check=True)
        assert asked.stdout.strip() == "busy"  # letting go inside lets go of nothing
    asked = subprocess.run([sys.executable, "-c", ASK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "free"


def test_a_file_system_without_locks_refuses(tmp_path, monkeypatch):
    def absent(*_):
        raise OSError(errno.ENOSYS, "no locks here")

    monkeypatch.setattr("fcntl.flock", absent)
    with pytest.raises(OSError, match="no locks here"), only_run(tmp_path):
        pass


def test_another_machine_on_the_same_postgresql_refuses(tmp_path, postgres_url):
    engine = open_database(postgres_url)
    one, other = tmp_path / "one", tmp_path / "other"
    with only_run(one, engine), pytest.raises(BusyError, match="另一台机器"), only_run(other, engine):
        pass
    with only_run(other, engine):
        pass
    engine.dispose()
