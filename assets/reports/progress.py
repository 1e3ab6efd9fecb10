"""The sections of a report about time: trend to zero, what is new and what has gone, who has answered, the year as a whole.

Not here: the life of a single finding (`expectations.life`).
"""

from __future__ import annotations

from assets.paper.charts import Chart, chart_paragraph
from assets.paper.document import Cursor
from assets.paper.tables import Cell, Row, TableLook
from assets.reports.count import LIFE
from assets.reports.fates import EARLIER_GRID, GONE_GRID
from assets.reports.figures import TOTAL
from assets.reports.material import Listed, ReportMaterial
from assets.reports.sections import Reporting

PER_ROW = 3
FATES_NOTE = "不再出现＝其后各栏之和（更早各期除外）。本期无记录：有关部门的数据中都没有这名儿童；本期无法核对：它所依据的数据没有交来；两者都不算解决。"
# Answered green, not due yet grey, overdue red.
BARS = {"answered": "548235", "waiting": "BFBFBF", "overdue": "C00000"}


def trend_section(cursor: Cursor, about: Reporting) -> None:
    """The trend of every list, and what changed since the period before."""
    figures, material = about.figures, about.material
    if not material.earlier:
        cursor.text("这是第一期比对，自下期起列出各清单的增减和清零走势。")
        return
    if about.internal:
        new, lasting, gone = (figures.say("life", TOTAL, name) for name in ("new", "lasting", "gone"))
        cursor.text(
            f"与上期相比，新发现{new}条，上期延续{lasting}条，本期不再出现{gone}条（均按数据中仍有计）。{_fates(about)}"
        )
    else:
        # A public version has no total over all lists (see docs/decisions/public-version.md).
        cursor.text(
            "下表按数据中仍有的线索计。不再出现不等于已经解决：孩子不在本期数据中，或者所依据的数据没有交来，也不再出现。"
        )
    _life_table(cursor, about)
    _fates_table(cursor, about)
    zero = zero_lists(material)
    cursor.text(
        "各清单线索数（数据中仍有）走势如下。"
        + (f"其中{'、'.join(info.name for info in zero)}列入动态清零。" if zero else "")
    )
    shown = [*zero, *[info for info in material.computed if info not in zero]]
    charts = [chart for info in shown if (chart := _chart(about, info))]
    for start in range(0, len(charts), PER_ROW):
        cursor.element(chart_paragraph(cursor.document, charts[start : start + PER_ROW]))


def _fates(about: Reporting) -> str:
    """Into which parts the lines that are gone fall, and those of earlier periods that nobody has seen since."""
    figures = about.figures
    if GONE_GRID not in figures.grids:
        return ""
    gone, earlier = (
        "，".join(
            f"{word}{figures.say(grid, TOTAL, word)}条"
            for word in figures.grids[grid].columns
            if word != TOTAL and figures.number(grid, TOTAL, word)
        )
        for grid in (GONE_GRID, EARLIER_GRID)
    )
    return (f"不再出现的，其中{gone}。" if gone else "") + (f"此外，{earlier}。" if earlier else "")


def _fates_table(cursor: Cursor, about: Reporting) -> None:
    """The same per list: a lead that nobody can see or check any more stays visible as such."""
    figures = about.figures
    if GONE_GRID not in figures.grids:
        return
    cells = [(GONE_GRID, word) for word in figures.grids[GONE_GRID].columns if word != TOTAL]
    cells += [(EARLIER_GRID, word) for word in figures.grids[EARLIER_GRID].columns if word != TOTAL]
    grid = figures.grids[GONE_GRID]
    names = [name for name in grid.rows if any(figures.values[g, name, TOTAL] for g in (GONE_GRID, EARLIER_GRID))]
    if not names:
        return
    rows: list[Row] = [["代码", "清单", grid.columns[TOTAL], *[word for _, word in cells]]]
    for name in names:
        numbers = [figures.say(GONE_GRID, name, TOTAL), *[figures.say(table, name, word) for table, word in cells]]
        rows.append([name if name != TOTAL else "", Cell(grid.rows[name], align="left"), *numbers])
    look = TableLook([12, 33, 15, *[12] * len(cells)], size=8, row_height=6.5)
    cursor.table("不再出现的线索去向", rows, look, FATES_NOTE)


