"""A small made-up county for the tests that need a whole run, made and run once for all workers and copied for whoever needs it;
the command line, in a process of its own for every command."""

import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from assets.intake.contract import all_contracts
from pipelines.resources.naming import number_of
from pipelines.resources.reading import workers

PERIODS = ("2026Q2", "2026Q3")
# Files whose tests look at one run: made once, on one worker. (The mark `xdist_group` has no effect in pytest 9.2 with xdist 3.8.)
TOGETHER = ("test_loop.py", "test_figures.py", "test_deliveries_unseen.py", "test_privacy.py", "test_further_run.py")
KEYS = pytest.StashKey[str]()
LONGEST = 900  # seconds; then a command hangs

# A run that must call nobody: every other address than this machine's own is told and refused.
BLOCKED = """
import socket, sys
real = socket.socket.connect
def connect(self, address):
    if self.family != socket.AF_UNIX and not str(address[0]).startswith("127."):
        sys.stderr.write(f"CALLED {address}\\n")
        raise OSError("no network here")
    return real(self, address)
socket.socket.connect = connect
def lookup(host, *rest, **named):
    sys.stderr.write(f"LOOKED UP {host}\\n")
    raise OSError("no network here")
socket.getaddrinfo = lookup
from pipelines.cli import main
main()
"""


@pytest.fixture(autouse=True, scope="session")
def reading_is_measured():
    """Where coverage measures, a process that has read a file gets the time to write down which lines it ran; else it is ended at once."""
    if "COVERAGE_RUN" not in os.environ:
        return
    end_at_once = workers.end

    def end_by_itself(process):
        with suppress(OSError, subprocess.TimeoutExpired):
            process.stdin.close()  # one that waits for another file ends by this
            process.wait(timeout=5)
        end_at_once(process)

    workers.end = end_by_itself


@pytest.fixture(scope="session")
def delivered():
    """`delivered(root, period)`: number of a delivery, as the exports name it, -> the name of its file in the inbox."""

    @cache
    def named(root, period):
        with sqlite3.connect(root / "tongbi.db") as connection:
            asked = "SELECT department, sha256, file FROM delivery WHERE period = ?"
            rows = connection.execute(asked, [period]).fetchall()
        codes = {name: contract.code for name, contract in all_contracts(root / "contracts").items()}
        return {number_of(codes[department], sha256): Path(file).name for department, sha256, file in rows}

    return named


def pytest_configure(config):
    """Keys of the audit for the whole session, also of the workers and of every command, outside the home of whoever tests."""
    if "TONGBI_KEYS" not in os.environ:
        os.environ["TONGBI_KEYS"] = config.stash[KEYS] = tempfile.mkdtemp(prefix="tongbi-keys-")


def pytest_unconfigure(config):
    if KEYS in config.stash:
        shutil.rmtree(config.stash[KEYS], ignore_errors=True)
        del os.environ["TONGBI_KEYS"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `--dist loadgroup`: the files above whole, then every other test by itself to whoever is free."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            return file if file.endswith(TOGETHER) else nodeid

    return Grouped(config, log)


def outside():
    """The environment of a command: nothing of ours, modules compiled once as on any machine."""
    ours = ("TONGBI_", "DAGSTER_HOME", "PYTHONDONTWRITEBYTECODE")
    keep = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**keep, "COLUMNS": "200", "TONGBI_KEYS": os.environ["TONGBI_KEYS"]}


def run_anew(*words, program="from pipelines.cli import main; main()", before=()):
    """Run the command line in an interpreter of its own, as a person does."""
    return subprocess.run(
        [*before, sys.executable, "-c", program, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        env=outside(),
    )


class Tongbi:
    """The command line, each command a process of its own, forked from one that has loaded everything (`warm.py`)."""

    def __init__(self, folder):
        self.said = {name: folder / name for name in ("stdout", "stderr")}
        program = [sys.executable, str(Path(__file__).with_name("warm.py"))]
        pipe = subprocess.PIPE
        self.warm = subprocess.Popen(program, stdin=pipe, stdout=pipe, bufsize=0, env=outside())
        self.process = 0

    def __call__(self, *words, environment=None):
        """Run a command to its end: exit code (-9 when it was killed) and what it said."""
        self.start(*words, environment=environment)
        return self.wait()

    def start(self, *words, environment=None):
        """Begin a command; returns at once."""
        words = [str(word) for word in words]
        request = {"words": words, "environment": environment or {}, "checks": delivers(words)}
        request.update({name: str(path) for name, path in self.said.items()})
        self.warm.stdin.write(json.dumps(request).encode() + b"\n")
        self.process = self._answer()

    def kill(self):
        """End it as a power failure does; nothing when it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def wait(self):
        """How the command ended."""
        code = self._answer()
        said = {name: path.read_bytes().decode() for name, path in self.said.items()}
        return subprocess.CompletedProcess(["tongbi"], code, **said)

    def _answer(self):
        ready, _, _ = select.select([self.warm.stdout], [], [], LONGEST)
        if not ready:
            self.kill()
            raise TimeoutError("the command hangs")
        return int(self.warm.stdout.readline())

    def close(self):
        self.warm.stdin.close()
        self.warm.wait()
        self.warm.stdout.close()


def delivers(words):
    """Whether a command is a run with something to check."""
    if "run" not in words or "--workspace" not in words:
        return False
    return any(path.is_file() for path in (Path(words[words.index("--workspace") + 1]) / "inbox").glob("*/*/*"))


@pytest.fixture(scope="session")
def tongbi(tmp_path_factory):
    found = Tongbi(tmp_path_factory.mktemp("said"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def tongbi_anew():
    return run_anew


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """`once(name, make)`: a folder that the first worker who needs it makes, for all; copy it, do not open it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def made(name, make):
        folder, done = shared / f"once-{name}", shared / f"once-{name}.done"
        with FileLock(shared / f"once-{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def small_county(once):
    """A workspace with the deliveries of two quarters in its inbox and nothing run; copy it, do not change it."""
    from demo_county import generate
    from pipelines.resources.workspace import Workspace

    def make(root):
        root.mkdir()
        generate(root, 500, PERIODS, 7)
        Workspace.create(root)

    return once("county", make)


@pytest.fixture(scope="session")
def first_quarter_made(once, small_county):
    """The same after its first quarter was run, cut off from every network; copy it, do not open it."""

    def make(root):
        shutil.copytree(small_county, root)
        done = run_anew("run", "--period", "2026Q2", "--workspace", root, program=BLOCKED, before=without_network())
        (root / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
        assert done.returncode == 0, done.stderr

    return once("first-quarter", make)


def without_network():
    """The words before a command that cut it off from every network, its child processes too; none where the kernel forbids it."""
    usable = shutil.which("unshare") and not subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode
    return ["unshare", "-rn"] if usable else []


@pytest.fixture(scope="session")
def first_quarter(first_quarter_made, tmp_path_factory):
    """The county after its first quarter, for whoever only reads."""
    return shutil.copytree(first_quarter_made, tmp_path_factory.mktemp("ran") / "workspace")


@pytest.fixture
def fresh_county(small_county, tmp_path):
    """A copy of the county before any run, to be changed."""
    return shutil.copytree(small_county, tmp_path / "workspace")


@pytest.fixture
def after_first_quarter(first_quarter_made, tmp_path):
    """A copy of the county after its first quarter, to be changed."""
    return shutil.copytree(first_quarter_made, tmp_path / "workspace")
