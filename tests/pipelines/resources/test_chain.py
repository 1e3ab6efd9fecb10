"""The record of what was done, attacked by somebody who can write the workspace and the database but has neither key nor paper."""

import hashlib
import json
import shutil
import sqlite3
import uuid
from contextlib import closing, contextmanager

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from pipelines.resources import audit, chain, decisions, deliveries, finding_events, publication, sealing, views
from pipelines.resources.anchors import KeyFileError
from pipelines.resources.audit import Act
from pipelines.resources.chain import ChainError, everything
from pipelines.resources.database import connect, migrate, open_database, writing
from pipelines.resources.decisions import Decision
from pipelines.resources.deliveries import ArrivedFile, Branch, RowCounts
from pipelines.resources.publication import Edition
from pipelines.resources.session import Session
from pipelines.resources.sharing_ledger import LedgerLine, register
from pipelines.resources.tables import life_event
from pipelines.resources.views import AccessLogEntry, ViewError
from pipelines.resources.workspace import Workspace

ROWS = {
    "life_event": ("id = 2", "answer = 'x'", "id, finding_id, period, kind, state, source, author, at, text, town,"
                   " fingerprint, evidence, answer, answered_on, note, origin", "99"),
    "decision": ("id = 1", "verdict = 'different'", "id, period, record_a, record_b, verdict, author, decided_at, note,"
                 " key_a, key_b", "99"),
    "finding": ("finding_id = 'L01-T2'", "code = 'L02'", "finding_id, code, child_id, field, first_period", "'L01-T9'"),
    "finding_event": ("finding_id = 'L01-T2'", "kind = 'gone'", "finding_id, publication_id, period, kind, grade", "'L01-T9'"),
    "publication": ("id = 1", "digest = 'other'", "id, period, digest, published_at, run_id, counts", "99"),
    "delivery": ("size = 1", "status = 'withdrawn'", "id, period, department, file, sha256, size, received_at,"
                 " received_by, rows_in, accepted, quarantined, set_aside, status, supersedes, difference", "'2026Q2/x/y'"),
    "sharing_delivery": ("id = 1", "rows = 9", "", ""),
    "audit": ("id = 3", "actor = 'x'", "id, at, actor, action, subject, detail, previous, hash", "99"),
}  # fmt: skip
DEEDS = [
    (table, deed) for table in ROWS for deed in ("change", "delete", "insert") if deed != "insert" or ROWS[table][2]
]


@pytest.fixture(autouse=True)
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("TONGBI_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture(params=["sqlite", "postgresql"])
def root(request, tmp_path, monkeypatch):
    """A workspace that lived for a while, closed again."""
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    if request.param == "postgresql":
        monkeypatch.setenv("TONGBI_DATABASE", request.getfixturevalue("postgres_url"))
    Workspace.create(tmp_path / "workspace")
    with closing_county(tmp_path / "workspace") as county:
        live(county.engine)
        county.look("explain", "2026Q2", ["T1"])
        county.look("explain", "2026Q2", ["T2"])
    return tmp_path / "workspace"


@contextmanager
def closing_county(root, lenient=False):
    """An opened workspace whose connections are gone afterwards, so that its file can be swapped."""
    county = Session.at(root)
    county.lenient = lenient
    yield county
    if "chain" in vars(county):
        county.engine.dispose()


def live(engine):
    branch = Branch("2026Q2", "education")
    with writing(engine) as connection:
        taken = deliveries.register(
            connection, branch, [ArrivedFile("a.csv", "a" * 64, 1), ArrivedFile("b.csv", "b" * 64, 2)], "me"
        )
    with writing(engine) as connection:
        deliveries.count(connection, {one.id: RowCounts(3, 2, 1, 0) for one in taken})
        publication.publish(connection, edition(taken))
    with writing(engine) as connection:
        events = [
            {"finding_id": f"L01-T{n}", "period": "2026Q2", "kind": "answered", "state": "s", "source": "reply"}
            for n in (1, 2, 3)
        ]
        finding_events.append(connection, events)
        decisions.enter(connection, "2026Q2", [Decision("r1", "r2", "same", "me", "2026-07-01", "", "k1", "k2")], "me")
    with writing(engine) as connection:
        register(
            connection,
            LedgerLine("roll", 1, "full", 0, "2026Q2", *["x"] * 6, "me", "t", "csv", "f", 3, "s" * 64, "c" * 64),
        )


def edition(taken):
    links = pd.DataFrame({"record_id": ["r1", "r2", "r3"], "child_id": ["T1", "T2", "T3"]})
    columns = ["finding_id", "code", "child_id", "field", "grade"]
    found = pd.DataFrame([(f"L01-T{n}", "L01", f"T{n}", "", "明确") for n in (1, 2, 3)], columns=columns)
    numbers = pd.DataFrame(columns=["child_id", "kind", "value", "department"])
    events = pd.DataFrame(columns=publication.EVENT_COLUMNS)
    return Edition("2026Q2", "d1", "run", "me", links, found, numbers, events, {"education": [one.id for one in taken]})


def intrude(root, *statements):
    """Write the database from outside, its triggers out of the way."""
    url = str(Session.at(root).workspace.database_url)  # the server's is a text, with its password
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(root / "tongbi.db")) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)


