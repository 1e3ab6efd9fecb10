"""The measures of the house on an invented source tree whose counts are known by looking."""

import textwrap

import measure_house
import pytest
from measure_house import House, figures, main, places, strongly_connected, table

FILES = {
    "matching/__init__.py": '"""Head."""\n',
    "matching/pairs.py": '''
        """Head of
        two lines."""

        import numpy as np

        from matching.kinds import Row, Twice

        # why this is so
        LIMIT = 3  # behind code, not a line of its own


        class Order:
            """One line."""

            found: int = 0


        def weigh(row: Row, twice: Twice, many: tuple[int, ...], mixed: tuple[str, int] | None = None) -> int:
            """Sum."""
            found = _once(row)
            for one in many:
                found += one
            return found + _often(1) + _often(2)


        def _once(row: Row) -> int:
            return np.int64(row[1])


        def _often(number: int) -> int:
            return number


        def _never(number: "tuple[int, str]") -> int:
            return number
    ''',
    "matching/kinds.py": '''
        """Head."""

        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from matching.pairs import weigh

        Row = tuple[str, int]
        Twice = tuple[int, int]
    ''',
    "matching/ring_a.py": '"""Head."""\n\nfrom matching import ring_b\n',
    "matching/ring_b.py": '"""Head."""\n\nfrom . import ring_a\n',
    "assets/orders.py": '''
        """Head."""

        from matching.pairs import Order as Ordered


        class Order:
            """Again."""


        class Row:
            """A class of this name is no alias of the other file's."""


        def take(row: Row) -> None:
            """Long."""
            text = """
            a text
            of several lines
            """
    '''
    + "    x = 1\n" * 37,
    "tests/docs/test_page.py": '"""Head."""\n\nassert 1\n',
    "tests/matching/test_pairs.py": '"""Head."""\n\nassert 1\nassert 2\n',
}  # fmt: skip


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head, mark, tail = text.partition("    x = 1\n")
        path.write_text(textwrap.dedent(head).lstrip("\n").rstrip(" ") + mark + tail, encoding="utf-8")
    return tmp_path


def lines_by_kind(house, path):
    (source,) = [source for source in house.files if source.path == path]
    return source.code, source.comments, source.comments_behind_code, source.docstrings


def test_lines_by_kind(root):
    house = House(root)
    assert lines_by_kind(house, "matching/pairs.py") == (16, 1, 1, 4)
    assert lines_by_kind(house, "assets/orders.py") == (4 + 4 + 37, 0, 0, 4)  # a text that is a value is code


def test_lists_name_file_line_and_thing(root):
    house = House(root)
    assert list(places(house, "once")) == ["matching/pairs.py:26 _once"]
    assert list(places(house, "short")) == ["matching/pairs.py:26 _once"]
    assert [line.split()[0] for line in places(house, "names")] == [
        "matching/pairs.py:20",
        "matching/pairs.py:21",
        "matching/pairs.py:22",
    ]
    assert list(places(house, "classes")) == ["assets/orders.py:6 Order", "matching/pairs.py:12 Order"]
    assert list(places(house, "long")) == ["assets/orders.py:14 take"]


def test_a_mixed_tuple_is_seen_through_its_alias_and_not_where_a_class_has_the_same_name(root):
    assert list(places(House(root), "tuples")) == [
        "matching/pairs.py:18 weigh(row: Row)",
        "matching/pairs.py:18 weigh(mixed: tuple[str, int] | None)",
        "matching/pairs.py:26 _once(row: Row)",
        "matching/pairs.py:34 _never(number: 'tuple[int, str]')",
    ]


def test_circles_with_and_without_imports_for_types(root):
    house = House(root)
    assert list(places(house, "circles")) == ["matching.ring_a matching.ring_b"]
    assert list(places(house, "late-circles")) == [
        "matching.kinds matching.pairs",
        "matching.ring_a matching.ring_b",
    ]


def test_a_circle_around_corners_is_one_group():
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert strongly_connected(edges) == [["a", "b", "c"], ["d", "e"]]


def test_the_table_in_total_and_by_room(root):
    shown = table(House(root))
    assert House(root).test_code("") == 2  # those of the documents test no source that is counted
    assert shown.startswith("| | total | assets | matching |")
    house = House(root, "matching")
    row = figures(house, house.files, house.test_code("matching"))
    assert row["files"] == "5"
    assert row["private functions called once, per 1,000 lines"].endswith("(1 of 3)")
    assert row["parameters that are tuples of mixed things, per 1,000 functions"] == "1000.0 (4)"
    assert row["public class names that stand in two files or more"] == "0 of 1"
    assert row["functions"] == "4"
    assert row["function length: median / longest"] == "1 / 4"
    assert row["circles among modules, imports at top"] == "1"
    assert row["imports per file (of our own modules)"] == "1.2 (0.8)"
    assert row["tests : source, lines of code"] == f"{2 / sum(source.code for source in house.files):.2f}"


def test_asked_for_a_part_the_other_rooms_are_left_out(root, capsys):
    assert main(["--list", "names", "--under", "assets"], root) == 0
    assert capsys.readouterr().out.strip() == ""
    assert main(["--list", "once", "--under", "matching/pairs.py"], root) == 0
    assert capsys.readouterr().out.strip() == "matching/pairs.py:26 _once"
    with pytest.raises(SystemExit):
        main(["--under", "nowhere"], root)


def test_a_class_of_a_part_is_listed_with_where_else_its_name_stands(root):
    assert list(places(House(root, "matching"), "classes")) == [
        "assets/orders.py:6 Order",
        "matching/pairs.py:12 Order",
    ]
    assert list(places(House(root, "matching/kinds.py"), "classes")) == []


def test_every_list_can_be_asked_for(root):
    house = House(root)
    assert all(list(places(house, measure)) for measure in measure_house.LISTS)
