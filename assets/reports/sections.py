"""The sections of a report about the data and the lists: what was delivered, found, where, and what cannot be seen.

Every number is read from the figures. Not here: progress and answers (`progress`), the children (`people`).
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.coverage.owed import really_owed
from assets.paper.document import Cursor
from assets.paper.tables import Cell, Row, TableLook
from assets.publishing.edition_lines import ASKED, QUIET
from assets.reports.assemble import Version
from assets.reports.coverage import COVERAGE, LEFT_OUT
from assets.reports.fates import GONE_GRID
from assets.reports.figures import HIDDEN, TOTAL, Figures
from assets.reports.material import Listed, ReportMaterial
from assets.reports.words import words
from assets.reports.wrong import wrong_sentence
from expectations.life.rules import life_rules
from expectations.life.states import UNCHECKED
from pipelines.partitions import Period

HEAT = ("", "FDF2E9", "FAD7B5", "F5B37F", "E58A45", "C55A11")
WIDTH = 156.0
SIZES, GRADED = (TOTAL, ASKED, QUIET), ("sure", "likely", "open")
SIZE_NOTE = "数据中仍有＝本期下发＋已答复不再下发。"
# A single line is never the darkest shade.
LEAST_DARK = 8


@dataclass(frozen=True)
class Reporting:
    """What a section writer needs: the material, the figures of this version, the version."""

    material: ReportMaterial
    figures: Figures
    version: Version

    @property
    def internal(self) -> bool:
        """Whether this is the version for the offices concerned."""
        return self.version is Version.INTERNAL


def data_section(cursor: Cursor, about: Reporting) -> None:
    """What came in, and how well it could be linked."""
    figures = about.figures
    children = figures.say("found", TOTAL, "children")
    if about.internal:
        columns = ("files", "rows_in", "accepted", "quarantined", "set_aside")
        files, lines, accepted, returned, _ = (figures.say("deliveries", TOTAL, column) for column in columns)
        cursor.text(
            f"本期共收到{files}份数据文件{lines}行，接收{accepted}行，"
            f"退回来源部门更正{returned}行。比对涉及儿童{children}名。"
        )
        rows: list[Row] = [["部门", "文件数", "总行数", "接收", "退回更正", "不计"]]
        for name, zh in figures.grids["deliveries"].rows.items():
            rows.append([zh, *[figures.say("deliveries", name, column) for column in columns]])
        cursor.table(
            "各部门数据交付情况", rows, TableLook([31, *[25] * 5]), "总行数＝接收＋退回更正＋不计（标题、合计等行）。"
        )
    else:
        cursor.text(f"本期比对涉及儿童{children}名。")
    _linkage(cursor, about)


def _linkage(cursor: Cursor, about: Reporting) -> None:
    """How many records found their child in the register, by group: what a reader needs before believing 查无记录."""
    figures = about.figures
    tables = [name for name in figures.grids if name.startswith(COVERAGE) and name != LEFT_OUT]
    rate = ""
    if tables:
        whole, linked = (figures.say(tables[0], TOTAL, column) for column in (TOTAL, "found"))
        share = figures.share(tables[0], TOTAL, ("found", TOTAL))
        rate = f"公安以外各部门的儿童记录中，可以在公安户籍数据中查找的有{whole}条，其中{linked}条（{share}）找到对应的儿童。"
    saved = figures.say("saved", "children", "other")
    cursor.text(
        f"{rate}按儿童计，{saved}名儿童的身份证号缺失、有误或不一致，靠姓名、出生日期、监护人、住址等信息在公安数据中找到，"
        f"不再作为“查无记录”下发，减少无效核查{saved}人次。"
    )
    if not tables:
        return

    outside = ""
    if LEFT_OUT in figures.grids:
        # No group of their own: the register's extract cannot hold them, and their rate would say nothing about linking.
        groups = {row: zh for row, zh in figures.grids[LEFT_OUT].rows.items() if row != TOTAL}
        counts = "、".join(f"{zh}{figures.say(LEFT_OUT, row, TOTAL)}条" for row, zh in groups.items())
        outside = f"另有{counts}，公安交来的数据本来不包括或不一定包括，不计入关联率。"
    cursor.text(f"不同人群的关联率如下（按记录计）。关联率低的人群，“查无记录”类线索须先核对身份信息。{outside}")
    rows: list[Row] = [["人群", "分组", "记录数", "找到", "未找到", "关联率"]]
    for table in tables:
        grid = figures.grids[table]
        for row, zh in grid.rows.items():
            if row == TOTAL or figures.values[table, row, TOTAL] == 0:
                continue
            numbers = [figures.say(table, row, column) for column in (TOTAL, "found", "open")]
            rows.append([grid.title, zh, *numbers, figures.share(table, row, ("found", TOTAL))])
    cursor.table("不同人群的关联率", rows, TableLook([22, 44, 22, 22, 22, 24], row_height=6))


def lists_section(cursor: Cursor, about: Reporting) -> None:
    """What was found: urgent first, then every list with its grades."""
    figures = about.figures
    for info in about.material.computed:
        if info.urgent and figures.values.get(("asked", info.code, TOTAL), 0):
            cursor.text(urgent_sentence(figures, info))
    totals = [figures.say("asked", TOTAL, name) for name in SIZES]
    grades = [figures.say("lists", TOTAL, name) for name in GRADED]
    if about.internal:
        listed, asked, quiet = totals
        sure, likely, unproven = grades
        cursor.text(
            f"各清单数据中仍有线索{listed}条：已有答复、依据没有变化而不再下发{quiet}条，本期下发{asked}条。"
            f"本期下发的，证据齐全（明确）{sure}条，很可能{likely}条，需先核实资料（待核）{unproven}条。"
        )
    cursor.text("一名儿童在一张清单上计一条，信息不一致按项目计，同一儿童可同时在几张清单上。")
    size_words = [figures.grids["asked"].columns[name] for name in SIZES]
    rows: list[Row] = [["代码", "清单", *size_words, "明确", "很可能", "待核", "答复时限"]]
    for info in about.material.lists:
        # A list that could not be computed stands there as such: left out, or as a zero, it would read as good news.
        if word := _word(about, info.code):
            rows.append([info.code, Cell(info.name, align="left"), Cell(word, span=6), ""])
            continue
        numbers = [figures.say("asked", info.code, column) for column in SIZES]
        numbers += [figures.say("lists", info.code, column) for column in GRADED]
        rows.append([info.code, Cell(info.name, align="left"), *numbers, Cell(info.due, align="left")])
    if about.internal:
        rows.append(["", Cell("合计", bold=True), *[Cell(text, bold=True) for text in [*totals, *grades]], ""])
    look = TableLook([12, 38, 15, 15, 18, 13, 14, 13, 18], row_height=6.5)
    cursor.table("各清单线索数（明确、很可能、待核按本期下发）", rows, look, f"{SIZE_NOTE}{_note(about)}")


def _word(about: Reporting, code: str) -> str:
    """未计算, 无法比对 or 未放行, where a number would say more than is known; "" where the number stands."""
    return about.material.knowledge(code).word(about.figures.values.get(("asked", code, TOTAL), 0))


def urgent_sentence(figures: Figures, info: Listed) -> str:
    """What is still to be visited today; what was answered stands beside it, so that nobody goes twice."""
    asked, quiet = (figures.say("asked", info.code, name) for name in (ASKED, QUIET))
    if figures.number("asked", info.code, ASKED) == 0:
        return f"【急】{info.name}：本期没有须当日处置的，已答复不再下发{quiet}条。"
    beside = "" if figures.number("asked", info.code, QUIET) == 0 else f"另有已答复不再下发{quiet}条。"
    return f"【急】{info.name}本期下发{asked}条，须当日处置：{info.ask}{beside}"


def _note(about: Reporting) -> str:
    return "" if about.internal else f"{HIDDEN}表示不公布：人数小于8，或公布后可以推算出小于8的数字。"


def towns_section(cursor: Cursor, about: Reporting) -> None:
    """Where: a heat table of townships and lists; the darker, the more of that list's lines."""
    figures, material = about.figures, about.material
    lists = [info for info in material.computed if figures.values[("lists", info.code, TOTAL)]]
    if not lists:
        cursor.text("本期各清单没有下发的线索。")
        return
    grid = figures.grids["towns"]
    towns = [
        town
        for town in grid.columns
        if town != TOTAL and any(figures.values["towns", info.code, town] for info in lists)
    ]
    cursor.text("下表按本期下发的线索计，一行一个乡镇（街道），颜色越深，表示该清单的线索在该乡镇（街道）越集中。")
    # The shade is by a list's largest number that is shown: by a hidden one it would tell how large that is.
    largest = {
        info.code: max((figures.number("towns", info.code, town) or 0 for town in towns), default=0) for info in lists
    }

    def total(town: str) -> list[Cell]:
        # A public version has no total over all lists.
        return [Cell(figures.say("towns", TOTAL, town), bold=True)] if about.internal else []

    heads: list[Cell | str] = ["乡镇（街道）", *[Cell(f"{info.code}{info.name}", downwards=True) for info in lists]]
    rows: list[Row] = [[*heads, Cell("合计", bold=True)] if about.internal else heads]
    for town in towns:
        numbers = [(figures.number("towns", info.code, town), largest[info.code]) for info in lists]
        cells = [_heat(number, most) for number, most in numbers]
        rows.append([Cell(grid.columns[town], align="left"), *cells, *total(town)])
    sums = [*[Cell(figures.say("towns", info.code, TOTAL), bold=True) for info in lists], *total(TOTAL)]
    rows.append([Cell("合计", bold=True), *sums])

    # The last row has the longest numbers: columns wide enough for them, the rest of the width is shared out.
    widths = [3 + len(cell.text) for cell in sums]
    room = (WIDTH - 28) / sum(widths)
    size = 8.5 if len(widths) <= 15 else 6.5
    look = TableLook([28, *[room * width for width in widths]], size=size, row_height=6, head_height=44)
    cursor.table("各乡镇（街道）线索分布（本期下发）", rows, look, _note(about))


