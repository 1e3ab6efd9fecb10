"""What a page writes as code exists: dotted names, calls with their parameters, files, commands with their options, settings and frames.

Single words are looked at where they are written like a class: columns, values and Chinese folders cannot be told from other names. Whole paths are `test_map.py`'s.
"""

import re
from functools import cache
from pathlib import Path

import pytest
from source_names import names_below, read_tree, yaml_paths
from typer.main import get_command

from pipelines.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
NAMES = names_below(ROOT)
PAGES = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md")
    # The pages of the library are made from the source; the changelog tells of earlier states.
    if "api" not in path.parts and path.name != "CHANGELOG.md"
]
# Libraries whose names a page may mention.
LIBRARIES = ("scipy", "dateutil", "sqlalchemy", "xlsxwriter", "dg", "spark")
# Written by a run or by people, never part of the repository.
OF_A_WORKSPACE = {
    *("tongbi.toml", "passwords.csv", "views.db", "dagster.yaml", "runs.db", "index.db", "schedules.db"),
    *("links.csv", "findings.csv", "links.xlsx", "findings.xlsx", "womens_federation.yaml"),
}
# An example's variable in front of what it has.
SPEAKING_FOR = {"view.profile": "Profile", "known.memory": "KnownChildren.memory"}
# Shapes in prose that look like names: what a department delivers, a frame of pandas.
NO_NAMES = {"department.layout", "view.profile.SECTION.KEY.value", "DataFrame"}
# Classes of libraries and of the tests (`tests/expectations/town.py`), and texts that look like one.
OTHERS_CLASSES = {"FileLock", "RetryRequested", "Compare", "Town", "NaN", "None"}
CLASS = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]*)*")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
DOTTED = re.compile(r"(?<![\w/.<>*…{-])[A-Za-z_]\w*(?:\.\w+)+(?![\w/<-])")
CALL = re.compile(r"([A-Za-z_][\w.]*)\(([^()]*)\)")
RESULT = re.compile(r"([A-Za-z_][\w.]*)\([^()]*\) -> ([\w\[\]]+)")
FILE = re.compile(r"\.(?:py|yaml|toml|csv|tsv|xlsx|md|db|txt|parquet|svg|png)$")
COMMAND = re.compile(r"\btongbi ([a-z]+(?:-[a-z]+)?)((?: (?!tongbi)[^`\n|]*)?)")


def spans(page):
    """What a page writes as code inside its sentences; blocks of code are run or read elsewhere."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return SPAN.findall(text)


@cache
def settings():
    """Keys of the profiles and of the model, as `section.key`."""
    trees = (ROOT / "expectations/jurisdictions/default.yaml", ROOT / "matching/model.yaml")
    return {path for tree in trees for path in yaml_paths(read_tree(tree))}


def frame_part(dotted):
    """Whether this is a part of an asset of several frames: `link_register.events` is a field of the class that the asset hands on."""
    asset, _, part = dotted.partition(".")
    whose = {
        "link_register": "Register",
        "child_files": "ChildFiles",
        "coverage": "Coverage",
        "gate": "HeldLists",
    }.get(asset)
    owners = [whose, "ChildRegister"] if whose == "Register" else [whose]
    return any(owner and NAMES.find(f"{owner}.{part}") for owner in owners)


def exists(dotted):
    if FILE.search(dotted):
        return dotted in OF_A_WORKSPACE or NAMES.has_file(dotted)
    return (
        dotted.split(".")[0] in LIBRARIES
        or dotted in NO_NAMES
        or NAMES.find(SPEAKING_FOR.get(dotted, dotted)) is not None
        or dotted in settings()
        or frame_part(dotted)
    )


def wrong_calls(span):
    """Calls of nothing, and arguments that are no parameter of what is called; a bare number or text stands for any."""
    for name, arguments in CALL.findall(span):
        named = [part.strip().partition("=")[0] for part in arguments.split(",")]
        given = [each for each in named if each.isidentifier()]
        # Several things may bear a name; one that takes these arguments is enough.
        unknown = [
            [each for each in given if called.parameters is not None and each not in called.parameters]
            for called in NAMES.callables(name)
        ]
        if not unknown and name not in NO_NAMES:
            yield name
        yield from (f"{name}({each})" for each in min(unknown, key=len, default=[]))


def wrong_results(span):
    """Results that are not of the type which the source writes; several things may bear a name, one that gives it is enough."""
    for name, result in RESULT.findall(span):
        if not any(re.search(rf"(?<!\w){re.escape(result)}(?!\w)", called.result) for called in NAMES.callables(name)):
            yield f"{name} -> {result}"


def options_of(command):
    """Every option of a command and of the commands below it."""
    # By what it has and not by its class: typer carries a click of its own.
    below = [options_of(each) for each in getattr(command, "commands", {}).values()]
    return {name for parameter in command.params for name in parameter.opts}.union(*below)


@cache
def commands():
    group = get_command(app)
    everywhere = {name for parameter in group.params for name in parameter.opts}
    return {name: options_of(command) for name, command in group.commands.items()}, everywhere


def wrong_commands(text):
    known, everywhere = commands()
    for name, rest in COMMAND.findall(text):
        if name not in known:
            yield name
        else:
            given = re.findall(r"(?<!\S)--[a-z-]+", rest.split("#")[0])
            yield from (f"{name} {option}" for option in given if option not in known[name] | everywhere)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_dotted_names_and_files_exist(page):
    named = [name for span in spans(page) for name in DOTTED.findall(span)]
    assert [name for name in named if not exists(name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_classes_exist(page):
    classes = {span for span in spans(page) if CLASS.fullmatch(span)} - OTHERS_CLASSES
    assert [name for name in sorted(classes) if NAMES.find(name) is None] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_calls_are_of_something_with_these_parameters_and_this_result(page):
    assert [wrong for span in spans(page) for wrong in wrong_calls(span)] == []
    assert [wrong for span in spans(page) for wrong in wrong_results(span)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_have_these_options(page):
    assert list(wrong_commands(page.read_text(encoding="utf-8"))) == []


def test_what_is_no_name_is_noticed():
    assert not exists("stations.hearing")
    assert not exists("school.no_such_setting")
    assert not exists("link_register.no_such_part")
    assert not exists("no_such_file.yaml")
    assert list(wrong_calls("no_such_function(opened)")) == ["no_such_function"]
    assert list(wrong_calls("assets.replies.taking.take(county, dry_run, today)")) == [
        "assets.replies.taking.take(county)"
    ]
    assert list(wrong_calls("tabulate(reading, contract, as_of)")) == ["tabulate(reading)"]
    assert list(wrong_results("tabulate(source, contract, as_of) -> Tabulated(raw)")) == []
    assert list(wrong_results("tabulate(source, contract, as_of) -> Tab")) == ["tabulate -> Tab"]
    assert list(wrong_commands("`tongbi protect 编号 --for 接收人 --until 明天`, `tongbi hide`")) == [
        "protect --until",
        "hide",
    ]
