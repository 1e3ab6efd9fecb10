"""四查三比对 by name, key groups beside every line, and further books."""

import pytest
from town import CA, DI, ED, PS, Town

from expectations.lists.catalogue import load_catalogue
from expectations.lists.comparisons import comparisons
from expectations.lists.ledgers import extra_ledgers
from expectations.lists.view import View


def test_the_third_comparison_counts_drop_outs_of_lifted_households(town: Town) -> None:
    for child in (1, 2):
        town.add(PS, child)
        town.add(ED, child, enrolment_status="other_leave", status_date="2026-01-01")
    town.add("lifted_poverty", 2, aid="poverty_file")
    came = (CA, ED, PS, DI, "lifted_poverty", "education.register")
    found = comparisons(town.findings("", came), town.profile, came).set_index("name")
    third = found.loc["三比对之三：辍学与脱贫户比对"]
    assert (third["children"], third["lists"], third["sentence"]) == (1, "L03、L05", "")
    first = found.loc["三比对之一：户籍与学籍比对（查失学）"]
    assert (first["children"], first["sentence"]) == (0, "")
    second = found.loc["三比对之二：学籍与在校比对（查辍学）"]
    assert second["children"] == -1
    assert "学校在校名单" in second["sentence"]


def test_a_county_in_which_nobody_is_on_a_list_has_noughts_and_no_fault(town: Town) -> None:
    """Of no findings, a list of truths is an empty list of columns: the command failed after everything was published."""
    town.add(PS, 1)
    town.add("lifted_poverty", 1, aid="poverty_file")
    came = (CA, ED, PS, DI, "attendance", "lifted_poverty")
    nobody = town.findings("", came).iloc[:0]
    counts = comparisons(nobody, town.profile, came)
    assert set(counts["children"]) == set(counts["certain"]) == {0}


def test_every_comparison_is_named_and_rests_on_lists_of_the_catalogue() -> None:
    catalogue = load_catalogue()
    assert [name[:4] for name in catalogue.comparisons if name.startswith("三比对")] == ["三比对之"] * 3
    assert {"查户籍", "查学籍", "查在校学生", "查脱贫户适龄儿童"} < set(catalogue.comparisons)
    for one in catalogue.comparisons.values():
        assert set(one.lists) <= set(catalogue.lists)
        assert not one.only or one.only in catalogue.groups
        assert all(need in catalogue.sources or need in catalogue.departments for need in one.needs)


def test_key_groups_stand_beside_every_line_and_the_place_s_own_come_first(town: Town) -> None:
    town.change("comparison.priority", ["orphan"])
    town.add(CA, 1, category="orphan;left_behind")
    town.add(PS, 1, cancel_kind="death", cancel_date="2026-01-01")
    town.add(CA, 2, category="dilemma", aid="minimum_living")
    town.add(PS, 2, cancel_kind="death", cancel_date="2026-01-01")
    found = town.findings("L13").set_index("child_id").sort_index()
    assert found["groups"].tolist() == ["孤儿、留守", "困境、低保"]
    assert found["priority"].tolist() == ["1", ""]


@pytest.mark.parametrize(
    ("ledger", "fields"),
    [
        ("rural_single_parent", {"single_parent": "yes", "hukou_nature": "rural"}),
        ("virtual_special_school", {"remark": "列入虚拟专门学校"}),
        ("street_trafficked", {"category": "street"}),
        ("migrant", {"category": "migrant"}),
    ],
)
def test_a_further_book_holds_its_own_children_only_where_the_place_keeps_it(
    town: Town, ledger: str, fields: dict[str, str]
) -> None:
    town.add(CA, 1, **fields)
    town.add(CA, 2, category="left_behind", single_parent="no")
    for kept in ([], [ledger]):
        town.change("comparison.ledgers", kept)
        found = extra_ledgers(View(town.files(), town.profile, load_catalogue()))
        assert found["child_id"].tolist() == (["T2026Q3-000001"] if kept else [])


def test_an_urban_child_of_a_single_parent_is_not_in_the_rural_book(town: Town) -> None:
    town.change("comparison.ledgers", ["rural_single_parent"])
    town.add(CA, 1, single_parent="yes", hukou_nature="urban")
    assert extra_ledgers(View(town.files(), town.profile, load_catalogue())).empty
