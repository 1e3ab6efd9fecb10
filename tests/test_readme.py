"""What the READMEs name exists: files, folders, make targets, commands and list codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from expectations.lists.catalogue import load_catalogue
from pipelines.cli.commands import app

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_every_linked_file_exists(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text_of(name)) if "://" not in link]
    assert len(links) >= 4
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text_of(name), flags=re.MULTILINE))
    assert "demo" in named
    assert named <= targets


@pytest.mark.parametrize("name", READMES)
def test_every_command_exists(name: str) -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"\btongbi ([a-z]+(?:-[a-z]+)?)", text_of(name)))
    assert "run" in named
    assert named <= commands


def test_the_table_of_commands_is_complete() -> None:
    table = set(re.findall(r"^\| `([a-z-]+)`(?:, `([a-z-]+)`)? \|", text_of("README.md"), flags=re.MULTILINE))
    named = {word for pair in table for word in pair if word}
    assert named == set(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_table_of_lists_is_complete() -> None:
    named = set(re.findall(r"\bL\d\d[A-Z]?\b", text_of("README.md")))
    assert named == set(load_catalogue().lists)


def test_the_first_block_is_the_two_commands() -> None:
    block = text_of("README.md").split("```")[1]
    assert re.findall(r"^make ([a-z]+)", block, flags=re.MULTILINE) == ["demo", "test"]


def test_no_tracked_text_names_a_registry_or_a_machine_s_path() -> None:
    # Put together here, so that this file holds none of them either.
    address, machine = r"https?:" + r"//[^\s\"']+\.(?:whl|tar\.gz)", "/ro" + "ot/|/ho" + "me/[a-z]+/"
    suspicious = re.compile(address + "|--(?:extra-)?index" + "-url|file:" + "//" + "/[a-z]|" + machine)
    texts = ["constraints.txt", "pyproject.toml", "Makefile", ".ci/run", "README.md", "README.zh-CN.md", "CHANGELOG.md"]
    assert [name for name in texts if suspicious.search(text_of(name))] == []
