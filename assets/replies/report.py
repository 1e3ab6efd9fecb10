"""The report on returned workbooks (回收情况.xlsx): files, what needs a person, what was entered, who has not answered.

The sheet 需要处理 can itself be returned: its yellow cells decide where two answers differ. Not here: the judging.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from assets.replies.asking import BAD_DATE, FUTURE_DATE
from assets.replies.coverage import Covered
from assets.replies.judging import DECISIONS, JudgedLine
from assets.replies.taking import ENTERED, AboutLine, Taking
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
    *(("线索编号", 17), ("儿童编号", 14), ("清单", 10), ("乡镇", 10), ("单位", 12), ("在哪里", 30), ("问题", 12)),
    *(("填写的内容", 20), ("情况", 26), ("怎么办", 40)),
    *(("最终结果", 16), ("核查日期", 12), ("核查人", 10), ("备注", 16)),
)
_YELLOW = 10
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


def trouble_of(taking: Taking) -> list[JudgedLine]:
    """The lines that need a person, a finding with two answers once."""
    done, seen, trouble = set(reply_words().done), set[str](), []
    for line in taking.outcome.lines:
        if (line.result in done and not line.asks) or (line.result == "two_answers" and line.finding_id in seen):
            continue
        if line.result == "two_answers":
            seen.add(line.finding_id)
        trouble.append(line)
    return trouble


def _files(book: Book, taking: Taking, dry_run: bool) -> None:
    rows: list[list[Cell]] = []
    for file, recipient in sorted(taking.outcome.taken.values(), key=lambda pair: pair[0].file):
        counts = Counter(line.result for line in taking.outcome.lines if line.line.file == file.file)
        trouble = sum(
            line.result not in reply_words().done or bool(line.asks)
            for line in taking.outcome.lines
            if line.line.file == file.file
        )
        numbers = [sum(counts[name] for name in ENTERED), counts["unchanged"], trouble, counts["empty"]]
        remark = f"没有找到线索编号的表：{'、'.join(file.sheets)}" if file.sheets else ""
        rows.append([file.file, recipient, len(file.lines), *numbers, remark])
    rows += [[file.file, "", 0, 0, 0, 0, 0, f"{file.message}{file.advice}"] for file in taking.outcome.refused]
    verb = "将登记" if dry_run else "登记"
    headings = ["文件", "单位", "行数", verb, "已登记过", TROUBLE, "未填写", "说明"]
    title = f"核查答复回收情况{'（试算，没有登记）' if dry_run else ''}"
    TableSheet(
        "回收情况", title, headings, [40, 14, 8, 8, 9, 9, 8, 50], rows or [["没有收到答复文件", "", 0, 0, 0, 0, 0, ""]]
    ).write(book)


def _trouble(book: Book, taking: Taking) -> None:
    """The sheet that can itself be returned; written by hand, because only its yellow cells are open."""
    sheet = book.sheet(TROUBLE)
    sheet.set_row(0, 34)
    sheet.write_string(0, 0, "需要处理的答复", book.title(align="left"))
    text = "两种答复不一致的，请在黄色的“最终结果”中选定，把本表放回收件箱的 replies 文件夹；其余按“怎么办”处理。原有答复一律没有改动。"
    sheet.write_string(1, 0, text, book.style(font_name=book.layout.fonts.body, font_size=book.layout.sizes.body))
    for place, (heading, width) in enumerate(_HEADINGS):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, heading, book.head())

    for row, line in enumerate(trouble_of(taking), start=3):
        texts = _cells(line, taking, book.context)
        needed = max(rows_needed(value, _HEADINGS[place][1]) for place, value in enumerate(texts))
        sheet.set_row(row, row_height(needed, book.layout.sizes.body) + 4)
        for place, value in enumerate(texts):
            sheet.write_string(row, place, clean(value), book.cell(bg_color=book.layout.colours["locked"]))
        # A line without a known finding has nothing that an answer could be entered for.
        decidable = line.result in ("two_answers", "free_text") and line.finding_id
        for place in range(_YELLOW, len(_HEADINGS)):
            number_format = "yyyy-mm-dd" if place == _YELLOW + 1 else "@"
            look = {"bg_color": book.layout.colours["open"], "locked": False} if decidable else {}
            sheet.write_blank(row, place, None, book.cell(num_format=number_format, **look))
        if decidable and line.code:
            choices = {"validate": "list", "source": f"=answers_{line.code}"}
            sheet.data_validation(row, _YELLOW, row, _YELLOW, choices)

    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2)
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})


def number_of(line: JudgedLine, period: str) -> str:
    """The line's number; as it was typed where it could not be read: so it is found again in the workbook."""
    return printed(line.finding_id, period) if line.finding_id else line.line.number


