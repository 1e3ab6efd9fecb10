"""Fault -> code -> sentence: every foreseen fault has its own, no exception's own text gets through, ours speak for themselves."""

import errno
import importlib
import pkgutil
import sqlite3

import pytest
import sqlalchemy as sa
from xlsxwriter.exceptions import FileCreateError

from pipelines.resources.database import DatabaseError, connect, open_database
from pipelines.resources.locks import only_run
from pipelines.resources.trouble import ROOMS, SPOKEN, UNFORESEEN, table, trouble_of

SECRET = "geheim620722"
# Raised for programs, not for people: caught where they arise, or a mistake of ours.
INWARD = {"MistakeError", "StoppedError", "DiedError", "AccessError", "_UntakenError"}


def wrapped(inner):
    return sa.exc.OperationalError("SELECT 1", None, inner)


def sqlite_fault(number):
    fault = sqlite3.OperationalError(SECRET)
    fault.sqlite_errorcode = number
    return wrapped(fault)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError(errno.ENOSPC, SECRET), "disk_full"),
        (OSError(errno.EDQUOT, SECRET), "disk_full"),
        (OSError(errno.EFBIG, SECRET), "file_limit"),
        (OSError(errno.EROFS, SECRET), "disk_read_only"),
        (PermissionError(errno.EACCES, SECRET), "no_permission"),
        (OSError(errno.EMFILE, SECRET), "too_many_open"),
        (OSError(errno.EIO, SECRET), "disk_fault"),
        (OSError(errno.ELOOP, SECRET), "machine"),
        (FileCreateError(OSError(errno.ENOSPC, SECRET)), "disk_full"),
        (MemoryError(SECRET), "memory"),
        (sqlite_fault(13), "disk_full"),
        (sqlite_fault(8 | 1 << 8), "database_read_only"),
        (sqlite_fault(5), "database_busy"),
        (sqlite_fault(11), "database_damaged"),
        (sqlite_fault(10 | 3 << 8), "disk_fault"),
        (sqlite_fault(10 | 19 << 8), "disk_full"),
        (sqlite_fault(14), "database_unopened"),
        (sqlite_fault(1), "database_fault"),
        (wrapped(Exception(SECRET)), "database_fault"),
        (sa.exc.IntegrityError("INSERT", None, sqlite3.IntegrityError(SECRET)), UNFORESEEN),
        (sa.exc.PendingRollbackError(SECRET), "server_gone"),
        (KeyError(SECRET), UNFORESEEN),
    ],
)
def test_a_fault_has_its_code_and_its_own_text_does_not_get_through(fault, code):
    trouble = trouble_of(fault)
    assert trouble.code == code
    assert SECRET not in trouble.sentence() + trouble.sentence("en")


def test_every_code_has_a_sentence_in_both_languages_and_is_named_once():
    known = table()
    used = [*known.errno, *known.sqlite, *known.sqlstate, *(clue.code for clue in known.unconnected), *known.passing]
    assert set(used) <= set(known.sentences)
    assert [code for code, words in {**known.sentences, **known.state}.items() if set(words) != {"zh", "en"}] == []
    chinese = [words["zh"] for words in known.sentences.values()]
    assert len(set(chinese)) == len(chinese)
    assert not any("没有改变" in sentence for sentence in chinese)
    assert all(hasattr(errno, name) for names in known.errno.values() for name in names)


def test_every_exception_of_ours_is_a_sentence_for_people():
    ours = set()
    for room in ROOMS:
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if "migrations" in module.name or module.name.endswith("__main__") or module.name.endswith(".definitions"):
                continue
            for name, kind in vars(importlib.import_module(module.name)).items():
                if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__.startswith(room):
                    ours.add(name)
    assert ours - INWARD <= set(table().spoken_kinds)
    assert set(table().spoken_kinds) <= ours


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("nonsense", "url_unreadable"),
        (f"postgresql://u:{SECRET}@h:port/d", "url_unreadable"),
        (f"mysql://u:{SECRET}@h/d", "url_driver"),
        (f"oracle+nothing://u:{SECRET}@h/d", "url_driver"),
        (f"sqlite+nothing:///{SECRET}", "url_driver"),
        (f"postgresql://u:{SECRET}@nowhere.invalid/d", "server_no_host"),
        (f"postgres://u:{SECRET}@127.0.0.1:1/d", "server_no_answer"),
        (f"sqlite:////no/such/{SECRET}/t.db", "database_unopened"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_with_it_and_never_the_address(url, code):
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    fault = caught.value
    assert trouble_of(fault).code == code
    assert SECRET not in str(fault)
    assert fault.__cause__ is None
    assert fault.__context__ is None


@pytest.mark.parametrize(
    ("change", "code"),
    [({"database": "no_such_base"}, "server_no_database"), ({"username": "nobody_known"}, "server_password")],
)
def test_a_server_that_refuses(postgres_url, change, code):
    with pytest.raises(DatabaseError) as caught:
        open_database(sa.make_url(postgres_url).set(**change))
    assert trouble_of(caught.value).code == code


def test_a_lost_server_is_told_and_not_hidden_by_letting_the_lock_go(tmp_path, postgres_url):
    engine = open_database(postgres_url)

    def work():
        with only_run(tmp_path, engine), engine.connect() as connection:
            mine = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :mine"
            connection.execute(sa.text(kill), {"mine": mine})
            raise KeyError(SECRET)

    with pytest.raises(KeyError):
        work()
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as caught:
        connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert trouble_of(caught.value).code == "server_gone"
    with only_run(tmp_path, engine):
        pass
    engine.dispose()


def test_a_read_only_server(postgres_url):
    engine = open_database(postgres_url)
    with engine.connect() as connection:
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))
        with pytest.raises(sa.exc.DBAPIError) as caught:
            connection.execute(sa.text("CREATE TABLE t (a int)"))
    assert trouble_of(caught.value).code == "server_read_only"
    engine.dispose()


@pytest.mark.parametrize("name", ["百分 50%41", "问?号", "井#号", "a b;c&d=e"])
def test_a_database_lies_where_its_path_says(tmp_path, name, monkeypatch):
    from pipelines.resources.workspace import Workspace

    monkeypatch.delenv("TONGBI_DATABASE", raising=False)
    workspace = Workspace.create(tmp_path / name)
    open_database(workspace.database_url).dispose()
    assert (tmp_path / name / "tongbi.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_sentence_of_ours_is_told_as_it_is():
    from expectations.rulebook import RuleFileError
    from pipelines.resources.reading import Refusal

    assert trouble_of(RuleFileError("规则文件 x 有误")).code == SPOKEN
    assert trouble_of(Refusal("a", "文件不完整。", "请重新导出。")).sentence() == "文件不完整。请重新导出。"
    assert trouble_of(connected_fault()).code == "url_driver"


def connected_fault():
    with pytest.raises(DatabaseError) as caught:
        connect("mssql://h/d")
    return caught.value