def _heat(number: int | None, largest: int) -> Cell:
    """A cell shaded by its share of the list's largest."""
    if number is None:
        return Cell(HIDDEN)
    level = 1 + min(4, 4 * number // max(largest, LEAST_DARK)) if number else 0
    return Cell(f"{number:,}" if number else "–", fill=HEAT[level], colour="FFFFFF" if level == 5 else "")


def limits_section(cursor: Cursor, about: Reporting) -> None:
    """What this comparison cannot see, in words and in numbers."""
    material = about.material
    for sentence in words().limits:
        cursor.text(sentence)
    # Lists that were left behind share a sentence, which is read once.
    for sentence in dict.fromkeys(material.missing.values()):
        cursor.text(sentence)
    for sentence in not_whole(about):
        cursor.text(sentence)
    # Counts of no table, so nothing protects them: the public version does without.
    if about.internal:
        weak = int((material.children["identifiers"] == "weak").sum())
        review = int((material.pairs["grade"] == "review").sum())
        cursor.text(
            f"有{weak:,}名儿童的身份信息过少（缺少证件号码、出生日期或监护人姓名），对这些儿童“查无记录”说明不了问题；"
            f"有{review:,}对记录是否同一人尚待人工判断，答复后下期采用。"
        )
    if about.internal and material.slow:
        cursor.text(
            f"与同部门平均水平相比，下列人群的关联率明显偏低，其线索须优先人工核对：{'；'.join(material.slow)}。"
        )
    # The public version has no table of them: what an earlier period was answered was never published.
    last = Period.parse(list(material.earlier)[-1]).zh if material.earlier else ""
    if sentence := wrong_sentence(about.figures, last, words().least_answers):
        cursor.text(sentence)


def not_whole(about: Reporting) -> list[str]:
    """What did not come, which lists judge only a part for it, and which lines nobody could check this time; [] where all was there.

    The public version names neither schools nor numbers: they are counts of no table, so nothing protects them.
    """
    material, figures, words_of = about.material, about.figures, life_rules()
    owed = really_owed(material.owed)
    partial = [info for info in material.computed if material.knowledge(info.code).is_partial]
    names = "、".join(f"“{info.name}”" for info in partial)
    sentences = []
    if not about.internal:
        if owed:
            sentences.append("本期有的部门数据没有交齐，有关儿童无法比对，不表示没有问题。")
        return sentences + ([f"清单{names}只能按已交来的数据计算。"] if partial else [])
    for department in dict.fromkeys(part.department for part in owed):
        own = [part for part in owed if part.department == department]
        named = "；".join(f"{part.which}（{part.because}）" for part in own[:MOST_OWED])
        more = f"等{len(own)}处" if len(own) > MOST_OWED else ""
        sentences.append(f"{material.departments.get(department, department)}的数据没有交齐：{named}{more}。")
    sentences += _partial_lists(about, partial)
    unchecked = words_of.fate(UNCHECKED)
    if GONE_GRID in figures.grids and figures.number(GONE_GRID, TOTAL, unchecked):
        number = figures.say(GONE_GRID, TOTAL, unchecked)
        sentences.append(f"上期列出的线索中有{number}条{unchecked}：它所依据的数据没有交来，保持原状态，不算解决。")
    return sentences


def _partial_lists(about: Reporting, partial: list[Listed]) -> list[str]:
    """A sentence per reason with the lists that judge only a part for it: what each has, and how many children it leaves out."""
    by_reason: dict[str, list[str]] = {}
    for info in partial:
        known = about.material.knowledge(info.code)
        number = about.figures.number("asked", info.code, TOTAL) or 0
        beside = f"（另有{known.hidden}名儿童无法比对）" if known.hidden else "" if number else "（无法比对）"
        size = f"{number}条" if number else "没有"
        by_reason.setdefault(known.why, []).append(f"“{info.name}”{size}{beside}")
    return [f"{why}，下列清单只是按已交来的数据：{'、'.join(lists)}。" for why, lists in by_reason.items()]


MOST_OWED = 8


def next_section(cursor: Cursor, about: Reporting) -> None:
    """What is to be done: the standing sentences, then who owes most."""
    for sentence in words().next_steps:
        cursor.text(sentence)
    figures = about.figures
    sizes = {info: figures.number("lists", info.code, TOTAL) or 0 for info in about.material.computed}
    for info in sorted(sizes, key=lambda info: -sizes[info])[:3]:
        if sizes[info]:
            cursor.text(f"{info.name}（本期下发{figures.say('lists', info.code, TOTAL)}条）：{info.ask}")
