"""The report's link rates are the linkage's own, by the record; who the register's extract cannot hold is no group."""

from dataclasses import replace

import pandas as pd
import pytest

from assets.paper.document import Cursor, blank
from assets.reports.assemble import Version, figures_of
from assets.reports.coverage import COVERAGE, LEFT_OUT
from assets.reports.figures import TOTAL
from assets.reports.sections import Reporting, data_section
from matching.measuring.groups import OUTSIDE


def coverage(figures, column):
    """(group, value) -> a column of the report's tables."""
    grids = [grid for name, grid in figures.grids.items() if name.startswith(COVERAGE) and name != LEFT_OUT]
    return {
        (grid.title, row): figures.values[grid.name, row, column] for grid in grids for row in grid.rows if row != TOTAL
    }


def written(material, version):
    """The section about data as text, table cells included."""
    document = blank()
    mark = document.add_paragraph()
    data_section(Cursor(document, mark), Reporting(material, figures_of(material, version), version))
    return "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))


@pytest.mark.parametrize(("column", "of_frame"), [("found", "linked"), (TOTAL, "records")])
def test_every_figure_is_the_linkage_s(material, column, of_frame):
    rates = material.rates[material.rates["group"] != OUTSIDE]
    own = {
        (group.removeprefix("按"), value): count
        for group, value, count in zip(rates["group"], rates["value"], rates[of_frame], strict=True)
    }
    assert coverage(figures_of(material, Version.INTERNAL), column) == own


def test_children_without_a_number_are_counted_by_what_their_record_says(material):
    """By the merged child nobody without number was ever found: whoever is found has the police's number."""
    line = material.rates[material.rates["value"] == "无有效号码"].iloc[0]
    figures = figures_of(material, Version.INTERNAL)
    assert coverage(figures, "found")["有无有效号码", "无有效号码"] == line["linked"] > 0
    assert f"{line['linked'] / line['records']:.1%}" in written(material, Version.INTERNAL)


def test_whom_the_register_cannot_hold_is_no_group_and_said(material):
    figures = figures_of(material, Version.INTERNAL)
    assert not {value for _, value in coverage(figures, TOTAL)} & {"18岁及以上", "是"}
    said = written(material, Version.INTERNAL)
    outside = material.rates[material.rates["group"] == OUTSIDE]
    assert len(outside) == 2
    for line in outside.itertuples():
        assert f"{line.value}{line.records}条" in said


def test_the_public_version_names_no_place_and_shows_no_cell_of_few_children(material):
    figures = figures_of(material, Version.PUBLIC)
    groups = {group for group, _ in coverage(figures, TOTAL)}
    assert groups
    assert not groups & {"乡镇", "部门"}
    shown = [
        value for key, value in figures.values.items() if key[0].startswith(COVERAGE) and key not in figures.hidden
    ]
    assert shown
    assert not [value for value in shown if 0 < value <= 7]


def test_more_departments_make_a_record_count_fewer_children(material):
    """Three records of three departments may be one child: the limit is on children."""
    several = pd.concat(
        [material.rates, *[material.rates.query("group == '按部门'").assign(value=name) for name in ("民政", "残联")]]
    )
    one, three = (
        figures_of(replace(material, rates=rates), Version.PUBLIC)
        for rates in (material.rates, _thirds(material.rates, several))
    )
    few = {key for key, value in three.values.items() if key[0].startswith(COVERAGE) and 0 < value <= 21}
    assert few
    assert few <= three.hidden
    assert not few <= one.hidden


def _thirds(rates, several):
    """The same records, said to come from three departments."""
    departments = several["group"] == "按部门"
    shares = several[departments].copy()
    first = shares.iloc[:1]
    rest = shares.iloc[1:].assign(records=0, linked=0)
    return pd.concat([rates[rates["group"] != "按部门"], first, rest], ignore_index=True)


def test_a_period_without_rates_says_nothing_of_groups(material):
    said = written(replace(material, rates=pd.DataFrame()), Version.INTERNAL)
    assert "关联率" not in said
    assert "减少无效核查" in said
