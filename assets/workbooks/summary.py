"""汇总.xlsx: the county's figures.

Lists by township and grade, deliveries accounted for, quality of the linkage, what was not computed.

Here: counts only, never a child. Not here: public versions with small numbers suppressed (this one is marked internal).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from assets.publishing.edition_lines import EditionLines, Tally, fates_of
from assets.reports.fates import GONE_WORD, NOW_GRID, count_fates, fate_words
from assets.reports.figures import TOTAL, Figures
from assets.workbooks.book import Book, open_book
from assets.workbooks.completeness import add_completeness, add_release
from assets.workbooks.context import PublishContext
from assets.workbooks.explain import HEADINGS, MEANING, count_text, list_cells, why_not
from assets.workbooks.lines import text
from assets.workbooks.table import Cell, TableSheet
from expectations.life.rules import life_rules
from expectations.lists.knowledge import CANNOT, HELD

TERMS = (
    (
        "数据中仍有／本期下发／已答复不再下发",
        "数据中仍有＝比对出的全部线索，与 findings.csv 的行数相同（受保护儿童的除外）；其中已有答复、依据没有变化的为已答复不再下发，不再列入核查清单；"
        "其余为本期下发。数据中仍有＝本期下发＋已答复不再下发。把握程度和乡镇各栏按本期下发计。",
    ),
    ("线索条数", "一个孩子在一张清单上计一条；信息不一致按项目计，一个孩子可有多条。同一孩子可以同时在几张清单上。"),
    ("明确／很可能／待核", "明确＝证据齐全；很可能＝主要信息一致，个别缺失或有出入；待核＝证据不足，须先核实资料。"),
    ("接收", "读懂并进入比对的数据行。"),
    ("退回", "有错、须由来源部门改正后重新提供的行，见“问题数据”文件夹，原行一字不改。"),
    ("不计", "标题、表头、合计、签名、空行等不是数据的行。总行数＝接收＋退回＋不计。"),
    (
        "关联",
        "把不同部门的记录认定为同一个孩子。号码一致且另有信息印证的为号码关联，其余按姓名、出生日期、监护人、地址等综合判断。",
    ),
    ("未比出不等于没有", "外县就读、外地落户、资料缺失的孩子，本次数据看不到。“查无记录”只说明所交数据中没有。"),
    (
        "未计算／无法比对／未放行",
        "未计算＝清单所需的数据没有交来或参数没有确定；无法比对＝这名儿童所在的学校、乡镇、年级或所需的栏目没有交齐，说不了有也说不了没有，不下发；"
        "清单一条也没有而所依据的数据没有交齐的，写无法比对，不写0。未放行＝数据异常，这张清单没有放行。三者都不表示没有这类情况。",
    ),
    ("待遇不自动变动", "清单只增加线索，不作为停发、退出的直接依据，须经人工核实。"),
    (
        "线索去向",
        "新发现＋仍在办＋复发＝本期下发，再加已答复不再下发＝数据中仍有。本期不再出现的，是上期列出、本期数据中没有的，逐条归入其后各栏，各栏之和相等："
        "本期无记录是有关部门的数据中都没有这名儿童，本期无法核对是它所依据的数据没有交来，两者都不算解决。更早各期就已不在数据中的另计。",
    ),
    ("内部数据", "本表为内部版本，含小于8的分格数字，不得直接对外发布。"),
)
HIDDEN_COLUMN = 5
METHODS = {
    "number": "身份证号一致",
    "derived_number": "学籍号或残疾人证号推出的号码一致",
    "name_birth": "姓名与出生日期一致",
    "fuzzy": "综合判断",
    "decision": "人工认定",
    "single": "只有一条记录，未与其他部门关联",
}
PAIR_GRADES = {"same": "同一人", "review": "待人工判断", "different": "相近但不是同一人"}


def write_summary(lines: EditionLines, children: pd.DataFrame, context: PublishContext, path: Path) -> None:
    """Write the county summary, whole or not at all."""
    with open_book(path, context, f"{context.place}汇总") as book:
        _overview(book, lines)
        _by_grade(book, lines.asked)
        _by_group(book, lines, children)
        _lives(book, lines)
        _deliveries(book)
        add_completeness(book)
        add_release(book)
        _linkage(book)
        _rates(book)
        _not_computed(book)
        _terms(book, lines)


def codes_in_order(findings: pd.DataFrame, context: PublishContext) -> list[str]:
    """The jurisdiction's lists in its order, then codes that only the findings know."""
    known = [info.code for info in context.lists]
    return [*known, *sorted(set(text(findings, "code")) - set(known))]


