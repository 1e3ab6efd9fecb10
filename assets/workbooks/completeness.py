"""Two sheets of the summary: 数据是否交齐 (holes and silent columns by department) and 放行情况 (who let a waiting edition out, and which lists stayed).

Belongs here: the sheets. Does not belong here: what is owed (`assets.coverage.owed`), what makes an edition wait (`assets.coverage.gate`).
"""

from __future__ import annotations

from datetime import datetime

from assets.coverage.owed import FIELD, KNOWN_WHOLE, OwedPart
from assets.workbooks.book import Book
from assets.workbooks.table import Cell, TableSheet
from expectations.lists.knowledge import HELD

_STATES = {FIELD: "缺栏目", KNOWN_WHOLE: "经确认已交齐"}
_GONE, _SHORT, _WHOLE = "没有交来", "没有交齐", "交齐"


def add_completeness(book: Book) -> None:
    """数据是否交齐: every department that brought or owes something, so that whole ones are said to be whole."""
    context = book.context
    came = list(dict.fromkeys(context.accounting["department"])) if len(context.accounting) else []
    departments = sorted({*came, *(part.department for part in context.owed)})
    rows: list[list[Cell]] = []
    for department in departments:
        zh = context.department(str(department))
        parts = [part for part in context.owed if part.department == department]
        rows += [[zh, *_part(part, department in came)] for part in parts]
        if not parts:
            rows.append([zh, _WHOLE, "—", "—", "—", "", ""])
    if not rows:
        return
    headings = ["部门", "是否交齐", "缺少的数据", "应有（名）", "这次（名）", "情况", "受影响的清单"]
    title = "各部门数据是否交齐（与上一次和其他部门已知的儿童相比）"
    TableSheet("数据是否交齐", title, headings, [10, 13, 36, 10, 10, 44, 44], rows, kept=2).write(book)


def _part(part: OwedPart, has_come: bool) -> list[Cell]:
    state = _STATES.get(part.kind) or (_SHORT if has_come else _GONE)
    # Nothing to count of what the place expects and never had.
    counts: list[Cell] = [part.expected, part.came] if part.expected else ["—", "—"]
    return [state, part.which, *counts, part.because, "、".join(part.lists)]


def add_release(book: Book) -> None:
    """放行情况: only of an edition that waited."""
    context = book.context
    behind = [info for info in context.lists if context.knowledge(info.code).word(0) == HELD]
    sent = [f"{info.code} {info.name}" for info in context.lists if not context.knowledge(info.code).is_held]
    if not context.release and not behind:
        return
    rows: list[list[Cell]] = [
        ["放行人", context.release.get("by", "")],
        ["放行时间", _clock(context.release.get("at", ""))],
        ["放行理由", context.release.get("reason", "")],
        ["放行范围", f"{len(sent)}张清单：{'、'.join(sent)}" if behind else "整期"],
    ]
    rows += [["放行前的异常", sentence] for sentence in context.waited_for]
    rows += [["未放行的清单", f"{info.code} {info.name}"] for info in behind]
    TableSheet("放行情况", "本期曾等待放行：谁放行、为什么", ["事项", "内容"], [16, 90], rows).write(book)


def _clock(moment: str) -> str:
    """A stored moment (ISO, UTC) as the clock on the wall shows it, to the minute; "" stays ""."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}" if moment else ""
