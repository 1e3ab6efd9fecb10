"""The map and the recipes name files that exist, and the picture is the table's."""

import re
from pathlib import Path

import pytest
from make_map import PAGE, TARGET, draw, stations

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    path
    for path in (ROOT / "CONTRIBUTING.md", ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "api" not in path.parts  # made from the source, and tested by themselves
]
ROOMS = ("pipelines", "assets", "expectations", "matching", "demo_county", "benchmarks", "tests", "docs")
NAMED = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w./-]*\w/?)(?:::\w+)?`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_exists(page):
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_test_that_a_page_names_exists(page):
    named = TEST.findall(page.read_text(encoding="utf-8"))
    assert [test for path, test in named if f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_every_recipe_names_the_test_that_shows_it():
    _, recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## Recipes\n")
    parts = re.split(r"^### ", recipes.split("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(parts) == 7
    assert [part.splitlines()[0] for part in parts if not TEST.search(part)] == []


def test_the_journey_is_found_in_the_page_and_the_picture_is_drawn_from_it():
    journey = stations(PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number, _, _ in journey] == list(range(1, 13))
    assert TARGET.read_text(encoding="utf-8") == draw(journey)


def test_a_row_is_read_before_it_is_linked_and_linked_before_it_is_listed():
    order = [path.split("/")[0] for _, _, path in stations(PAGE.read_text(encoding="utf-8"))]
    assert order.index("matching") < order.index("expectations", order.index("matching"))
    assert order.index("pipelines") < order.index("matching")
