"""The rules of the house that a machine can check (rules/code.md#sizes): sizes, names, first lines, whose the four names are."""

import ast
import statistics
from functools import cache
from importlib.metadata import distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from measure_house import House, places

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "matching", "expectations", "demo_county")
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FORBIDDEN = {"utils", "util", "common", "helpers", "helper", "core", "base", "misc"}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION, MOST_PARAMETERS = 400, 80, 10, 5


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def body_lines(node):
    """Lines of a function without its decorators, its signature and its docstring."""
    body = node.body
    if (
        isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_file(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_FILE
    assert not FORBIDDEN & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    assert ast.get_docstring(tree(path)), "the first lines say what belongs here and what does not"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions(path):
    for node in functions(path):
        assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"
        given = [argument.arg for argument in node.args.posonlyargs + node.args.args + node.args.kwonlyargs]
        asked = [name for name in given if name not in ("self", "cls")]
        is_command = path.name == "commands.py"  # a command's options are its interface
        assert is_command or len(asked) <= MOST_PARAMETERS, f"{node.name} takes {len(asked)} parameters"


def test_half_of_all_functions_are_ten_lines_or_fewer():
    assert statistics.median(body_lines(node) for path in FILES for node in functions(path)) <= MEDIAN_FUNCTION


# A migration that has run is never touched again; and the words of a command are what people type and read.
KEPT = ("pipelines/resources/migrations/", "pipelines/cli/profiles.py")


@cache
def house():
    return House(ROOT)


@pytest.mark.parametrize(
    ("measure", "instead"),
    [
        ("tuples", "a tuple of mixed things counts as its length: name its parts in a type, or pass them one by one"),
        ("names", "a value is called what it holds"),
        ("classes", "one name, one class: the other reader searches for it too"),
        ("late-circles", "a circle of imports, also one for types or inside a function, is two rooms in one"),
    ],
)
def test_what_a_reader_stumbles_over(measure, instead):
    assert [place for place in places(house(), measure) if not place.startswith(KEPT)] == [], instead


def test_no_packages_among_the_tests():
    assert [name_of(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_name_is_ours(room):
    # An editable installation lists no files: then nobody else may claim the name, and it must be found in this checkout.
    assert set(packages_distributions().get(room, [])) <= {"tongbi"}
    assert distribution("tongbi").version
    assert Path(find_spec(room).origin) == ROOT / room / "__init__.py"


def test_nothing_committed_names_a_machine_or_a_registry():
    words = ("/wo" + "rk/shared", "/wo" + "rk/main", "files.python" + "hosted", "pypi." + "org/simple")
    texts = [
        path
        for path in (ROOT / name for name in ("pyproject.toml", "constraints.txt", "Makefile", "README.md"))
        if path.exists()
    ]
    for path in [*FILES, *texts, *(path for room in ROOMS for path in (ROOT / room).rglob("*.yaml"))]:
        content = path.read_text(encoding="utf-8")
        assert [word for word in words if word in content] == [], name_of(path)