def written_in(line: JudgedLine) -> str:
    """What was filled in, as far as it is in question."""
    dated = line.result in (BAD_DATE, FUTURE_DATE)
    return line.line.answered_on if dated else line.line.answer or line.line.note


def problem_of(line: JudgedLine) -> str:
    """What is wrong with a line, in a word; one that counts lacks something."""
    return reply_words().results[line.result] if line.result not in reply_words().done else "缺少内容"


def advice_of(line: JudgedLine) -> str:
    """What to do: the line's own sentences, with row and column, where there are any."""
    return "".join(line.asks) or reply_words().advice[line.result]


def _cells(line: JudgedLine, taking: Taking, context: PublishContext) -> list[str]:
    written, about = line.line, taking.about.get(line.finding_id, AboutLine())
    return [
        number_of(line, taking.period),
        about.child_id,
        context.info(line.code).short if line.code else "",
        about.town,
        line.recipient,
        "·".join(part for part in (written.file, written.sheet, f"第{written.row}行") if part),
        problem_of(line),
        written_in(line),
        line.detail,
        advice_of(line),
    ]


def _entered(book: Book, taking: Taking, dry_run: bool) -> None:
    rules = life_rules()
    rows: list[list[Cell]] = [
        [
            printed(line.finding_id, taking.period),
            book.context.info(line.code).name,
            line.recipient,
            line.answer,
            line.answered_on,
            line.line.answered_by,
            line.line.note,
            "长期有效"
            if line.code == LIST.code  # a decision on two records is no state of a finding
            else rules.say(rules.outcomes[rules.outcome(line.code, line.answer, line.line.note)]),
        ]
        for line in taking.outcome.lines
        if line.result in ENTERED
    ]
    headings = ["线索编号", "清单", "单位", "答复", "核查日期", "核查人", "说明", "登记后的状态"]
    title = "将要登记的答复（试算）" if dry_run else "本次登记的答复"
    TableSheet("登记的答复", title, headings, [17, 22, 12, 24, 12, 10, 34, 12], rows).write(book)


def coverage_table(covered: Sequence[Covered]) -> TableSheet:
    """答复覆盖: who has answered how much, who is late and by how many days."""
    rows: list[list[Cell]] = []
    for recipient in covered:
        worst = sorted(recipient.lists.items(), key=lambda pair: (-pair[1], pair[0]))
        lists = "、".join(f"{code} {number} 条" for code, number in worst)
        counts = [recipient.issued, recipient.own, recipient.others, recipient.open, recipient.waiting]
        delay = [recipient.overdue, recipient.days]
        kind = _KINDS.get(recipient.kind, recipient.kind)
        rows.append([kind, recipient.recipient, *counts, *delay, f"{recipient.share:.0%}", lists])
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
    codes = sorted({line.code for line in trouble_of(taking) if line.code})
    choices = {code: answers for code in codes if (answers := book.context.info(code).answers)}
    # Drop-downs refer to a named range: written into the cell itself a list ends at 255 characters.
    for place, (code, answers) in enumerate(choices.items(), start=2):
        for row, answer in enumerate(answers, start=1):
            sheet.write_string(row, place, clean(answer))
        letter = xl_col_to_name(place, col_abs=True)
        book.file.define_name(
            f"answers_{code}", f"={reply_words().dictionary_sheet}!{letter}$2:{letter}${len(answers) + 1}"
        )
    sheet.protect()
    sheet.very_hidden()
