"""The joint-meeting pack: one page per department with what it owes: lines to answer, data to correct, by when.

Counts only, never a child. Source: rules/workflow.md#m25, #answers. Not here: the lists themselves (the department's workbook).
"""

from __future__ import annotations

from assets.coverage.owed import really_owed
from assets.paper.document import Cursor
from assets.paper.tables import Cell, Row, TableLook
from assets.publishing.edition_lines import QUIET
from assets.reports.figures import NOTHING, TOTAL
from assets.reports.material import Listed
from assets.reports.owned import LISTED, is_owned, own_number
from assets.reports.sections import MOST_OWED, Reporting
from expectations.life.rules import life_rules
from expectations.lists.catalogue import TOWNSHIP


def duties(about: Reporting) -> dict[str, list[Listed]]:
    """Recipient -> the lists whose lines the place has sent to it, those that it leads first; who is sent none is not in it."""
    computed = about.material.computed
    names = [*about.material.departments, *sorted({name for info in computed for name in info.recipients})]
    lists_of: dict[str, list[Listed]] = {}
    for name in dict.fromkeys(names):
        lists = [info for info in computed if name in info.recipients]
        if lists:
            lists_of[name] = sorted(lists, key=lambda info: (not info.urgent, not info.led_by(name)))
    return lists_of


def department_name(about: Reporting, name: str) -> str:
    """A department as people call it."""
    return "各乡镇（街道）" if name == TOWNSHIP else about.material.departments.get(name, name)


def overview_section(cursor: Cursor, about: Reporting) -> None:
    """All departments on one page."""
    words = life_rules().counts
    rows: list[Row] = [
        ["部门", "牵头清单", "协助清单", words["listed"], words["asked"], "其中明确", "退回更正行"],
    ]
    for name, lists in duties(about).items():
        led = [info for info in lists if info.led_by(name)]
        numbers = [_own_lines(about, name, lists, column) for column in (LISTED, TOTAL, "sure")]
        returned = about.figures.say("deliveries", name, "quarantined")
        counts = [str(len(led)), str(len(lists) - len(led)), *[f"{number:,}" for number in numbers], returned]
        rows.append([department_name(about, name), *counts])
    cursor.text("各部门牵头和协助的清单、线索条数和需要更正的数据行数如下，逐部门事项见附件，每部门一页。")
    cursor.table(
        "各部门总览",
        rows,
        TableLook([36, *[20] * 6]),
        "线索为牵头清单和应由本部门先核对的条数。同一线索可由一个部门牵头、几个部门协助；登记不一致的线索由应先核对的部门答复。",
    )


def _own_lines(about: Reporting, name: str, lists: list[Listed], column: str) -> int:
    """Lines of the lists that a department leads, and of those of which it has its own lines to check, whoever leads them."""
    figures = about.figures
    answered_by_it = [info for info in lists if info.led_by(name) or is_owned(figures, name, info.code)]
    return sum(own_number(figures, name, info.code, column) or 0 for info in answered_by_it)


def departments_section(cursor: Cursor, about: Reporting) -> None:
    """One page per department."""
    for number, (name, lists) in enumerate(duties(about).items()):
        if number:
            cursor.page_break()
        _page(cursor, about, name, lists)


def _page(cursor: Cursor, about: Reporting, name: str, lists: list[Listed]) -> None:
    figures, words = about.figures, life_rules().counts
    cursor.text(f"{department_name(about, name)}待办事项", "公文副题")
    led = sum(info.led_by(name) for info in lists)
    sent = _own_lines(about, name, lists, TOTAL)
    returned = figures.number("deliveries", name, "quarantined")
    correct = f"本期交来的数据有{returned:,}行须更正后重新提供。" if returned else ""
    cursor.text(f"牵头{led}张清单，协助{len(lists) - led}张，负责答复本期下发的{sent:,}条线索。{correct}")
    rows: list[Row] = [["清单", "职责", words["listed"], words["quiet"], words["asked"], "其中明确", "时限", "请办理"]]
    shown = [info for info in lists if own_number(figures, name, info.code, LISTED)]
    rows += [_duty(about, name, info) for info in shown]
    # One department, one page: smaller letters rather than a second sheet.
    look = TableLook([30, 10, 13, 15, 12, 12, 19, 45], size=8 if len(shown) > 9 else 9.5, row_height=6)
    cursor.table(
        "",
        rows,
        look,
        "“先核对”的条数是应由本部门先核对的；其余为该清单在全县的条数，发给本部门的核查清单只列与本部门有关的。清单只增加线索，不作为停发、退出的依据，须由人核实。",
    )
    rest = [info for info in lists if info not in shown]
    # A nought is one only where all was there; own lines of a list that is whole are none as well.
    doubtful = [info.name for info in rest if about.material.knowledge(info.code).is_partial]
    empty = [info.name for info in rest if info.name not in doubtful]
    if empty:
        cursor.text(f"本期没有线索的清单：{'、'.join(empty)}。", "公文附注")
    if doubtful:
        cursor.text(f"数据没有交齐，有没有线索还无法判断的清单：{'、'.join(doubtful)}。", "公文附注")
    if owed := [part for part in really_owed(about.material.owed) if part.department == name]:
        named = "；".join(f"{part.which}，{part.because}" for part in owed[:MOST_OWED])
        more = f"等{len(owed)}处，见核查清单的“请补交”" if len(owed) > MOST_OWED else ""
        cursor.text(f"请补交：{named}{more}。", "公文附注")


def _duty(about: Reporting, name: str, info: Listed) -> Row:
    figures = about.figures
    counts = (own_number(figures, name, info.code, column) for column in (LISTED, QUIET, TOTAL, "sure"))
    numbers = [NOTHING if count is None else f"{count:,}" for count in counts]
    title = Cell(f"{'【急】' if info.urgent else ''}{info.code} {info.name}", align="left")
    role = "先核对" if is_owned(figures, name, info.code) else "牵头" if info.led_by(name) else "协助"
    return [title, role, *numbers, Cell(info.due, align="left"), Cell(info.ask, align="left")]
