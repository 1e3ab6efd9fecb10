"""Two counties in one workspace, from files to lists: asked about, and with either answer the own county's lists are those of its files alone."""

import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from two_counties import MINLE, PERIOD, SHANDAN, add, deliver

from assets.publishing.editions import bare_context
from pipelines.resources.session import Session
from pipelines.resources.tables import delivery, delivery_notice
from pipelines.resources.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> tuple[Path, Path]:
    """The inboxes of a county of 700 children and of one of 250."""
    folder = tmp_path_factory.mktemp("counties")
    return deliver(MINLE, folder / "a", 700, 3), deliver(SHANDAN, folder / "b", 250, 4)


@pytest.fixture(scope="module")
def run(delivered, tmp_path_factory, tongbi):
    """`run(settings, *counties)`: a workspace of these counties' files with these lines of tongbi.toml, after a run."""
    made: dict[tuple[object, ...], Path] = {}

    def workspace(settings: str, *counties: int) -> Path:
        key = (settings, *counties)
        if key not in made:
            root = tmp_path_factory.mktemp("workspace") / "w"
            Workspace.create(root)
            (root / "tongbi.toml").write_text(settings, encoding="utf-8")
            for county in counties:
                add(delivered[county], root / "inbox" / PERIOD, ending="_2" if county else "")
            done = tongbi("run", "--period", PERIOD, "--workspace", root)
            # Of two counties without an answer the edition waits; one county, and an answer, wait for nothing.
            is_open = (
                len(counties) > 1 and "drop" not in settings and "known" not in settings and "own_codes" not in settings
            )
            assert done.returncode == (3 if is_open else 0), done.stdout + done.stderr
            made[key] = root
        return made[key]

    yield workspace
    for root in made.values():
        shutil.rmtree(root)


def lists(root: Path) -> Counter[tuple[str, str]]:
    """Lists with the file and row of the record they name: child numbers depend on who was linked beside."""
    lines = pd.read_parquet(root / "frames" / "findings" / f"{PERIOD}.parquet")
    return Counter(zip(lines["code"], lines["file"] + lines["sheet"] + lines["row"].astype(str), strict=True))


def rows(root: Path, table: sa.Table) -> list[sa.RowMapping]:
    session = Session(Workspace.open(root))
    with session.engine.connect() as connection:
        found = list(connection.execute(sa.select(table)).mappings())
    session.engine.dispose()
    return found


def questions(root: Path) -> set[tuple[str, str]]:
    return {
        (line["department"], line["severity"]) for line in rows(root, delivery_notice) if line["code"] == "other_county"
    }


OWN = 'county_code = "620722"\n'


def test_a_county_alone_is_asked_nothing(run):
    assert questions(run(OWN, 0)) == set()


def test_a_second_county_is_asked_about(run):
    asked = questions(run(OWN, 0, 1))
    assert {("public_security", "ask"), ("education", "ask"), ("civil_affairs", "ask")} == asked


@pytest.mark.parametrize("answer", ["drop", "known"])
def test_answered_the_lists_are_those_of_the_county_alone(run, answer):
    both = run(OWN + f'other_counties = {{"620725" = "{answer}"}}\n', 0, 1)
    assert lists(both) == lists(run(OWN, 0))
    assert {severity for _, severity in questions(both)} == {"warn"}


def test_every_row_is_accounted_for_and_what_was_left_out_is_set_aside(run):
    dropped, asked = (rows(run(OWN + more, 0, 1), delivery) for more in ('other_counties = {"620725" = "drop"}\n', ""))
    for line in [*dropped, *asked]:
        assert line["rows_in"] == line["accepted"] + line["quarantined"] + line["set_aside"]
    theirs = [line for line in dropped if "_2." in line["file"]]
    assert theirs
    assert all(line["accepted"] == 0 for line in theirs)
    assert sum(line["rows_in"] for line in dropped) == sum(line["rows_in"] for line in asked)


def test_both_codes_of_a_district_are_compared(run):
    district = lists(run(OWN + 'own_codes = ["620725"]\n', 0, 1))
    assert Counter(code for code, _ in district)["L03"] >= Counter(code for code, _ in lists(run(OWN, 0)))["L03"]
    assert any("_2." in place for _, place in district)


def test_documents_are_signed_by_the_county_that_its_code_names(run):
    assert bare_context(Workspace.open(run(OWN, 0)), PERIOD).office == "民乐县民政局"
