"""The joint-meeting pack: one page per department with what it owes: lines to answer, data to correct, by when.

Counts only, never a child. Source: rules/workflow.md#m25, #answers. Not here: the lists themselves (the department's workbook).
"""

from __future__ import annotations

from assets.paper.document import Cursor
from assets.paper.tables import Cell, Row, TableLook
from assets.publishing.edition_lines import QUIET
from assets.reports.figures import NOTHING, TOTAL
from assets.reports.material import Listed
from assets.reports.owned import LISTED, is_owned, own_number
from assets.reports.sections import Reporting
from expectations.life.rules import life_rules
from expectations.lists.catalogue import TOWNSHIP


def duties(about: Reporting) -> dict[str, list[Listed]]:
    """Recipient -> the lists whose lines the place has sent to it, those that it leads first; who is sent none is not in it."""
    computed = about.material.computed
    names = [*about.material.departments, *sorted({who for info in computed for who in info.recipients})]
    found = {}
    for name in dict.fromkeys(names):
        mine = [info for info in computed if name in info.recipients]
        found[name] = sorted(mine, key=lambda info: (not info.urgent, not info.led_by(name)))
    return {name: mine for name, mine in found.items() if mine}


def department_name(about: Reporting, name: str) -> str:
    """A department as people call it."""
    return "各乡镇（街道）" if name == TOWNSHIP else about.material.departments.get(name, name)


def overview_section(cursor: Cursor, about: Reporting) -> None:
    """All departments on one page."""
    rows: list[Row] = [["部门", "牵头清单", "协助清单", *_sizes(), "其中明确", "退回更正行"]]
    for name, mine in duties(about).items():
        own = [info for info in mine if info.led_by(name)]
        numbers = [_sum(about, name, _answers_for(about, name, mine), column) for column in (LISTED, TOTAL, "sure")]
        back = about.figures.say("deliveries", name, "quarantined")
        counts = [str(len(own)), str(len(mine) - len(own)), *[f"{number:,}" for number in numbers], back]
        rows.append([department_name(about, name), *counts])
    cursor.text("各部门牵头和协助的清单、线索条数和需要更正的数据行数如下，逐部门事项见附件，每部门一页。")
    cursor.table(
        "各部门总览",
        rows,
        TableLook([36, *[20] * 6]),
        "线索为牵头清单和应由本部门先核对的条数。同一线索可由一个部门牵头、几个部门协助；登记不一致的线索由应先核对的部门答复。",
    )


def _sizes() -> list[str]:
    words = life_rules().counts
    return [words["listed"], words["asked"]]


def _answers_for(about: Reporting, name: str, lists: list[Listed]) -> list[Listed]:
    """The lists that it leads, and those of which it has its own lines to check, whoever leads them."""
    return [info for info in lists if info.led_by(name) or is_owned(about.figures, name, info.code)]


def _sum(about: Reporting, name: str, lists: list[Listed], column: str) -> int:
    return sum(own_number(about.figures, name, info.code, column) or 0 for info in lists)


def departments_section(cursor: Cursor, about: Reporting) -> None:
    """One page per department."""
    for number, (name, mine) in enumerate(duties(about).items()):
        if number:
            cursor.page_break()
        _page(cursor, about, (name, mine))


def _page(cursor: Cursor, about: Reporting, department: tuple[str, list[Listed]]) -> None:
    name, mine = department
    figures, zh = about.figures, department_name(about, department[0])
    cursor.text(f"{zh}待办事项", "公文副题")
    own = [info for info in mine if info.led_by(name)]
    sent = _sum(about, name, _answers_for(about, name, mine), TOTAL)
    cursor.text(
        f"牵头{len(own)}张清单，协助{len(mine) - len(own)}张，负责答复本期下发的{sent:,}条线索。{_correct(about, name)}"
    )
    words = life_rules().counts
    rows: list[Row] = [["清单", "职责", words["listed"], words["quiet"], words["asked"], "其中明确", "时限", "请办理"]]
    shown = [info for info in mine if own_number(figures, name, info.code, LISTED)]
    rows += [_duty(about, name, info) for info in shown]
    look = TableLook([30, 10, 13, 15, 12, 12, 19, 45], size=8 if len(shown) > 9 else 9.5, row_height=6)
    cursor.table(
        "",
        rows,
        look,
        "“先核对”的条数是应由本部门先核对的；其余为该清单在全县的条数，发给本部门的核查清单只列与本部门有关的。清单只增加线索，不作为停发、退出的依据，须由人核实。",
    )
    none = [info.name for info in mine if info not in shown]
    if none:
        cursor.text(f"本期没有线索的清单：{'、'.join(none)}。", "公文附注")


def _duty(about: Reporting, name: str, info: Listed) -> Row:
    figures = about.figures
    counts = (own_number(figures, name, info.code, column) for column in (LISTED, QUIET, TOTAL, "sure"))
    numbers = [NOTHING if count is None else f"{count:,}" for count in counts]
    title = Cell(f"{'【急】' if info.urgent else ''}{info.code} {info.name}", align="left")
    role = "先核对" if is_owned(figures, name, info.code) else "牵头" if info.led_by(name) else "协助"
    return [title, role, *numbers, Cell(info.due, align="left"), Cell(info.ask, align="left")]


def _correct(about: Reporting, name: str) -> str:
    back = about.figures.number("deliveries", name, "quarantined")
    return f"本期交来的数据有{back:,}行须更正后重新提供。" if back else ""