def zero_lists(material: ReportMaterial) -> list[Listed]:
    """The lists that a place wants to see at zero (动态清零), in the order in which its profile names them."""
    codes = material.profile.comparison.zero_lists.value or []
    return [info for code in codes for info in material.computed if info.code == code]


def _life_table(cursor: Cursor, about: Reporting) -> None:
    figures = about.figures
    last = list(about.material.earlier)[-1]
    rows: list[Row] = [["代码", "清单", "上期", "新发现", "上期延续", "不再出现", "本期"]]
    for code, name in figures.grids["life"].rows.items():
        if code == TOTAL or not any(figures.values["life", code, column] for column in LIFE):
            continue
        life = [figures.say("life", code, column) for column in LIFE]
        if ("asked", code, TOTAL) in figures.values:
            ends = figures.say("trend", code, last), figures.say("asked", code, TOTAL)
        else:  # not computed now: everything that it had is gone from the lists, and nothing of it is solved
            ends = figures.say("life", code, "gone"), about.material.knowledge(code).word(0) or "未计算"
        rows.append([code, Cell(name, align="left"), ends[0], *life, ends[1]])
    cursor.table(
        "与上期相比（数据中仍有）",
        rows,
        TableLook([13, 48, 19, 19, 19, 19, 19], row_height=6.5),
        "本期＝新发现＋上期延续；上期＝上期延续＋不再出现。两期都没有线索的清单不列。",
    )


def _chart(about: Reporting, info: Listed) -> Chart | None:
    periods = list(about.figures.grids["trend"].columns)
    numbers = [about.figures.number("trend", info.code, label) for label in periods]
    if not any(numbers):
        return None
    short = [label[2:] for label in periods]  # three charts share a line: 26Q3, not 2026Q3
    title = f"{info.code} {info.name}"
    return Chart("line", short, [(info.name, numbers)], 51, 36, title if len(title) <= 14 else f"{title[:13]}…", size=7)


def answers_section(cursor: Cursor, about: Reporting) -> None:
    """Who has answered, as bars and as a table."""
    figures = about.figures
    if "answers" not in figures.grids:
        cursor.text("本期核查清单已下发，尚未收到答复。" if about.internal else "核查正在进行。")
        return
    grid = figures.grids["answers"]
    sent, answered, overdue = (figures.say("answers", TOTAL, name) for name in (TOTAL, "answered", "overdue"))
    rate = figures.share("answers", TOTAL, ("answered", TOTAL))
    cursor.text(f"共下发线索{sent}条次，已答复{answered}条次（{rate}），逾期未答复{overdue}条次。")
    rows: list[Row] = [["收件单位", "下发", "已答复", "未到期", "已逾期", "答复率"]]
    for name, zh in grid.rows.items():
        numbers = [figures.say("answers", name, column) for column in (TOTAL, "answered", "waiting", "overdue")]
        rows.append([Cell(zh, align="left"), *numbers, figures.share("answers", name, ("answered", TOTAL))])
    cursor.table("核查答复情况", rows, TableLook([46, 22, 22, 22, 22, 22], row_height=6.5))
    # While nobody has answered and nobody is late, every bar is the same grey.
    if (answered, overdue) == ("0", "0"):
        return
    names = [name for name in grid.rows if name != TOTAL]
    series = [(grid.columns[column], [figures.number("answers", name, column) for name in names]) for column in BARS]
    height = min(200.0, 26 + 7.0 * len(names))  # a bar per recipient, and no higher than a page
    categories = [grid.rows[name] for name in names]
    colours = tuple(BARS.values())
    chart = Chart("beam", categories, series, 150, height, "答复进度", labels=False, stacked=True, colours=colours)
    cursor.element(chart_paragraph(cursor.document, [chart]))


def year_section(cursor: Cursor, about: Reporting) -> None:
    """The year in one paragraph and one table: what each period found."""
    figures, year = about.figures, str(about.material.period.year)
    periods = [label for label in figures.grids["trend"].columns if label.startswith(year)]
    cursor.text(f"全年共比对{len(periods)}期。各清单历期线索数（数据中仍有）如下，未计算的期次不列。")
    rows: list[Row] = [["代码", "清单", *periods]]
    for info in about.material.computed:
        numbers = [figures.say("trend", info.code, label) for label in periods]
        rows.append([info.code, Cell(info.name, align="left"), *numbers])
    width = (156 - 63) / max(1, len(periods))
    cursor.table("全年各清单线索数", rows, TableLook([13, 50, *[width] * len(periods)], row_height=6.5))