def towns_in_order(findings: pd.DataFrame, context: PublishContext) -> list[str]:
    """Official townships, then others that occur, then the unknown one ("") if it occurs."""
    occurring = set(text(findings, "town"))
    return [*context.towns, *sorted(occurring - set(context.towns) - {""}), *([""] if "" in occurring else [])]


def counts(findings: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], int]:
    """How many findings per combination of keys; combinations that do not occur are absent."""
    rows = zip(*[text(findings, key) for key in keys], strict=True)
    return dict(Counter(rows))


def _sizes(tally: Tally) -> list[int]:
    return [tally.listed, tally.asked, tally.quiet]


def _size_heads() -> list[str]:
    return [life_rules().counts[name] for name in ("listed", "asked", "quiet")]


def _overview(book: Book, lines: EditionLines) -> None:
    """总表: one row per list: its sizes, who could not be compared and why, then what goes out by grade and by township."""
    context, asked = book.context, lines.asked
    towns, grades = towns_in_order(asked, context), context.layout.grades
    by_grade, by_town = counts(asked, "code", "grade"), counts(asked, "code", "town")
    rows: list[list[Cell]] = []
    for code in codes_in_order(lines.frame, context):
        info, known, tally = context.info(code), context.knowledge(code), lines.of(code)
        word = known.word(tally.listed)
        why = known.why if word or known.is_partial else ""
        # A nought would say that everything is in order; the totals below leave the row out, because it holds no number.
        if word:
            strokes = ["—"] * (len(grades) + len(towns))
            hidden: Cell = known.hidden if word == CANNOT else "—"
            rows.append([code, info.name, word, "—", "—", hidden, "" if word == HELD else why, *strokes])
            continue
        graded = [by_grade.get((code, grade), 0) for grade in grades]
        placed = [by_town.get((code, town), 0) for town in towns]
        rows.append([code, info.name, *_sizes(tally), known.hidden, why, *graded, *placed])
    total = _totals(rows, 2, ["", "合计"])
    # A child may be hidden from several lists: their sum counts nothing.
    total[HIDDEN_COLUMN : HIDDEN_COLUMN + 2] = ["", ""]
    rows.append(total)
    headings = [
        *("代码", "清单", *_size_heads(), "无法比对（儿童）", "无法比对或未计算的原因"),
        *(*grades, *[town or context.layout.unknown_town for town in towns]),
    ]
    widths = [7, 24, 11, 10, 13, 12, 36, *[8] * len(grades), *[8.5] * len(towns)]
    title = f"{context.place}儿童数据比对线索总表（把握程度、乡镇按本期下发）"
    TableSheet("总表", title, headings, widths, rows, total=True, kept=3).write(book)


def _totals(rows: Sequence[Sequence[Cell]], first: int, start: list[Cell]) -> list[Cell]:
    width = max((len(row) for row in rows), default=first)
    numbers = [[row[place] for row in rows if isinstance(row[place], int)] for place in range(first, width)]
    return [*start, *[sum(int(number) for number in column) for column in numbers]]


def _by_grade(book: Book, asked: pd.DataFrame) -> None:
    """分级明细: what goes out, by list and grade and township."""
    context = book.context
    towns = towns_in_order(asked, context)
    by_town = counts(asked, "code", "grade", "town")
    rows: list[list[Cell]] = []
    for code in codes_in_order(asked, context):
        for grade in context.layout.grades:
            numbers = [by_town.get((code, grade, town), 0) for town in towns]
            # Three grades of every list would be mostly rows of noughts.
            if any(numbers):
                rows.append([code, context.info(code).name, grade, sum(numbers), *numbers])
    sent = life_rules().counts["asked"]
    headings = ["代码", "清单", "把握程度", sent, *[town or context.layout.unknown_town for town in towns]]
    widths = [7, 24, 9, 10, *[8.5] * len(towns)]
    TableSheet("分级明细", f"各乡镇线索分级明细（{sent}）", headings, widths, rows, kept=4).write(book)


