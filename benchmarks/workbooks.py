"""How long it takes to write all workbooks of a period: 30 townships of 500 lines, four departments and the summary.

`python -m benchmarks.workbooks [--towns 30] [--lines 500] [--keep DIR]`; everything in it is invented.
`--keep` leaves the workbooks for looking at.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from datetime import date
from pathlib import Path

import pandas as pd

from assets.workbooks.context import PrintedList, PublishContext
from assets.workbooks.publish import publish_workbooks
from benchmarks.series import note
from expectations.jurisdictions.profile import load_profile

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英子轩梓涵宇浩然欣怡雨桐一诺思源嘉怡文博"
TOWNS = [
    "青松",
    "白杨",
    "石桥",
    "南湾",
    "北岭",
    "东坪",
    "西河",
    "柳林",
    "双泉",
    "云台",
    "清溪",
    "平川",
    "大营",
    "新集",
    "和顺",
    "长乐",
    "安仁",
    "永兴",
    "福泉",
    "金山",
]
ANSWERS = (
    "已登记户口",
    "缺材料",
    "亲子鉴定中",
    "不属本地",
    "死亡",
    "空挂户",
    "双重户籍",
    "身份证号或姓名错误",
    "查无此人",
    "其他",
)
LISTS = (
    ("L01", "疑似无户籍儿童", "无户籍", "公安派出所", "当月答复"),
    ("L03", "疑似未建学籍儿童", "未建学籍", "学校、乡镇", "开学后15日内"),
    ("L05", "疑似辍学儿童", "辍学", "学校、乡镇", "返校前逐月答复"),
    ("L10", "两项补贴应补未补", "应补未补", "乡镇民政办", "次月10日前"),
    ("L13", "死亡仍在保", "死亡在保", "县民政局", "下次发放前"),
    ("L14", "户籍迁出仍在保", "迁出在保", "县民政局", "下次发放前"),
    ("L15", "部门间信息不一致", "信息不一致", "错误字段的登记部门", "本季度内"),
    ("L16C", "民政一人多档", "一人多档", "县民政局", "本季度内"),
    ("L16E", "双重学籍", "双重学籍", "县教育局", "本季度内"),
    ("L17", "一号多人", "一号多人", "较新登记的部门", "本季度内"),
    ("L18", "证件号码失效", "证件失效", "号码登记部门", "本季度内"),
    ("L19", "疑似漏登留守儿童", "漏登留守", "村儿童主任", "30日内"),
    ("L23", "残疾儿童未纳入困境", "残疾漏纳", "县民政局、县残联", "本季度内"),
)
FILES = {"civil_affairs": "儿童台账", "education": "学籍", "public_security": "户籍", "disability": "持证名册"}
REASONS = {
    "L01": "民政有在册登记，公安常住人口中没有号码相同或姓名、出生日期相近的在籍记录，也没有注销或外地户籍的记载。",
    "L03": "公安在籍、按出生日期应在义务教育阶段，全县学籍中没有号码相同或姓名、出生日期相近的记录。",
    "L05": "学籍状态为其他离校，出生日期在义务教育阶段，本县没有其他在读学籍。",
    "L15": "两个部门登记的出生日期不同，其他信息一致，疑为一方录入错误。",
}
ABSENT = {"L01": "public_security", "L03": "education"}
OTHER_REASON = "号码一致，两个部门的登记状态不相符，名册中仍为在册。"
DEPARTMENTS = ("civil_affairs", "education", "public_security", "disability")


def list_infos() -> tuple[PrintedList, ...]:
    """Thirteen lists with texts of a realistic length."""
    return tuple(
        PrintedList(
            code=code,
            name=name,
            short=short,
            meaning=f"按四部门本期数据比对，列为“{name}”的孩子。相关部门有该儿童的登记，而应有登记的部门没有查到对应记录。",
            action="先看“相近记录”和“原因”，再查本单位档案，查不清的入户核实，填写黄色单元格。",
            certainty="两个以上部门有登记且号码有效的为“明确”；只有一个部门登记的为“很可能”；信息残缺的为“待核”。",
            clause="《国务院关于加强困境儿童保障工作的意见》（国发〔2016〕36号）",
            guards=("户籍在外县市的", "港澳台及外籍的", "出生未满一个月的", "姓名用字、号码录入差错可以解释的"),
            owner=owner,
            due=due,
            answers=ANSWERS,
            comparison="四查三比对：户籍比对学籍" if code == "L03" else "",
            recipients=tuple(load_profile("default").lists[code].recipients),
        )
        for code, name, short, owner, due in LISTS
    )


def example(towns: int, lines: int, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, PublishContext]:
    """Invented findings, children and records, with the context."""
    rng = random.Random(seed)
    names = [f"{TOWNS[n % len(TOWNS)]}{'镇乡'[n % 2]}" + ("" if n < len(TOWNS) else "二") for n in range(towns)]
    people = [_child(rng, names[n // lines], n) for n in range(towns * lines)]
    children = pd.DataFrame([person for person, _ in people])
    records = pd.DataFrame([record for _, rows in people for record in rows])
    findings = pd.DataFrame([_finding(rng, person, rows) for person, rows in people])
    infos = list_infos()
    accounting = pd.DataFrame(
        [(d, f"{FILES[d]}.xlsx", 10_250, 10_000, 43, 207) for d in DEPARTMENTS],
        columns=["department", "file", "rows_in", "accepted", "quarantined", "set_aside"],
    )
    methods = rng.choices(
        ["number", "derived_number", "name_birth", "fuzzy", "single"], [60, 12, 10, 6, 12], k=len(records)
    )
    context = PublishContext(
        period="2026Q3",
        as_of=date(2026, 9, 30),
        place="清远县（示例）",
        office="清远县民政局",
        lists=infos,
        not_computed={"L23": "残联本期未提供数据"},
        accounting=accounting,
        links=records[["child_id", "department"]].assign(method=methods),
        pairs=pd.DataFrame({"grade": ["same"] * 9000 + ["review"] * 130 + ["different"] * 310}),
        towns=tuple(names),
    )
    return findings, children, records, context


def _child(rng: random.Random, town: str, number: int) -> tuple[dict[str, str], list[dict[str, object]]]:
    name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))
    born = date(rng.randint(2010, 2020), rng.randint(1, 12), rng.randint(1, 28))
    village = rng.choice(["上庄", "下庄", "东街", "西沟", "河湾", "新民", "团结", "红旗"]) + "村"
    identity = f"990722{born:%Y%m%d}{number % 1000:03d}X"
    child = {
        "child_id": f"T2026Q3-{number:06d}",
        "name": name,
        "sex": rng.choice("12"),
        "birth_date": born.isoformat(),
        "id_no": identity if rng.random() < 0.85 else "",
        "nation": "01",
        "town": town,
        "village": village,
        "hukou_addr": f"清远县{town}{village}{rng.randint(1, 9)}组{rng.randint(1, 150)}号"
        if rng.random() < 0.8
        else "",
        "live_addr": f"清远县{town}{village}{rng.randint(1, 9)}组" if rng.random() < 0.5 else "",
        "school": f"{town}中心小学" if rng.random() < 0.6 else "",
        "grade": str(rng.randint(1, 6)),
        "guardian_name": name[0] + "".join(rng.sample(GIVEN, 2)),
        "phone": f"1390000{number % 10000:04d}",
        "category": rng.choice(["", "left_behind", "dilemma", "orphan;left_behind", "de_facto", ""]),
        "migrant": rng.choice(["", "", "", "yes"]),
        "disability_no": rng.choice(["", "", "", f"{identity}43"]),
        "disability_type": "4",
        "disability_level": "3",
        "aid": rng.choice(["minimum_living", "", "orphan_allowance"]),
        "pay_end": "2032-05",
        "enrolment_status": "in",
    }
    rows = [_record(child, d, number, n) for n, d in enumerate(rng.sample(DEPARTMENTS, rng.choice((1, 2, 2, 3))))]
    return child, rows


def _record(child: dict[str, str], department: str, number: int, place: int) -> dict[str, object]:
    return {
        "record_id": f"{department[:2].upper()}-{number:06d}-{place}",
        "department": department,
        "file": f"{FILES[department]}.xlsx",
        "sheet": "Sheet1",
        "row": number + 4,
        **{key: child[key] for key in ("child_id", "name", "id_no", "sex", "birth_date", "hukou_addr")},
    }


def _elsewhere(row: dict[str, object], code: str) -> dict[str, object]:
    owner = "civil_affairs" if code == "L01" else "public_security"
    return {**row, "department": owner, "file": f"{FILES[owner]}.xlsx"}


def _finding(rng: random.Random, child: dict[str, str], rows: list[dict[str, object]]) -> dict[str, object]:
    code = rng.choices([row[0] for row in LISTS[:-1]], [12, 14, 6, 5, 1, 1, 10, 2, 2, 2, 4, 8])[0]
    kept = [row for row in rows if row["department"] != ABSENT.get(code)]
    rows = kept or [_elsewhere(rows[0], code)]
    where = [{key: row[key] for key in ("record_id", "department", "file", "sheet", "row")} for row in rows]
    near = {
        **where[0],
        "department": "public_security",
        "file": "户籍.xlsx",
        "row": 2311,
        "grade": "different",
        "reason": "姓名读音相同、同村，出生日期差三年，监护人不同，判为不同的孩子",
    }
    return {
        "period": "2026Q3",
        "code": code,
        "finding_id": f"{code}-{child['child_id'][-6:]}AB",
        "child_id": child["child_id"],
        "department": rows[0]["department"],
        "file": rows[0]["file"],
        "sheet": "Sheet1",
        "row": rows[0]["row"],
        "record_id": rows[0]["record_id"],
        "field": "birth_date" if code == "L15" else "",
        "grade": rng.choices(["明确", "很可能", "待核"], [5, 3, 2])[0],
        "reason": REASONS.get(code, OTHER_REASON),
        "clause": "国发〔2016〕36号",
        "town": child["town"],
        "village": child["village"],
        "records": json.dumps(where, ensure_ascii=False),
        "near": json.dumps([near] if rng.random() < 0.4 else [], ensure_ascii=False),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--towns", type=int, default=30)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    findings, children, records, context = example(options.towns, options.lines)
    with tempfile.TemporaryDirectory() as aside:
        started = time.perf_counter()
        published = publish_workbooks(findings, children, records, context, options.keep or Path(aside))
        seconds = time.perf_counter() - started
    written = f"{len(published)} workbooks, {sum(item.rows for item in published[:-1])} lines"
    note(f"write {written}: wall", seconds, "s")
    print(f"{written}, {seconds:.1f} s")


if __name__ == "__main__":
    main()