def forged(table, deed):
    where, change, columns, key = ROWS[table]
    if deed == "change":
        return [f"UPDATE {table} SET {change} WHERE {where}"]
    if deed == "delete":
        return [f"DELETE FROM {table} WHERE {where}"]
    first, rest = columns.split(", ", 1)
    values = rest.replace("sha256", "'other'")
    return [f"INSERT INTO {table} ({first}, {rest}) SELECT {key}, {values} FROM {table} WHERE {where}"]


def complaints(root):
    with closing_county(root, lenient=True) as county:
        if county.chain.lost:
            return ["lost"]
        return [(one.kind, one.table) for one in everything(county.chain).complaints] + [
            (one.kind, one.table) for one in views.examine(county.chain)[1]
        ]


def refused_at_start(root, run=True):
    """What the next start says; a run verifies every row."""
    with closing_county(root) as county, pytest.raises((ChainError, KeyFileError)) as fault:
        begin_run(county) if run else county.engine
    return str(fault.value)


def begin_run(county):
    with county.held():
        pass


def test_an_ordinary_life_verifies_clean_and_the_next_run_may_begin(root):
    assert complaints(root) == []
    with closing_county(root) as county, county.held():
        assert everything(county.chain).rows == 2 + 3 + 3 + 1 + 3 + 1 + 1


