"""One child's file as a Word document: the page of an official paper, five sections, room for the hand.

Not here: what stands in it (`content`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.childfile.document.content import ChildPaper, FieldEntry, layout
from assets.paper.document import Cursor, blank, save
from assets.paper.styles import flush
from assets.paper.tables import HEAD_FILL, Cell, Row, TableLook

WIDTH = 156.0
DIFFERS = "FFF2CC"


@dataclass(frozen=True)
class Imprint:
    """Which period, printed when, by which office, approved by whom (empty: the masked version)."""

    period_zh: str
    as_of: date
    today: date
    office: str
    approved_by: str = ""


def write_child(paper: ChildPaper, issue: Imprint, path: Path) -> Path:
    """Write the file of one child; the path's name is the caller's and holds no personal data."""
    document = blank()
    cursor = Cursor(document, document.add_paragraph("", "标记"))
    flush(cursor.text("内部资料　注意保密", "公文附注"))
    cursor.text(layout().title, "公文标题")
    cursor.table("", _cover(paper, issue), TableLook([26, 52, 26, 52], size=10.5, head_rows=0))
    _basics(cursor, paper)
    _visits(cursor, paper)
    _journal(cursor, paper)
    _help(cursor, paper)
    _problems(cursor, paper)
    cursor.close()
    return save(document, path, layout().title, issue.office)


def _cover(paper: ChildPaper, issue: Imprint) -> list[Row]:
    head = [
        Cell(text, bold=True, fill=HEAD_FILL)
        for text in ("儿童编号", "乡镇、村", "数据期次", "制表日期", "制表单位", "查阅权限")
    ]
    who = f"经{issue.approved_by}批准，完整版" if issue.approved_by else "遮蔽版（号码遮蔽，受限内容不显示）"
    values = [
        paper.child_id,
        paper.place,
        f"{issue.period_zh}（截至{issue.as_of.isoformat()}）",
        issue.today.isoformat(),
    ]
    values += [issue.office, who]
    cells = [cell for pair in zip(head, values, strict=True) for cell in pair]
    return [cells[start : start + 4] for start in range(0, len(cells), 4)]


def _basics(cursor: Cursor, paper: ChildPaper) -> None:
    cursor.heading("一、儿童基本信息")
    cursor.text(
        "底色为黄色的，是各部门记载不一致的项目。采用值按号码和登记来源的可靠程度选定，原记载一律保留。", "表注"
    )
    for title, entries in paper.groups.items():
        _entries(cursor, paper.columns, title, entries)
    rows: list[Row] = [["部门", "文件", "位置", "关联方式"]]
    rows += [
        [name, Cell(file, align="left"), Cell(place, align="left"), how] for name, file, place, how in paper.origins
    ]
    cursor.table("记录出处", rows, TableLook([20, 66, 40, 30], size=9, row_height=5.5))


def _entries(cursor: Cursor, departments: Sequence[str], title: str, entries: Sequence[FieldEntry]) -> None:
    """A table of fields: the value taken, and each department's own beside it."""
    if not entries:
        return
    rest = WIDTH - 30 - 38 - 14
    widths = [30, 38, 14, *[rest / max(1, len(departments))] * len(departments)]
    rows: list[Row] = [["项目", "采用值", "来源", *departments]]
    for entry in entries:
        fill = DIFFERS if entry.differs else ""
        title_cell = Cell(entry.title, align="left", fill=fill)
        value_cell = Cell(entry.value, align="left", bold=True, fill=fill)
        sides = [Cell(entry.by_department.get(name, ""), align="left") for name in departments]
        rows.append([title_cell, value_cell, entry.source, *sides])
    cursor.table(title, rows, TableLook(widths, size=9, row_height=5.5))


def _visits(cursor: Cursor, paper: ChildPaper) -> None:
    cursor.heading("二、走访记录")
    rows: list[Row] = [["走访日期", "走访人", "来源", "走访情况"]]
    rows += [[day, who, f"{source}台账", ""] for day, who, source in paper.visits]
    rows += [[""] * 4] * layout().blank_rows["visits"]
    cursor.table("", rows, TableLook([28, 26, 26, 76], size=10, row_height=9))


def _journal(cursor: Cursor, paper: ChildPaper) -> None:
    cursor.heading("三、工作日志")
    steps = [
        (step.day, f"{finding.name}：{step.text or step.state}", step.author)
        for finding in paper.findings
        for step in finding.steps
    ]
    lines = sorted([*steps, *[(period, text, "") for period, text in paper.moves]], key=lambda line: line[0])
    rows: list[Row] = [["日期", "事项", "经办"]]
    rows += [[day, Cell(text, align="left"), who] for day, text, who in lines]
    rows += [[""] * 3] * layout().blank_rows["journal"]
    cursor.table("", rows, TableLook([26, 104, 26], size=10, row_height=8))


def _help(cursor: Cursor, paper: ChildPaper) -> None:
    cursor.heading("四、关爱帮扶记录")
    _entries(cursor, paper.columns, "在册类别和待遇", paper.help)
    rows: list[Row] = [["日期", "帮扶内容", "帮扶单位（人）", "效果"]]
    rows += [[""] * 4] * layout().blank_rows["help"]
    cursor.table("帮扶记录", rows, TableLook([28, 68, 30, 30], size=10, row_height=9))


def _problems(cursor: Cursor, paper: ChildPaper) -> None:
    cursor.heading("五、发现问题和解决方案")
    if not paper.findings:
        cursor.text("各期比对中这名儿童不在任何清单上。")
    for finding in paper.findings:
        title = f"{finding.name}　{finding.grade}　编号{finding.finding_id}".strip()
        values = {"问题": title, "理由": finding.reason, "依据": finding.clause, "请办理": finding.ask}
        rows: list[Row] = [
            [Cell(name, bold=True, fill=HEAD_FILL), Cell(value, align="left", bold=name == "问题", span=3)]
            for name, value in values.items()
            if value
        ]
        rows.append([Cell(text, bold=True, fill=HEAD_FILL) for text in ("日期", "状态", "经过", "经办")])
        rows += [[step.day, step.state, Cell(step.text, align="left"), step.author] for step in finding.steps]
        rows += [[""] * 4] * layout().blank_rows["solutions"]
        cursor.table("", rows, TableLook([26, 22, 82, 26], size=9.5, head_rows=0, row_height=6.5))
    cursor.text("清单是线索，不是结论；任何待遇的变动须经人核实后按规定办理。", "公文附注")
