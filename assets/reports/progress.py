"""The sections of a report about time: trend to zero, what is new and what has gone, who has answered, the year as a whole.

Not here: the life of a single finding (`expectations.life`).
"""

from __future__ import annotations

from assets.paper.charts import Chart, chart_paragraph
from assets.paper.document import Cursor
from assets.paper.tables import Cell, Row, TableLook
from assets.reports.figures import TOTAL
from assets.reports.material import Listed
from assets.reports.sections import Reporting

PER_ROW = 3
# Answered green, not due yet grey, overdue red.
BARS = {"answered": "548235", "waiting": "BFBFBF", "overdue": "C00000"}


def trend_section(cursor: Cursor, about: Reporting) -> None:
    """The trend of every list, and what changed since the period before."""
    figures, material = about.figures, about.material
    if not material.earlier:
        cursor.text("这是第一期比对，自下期起列出各清单的增减和清零走势。")
        return
    said = [figures.say("life", TOTAL, name) for name in ("new", "lasting", "gone")]
    if about.internal:
        cursor.text(f"与上期相比，新发现{said[0]}条，上期延续{said[1]}条，本期不再出现{said[2]}条。{_moves(about)}")
    _life_table(cursor, about)
    zero = _zero_lists(about)
    cursor.text(
        "各清单线索数走势如下。" + (f"其中{'、'.join(info.name for info in zero)}列入动态清零。" if zero else "")
    )
    shown = [*zero, *[info for info in material.computed if info not in zero]]
    charts = [chart for info in shown if (chart := _chart(about, info))]
    for start in range(0, len(charts), PER_ROW):
        cursor.element(chart_paragraph(cursor.document, charts[start : start + PER_ROW]))


def _moves(about: Reporting) -> str:
    """What became of the findings, as far as they were followed."""
    figures = about.figures
    if "moves" not in figures.grids:
        return ""
    rows = figures.grids["moves"].rows.items()
    said = [
        f"{zh}{figures.say('moves', name, 'lines')}条" for name, zh in rows if figures.number("moves", name, "lines")
    ]
    quiet = figures.number("asked", TOTAL, "quiet")
    said += [f"已答复且情况未变、不再下发{quiet:,}条"] if quiet else []
    return f"其中{'，'.join(said)}。" if said else ""


def _zero_lists(about: Reporting) -> list[Listed]:
    comparison = getattr(about.material.profile, "comparison", None)
    codes = (comparison.zero_lists.value or []) if comparison else []
    return [info for code in codes for info in about.material.computed if info.code == code]


def _life_table(cursor: Cursor, about: Reporting) -> None:
    figures = about.figures
    last = list(about.material.earlier)[-1]
    rows: list[Row] = [["代码", "清单", "上期", "新发现", "上期延续", "不再出现", "本期"]]
    for info in about.material.computed:
        if not any(figures.values["trend", info.code, label] for label in (last, about.material.period.label)):
            continue
        life = [figures.say("life", info.code, name) for name in ("new", "lasting", "gone")]
        ends = figures.say("trend", info.code, last), figures.say("lists", info.code, TOTAL)
        rows.append([info.code, Cell(info.name, align="left"), ends[0], *life, ends[1]])
    cursor.table(
        "与上期相比",
        rows,
        TableLook([13, 48, 19, 19, 19, 19, 19], row_height=6.5),
        "本期＝新发现＋上期延续；上期＝上期延续＋不再出现。两期都没有线索的清单不列。",
    )


def _chart(about: Reporting, info: Listed) -> Chart | None:
    periods = list(about.figures.grids["trend"].columns)
    numbers = [about.figures.number("trend", info.code, label) for label in periods]
    if not any(numbers):
        return None
    short = [label[2:] for label in periods]
    title = f"{info.code} {info.name}"
    return Chart("line", short, [(info.name, numbers)], 51, 36, title if len(title) <= 14 else f"{title[:13]}…", size=7)


def answers_section(cursor: Cursor, about: Reporting) -> None:
    """Who has answered, as bars and as a table."""
    figures = about.figures
    if "answers" not in figures.grids:
        cursor.text("本期核查清单已下发，尚未收到答复。" if about.internal else "核查正在进行。")
        return
    grid = figures.grids["answers"]
    said = [figures.say("answers", TOTAL, name) for name in (TOTAL, "answered", "overdue")]
    rate = figures.share("answers", TOTAL, ("answered", TOTAL))
    cursor.text(f"共下发线索{said[0]}条次，已答复{said[1]}条次（{rate}），逾期未答复{said[2]}条次。")
    rows: list[Row] = [["收件单位", "下发", "已答复", "未到期", "已逾期", "答复率"]]
    for name, zh in grid.rows.items():
        numbers = [figures.say("answers", name, column) for column in (TOTAL, "answered", "waiting", "overdue")]
        rows.append([Cell(zh, align="left"), *numbers, figures.share("answers", name, ("answered", TOTAL))])
    cursor.table("核查答复情况", rows, TableLook([46, 22, 22, 22, 22, 22], row_height=6.5))
    if said[1:] != ["0", "0"]:
        cursor.element(chart_paragraph(cursor.document, [_answers_chart(about)]))


def _answers_chart(about: Reporting) -> Chart:
    figures = about.figures
    grid = figures.grids["answers"]
    names = [name for name in grid.rows if name != TOTAL]
    series = [(grid.columns[column], [figures.number("answers", name, column) for name in names]) for column in BARS]
    height = min(200.0, 26 + 7.0 * len(names))
    categories = [grid.rows[name] for name in names]
    colours = tuple(BARS.values())
    return Chart("beam", categories, series, 150, height, "答复进度", labels=False, stacked=True, colours=colours)


def year_section(cursor: Cursor, about: Reporting) -> None:
    """The year in one paragraph and one table: what each period found."""
    figures, year = about.figures, str(about.material.period.year)
    periods = [label for label in figures.grids["trend"].columns if label.startswith(year)]
    cursor.text(f"全年共比对{len(periods)}期。各清单历期线索数如下，未计算的期次不列。")
    rows: list[Row] = [["代码", "清单", *periods]]
    for info in about.material.computed:
        numbers = [figures.say("trend", info.code, label) for label in periods]
        rows.append([info.code, Cell(info.name, align="left"), *numbers])
    width = (156 - 63) / max(1, len(periods))
    cursor.table("全年各清单线索数", rows, TableLook([13, 50, *[width] * len(periods)], row_height=6.5))
