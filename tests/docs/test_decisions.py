"""Each decision record says when, whether it holds, and what else was considered; the table of records agrees with them."""

import datetime
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
HEAD = re.compile(
    r"# (?P<title>.+)\n\n(?P<date>\d{4}-\d\d-\d\d)(?:, revised (?P<revised>\d{4}-\d\d-\d\d))?"
    r" · (?P<status>[^·\n]+) · alternatives considered: (?P<alternatives>[^\n]+)\n\n"
)


def status_holds(status):
    """Whether a status is one of the three, and the page that took a superseded one's place is there."""
    successor = re.fullmatch(r"superseded by \[[^\]]+\]\((?P<page>[^)]+\.md)\)", status)
    return status in ("proposed", "in force") or (successor is not None and (FOLDER / successor["page"]).exists())


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_begins_with_date_status_and_alternatives(path):
    head = HEAD.match(path.read_text(encoding="utf-8"))
    assert head is not None, "below the title: `date · status · alternatives considered: …`, see README.md"
    written = datetime.date.fromisoformat(head["date"])
    assert written <= datetime.date.fromisoformat(head["revised"] or head["date"])
    assert status_holds(head["status"])
    assert len(head["alternatives"].split()) >= 3


def test_a_page_that_is_not_there_takes_nobody_s_place():
    assert not status_holds("superseded by [another](no-such-page.md)")
    assert not status_holds("accepted")
    assert status_holds(f"superseded by [another]({RECORDS[0].name})")


def test_the_table_names_every_record_with_its_date_and_status():
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([^\]]+)\]\(([^)]+)\) \| (\S+) \| ([^|]+?) \| [^|]{10,} \|$", table, re.MULTILINE)
    heads = [(path.name, HEAD.match(path.read_text(encoding="utf-8"))) for path in RECORDS]
    assert rows == [(head["title"], name, head["date"], head["status"]) for name, head in heads if head]
