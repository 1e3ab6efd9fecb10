"""Locked files (rules/bad-inputs.md#input-3): the password is asked for, three times at most, and opens the file without being kept."""

import hashlib
import io

import msoffcrypto
import openpyxl
import pytest
import typer
from msoffcrypto.format.ooxml import OOXMLFile

from pipelines.cli import unlocking
from pipelines.resources import keyring
from pipelines.resources.reading import Refusal
from pipelines.resources.session import Session
from pipelines.resources.workspace import Workspace
from tests import zipcrypto

SECRET = "对-的-密-码-7"


@pytest.fixture
def locked(tmp_path):
    workspace = Workspace.create(tmp_path / "county")
    path = workspace.inbox / "2026Q3" / "disability" / "花名册.xlsx"
    path.parent.mkdir(parents=True)
    book = openpyxl.Workbook()
    book.active.append(["姓名", "残疾人证号", "性别"])
    book.active.append(["张三", "", "男"])
    plain = io.BytesIO()
    book.save(plain)
    with path.open("wb") as target:
        OOXMLFile(plain).encrypt(SECRET, target)
    assert msoffcrypto.OfficeFile(path.open("rb")).is_encrypted()
    keyring.forget()
    yield path
    keyring.forget()


@pytest.fixture
def typed(monkeypatch):
    """Somebody at the terminal, who types these passwords one after the other."""
    answers, asked = [], []

    def prompt(text, *, hide_input, err):
        assert hide_input
        assert err
        asked.append(text)
        return answers.pop(0)

    monkeypatch.setattr(unlocking.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(unlocking.typer, "prompt", prompt)
    return answers, asked


def test_the_right_password_at_the_second_try_opens_the_file(locked, typed):
    answers, asked = typed
    answers += ["不对", SECRET]
    reading = unlocking.read_asking(locked)
    assert reading.grids[0].cells.iloc[1, 0] == "张三"
    assert len(asked) == 2
    assert SECRET not in "".join(asked)


def test_three_wrong_passwords_stop(locked, typed, capsys):
    answers, _ = typed
    answers += ["一", "二", "三", SECRET]
    with pytest.raises(typer.Exit) as stopped:
        unlocking.read_asking(locked)
    assert stopped.value.exit_code == 1
    assert answers == [SECRET]
    assert "三次密码都不对" in capsys.readouterr().err


def test_nobody_at_the_terminal_is_refused_with_a_sentence(locked, monkeypatch):
    monkeypatch.setattr(unlocking.sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(Refusal) as refused:
        unlocking.read_asking(locked)
    assert refused.value.code == "password"


def test_a_run_asks_before_it_reads_and_keeps_the_password_in_memory_only(locked, typed):
    answers, _ = typed
    answers += [SECRET]
    root = locked.parents[3]
    unlocking.unlock_inbox(Session.at(root), "2026Q3", ["disability"])
    sha256 = hashlib.sha256(locked.read_bytes()).hexdigest()
    assert keyring.password_of(sha256) == SECRET
    unlocking.unlock_inbox(Session.at(root), "2026Q3", ["disability"])  # known: not asked again
    kept = [path for path in root.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert kept == []


def test_a_locked_zip_is_asked_for_before_a_run_wherever_it_lies(tmp_path, typed):
    workspace = Workspace.create(tmp_path / "county")
    names = ("disability/材料.zip", "loose.zip")
    for number, name in enumerate(names):
        zipcrypto.locked(workspace.inbox / "2026Q3" / name, f"姓名,性别\n王小,男\n{number}".encode(), b"7788")
    keyring.forget()
    answers, asked = typed
    answers += ["不对", "7788", "7788"]
    unlocking.unlock_inbox(Session.at(workspace.root), "2026Q3", ["disability"])
    hashes = [hashlib.sha256((workspace.inbox / "2026Q3" / name).read_bytes()).hexdigest() for name in names]
    assert [keyring.password_of(sha256) for sha256 in hashes] == ["7788", "7788"]
    assert (len(asked), answers) == (3, [])
    keyring.forget()
