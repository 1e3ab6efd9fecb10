"""The index of names on an invented tree: what is found, under which of its names, and what is not."""

import textwrap

import pytest
from source_names import SourceNames, yaml_paths

FILES = {
    "assets/__init__.py": '"""Head."""\n',
    "assets/replies/taking.py": '''
        """Head."""

        import pandas as pd

        LIMIT = 3
        if LIMIT:
            EXTRA = "sent_line"


        class Taking:
            """A class."""

            period: str
            lines: int = 0

            def entered(self, dry_run: bool) -> int:
                """A method."""
                self.count = self.lines
                return self.count


        def take(opened: object, dry_run: bool, *, today: str) -> Taking:
            """A function."""
            return Taking(period=today)


        def every(*frames: object) -> None:
            """Any number."""
    ''',
    "assets/replies/words.yaml": "answer: [是]\nresults: {accepted: 登记}\n",
    "assets/replies/__pycache__/made_by_python.py": '"""Head."""\n',
    "tests/assets/test_taking.py": "only_a_test = 1\n",
}


@pytest.fixture
def names(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return SourceNames(tmp_path)


@pytest.mark.parametrize(
    "dotted",
    [
        "assets.replies.taking",
        "replies.taking.take",
        "taking.LIMIT",
        "taking.EXTRA",
        "Taking",
        "Taking.lines",
        "Taking.entered",
        "Taking.count",
        "assets.replies.taking.Taking.entered",
        "take",
    ],
)
def test_a_thing_is_found_by_its_whole_name_and_by_the_end_of_it(names, dotted):
    assert names.find(dotted)


@pytest.mark.parametrize(
    "dotted", ["pd", "taking.pd", "taking.leave", "Taking.dry_run", "plies.taking", "assets.replies.made_by_python"]
)
def test_what_is_not_defined_there_is_not_found(names, dotted):
    assert names.find(dotted) is None


def test_what_is_called_may_be_a_function_a_class_or_a_method_and_no_module(names):
    assert [called.parameters for called in names.callables("entered")] == [["dry_run"]]
    assert [called.parameters for called in names.callables("taking.take")] == [["opened", "dry_run", "today"]]
    assert names.callables("taking") == []
    assert names.callables("LIMIT") == []


def test_parameters_of_functions_and_of_classes_made_from_their_fields(names):
    assert names.find("take").parameters == ["opened", "dry_run", "today"]
    assert names.find("take").result == "Taking"
    assert names.find("Taking").result == ""
    assert names.find("Taking.entered").parameters == ["dry_run"]
    assert names.find("Taking").parameters == ["period", "lines"]
    assert names.find("every").parameters is None
    assert names.find("taking.LIMIT").parameters is None


def test_files_are_found_by_the_end_of_their_path(names):
    assert names.has_file("replies/words.yaml")
    assert names.has_file("assets/replies/")
    assert not names.has_file("plies/words.yaml")
    assert not names.has_file("replies/word.yaml")


def test_words_are_what_source_and_data_define(names):
    assert {"take", "dry_run", "LIMIT", "sent_line", "results", "登记", "taking", "words.yaml"} <= names.words
    assert not {"pd", "only_a_test", "made_by_python", "Head"} & names.words


def test_paths_of_a_yaml_tree():
    assert list(yaml_paths({"school": {"band": {"value": 3}}, "code": "x"})) == [
        "school",
        "school.band",
        "school.band.value",
        "code",
    ]
