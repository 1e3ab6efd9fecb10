"""The sample: reproducible by its seed, independent of the order of rows, every stratum seen, shares as they should be."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.childfile.document.sample import Draw, allocate, draw, population
from assets.childfile.document.samplebook import CHECKS, write_sheet
from assets.workbooks.context import PublishContext
from pipelines.partitions import Period


@pytest.fixture
def children():
    towns, kinds = ["甲镇", "乙镇", ""], ["left_behind", "dilemma;left_behind", "orphan", "", "hiv"]
    rows = [
        (f"T2026Q2-{i:06d}", towns[i % 3], f"{i % 5}村", kinds[i % 5], "no" if i % 29 == 0 else "yes", f"张{i}")
        for i in range(400)
    ]
    return pd.DataFrame(rows, columns=["child_id", "town", "village", "categories", "alive", "name"])


def test_who_can_be_drawn(children):
    everyone = population(children)
    assert set(everyone["kind"]) == {"left_behind", "orphan"}, (
        "a child of two kinds counts where its file is the most demanding"
    )
    dead = set(children.loc[children["alive"] == "no", "child_id"])
    assert not dead & set(everyone["child_id"])


def test_the_same_seed_draws_the_same_whatever_the_order(children):
    one = draw(population(children), Draw(30, "2026"))
    other = draw(population(children.sample(frac=1, random_state=3)), Draw(30, "2026"))
    pd.testing.assert_frame_equal(one, other)
    assert len(one) == 30
    assert set(draw(population(children), Draw(30, "2027"))["child_id"]) != set(one["child_id"])


def test_a_larger_sample_holds_the_smaller_one(children):
    everyone = population(children)
    small, large = (set(draw(everyone, Draw(size, "x"))["child_id"]) for size in (20, 60))
    assert small <= large


def test_every_stratum_is_seen(children):
    everyone = population(children)
    drawn = draw(everyone, Draw(12, "x"))
    assert set(zip(drawn["town"], drawn["kind"], strict=True)) == set(
        zip(everyone["town"], everyone["kind"], strict=True)
    )


sizes = st.dictionaries(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from("ab")), st.integers(1, 50))


@settings(deadline=None)
@given(sizes, st.integers(0, 120))
def test_the_quotas_add_up_and_never_exceed_a_stratum(strata, wanted):
    quota = allocate(strata, wanted)
    assert sum(quota.values()) == min(wanted, sum(strata.values()))
    assert all(0 <= quota[one] <= strata[one] for one in strata)
    if wanted >= len(strata):
        assert all(quota.values())


def test_the_sheet_can_be_filled_in_and_names_are_masked(children, tmp_path):
    wanted = Draw(10, "2026Q3")
    drawn = draw(population(children), wanted).merge(children[["child_id", "name"]], on="child_id")
    context = PublishContext(
        period="2026Q3", as_of=Period.parse("2026Q3").last_day, place="某县", lists=(), office="某县民政局"
    )
    book = openpyxl.load_workbook(write_sheet(drawn, wanted, context, tmp_path / "a.xlsx"))
    sheet = book["抽查表"]
    heads = [cell.value for cell in sheet[4]]
    assert [name for name in CHECKS if name not in heads] == []
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [row[1] for row in rows] == list(drawn["child_id"])
    assert all("*" in row[2] for row in rows)
    assert not sheet.cell(5, len(heads)).protection.locked
    assert sheet.cell(5, 2).protection.locked
    assert sheet.data_validations.dataValidation[0].formula1 == '"齐全,不全,没有"'
    assert "2026Q3" in sheet["A2"].value
    totals = next(row for row in book["分层"].values if row[0] == "合计")
    assert totals[3] == 10
