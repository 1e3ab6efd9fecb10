"""The glossary names what exists, in the order in which a reader looks for it, and words that are gone stay gone."""

import re
from collections import Counter
from pathlib import Path

import pytest
from source_names import names_below

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NAMES = names_below(ROOT)
ROOMS = [
    *("Receiving", "Matching", "Lists", "Life", "Publishing", "Replies", "Upward", "Trust", "How it runs"),
    "The demo county",
]
GONE = "Words that are gone"
# A word that is gone in one sense and right in another.
STILL_RIGHT = {
    "demo_county.lives",  # lives of children, not of findings
    "assets.replies.judging",  # lines of returned workbooks are judged there, no pair of records
}


def sections():
    """Heading -> the rows of its table, each a list of cells."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return {
        heading: [[cell.strip() for cell in line.strip("|").split(" | ")] for line in body.split("\n") if line[:2] == "| "][1:]
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }  # fmt: skip


def code_names(cell):
    return re.findall(r"`([^`]+)`", cell)


def is_named_in_source(name):
    """A path, a file's name, or a word that the source or its data define; the ending `_` stands for what a department's name follows."""
    if "/" in name or "." in name:
        return NAMES.has_file(name) or any(word == name for word in NAMES.words)
    if name.endswith("_"):
        return any(word.startswith(name) for word in NAMES.words)
    return name in NAMES.words


ROWS = [(room, row) for room in ROOMS for row in sections().get(room, [])]


def test_the_rooms_stand_in_the_order_of_the_data():
    assert list(sections()) == [*ROOMS, GONE]


@pytest.mark.parametrize(("room", "row"), ROWS, ids=[f"{room}: {row[0]}" for room, row in ROWS])
def test_a_word_has_its_chinese_term_its_name_in_the_code_and_a_meaning(room, row):
    _, term, code, meaning = row
    assert term == "—" or re.search("[\u4e00-\u9fff]", term)
    assert code_names(code)
    assert [name for name in code_names(code) if not is_named_in_source(name)] == []
    assert len(meaning.split()) >= 4


@pytest.mark.parametrize("room", ROOMS)
def test_words_are_in_alphabetical_order_each_once(room):
    words = [row[0].replace("`", "").casefold() for row in sections()[room]]
    assert words == sorted(words)
    assert [word for word, times in Counter(words).items() if times > 1] == []


def test_no_module_and_no_public_class_bears_a_word_that_is_gone():
    gone = {word.strip() for row in sections()[GONE] for word in row[0].split(",")}
    assert len(gone) >= 20
    modules = {path for path in NAMES.modules if path.rpartition(".")[2] in gone}
    classes = {
        f"{path}.{name}"
        for path, module in NAMES.modules.items()
        for name, member in module.members.items()
        if name in gone | {word.capitalize() for word in gone} and type(member.node).__name__ == "ClassDef"
    }
    assert (modules | classes) - STILL_RIGHT == set()


def test_a_name_that_is_nowhere_is_noticed():
    assert not is_named_in_source("no_such_name_at_all")
    assert not is_named_in_source("assets/no_such_folder")
    assert not is_named_in_source("nosuchprefix_")
    assert is_named_in_source("SheetReading")
    assert is_named_in_source("std_")
