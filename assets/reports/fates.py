"""What became of the lines between two periods, as checked grids: for the report and for the summary workbook alike.

Not here: which line has which fate (`assets.publishing.edition_lines`), the words (`life.yaml`), tables and sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from assets.publishing.edition_lines import EARLIER, GONE, NOW
from assets.reports.figures import TOTAL, FigureGrid, Figures
from expectations.life.rules import life_rules

NOW_GRID, GONE_GRID, EARLIER_GRID = "fates_now", "fates_gone", "fates_earlier"
GRIDS = {NOW: NOW_GRID, GONE: GONE_GRID, EARLIER: EARLIER_GRID}
GONE_WORD = "本期不再出现"


def fate_words() -> dict[str, dict[str, str]]:
    """FigureGrid -> its columns: the fates, then what they add up to."""
    rules = life_rules()
    parts = {
        NOW_GRID: ([*rules.staying, rules.counts["quiet"]], rules.counts["listed"]),
        GONE_GRID: ([*rules.leaving, rules.settled], GONE_WORD),
        EARLIER_GRID: (list(rules.earlier.values()), "更早各期"),
    }
    return {grid: {**{word: word for word in words}, TOTAL: whole} for grid, (words, whole) in parts.items()}


def count_fates(figures: Figures, lists: Mapping[str, str], fates: pd.DataFrame) -> None:
    """`fates_now`, `fates_gone`, `fates_earlier`: per list and fate; every line is in exactly one cell, which is checked.

    Args:
        figures: where to.
        lists: code -> name, of the place's lists in its order; a list that a place has dropped keeps its code.
        fates: `assets.publishing.edition_lines.fates_of`.
    """
    dropped = sorted(set(fates["code"]) - set(lists))
    rows = {**lists, **{code: code for code in dropped}, TOTAL: "合计"}
    for place, grid in GRIDS.items():
        lines = fates[fates["place"] == place]
        counts = Counter(zip(lines["code"], lines["fate"], strict=True))
        figures.add(FigureGrid(grid, "线索去向", rows, fate_words()[grid]), counts, "both")
        # Counted apart from the cells: a fate without a column would otherwise leave the sum in silence.
        figures.values["fated", place, TOTAL] = len(lines)
        figures.same(("fated", place, TOTAL), (grid, TOTAL, TOTAL))