def _by_group(book: Book, lines: EditionLines, children: pd.DataFrame) -> None:
    """比对对象: the classes of children that the place's paper names, and everybody else (rules/jurisdictions.md#row-3)."""
    context = book.context
    if not context.groups:
        return
    owners, classes = text(children, "child_id"), [set(value.split(";")) for value in text(children, "categories")]
    members = {zh: [code in own for own in classes] for code, zh in context.groups.items()}
    members["其他儿童"] = [own.isdisjoint(context.groups) for own in classes]
    rows: list[list[Cell]] = []
    for name, inside in members.items():
        group = set(owners[inside])
        theirs = lines.of_children(group)
        by_grade = [int((theirs.asked["grade"] == grade).sum()) for grade in context.layout.grades]
        rows.append([name, len(group), theirs.frame["child_id"].nunique(), *_sizes(theirs.total), *by_grade])
    headings = ["类别", "儿童", "其中数据中仍有线索", *_size_heads(), *context.layout.grades]
    title = "本地文件列明的比对对象（按民政在册类别，一名儿童可属多类；把握程度按本期下发）"
    widths = [20, 10, 14, 12, 12, 14, *[10] * len(context.layout.grades)]
    # No row of totals: whoever is in two classes would be counted twice.
    TableSheet("比对对象", title, headings, widths, rows, kept=1).write(book)


def _lives(book: Book, lines: EditionLines) -> None:
    """线索去向: what became of the lists' lines since the period before; nothing is left out, which is checked."""
    context = book.context
    if context.life.empty:
        return
    before = context.before if len(context.before) else lines.frame.iloc[:0]
    figures = Figures()
    lists = {info.code: info.name for info in context.lists}
    count_fates(figures, lists, fates_of(lines.frame, before, context.life))
    figures.check()
    words = fate_words()
    cells = []
    for grid, columns in words.items():
        parts = [name for name in columns if name != TOTAL]
        # The sum, then its parts; of lines that were gone before there is no sum anybody asks for.
        asked_for = columns[TOTAL] in (life_rules().counts["listed"], GONE_WORD)
        cells += [(grid, column) for column in ([TOTAL, *parts] if asked_for else parts)]
    names = [name for name in figures.grids[NOW_GRID].rows if any(figures.values[g, name, TOTAL] for g in words)]
    rows: list[list[Cell]] = [
        [name, context.info(name).name, *[figures.values[grid, name, column] for grid, column in cells]]
        for name in names
        if name != TOTAL
    ]
    rows.append(["", "合计", *[figures.values[grid, TOTAL, column] for grid, column in cells]])
    headings = ["代码", "清单", *[words[grid][column] for grid, column in cells]]
    title = f"{context.place}线索去向（与上期相比）"
    TableSheet("线索去向", title, headings, [7, 26, *[11] * len(cells)], rows, total=True, kept=2).write(book)


def _deliveries(book: Book) -> None:
    """交付情况: the accounting equation of every file, and the number by which everything but the bureau's own books names it."""
    frame = book.context.accounting
    rows: list[list[Cell]] = []
    names = ("rows_in", "accepted", "quarantined", "set_aside")
    # Frames of earlier states have no number of a file.
    numbered = ["交件号"] if "number" in frame else []
    for row in frame.sort_values(["department", "file"]).to_dict("records") if len(frame) else []:
        numbers = [int(row[name]) for name in names]
        fits = "相符" if numbers[0] == sum(numbers[1:]) else "不符，请联系技术人员"
        line: list[Cell] = [book.context.department(str(row["department"])), str(row["file"]), *numbers, fits]
        rows.append([*line, *[str(row["number"]) for _ in numbered]])
    if rows:
        rows.append([*_totals([row[:6] for row in rows], 2, ["合计", ""]), "", *[""] * len(numbered)])
    headings = ["部门", "文件", "总行数", "接收", "退回", "不计", "核对（总行数＝接收＋退回＋不计）", *numbered]
    widths = [10, 48, 10, 10, 10, 10, 22, *[15] * len(numbered)]
    TableSheet("交付情况", "各部门数据交付情况", headings, widths, rows, total=bool(rows)).write(book)


