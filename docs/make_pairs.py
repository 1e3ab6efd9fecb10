"""Ten pairs of a demo county with their reasons, its link rates and its calibration: `python docs/make_pairs.py --workspace demo`.

Writes `pairs.md` beside this file and one waterfall picture. Only for invented data: it prints rows side by side.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from assets.protected import Protected
from assets.workbooks.masking import mask_id
from matching.explaining.picture import Panel, draw
from matching.explaining.report import read_report
from matching.measuring.evaluate import calibration, quality
from matching.measuring.groups import without_small_numbers
from pipelines.cli.measuring import rates_of
from pipelines.cli.tracing import SHOWN, PairReport, TraceReader
from pipelines.partitions import Period
from pipelines.resources.session import Session

PAGE = Path(__file__).with_name("pairs.md")
PICTURE = Path(__file__).with_name("pictures") / "explain.svg"
Levels = Mapping[str, str]
WANTED: dict[str, tuple[str, Callable[[Levels, str], bool]]] = {
    "农历生日，连上": ("same", lambda has, _: has["birth"] == "lunar"),
    "双胞胎，分开": ("different", lambda has, why: "双胞胎" in why and has["number"] == "differ"),
    "姓名同音、没有号码，连上": ("same", lambda has, _: has["name"] == "same_sound" and has["number"] == "missing"),
    "姓名同音、号码有误，连上": (
        "same",
        lambda has, _: has["name"] == "same_sound" and has["number"] in ("slip", "partial"),
    ),
    "号码被表格软件截断，连上": ("same", lambda has, _: has["number"] == "partial"),
    "号码错一位，连上": ("same", lambda has, _: has["number"] == "slip"),
    "小名，连上": ("same", lambda has, _: has["name"] == "nickname"),
    "少数民族姓名写法不同，连上": ("same", lambda has, _: has["name"].startswith("minority")),
    "改随另一方姓，连上": ("same", lambda has, _: has["name"] == "given_only"),
    "号码藏在残疾人证号或学籍号里，连上": ("same", lambda has, _: has["number"] == "derived" and has["name"] != "same"),
    "兄弟姐妹，分开": ("different", lambda _, why: "兄弟姐妹" in why),
    "同名的另一孩子，分开": ("different", lambda has, why: "同名" in why and has["number"] != "differ"),
    "借用号码，请人核实": ("review", lambda has, _: has["number"] == "borrowed"),
    "同一天出生、没有号码的双胞胎，分开": (
        "different",
        lambda has, why: "双胞胎" in why and has["number"] == "missing",
    ),
    "姓名相同、生日差一处，连上": ("same", lambda has, _: has["birth"] == "one_part"),
    "曾用名，连上": ("same", lambda has, _: has["name"] == "former_name"),
    "少一个字，连上": ("same", lambda has, _: has["name"] == "dropped"),
    "字形相近，连上": ("same", lambda has, _: has["name"] == "look_alike"),
    "月日颠倒，连上": ("same", lambda has, _: has["birth"] == "swapped"),
    "证据不足，请人核对": ("review", lambda has, _: has["number"] != "borrowed"),
}
MOST = 10
_PLACES = ("name", "birth_date", "id_no_raw", "father_name", "mother_name", "guardian_name", "live_addr", "school")


def truth_of(workspace: Path, period: str, links: pd.DataFrame) -> dict[str, str]:
    """The true child of every linked record."""
    with (workspace / "truth" / period / "rows.csv").open(encoding="utf-8", newline="") as source:
        kid = {
            (Path(line["file"]).name, line["sheet"], int(line["row"])): line["kid"] for line in csv.DictReader(source)
        }
    places = zip(links["record_id"], links["file"], links["sheet"], links["row"], strict=True)
    found = {
        record: kid.get((file, sheet, int(row)), kid.get((file, "", int(row)), ""))
        for record, file, sheet, row in places
    }
    return {record: child or record for record, child in found.items()}


def chosen(pairs: pd.DataFrame, truth: Mapping[str, str]) -> list[tuple[str, pd.Series]]:
    """A right pair of each kind until there are ten; then, where there is one, a pair that was not found."""
    real = (pairs["record_a"].map(truth) == pairs["record_b"].map(truth)).tolist()
    levels = [dict(part.split("=", 1) for part in text.split(";")) for text in pairs["levels"]]
    lines = list(zip(levels, pairs["reason"], pairs["grade"], real, strict=True))
    out: list[tuple[str, pd.Series]] = []
    for kind, (grade, fits) in WANTED.items():
        right = {"same": {True}, "different": {False}, "review": {True, False}}[grade]
        rows = [
            place
            for place, (has, why, found, one) in enumerate(lines)
            if found == grade and one in right and fits(has, why)
        ]
        rows.sort(
            key=lambda place: levels[place]["number"] not in ("missing", "slip", "partial", "differ")
        )  # the harder first
        if rows and len(out) < MOST:
            out.append((kind, pairs.iloc[rows[0]]))
    missed = [place for place, (_, _, found, one) in enumerate(lines) if one and found == "different"]
    return [*out, *(("漏掉的一对（如实列出）", pairs.iloc[place]) for place in missed[:1])]


def _pair(number: int, kind: str, told: PairReport, right: bool) -> list[str]:
    found = told.explanation
    lines = [f"### {number}. {kind}", "", f"> {found.reason.removesuffix('。')}。", ""]
    lines += [f"| | {told.sides.left} | {told.sides.right} |", "|---|---|---|"]
    names = {SHOWN[column][0] for column in _PLACES}
    for name, *values, _ in told.sides.rows:
        shown = [mask_id(value) if name == SHOWN["id_no_raw"][0] else value for value in values]
        lines += [f"| {name} | {' | '.join(value or '—' for value in shown)} |"] if name in names else []
    verdict = {"same": "同一儿童", "different": "不同儿童", "review": "待人工判断"}[found.grade]
    real = "同一儿童" if right else "不同儿童"
    return [*lines, "", f"结论：{verdict}，权重 {found.weight:+.1f} 位；实际（生成时所知）：{real}。", ""]


def _table(frame: pd.DataFrame, heads: Mapping[str, str], shown: Mapping[str, Callable[[Any], str]]) -> list[str]:
    lines = ["| " + " | ".join(heads.values()) + " |", "|" + "---|" * len(heads)]
    for line in frame.to_dict("records"):
        lines.append("| " + " | ".join(shown.get(name, str)(line[name]) for name in heads) + " |")
    return [*lines, ""]


def _percent(value: float) -> str:
    return f"{value * 100:.1f}%"


def page(county: Session, period: str) -> tuple[list[str], PairReport | None]:
    """The page's lines, and the pair to draw."""
    links, pairs = county.frames.read("link_children", period), county.frames.read("link_pairs", period)
    truth = truth_of(county.workspace.root, period, links)
    reader = TraceReader(county, period, "full", Protected())
    reader_masked = TraceReader(county, period, "masked", Protected())
    lines = [f"# 十对记录：为什么连上，为什么分开（示例县，{Period.parse(period).zh}）", ""]
    lines += [
        "由 `python docs/make_pairs.py` 从示例县（全部为虚构）生成；号码照规定遮盖。",
        "",
        "![逐项权重图](pictures/explain.svg)",
        "",
    ]
    drawn = None
    for number, (kind, row) in enumerate(chosen(pairs, truth), start=1):
        report_of_pair = reader.reports_of(pd.DataFrame([row]))[0]
        lines += _pair(number, kind, report_of_pair, truth[row["record_a"]] == truth[row["record_b"]])
        drawn = reader_masked.reports_of(pd.DataFrame([row]))[0] if "双胞胎" in kind else drawn
    report = read_report(county.frames.read("link_register.report", period))
    return [*lines, *_measured(report, truth, links), *_calibrated(pairs, truth), *_fair(county, period, pairs)], drawn


