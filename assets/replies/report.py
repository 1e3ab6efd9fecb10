"""The report on returned workbooks (回收情况.xlsx): files, what needs a person, what was entered, who has not answered.

The sheet 需要处理 can itself be returned: its yellow cells decide where two answers differ. Not here: the judging.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assets.replies.coverage import Covered
from assets.replies.judging import DECISIONS, Judged
from assets.replies.taking import ENTERED, Taking
from assets.replies.words import reply_words
from assets.workbooks.book import Book, clean, open_book
from assets.workbooks.context import PublishContext
from assets.workbooks.heights import row_height, rows_needed
from assets.workbooks.review import LIST
from assets.workbooks.table import Cell, TableSheet
from expectations.life.numbering import printed
from expectations.life.rules import life_rules

NAME = "回收情况.xlsx"
TROUBLE = "需要处理"
_HEADINGS = (
    *(("线索编号", 17), ("清单", 10), ("单位", 12), ("在哪里", 30), ("问题", 12), ("填写的内容", 20), ("说明", 26)),
    *(("怎么办", 34), ("最终结果", 16), ("核查日期", 12), ("核查人", 10), ("备注", 16)),
)
_YELLOW = 8
_KINDS = {"township": "乡镇", "department": "部门", "person": "个人"}


def write_report(taking: Taking, context: PublishContext, path: Path, dry_run: bool) -> Path:
    """Write the report, whole or not at all; returns its path."""
    context = replace(context, lists=(*context.lists, LIST))
    with open_book(path, context, f"{context.place}核查答复回收") as book:
        _files(book, taking, dry_run)
        _trouble(book, taking)
        _entered(book, taking, dry_run)
        coverage_table(taking.covered).write(book)
        _dictionary(book, taking)
    return path


def trouble_of(taking: Taking) -> list[Judged]:
    """The lines that need a person, a finding with two answers once."""
    done, seen, found = set(reply_words().done), set[str](), []
    for one in taking.outcome.lines:
        if one.result in done or (one.result == "two_answers" and one.finding_id in seen):
            continue
        if one.result == "two_answers":
            seen.add(one.finding_id)
        found.append(one)
    return found


def _files(book: Book, taking: Taking, dry_run: bool) -> None:
    rows: list[list[Cell]] = []
    for one, recipient in sorted(taking.outcome.taken.values(), key=lambda pair: pair[0].file):
        counts = Counter(line.result for line in taking.outcome.lines if line.line.file == one.file)
        trouble = sum(number for result, number in counts.items() if result not in reply_words().done)
        known = [counts["accepted"] + counts["bad_date"], counts["unchanged"], trouble, counts["empty"]]
        said = f"没有找到线索编号的表：{'、'.join(one.sheets)}" if one.sheets else ""
        rows.append([one.file, recipient, len(one.lines), *known, said])
    rows += [[one.file, "", 0, 0, 0, 0, 0, f"{one.message}{one.advice}"] for one in taking.outcome.refused]
    verb = "将登记" if dry_run else "登记"
    headings = ["文件", "单位", "行数", verb, "已登记过", TROUBLE, "未填写", "说明"]
    title = f"核查答复回收情况{'（试算，没有登记）' if dry_run else ''}"
    TableSheet(
        "回收情况", title, headings, [40, 14, 8, 8, 9, 9, 8, 50], rows or [["没有收到答复文件", "", 0, 0, 0, 0, 0, ""]]
    ).write(book)


def _trouble(book: Book, taking: Taking) -> None:
    lines = trouble_of(taking)
    sheet = book.sheet(TROUBLE)
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, "需要处理的答复", book.title(align="left"))
    text = "两种答复不一致的，请在黄色的“最终结果”中选定，把本表放回收件箱的 replies 文件夹；其余按“怎么办”处理。原有答复一律没有改动。"
    sheet.write_string(1, 0, text, book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body))
    for place, (heading, width) in enumerate(_HEADINGS):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, heading, book.head())
    for row, one in enumerate(lines, start=3):
        _trouble_row(book, sheet, row, (one, taking.period))
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def _trouble_row(book: Book, sheet: Any, row: int, what: tuple[Judged, str]) -> None:
    one, period = what
    cells = _cells(one, period, book.context)
    needed = max(rows_needed(value, _HEADINGS[place][1]) for place, value in enumerate(cells))
    sheet.set_row(row, row_height(needed, book.layout.sizes.body) + 4)
    for place, value in enumerate(cells):
        sheet.write_string(row, place, clean(value), book.cell(bg_color=book.layout.colours["locked"]))
    decidable = one.result in ("two_answers", "free_text") and one.finding_id
    for place in range(_YELLOW, len(_HEADINGS)):
        number_format = "yyyy-mm-dd" if place == _YELLOW + 1 else "@"
        look = {"bg_color": book.layout.colours["open"], "locked": False} if decidable else {}
        sheet.write_blank(row, place, None, book.cell(num_format=number_format, **look))
    if decidable and one.code:
        sheet.data_validation(row, _YELLOW, row, _YELLOW, {"validate": "list", "source": f"=answers_{one.code}"})


def _cells(one: Judged, period: str, context: PublishContext) -> list[str]:
    words, line = reply_words(), one.line
    number = printed(one.finding_id, period) if one.finding_id else line.number
    where = "·".join(part for part in (line.file, line.sheet, f"第{line.row}行") if part)
    written = line.answer or line.note
    if one.result == "bad_date":
        written = line.answered_on
    listed = context.info(one.code).short if one.code else ""
    return [
        number,
        listed,
        one.recipient,
        where,
        words.results[one.result],
        written,
        one.detail,
        words.advice[one.result],
    ]


def _entered(book: Book, taking: Taking, dry_run: bool) -> None:
    rules = life_rules()
    rows: list[list[Cell]] = [
        [
            printed(one.finding_id, taking.period),
            book.context.info(one.code).name,
            one.recipient,
            one.answer,
            one.answered_on,
            one.line.answered_by,
            one.line.note,
            "长期有效"
            if one.code == LIST.code
            else rules.say(rules.outcomes[rules.outcome(one.code, one.answer, one.line.note)]),
        ]
        for one in taking.outcome.lines
        if one.result in ENTERED
    ]
    headings = ["线索编号", "清单", "单位", "答复", "核查日期", "核查人", "说明", "登记后的状态"]
    title = "将要登记的答复（试算）" if dry_run else "本次登记的答复"
    TableSheet("登记的答复", title, headings, [17, 22, 12, 24, 12, 10, 34, 12], rows).write(book)


def coverage_table(covered: Sequence[Covered]) -> TableSheet:
    """答复覆盖: who has answered how much, who is late and by how many days."""
    rows: list[list[Cell]] = []
    for one in covered:
        worst = sorted(one.lists.items(), key=lambda pair: (-pair[1], pair[0]))
        lists = "、".join(f"{code} {number} 条" for code, number in worst)
        numbers = [one.issued, one.own, one.others, one.open, one.waiting, one.overdue, one.days]
        rows.append([_KINDS.get(one.kind, one.kind), one.recipient, *numbers, f"{one.share:.0%}", lists])
    headings = [
        "类别",
        "单位",
        "发出",
        "已答复",
        "他方已答复",
        "其中办理中",
        "未答复",
        "超期",
        "最长超期(天)",
        "答复率",
        "未答复的清单",
    ]
    return TableSheet("答复覆盖", "核查答复覆盖情况", headings, [8, 14, 8, 8, 10, 10, 8, 8, 11, 9, 60], rows, kept=2)


def _dictionary(book: Book, taking: Taking) -> None:
    """The hidden sheet by which this report is recognised when it comes back as a decision."""
    sheet = book.sheet(reply_words().dictionary_sheet)
    facts = {"tongbi": DECISIONS, "period": taking.period, "kind": "office", "recipient": book.context.office}
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, clean(value))
    for place, (code, answers) in enumerate(_answers(book, taking).items(), start=2):
        for row, answer in enumerate(answers, start=1):
            sheet.write_string(row, place, clean(answer))
        letter = xl_col_to_name(place, col_abs=True)
        book.file.define_name(
            f"answers_{code}", f"={reply_words().dictionary_sheet}!{letter}$2:{letter}${len(answers) + 1}"
        )
    sheet.protect()
    sheet.very_hidden()


def _answers(book: Book, taking: Taking) -> Mapping[str, Sequence[str]]:
    codes = sorted({one.code for one in trouble_of(taking) if one.code})
    return {code: answers for code in codes if (answers := book.context.info(code).answers)}
