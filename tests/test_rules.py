"""The reasons of the code stand in docs/rules: every pointer leads to one, none is given twice, none lies outside the repository.

Belongs here: what holds between citations and pages. Not here: whether a rule is kept (the tests of the code that keeps it).
"""

import csv
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from expectations.lists.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "docs" / "rules"
PAGES = sorted(RULES.glob("*.md"))
ROOMS = ("assets", "benchmarks", "demo_county", "docs", "expectations", "matching", "pipelines", "tests")
KINDS = {".py", ".yaml", ".yml", ".md", ".toml", ".tsv", ".csv"}
# The changelog tells what earlier states cited, and the pages themselves explain what everybody else only points to.
FILES = [
    path
    for path in sorted([*(file for room in ROOMS for file in (ROOT / room).rglob("*")), *ROOT.glob("*.*")])
    if path.suffix in KINDS and path.is_file() and path != ROOT / "CHANGELOG.md" and path.parent != RULES
]

ANCHOR = re.compile(r'<a id="([a-z0-9-]+)"></a>')
# A page and its anchors: rules/dates.md#b01, or several as rules/dates.md#b01, #b04 and rules/dates.md#b01 to #b07.
POINTER = re.compile(r"rules/([a-z-]+)\.md((?:(?:,| to)?\s*#[a-z0-9-]+)*)")
LINK = re.compile(r"\]\(([a-z-]*)(?:\.md)?(?:#([a-z0-9-]+))?\)")
# The design books from which the rules were taken; they are not in the repository. A page of ours under `docs/` may bear such a name.
BOOKS = (
    "architecture",
    "coverage",
    "desk",
    "domain",
    "house",
    "matching",
    "matching-evidence",
    "profile-corrections",
    "stack",
    "trust",
    "users",
)
BOOK = re.compile(rf"(?<![\w/.-])(?:{'|'.join(BOOKS)})\.md\b")
# Their codes and section numbers, which lead nowhere by themselves.
CODE = re.compile(
    r"(?<![\w#/.-])(?:C(?:0[1-9]|1\d|2[0-2])|FF\d{1,2}|M\d{1,2}|N(?:0[1-9]|1[0-7])|B0[1-8]|R1|S[0-4])(?![\w-])"
)
SECTION = re.compile(r"\bC[1-5] \d+\b|\b\d\.\d+ rows? \d|\((?:[1-9]\.\d{1,2}(?:\.\d{1,2})?(?:, | and )?)+\)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def remarks_of_python(text: str) -> Iterator[str]:
    """Comments and docstrings."""
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        starts = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and starts):
            yield token.string
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type


def remarks(path: Path) -> Iterator[str]:
    """What a file says to its reader: comments, docstrings, prose, the reasons of a table of cases; never its data."""
    text = text_of(path)
    if path.suffix == ".py":
        yield from remarks_of_python(text)
    elif path.suffix == ".md":
        yield from re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
    elif path.suffix == ".csv":
        yield from (row.get("why") or "" for row in csv.DictReader(io.StringIO(text)))
    else:
        yield from (line[found.start() :] for line in text.splitlines() if (found := re.search(r"(?:^|\s)#", line)))


def bare_codes(remark: str) -> list[str]:
    """Codes of the old books in a remark; in backticks a code is a value that the program writes."""
    return CODE.findall(re.sub(r"`[^`]*`", "", remark))


@cache
def anchors(page: str) -> frozenset[str]:
    path = RULES / f"{page}.md"
    return frozenset(ANCHOR.findall(text_of(path))) if path.exists() else frozenset()


def pointers(text: str) -> Iterator[tuple[str, str]]:
    """Page and anchor of every pointer; the anchor is "" where a page is named alone."""
    for page, cited in POINTER.findall(text):
        yield from ((page, anchor) for anchor in re.findall(r"#([a-z0-9-]+)", cited) or [""])


def test_there_is_something_to_check() -> None:
    assert len(PAGES) > 10
    assert sum(1 for path in FILES for _ in pointers(text_of(path))) > 300


def found_in_files(find: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """What a check finds, by file; files without a finding are left out."""
    return {name_of(path): lines for path in FILES if (lines := find(path))}


def test_every_pointer_leads_to_a_rule() -> None:
    def lost(path: Path) -> list[str]:
        return [f"{page}.md#{anchor}" for page, anchor in pointers(text_of(path)) if anchor not in anchors(page)]

    assert found_in_files(lost) == {}


def test_no_file_cites_a_book_that_is_not_here() -> None:
    assert found_in_files(lambda path: BOOK.findall(text_of(path))) == {}


def test_no_code_of_the_books_stands_alone() -> None:
    """It needs its page: rules/<page>.md#<code>."""

    def bare(path: Path) -> list[str]:
        # Telling remarks from data costs more than a look at the whole text.
        return [code for remark in remarks(path) for code in bare_codes(remark)] if CODE.search(text_of(path)) else []

    assert found_in_files(bare) == {}


def test_no_section_is_cited_without_its_page() -> None:
    def bare(path: Path) -> list[str]:
        if path.suffix not in (".py", ".yaml") or not SECTION.search(text_of(path)):
            return []
        return [number for remark in remarks(path) for number in SECTION.findall(remark)]

    assert found_in_files(bare) == {}


def test_no_anchor_stands_twice() -> None:
    count = Counter(anchor for page in PAGES for anchor in ANCHOR.findall(text_of(page)))
    assert [anchor for anchor, times in count.items() if times > 1] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pages_lead_to_each_other(path: Path) -> None:
    links = LINK.findall(text_of(path))
    assert [link for link in links if link[1] and link[1] not in anchors(link[0] or path.stem)] == []
    assert [page for page, _ in links if page and not (RULES / f"{page}.md").exists()] == []
    assert path.name == "README.md" or f"]({path.name})" in text_of(RULES / "README.md"), "the index names every page"


def test_every_code_has_its_rule() -> None:
    """Codes that clerks may read in an error list, and the rows that profiles answer to, are all explained."""
    wanted = {
        "identifiers": [f"c{number:02}" for number in range(1, 23)],
        "names": [f"n{number:02}" for number in range(1, 18)],
        "dates": [f"b{number:02}" for number in range(1, 9)],
        "files": [f"ff{number}" for number in range(1, 21)],
        "jurisdictions": [f"row-{number}" for number in range(1, 28)],
        "bad-inputs": [f"input-{number}" for number in range(1, 47)],
        "linkage": [f"idea-{number}" for number in range(1, 15)],
        # One entry for the two lists of children recorded twice (L16C, L16E).
        "lists": [code.rstrip("CE").lower() for code in load_catalogue().lists],
    }
    assert {page: set(codes) - anchors(page) for page, codes in wanted.items()} == {page: set() for page in wanted}


@pytest.mark.parametrize(
    ("remark", "codes"),
    [
        ("a parent's number (C14)", ["C14"]),
        ("C05: cut by the spreadsheet", ["C05"]),
        ("total rows (FF9), 7 M28", ["FF9", "M28"]),
        ("the issues `C01` to `C22`", []),
        ("rules/identifiers.md#c14, #c15", []),
        ("list L20, county C1, Q3", []),
    ],
)
def test_what_counts_as_a_bare_code(remark: str, codes: list[str]) -> None:
    assert bare_codes(remark) == codes
