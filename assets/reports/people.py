"""The sections of a report about the children: ages, indicators, agreements and child workers, the national form.

Not here: counting (`count`, `survey`).
"""

from __future__ import annotations

from assets.paper.charts import Chart, chart_paragraph
from assets.paper.document import Cursor
from assets.paper.tables import HEAD_FILL, Cell, Row, TableLook
from assets.reports.count import AGREEMENTS, UNKNOWN_AGE
from assets.reports.figures import NOTHING, TOTAL, Figures
from assets.reports.indicators import indicator_rows
from assets.reports.sections import Reporting
from assets.reports.survey import survey, tables


def children_section(cursor: Cursor, about: Reporting) -> None:
    """How many children, of what ages."""
    figures = about.figures
    left, hard = (figures.say(f"ages_{name}", TOTAL, "on") for name in ("left_behind", "dilemma"))
    here = figures.say("ages_left_behind", TOTAL, TOTAL)
    cursor.text(
        f"数据中在本县生活的18周岁以下儿童{here}名，其中民政在册留守儿童{left}名，困境儿童（含孤儿、事实无人抚养儿童）{hard}名。"
    )
    # Who has no known age has no place on the axis; the tables count those children.
    ages = [row for row in figures.grids["ages_left_behind"].rows if row not in (TOTAL, UNKNOWN_AGE)]
    series = [
        (zh, [figures.number(f"ages_{name}", age, "on") for age in ages])
        for name, zh in (("left_behind", "留守儿童"), ("dilemma", "困境儿童"))
    ]
    chart = Chart(
        "bar",
        [f"{age}岁" for age in ages],
        series,
        156,
        74,
        "留守儿童和困境儿童年龄分布",
        labels=about.internal,
        size=8,
    )
    cursor.element(chart_paragraph(cursor.document, [chart]))


def indicators_section(cursor: Cursor, about: Reporting) -> None:
    """The indicator table, then agreements and child workers by township."""
    rows: list[Row] = [["指标", "单位", "目标", "本期", "说明"]]
    for name, *rest in indicator_rows(about.figures, about.material.profile, about.material.period.year):
        rows.append([Cell(name, align="left"), *rest])
    note = "“目标”是本地文件写明的，括号里是要求达到的年份；没有数据来源的指标由有关单位填报。"
    cursor.table("关爱保护工作指标", rows, TableLook([56, 14, 30, 18, 38], row_height=7), note)
    if about.internal:
        _by_town(cursor, about)


def _by_town(cursor: Cursor, about: Reporting) -> None:
    figures = about.figures
    heads = ["乡镇（街道）", "应签订", *AGREEMENTS.values(), "签订率", "在册村", "见配备", "配备率"]
    rows: list[Row] = [heads]
    for row, zh in figures.grids["agreement"].rows.items():
        # Townships without such children or villages would be lines of zeros.
        signed = [figures.say("agreement", row, column) for column in (TOTAL, *AGREEMENTS)]
        workers = [figures.say("workers", row, column) for column in (TOTAL, "with")]
        rates = agreement_rate(figures, row), figures.share("workers", row, ("with", TOTAL))
        if signed[0] != "0" or workers[0] != "0":
            rows.append([Cell(zh, align="left"), *signed, rates[0], *workers, rates[1]])
    widths = [33, *[13.6] * 9]
    note = "应签订＝在册留守儿童（机构供养、父或母在家、另有法定监护人的除外）。未填写＝表里有这一栏而没有填；未提供＝交来的表没有这一栏。在册村＝有在册留守或困境儿童的村（社区）；见配备＝儿童主任名册中有该村人员；没有收到名册的，指台账中写明儿童主任姓名。"
    cursor.table("委托照护协议签订和儿童主任配备情况", rows, TableLook(widths, size=9.5, row_height=6.5), note)


def agreement_rate(figures: Figures, row: str) -> str:
    """The share of agreements that are there; where the column did not come nothing is known, which is not 0."""
    unknown, whole = (figures.values.get(("agreement", row, column), 0) for column in ("not_delivered", TOTAL))
    share = figures.share("agreement", row, ("fulfilled", TOTAL))
    if not unknown:
        return share
    return "未采集" if unknown == whole else f"不低于{share}"


def survey_section(cursor: Cursor, about: Reporting) -> None:
    """The national form: every item with number and share."""
    figures = about.figures
    first = f"survey_{survey().blocks[0].name}"
    whole = figures.say(first, TOTAL, TOTAL)
    cursor.text(
        f"填报单位：{about.material.office}　　数据截至：{about.material.period.last_day.isoformat()}　　单位：名、%",
        "表注",
    )
    rows: list[Row] = [
        [
            Cell("项目", bold=True, fill=HEAD_FILL, span=2),
            "人数",
            "占比",
            Cell("项目", bold=True, fill=HEAD_FILL, span=2),
            "人数",
            "占比",
        ]
    ]
    rows.append(
        [
            Cell("留守儿童总数", bold=True, span=2),
            Cell(whole, bold=True),
            "100.0%" if whole not in (NOTHING, "0") else NOTHING,
            Cell("", span=2),
            "",
            "",
        ]
    )
    items = [(block.title, *item) for block in survey().blocks for item in tables(block)]
    # Two columns of items on one page, as the form prints them; each column begins with its group's title.
    half = (len(items) + 1) // 2
    for number in range(half):
        cells: list[Cell | str] = []
        for place in (number, number + half):
            if place >= len(items):
                cells += ["", "", "", ""]
                continue
            title, table, column, zh = items[place]
            begins = place in (0, half) or items[place - 1][0] != title
            cells += [
                Cell(title if begins else "", align="left"),
                Cell(zh, align="left"),
                figures.say(table, TOTAL, column),
                figures.share(table, TOTAL, (column, TOTAL)),
            ]
        rows.append(cells)
    look = TableLook([20, 30, 14, 14, 20, 30, 14, 14], size=9, row_height=5.6)
    cursor.table(
        "",
        rows,
        look,
        "未采集＝台账中没有填写。表外写法＝填了而本表没有对应项目，请核对原表。享受救助措施可多选，各项之和不等于总数。年龄按周岁计，留守儿童口径为不满16周岁。",
    )
