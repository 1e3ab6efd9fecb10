"""急: what a run and a report count is still to be visited today; what was answered stands beside it."""

import pandas as pd
import pytest

from assets.publishing.edition_lines import COLUMNS, EditionLines
from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import lists_of
from assets.reports.sections import urgent_sentence
from expectations.jurisdictions.profile import load_profile
from pipelines.cli.summary import print_urgent


def edition(*status):
    rows = [(f"L21-{i}", "L21", "明确", "甲镇", f"T-{i}", "1", one) for i, one in enumerate(status)]
    return EditionLines(pd.DataFrame([*rows, ("L01-0", "L01", "明确", "甲镇", "T-9", "", "asked")], columns=COLUMNS))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (["asked", "quiet", "quiet"], "无人监护（L21）本期下发 1 条，请当日核实；已答复不再下发 2 条。"),
        (["quiet"], "无人监护（L21）本期下发 0 条，请当日核实；已答复不再下发 1 条。"),
    ],
)
def test_a_run_counts_who_is_still_to_be_visited(capsys, status, sentence):
    print_urgent(edition(*status), {"L21": "无人监护"})
    assert capsys.readouterr().out.replace("\n", "") == f"紧急：{sentence}"


def test_a_run_without_urgent_lines_says_nothing(capsys):
    print_urgent(edition(), {})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        ((3, 0), ["本期下发3条，须当日处置"]),
        ((1, 2), ["本期下发1条，须当日处置", "另有已答复不再下发2条"]),
        ((0, 2), ["本期没有须当日处置的，已答复不再下发2条"]),
    ],
)
def test_a_report_does_too(counts, wanted):
    info = next(one for one in lists_of(load_profile("default")) if one.code == "L21")
    figures = Figures()
    columns = {"asked": "", "quiet": "", TOTAL: ""}
    cells = {("L21", "asked"): counts[0], ("L21", "quiet"): counts[1]}
    figures.add(FigureGrid("asked", "", {"L21": ""}, columns), cells, totals="rows")
    sentence = urgent_sentence(figures, info)
    assert all(part in sentence for part in wanted)
    assert ("另有" in sentence) == (len(wanted) == 2)
