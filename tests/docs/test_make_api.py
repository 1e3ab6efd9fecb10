"""The library's pages are what its docstrings say, and the docstrings say what every parameter is."""

import ast

import make_api
import pytest
import yaml
from make_api import FOLDER, definition, pages, parameters, parsed, shown, signature

THINGS = [
    thing
    for page in yaml.safe_load((FOLDER / "pages.yaml").read_text(encoding="utf-8")).values()
    for thing in page["things"]
]


def test_the_pages_are_up_to_date():
    made = pages()
    assert {path.name for path in FOLDER.glob("*.md")} == set(made)
    old = [name for name, content in made.items() if (FOLDER / name).read_text(encoding="utf-8") != content]
    assert old == [], "run: python docs/make_api.py"


@pytest.mark.parametrize("thing", THINGS)
def test_every_parameter_of_a_function_is_explained(thing):
    node = definition(thing)
    described = parsed(ast.get_docstring(node))
    assert described.text
    if isinstance(node, ast.FunctionDef):
        assert {argument.arg for argument in parameters(node)} == described.explained("Args")


def test_what_the_library_gives_under_its_own_name_has_a_page():
    assert make_api.exported() <= {thing.rpartition(".")[2] for thing in THINGS}
    assert make_api.exported()


def test_a_docstring_is_taken_apart():
    described = parsed(
        """Sum of two.

        In the same unit.

        Args:
            a, b: what is added,
                on two lines.
            other: a word: with a colon.

        Returns:
            The sum: never
            less.

        Raises:
            ValueError: one is missing.
        """
    )
    assert described.text == "Sum of two.\n\nIn the same unit."
    assert described.sections == {
        "Args": [("a, b", "what is added, on two lines."), ("other", "a word: with a colon.")],
        "Returns": [("", "The sum: never less.")],
        "Raises": [("ValueError", "one is missing.")],
    }
    assert described.explained("Args") == {"a", "b", "other"}


def test_a_signature_shows_defaults_as_the_source_writes_them():
    (short,) = ast.parse("def read(path: Path = MODEL_FILE) -> Model: ...").body
    assert signature(short) == "read(path: Path = MODEL_FILE) -> Model"
    (long,) = ast.parse(
        "def weigh(self, frames: dict[str, tuple[int, str]], columns: Columns | None = None, "
        "*, judgements: pd.DataFrame | None = None, **options: Unpack[Options]) -> Linked: ..."
    ).body
    assert signature(long).split("\n") == [
        "weigh(",
        "    frames: dict[str, tuple[int, str]],",
        "    columns: Columns | None = None,",
        "    *,",
        "    judgements: pd.DataFrame | None = None,",
        "    **options: Unpack[Options],",
        ") -> Linked",
    ]


def test_a_thing_that_moved_is_said():
    with pytest.raises(LookupError, match=r"pages\.yaml"):
        shown("matching.library.link.no_such_function")