def _measured(report: Mapping[str, Any], truth: Mapping[str, str], links: pd.DataFrame) -> list[str]:
    real = quality([truth[record] for record in links["record_id"]], links["child_id"].tolist())
    told = report["estimates"]
    return [
        "## 估计与实际",
        "",
        "| | 估计（不看真实情况） | 实际 |",
        "|---|---|---|",
        f"| 查准率 | {told['expected_precision'] * 100:.2f}%（不低于 {told['precision_at_least'] * 100:.2f}%） | {real.precision * 100:.2f}% |",
        f"| 查全率 | {told['expected_recall'] * 100:.2f}% | {real.recall * 100:.2f}% |",
        "",
        report["learning"]["why"] + "。" + told["note"] + "。",
        "",
    ]


def _calibrated(pairs: pd.DataFrame, truth: Mapping[str, str]) -> list[str]:
    heads = {
        "low": "把握从",
        "high": "到",
        "pairs": "记录对",
        "expected": "平均把握",
        "right": "实际为同一儿童",
        "right_low": "95% 区间从",
        "right_high": "到 ",
    }
    shown = dict.fromkeys(("expected", "right", "right_low", "right_high"), _percent)
    return ["## 把握与实际（校准表）", "", *_table(calibration(pairs, truth), heads, shown)]


def _fair(county: Session, period: str, pairs: pd.DataFrame) -> list[str]:
    rates = without_small_numbers(rates_of(county, Period.parse(period)))
    rates = rates[rates["group"] != "按部门"]
    heads = {
        "group": "分组",
        "value": "类别",
        "records": "记录",
        "rate": "关联率",
        "low": "95% 区间从",
        "high": "到",
        "expected_rate": "应有",
        "flag": "提示",
    }
    intro = "与户籍（最大的一份名册）关联上的比例；“应有”是所在部门的总体水平。关联率低也可能是真的没有登记，例如户口在外地的随迁子女。小数字不列出。"
    shown = dict.fromkeys(("rate", "low", "high", "expected_rate"), _percent)
    return ["## 各类孩子的关联率", "", intro, "", *_table(rates, heads, shown)]


def main() -> int:
    """Write the page and the picture."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--workspace", type=Path, default=Path("demo"))
    asked.add_argument("--period", default="2026Q3")
    given = asked.parse_args()
    if not (given.workspace / "truth").is_dir():
        sys.exit(f"{given.workspace} 不是示例县，请先运行 make demo")
    lines, drawn = page(Session.at(given.workspace), given.period)
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    if drawn is not None:
        PICTURE.write_text(
            draw([Panel(drawn.explanation, drawn.sides)], "这两条记录为什么是（不是）同一个孩子"), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