def _rates(book: Book) -> None:
    """关联率: is any group of children served worse? Small groups are shown, not judged: the summary is internal."""
    if book.context.rates.empty:  # one department only: nobody to be linked with
        return
    rows: list[list[Cell]] = []
    for line in book.context.rates.to_dict("records"):
        shares = [f"{float(line[name]):.1%}" for name in ("rate", "low", "high", "expected_rate")]
        # Departments stand there as codes; what other groups are called is words already.
        value = book.context.department(str(line["value"])) if line["group"] == "按部门" else str(line["value"])
        rows.append(
            [
                str(line["group"]),
                value,
                int(line["records"]),
                int(line["linked"]),
                *shares,
                int(line["review"]),
                str(line["flag"]),
            ]
        )
    headings = ["分组", "类别", "记录", "已关联", "关联率", "区间下限", "区间上限", "应有", "待人工判断", "提示"]
    title = "各类孩子的关联率（与户籍等最大的名册；明显偏低的，先核对记录，也可能确未登记）"
    TableSheet("关联率", title, headings, [16, 18, 9, 9, 9, 10, 10, 9, 12, 20], rows, kept=2).write(book)


def _linkage(book: Book) -> None:
    """关联质量: records by method and department, pairs by grade, children by number of departments."""
    links, pairs = book.context.links, book.context.pairs
    rows: list[list[Cell]] = []
    if len(links):
        methods = text(links, "method")
        for department in sorted(links["department"].unique()):
            numbers = methods[links["department"] == department].value_counts()
            whole, zh = int(numbers.sum()), book.context.department(department)
            for method in _in_order(numbers.index, METHODS):
                share = f"{int(numbers[method]) / whole:.1%}"
                rows.append([zh, METHODS.get(method, method), int(numbers[method]), share])
        spread = links.groupby("child_id")["department"].nunique().value_counts().sort_index()
        children = int(spread.sum())
        rows += [
            ["孩子", f"在{many}个部门的数据中找到", int(number), f"{number / children:.1%}"]
            for many, number in spread.items()
        ]
    if len(pairs):
        # No shares: most pairs that differ were never looked at, so they are no whole of anything.
        graded = text(pairs, "grade").value_counts()
        rows += [
            ["比对记录对", PAIR_GRADES.get(grade, grade), int(graded[grade]), ""]
            for grade in _in_order(graded.index, PAIR_GRADES)
        ]
    TableSheet("关联质量", "记录关联情况", ["部门", "关联方式", "数量", "占比"], [16, 44, 12, 10], rows).write(book)


def _in_order(codes: Iterable[str], words: Mapping[str, str]) -> list[str]:
    """Codes in the order of their words, those without a word behind them by name."""
    order = list(words)
    return sorted(codes, key=lambda code: (order.index(code) if code in words else len(order), code))


def _not_computed(book: Book) -> None:
    """未计算的清单: said, instead of appearing empty."""
    context = book.context
    rows: list[list[Cell]] = [
        [code, context.info(code).name, why]
        for code, why in sorted({**context.in_part, **context.not_computed}.items())
    ]
    rows = rows or [["—", "本期清单全部计算", ""]]
    TableSheet("未计算的清单", "本期未计算的清单及原因", ["代码", "清单", "原因"], [9, 30, 70], rows).write(book)


def _terms(book: Book, lines: EditionLines) -> None:
    """What the figures count, and every list explained."""
    context = book.context
    rows: list[list[Cell]] = [[term, meaning] for term, meaning in TERMS]
    TableSheet("名词与口径说明", "名词与口径说明", ["名词", "口径"], [24, 110], rows).write(book)
    infos = [context.info(code) for code in codes_in_order(lines.frame, context)]
    explanations: list[list[Cell]] = []
    for info in infos:
        sent = lines.of(info.code).asked
        cells = list_cells(info, count_text(book, info, sent))
        cells[MEANING] += why_not(book, info, sent)
        explanations.append(list(cells))
    headings, widths = [name for name, _ in HEADINGS], [size for _, size in HEADINGS]
    TableSheet("说明", "各清单说明", headings, widths, explanations).write(book)
