"""The figures of a report, internal or public: which grids it has, and in the public one what may not be shown.

Not here: how each is counted (`count`, `survey`, `coverage`) and how small numbers are protected (`suppress`).
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from assets.reports.count import (
    count_agreements,
    count_children,
    count_deliveries,
    count_life,
    count_lists,
    count_towns,
    count_what_became,
    count_workers,
)
from assets.reports.coverage import count_coverage, count_saved
from assets.reports.figures import TOTAL, FigureGrid, Figures
from assets.reports.material import ReportMaterial
from assets.reports.owned import count_owned
from assets.reports.suppress import public
from assets.reports.survey import count_survey
from assets.reports.wrong import count_wrong

STATES = {"answered": "已答复", "waiting": "未到期", "overdue": "已逾期", TOTAL: "下发线索"}


class Version(StrEnum):
    """Who may read it."""

    INTERNAL = "internal"
    PUBLIC = "public"


def figures_of(material: ReportMaterial, version: Version) -> Figures:
    """Count everything once, check that it adds up, and hide what this version may not show.

    Raises:
        FiguresError: the figures do not add up.
    """
    # Counted for this version, not cut from the internal one: a sum that is not there cannot give a small number away, so
    # the public version has fewer sums and loses fewer of its cells.
    inside = version is Version.INTERNAL
    figures = Figures()
    count_lists(figures, material, inside)
    count_towns(figures, material, inside)
    count_life(figures, material, inside)
    count_children(figures, material)
    count_coverage(figures, material, inside)
    count_saved(figures, material)
    count_agreements(figures, material, by_town=inside)
    count_workers(figures, material, by_town=inside)
    count_survey(figures, material, by_town=inside)
    if inside:
        count_deliveries(figures, material)
        if material.answers:
            _count_answers(figures, material)
        count_what_became(figures, material)
        count_owned(figures, material)
        count_wrong(figures, material.past_answers, {info.code: info.name for info in material.lists})
        figures.check()
        return figures
    _close_the_past(figures, material)
    # Checked before anything is hidden: suppression trusts the sums, a wrong one would protect the wrong cells.
    figures.check()
    return public(figures)


def _count_answers(figures: Figures, material: ReportMaterial) -> None:
    """`answers`: lines sent per recipient, and how many of them were answered."""
    # Added up: a department and a township may bear the same name.
    counts: Counter[tuple[str, str]] = Counter()
    for answers in material.answers:
        counts[answers.recipient, "answered"] += answers.answered
        counts[answers.recipient, "overdue"] += answers.overdue
        counts[answers.recipient, "waiting"] += answers.sent - answers.answered - answers.overdue
    rows = {answers.recipient: answers.recipient for answers in material.answers}
    figures.add(FigureGrid("answers", "核查答复情况", {**rows, TOTAL: "合计"}, STATES), counts, totals="both")


def _close_the_past(figures: Figures, material: ReportMaterial) -> None:
    """A number of an earlier period is shown only where that period's own public report showed it."""
    for label in material.earlier:
        shown = material.published.get(label, {})
        for info in material.computed:
            # A list that was corrected since differs from what was printed: that difference is news of a few children.
            key = ("trend", info.code, label)
            if shown.get(info.code) != figures.values[key]:
                figures.secret.add(key)