WRITERS = {
    "refuse_new": lambda connection, number: deliveries.refuse_new(connection, [number]),
    "count": lambda connection, number: deliveries.count(connection, {number: RowCounts(5, 5, 0, 0)}),
    "note_difference": lambda connection, number: deliveries.note_difference(connection, number, {"new": 1}),
    "set_status": lambda connection, number: deliveries.set_status(connection, [number], "refused"),
    "settle": lambda connection, number: deliveries.settle(connection, Branch("2026Q3", "education"), [number]),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_whatever_a_run_writes_into_the_register_of_deliveries_does_not_stop_the_next_run(root, writer):
    """A file set aside because another period had it, too, left its line without a new seal, and no later run began."""
    with closing_county(root) as county:
        with writing(county.engine) as connection:
            branch = Branch("2026Q3", "education")
            taken = deliveries.register(connection, branch, [ArrivedFile("a.csv", "a" * 64, 1)], "me")
        with writing(county.engine) as connection:
            WRITERS[writer](connection, taken[0].id)
    assert complaints(root) == []


@pytest.mark.parametrize(("table", "deed"), DEEDS)
def test_a_row_changed_deleted_or_inserted_is_found_and_stops_the_next_run(root, table, deed):
    intrude(root, *forged(table, deed))
    found = complaints(root)
    assert found
    assert {name for _, name in found} == {table}
    assert "审计记录不完整" in refused_at_start(root)


def test_a_row_deleted_and_written_again_under_its_number_is_found(root):
    """SQLite gives the number of a deleted last row away again."""
    intrude(root, "DELETE FROM life_event WHERE id = 3")
    with closing_county(root) as county, writing(county.engine) as connection:
        finding_events.append(
            connection,
            [{"finding_id": "L01-T1", "period": "2026Q2", "kind": "answered", "state": "s", "source": "reply"}],
        )
    assert ("replaced", "life_event") in complaints(root) or ("removed", "life_event") in complaints(root)


def test_digests_forged_with_the_row_are_found(root):
    intrude(root, "DELETE FROM seal WHERE subject = 'decision'", "DELETE FROM decision")
    assert {("torn", "decision")} <= set(complaints(root))


def test_a_cut_end_is_found_at_every_start_and_says_which_lines(root):
    intrude(root, "DELETE FROM audit WHERE id > 3")
    said = refused_at_start(root, run=False)
    assert "截断" in said
    assert "缺第 4—" in said
    kinds = {kind for kind, _ in complaints(root)}
    assert kinds == {"cut", "orphaned"}, "rows whose line is gone were not changed"


def test_an_emptied_audit_is_found(root):
    intrude(root, "DELETE FROM audit")
    assert "审计" in refused_at_start(root, run=False)
    assert complaints(root)
    intrude(root, "DELETE FROM seal")
    assert refused_at_start(root, run=False)


def test_a_chain_computed_again_without_the_key_is_found(root):
    with closing_county(root) as county, county.engine.connect() as connection:
        lines = [dict(row) for row in connection.execute(sa.select(audit.audit).order_by(audit.audit.c.id)).mappings()]
    before, statements = "0" * 64, ["UPDATE audit SET actor = 'x' WHERE id = 2"]
    for line in lines:
        line |= {"previous": before, "actor": "x" if line["id"] == 2 else line["actor"]}
        before = audit.line_hash(line)
        statements.append(
            f"UPDATE audit SET previous = '{line['previous']}', hash = '{before}' WHERE id = {line['id']}"
        )
    intrude(root, *statements)
    assert "审计记录" in refused_at_start(root, run=False)
    assert complaints(root)


def test_a_wrong_key_and_a_lost_key_stop_the_start(root, keys):
    (path,) = keys.glob("*.key")
    kept = path.read_text()
    path.write_text(hashlib.sha256(b"other").hexdigest())
    assert "密钥不是原来的" in refused_at_start(root, run=False)
    path.unlink()
    assert "审计密钥" in refused_at_start(root, run=False)
    assert complaints(root) == ["lost"]
    path.write_text(kept)
    assert complaints(root) == []


def test_a_key_of_the_intruder_named_in_the_settings_is_no_key(root, tmp_path, monkeypatch):
    """Who writes the workspace also writes tongbi.toml."""
    monkeypatch.delenv("TONGBI_KEYS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    shutil.copytree(tmp_path / "keys", tmp_path / "config" / "tongbi")
    assert complaints(root) == []
    own = tmp_path / "his"
    own.mkdir()
    (name,) = (path.name for path in (tmp_path / "keys").glob("*.key"))
    (own / name).write_text(hashlib.sha256(b"his").hexdigest())
    text = (root / "tongbi.toml").read_text()
    (root / "tongbi.toml").write_text(text.replace('keys = ""', f'keys = "{own}"'))
    assert "密钥不是原来的" in refused_at_start(root, run=False)


def test_a_key_in_the_workspace_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TONGBI_KEYS", str(tmp_path / "workspace" / "keys"))
    Workspace.create(tmp_path / "workspace")
    with pytest.raises(KeyFileError, match="在工作区里面"):
        assert Session.at(tmp_path / "workspace").engine


@pytest.fixture
def restored(root, request, monkeypatch):
    """The workspace after its database was put back by hand as it was before the last answers."""
    url = str(Session.at(root).workspace.database_url)  # the server's is a text, with its password
    older, name = root / "older.db", f"t{uuid.uuid4().hex}"
    if url.startswith("sqlite"):
        for end in ("", "-wal", "-shm"):
            if (root / f"tongbi.db{end}").exists():
                shutil.copy(root / f"tongbi.db{end}", f"{older}{end}")
    else:
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(url) as connection:
            (present,) = connection.execute("SELECT current_database()").fetchone()
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {present}")
    with closing_county(root) as county, writing(county.engine) as connection:
        finding_events.append(
            connection,
            [{"finding_id": "L01-T1", "period": "2026Q2", "kind": "answered", "state": "s", "source": "reply"}],
        )
    if url.startswith("sqlite"):
        for end in ("", "-wal", "-shm"):
            (root / f"tongbi.db{end}").unlink(missing_ok=True)
            if (root / f"older.db{end}").exists():
                (root / f"older.db{end}").rename(root / f"tongbi.db{end}")
    else:
        monkeypatch.setenv("TONGBI_DATABASE", server.get_uri(name))
    return root


def test_an_older_database_is_found_and_a_named_person_may_go_on_with_it(restored):
    said = refused_at_start(restored, run=False)
    assert "较早的一份" in said
    with closing_county(restored, lenient=True) as county:
        lost = county.chain.anchor().number
        line = chain.accept(county.chain, "李主任", "硬盘故障，恢复备份", new_key=False)
    assert line.number == lost + 1, "the number of a lost line is not given away again"
    assert complaints(restored) == []
    with closing_county(restored) as county, county.held(), county.engine.connect() as connection:
        (detail,) = connection.execute(sa.text(f"SELECT detail FROM audit WHERE id = {line.number}")).scalars()
    wrong = json.loads(detail)["wrong"]
    assert [one["kind"] for one in wrong] == ["older"]
    assert (json.loads(detail)["reason"], wrong[0]["number"]) == ("硬盘故障，恢复备份", lost)


def test_what_was_damaged_stays_named_after_it_was_accepted_and_new_damage_is_found(root):
    intrude(root, *forged("decision", "change"))
    with closing_county(root, lenient=True) as county:
        line = chain.accept(county.chain, "李主任", "已查明", new_key=False)
    assert complaints(root) == []
    with closing_county(root) as county:
        begun = everything(county.chain).begun
    assert [(one["kind"], one["table"]) for one in json.loads(begun[-1]["detail"])["wrong"]] == [
        ("changed", "decision")
    ]
    assert begun[-1]["actor"] == "李主任"
    intrude(root, "UPDATE audit SET actor = 'x' WHERE id = 2")
    assert ("changed", "audit") in complaints(root), "lines before the new beginning are vouched for, too"
    assert line.number > 2


def test_a_lost_key_is_replaced_only_by_name_and_that_stays_visible(root, keys):
    (path,) = keys.glob("*.key")
    path.unlink()
    with closing_county(root, lenient=True) as county:
        with pytest.raises(KeyFileError):
            chain.accept(county.chain, "李主任", "丢失", new_key=False)
        chain.accept(county.chain, "李主任", "丢失", new_key=True)
        views.begin_anew(county.chain, "李主任", "丢失")
    with closing_county(root) as county, county.held():
        assert json.loads(everything(county.chain).begun[-1]["detail"])["why"] == "new_key"
    intrude(root, *forged("life_event", "change"))
    assert ("changed", "life_event") in complaints(root)


def test_a_lawful_erasure_leaves_the_chain_whole_and_nothing_of_the_row(root):
    with closing_county(root) as county, writing(county.engine) as connection:
        sealing.erase(connection, life_event, [2], Act("李主任", "", "", {"reason": "依法删除"}))
    assert complaints(root) == []
    with closing_county(root) as county, county.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM life_event")).scalar() == 2
        salts = (
            connection.execute(sa.text("SELECT salt FROM seal WHERE subject = 'life_event' ORDER BY key"))
            .scalars()
            .all()
        )
        assert [bool(salt) for salt in salts] == [True, False, True]
        with pytest.raises(sa.exc.DBAPIError):
            connection.execute(sa.text("DELETE FROM life_event"))
    intrude(root, "DELETE FROM life_event WHERE id = 1")
    assert complaints(root) == [("removed", "life_event")], "an erasure covers what it names"


def test_a_workspace_without_key_gets_one_and_that_is_a_line(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    workspace = Workspace.create(tmp_path / "workspace")
    old = open_database(workspace.database_url)
    live(old)
    with old.connect() as connection:
        before = connection.execute(sa.text("SELECT max(id) FROM audit")).scalar()
    old.dispose()
    said = []
    with closing_county(workspace.root) as county:
        county.tell = said.append
        (begun,) = everything(county.chain).begun
    assert json.loads(begun["detail"])["before"] | {"hash": ""} == {
        "lines": before,
        "last": before,
        "hash": "",
        "broken": 0,
    }
    assert json.loads(begun["detail"])["why"] == "taken_over"
    assert len(said) == 1
    assert complaints(workspace.root) == []
    intrude(workspace.root, *forged("finding_event", "change"), *forged("audit", "change"))
    assert set(complaints(workspace.root)) == {("changed", "finding_event"), ("changed", "audit")}


def test_a_workspace_made_anew_at_the_same_place_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    for tells in (0, 1):
        said = []
        with closing_county(Workspace.create(tmp_path / "workspace").root) as county:
            county.tell = said.append
            live(county.engine)
        assert len(said) == tells
        shutil.rmtree(tmp_path / "workspace")


def test_a_database_taken_away_from_a_used_workspace_is_missed(root):
    if (root / "tongbi.db").exists():
        (root / "outbox" / "2026Q2").mkdir()
        (root / "outbox" / "2026Q2" / "links.csv").touch()
        for path in root.glob("tongbi.db*"):
            path.unlink()
        assert "审计记录被清空" in refused_at_start(root, run=False)


def test_looks_changed_cut_or_taken_away_are_found_and_nothing_more_is_shown(root):
    with closing(sqlite3.connect(root / "views.db")) as connection:
        connection.execute("DROP TRIGGER view_no_delete")
        connection.execute("DELETE FROM view WHERE id = 2")
        connection.commit()
    assert complaints(root) == [("views_cut", "views")]
    with closing_county(root) as county, pytest.raises(ChainError):
        county.look("timeline", "", ["T1"])
    (root / "views.db").unlink()
    assert complaints(root) == [("views_cut", "views")]


def test_a_look_that_cannot_be_noted_is_refused(root):
    (root / "views.db").unlink()
    (root / "views.db").mkdir()
    with closing_county(root) as county, pytest.raises(ViewError, match="没有显示"):
        views.note(county.chain, AccessLogEntry("me", "timeline", "", ["T1"]))


def test_a_reader_slower_than_a_writer_raises_no_alarm(root):
    with closing_county(root) as slow, closing_county(root) as fast:
        assert slow.chain
        with writing(fast.engine) as connection:
            audit.append(connection, Act("me", "report", "2026Q2", {}))
        with writing(slow.engine) as connection:
            audit.append(connection, Act("me", "report", "2026Q2", {}))
    assert complaints(root) == []


def test_a_start_killed_before_its_anchor_was_written_goes_on(root, keys):
    for path in keys.glob("*.anchor"):
        path.unlink()
    assert complaints(root)[:0] == []
    with closing_county(root) as county:
        assert county.engine
        assert county.chain.anchor().number == everything(county.chain).head.number


def test_no_seal_without_a_workspace(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 't.db'}")
    migrate(engine)
    live(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM seal")).scalar() == 0
        assert audit.broken_line(connection) is None
