"""Counties with nobody, with one record, with one department: every list gives a frame with the columns of all lists."""

import pytest
from town import CA, DI, ED, PS, Town

from assets.childfile.build import ChildFiles
from expectations.lists.catalogue import load_catalogue
from expectations.lists.comparisons import COLUMNS as COMPARED
from expectations.lists.comparisons import comparisons
from expectations.lists.findings import COLUMNS, LISTS, compute_findings
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.view import View

EVERY = (
    CA,
    ED,
    PS,
    DI,
    "attendance",
    "lifted_poverty",
    "subsistence",
    "custody",
    "cremation",
    "health",
    "workers",
    "visits",
)
DRAFTED = {"child", "record", "field", "grade", "reason"}


def nobody(town: Town) -> ChildFiles:
    """Child files with all their columns and no row."""
    town.add(CA, 1)
    full = town.files()
    frames = {name: getattr(full, name).iloc[:0].copy() for name in ("children", "records", "near", "beside")}
    return ChildFiles(**{**full.__dict__, **frames})


@pytest.mark.parametrize("code", sorted(LISTS))
def test_a_list_of_nobody_is_an_empty_draft(town: Town, code: str) -> None:
    drafts = LISTS[code](View(nobody(town), town.profile, load_catalogue()))
    assert len(drafts) == 0
    assert set(drafts.columns) >= DRAFTED


def test_a_county_with_nobody(town: Town) -> None:
    files = nobody(town)
    findings = compute_findings(files, town.profile, EVERY)
    assert (len(findings), list(findings.columns)) == (0, COLUMNS)
    assert list(comparisons(findings, town.profile, EVERY).columns) == COMPARED
    assert extra_ledgers(View(files, town.profile, load_catalogue())).empty


@pytest.mark.parametrize("children", [1, 6])
@pytest.mark.parametrize("department", EVERY)
def test_a_county_that_one_department_alone_knows(town: Town, department: str, children: int) -> None:
    for child in range(children):
        town.add(department, child)
    findings = compute_findings(town.files(), town.profile, EVERY)
    assert list(findings.columns) == COLUMNS
    counts = comparisons(findings, town.profile, EVERY)
    assert list(counts["name"]) == list(load_catalogue().comparisons)
    assert (counts["children"] >= counts["certain"]).all()
